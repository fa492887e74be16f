// Knows: that a run stops where a client begins a request, sees it there, and goes on as if it had not stopped.

import { describe, expect, it } from "vitest";
import { RunStatus } from "../../../assembly/abi/run.js";
import { StateError } from "../../../bindings/engine/errors.js";
import type { LoggedRequest, PendingRequest, Simulation } from "../../../bindings/scenario/simulation.js";
import { CAMERA_PAGES, crowded, FIRST } from "./machines.js";

const END = 400e6;
const CAMERA = FIRST + 2;

/** Stops at each begin; what was pending there, newest last, and all that ended. */
function throughBegins(simulation: Simulation): {
  readonly begun: readonly PendingRequest[];
  readonly ended: readonly LoggedRequest[];
} {
  const begun: PendingRequest[] = [];
  const ended: LoggedRequest[] = [];
  let status: RunStatus;
  do {
    status = simulation.run(END, { stopAtBegin: true });
    ended.push(...simulation.takeLog());
    if (status === RunStatus.BEGUN) begun.push(...simulation.pendingRequests());
  } while (status !== RunStatus.REACHED);
  return { begun, ended };
}

describe("a stop at the begin of a request", () => {
  it("comes before anything of it is done, once for each, and changes nothing", async () => {
    using stopped = await crowded();
    const { begun, ended } = throughBegins(stopped);
    using straight = await crowded();
    while (straight.run(END) !== RunStatus.REACHED) straight.takeLog();
    expect(stopped.digest()).toBe(straight.digest());
    expect(ended.length).toBeGreaterThan(3);
    for (const { beginNs, ordinal, request } of ended) {
      const own = begun.filter((each) => each.ordinal === ordinal);
      expect(own).toEqual([
        { actor: CAMERA, area: 0, pages: CAMERA_PAGES, align: 6, beginNs, ordinal, windows: 0, request },
      ]);
    }
  });

  it("sees a request that is under way, until it ends", async () => {
    using simulation = await crowded();
    expect(simulation.pendingRequests()).toEqual([]);
    expect(simulation.run(END, { stopAtBegin: true })).toBe(RunStatus.BEGUN);
    expect(simulation.pendingRequests()).toHaveLength(1);
    expect(simulation.run(END, { stopAtLog: true })).toBe(RunStatus.LOGGED);
    expect(simulation.pendingRequests()).toEqual([]);
  });

  it("is where a request may be given another alignment, and later it may not", async () => {
    using simulation = await crowded();
    simulation.run(END, { stopAtBegin: true });
    const [pending] = simulation.pendingRequests();
    const { request } = pending as PendingRequest;
    simulation.realign(request, 3);
    expect(() => simulation.realign(request, 31)).toThrow(StateError);
    while (simulation.run(END, { events: 1 }) !== RunStatus.REACHED) {
      const [now] = simulation.pendingRequests();
      if (now === undefined || now.windows > 0) break;
    }
    expect(() => simulation.realign(request, 0)).toThrow(StateError);
    simulation.run(END, { stopAtLog: true });
    expect(simulation.takeLog()[0]).toMatchObject({ align: 3 });
  });
});
