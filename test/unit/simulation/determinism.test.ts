// Knows: that a simulation is what its inputs say and nothing else: build, slicing, copies, engine.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { RunStatus } from "../../../assembly/abi/run.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { type LoggedRequest, Simulation } from "../../../bindings/scenario/simulation.js";
import { CHROMIUM, evaluateInBrowser } from "../../package/browser.js";
import { crowded, crowdedOptions } from "./machines.js";

const END = 400e6;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

interface Outcome {
  readonly digest: string;
  readonly log: readonly LoggedRequest[];
  readonly counters: readonly unknown[];
  readonly events: number;
}

function outcome(simulation: Simulation, log: readonly LoggedRequest[]): Outcome {
  const { actors, events } = simulation;
  return { digest: simulation.digest(), log, counters: actors.map((_, i) => simulation.counters(i)), events };
}

/** To the end, in slices or stopping at every request. */
function finish(
  simulation: Simulation,
  options: { slice?: number; stopAtLog?: boolean; events?: number } = {},
) {
  const { slice = END, ...how } = options;
  const log = simulation.takeLog();
  while (simulation.nowNs < END) {
    const until = Math.min(Math.floor(simulation.nowNs / slice + 1) * slice, END);
    let status: RunStatus;
    do {
      status = simulation.run(until, how);
      log.push(...simulation.takeLog());
    } while (status !== RunStatus.REACHED);
  }
  const found = outcome(simulation, log);
  simulation.dispose();
  return found;
}

/** Windows are numbered over all requests, so that a record may be read later than it was written. */
function timeless({ log, ...rest }: Outcome): unknown {
  return { ...rest, log: log.map(({ lastWindow, ...request }) => request) };
}

let whole: Outcome;

beforeAll(async () => {
  whole = finish(await crowded());
});

describe("the same seed gives the same run", () => {
  it("which is one where things happen", () => {
    expect(whole.log.length).toBeGreaterThan(3);
    expect(whole.log.some(({ busyRetries }) => busyRetries > 0)).toBe(true);
    expect(whole.log.some(({ pagesMigrated, pagesReclaimed }) => pagesMigrated * pagesReclaimed > 0)).toBe(
      true,
    );
  });

  it("in the release and in the checked build", async () => {
    expect(finish(await crowded({ core: "checked" }))).toEqual(whole);
  });

  it.each([
    { slice: 1e6 },
    { slice: 77_777 },
    { events: 13 },
    { stopAtLog: true },
    { slice: 3e6, events: 501, stopAtLog: true },
  ])("in slices: %o", async (slicing) => {
    expect(timeless(finish(await crowded(), slicing))).toEqual(timeless(whole));
  });

  it("and another seed another one", async () => {
    expect(finish(await crowded({ seed: 8 })).digest).not.toBe(whole.digest);
  });

  it("without the one, an actor of the others draws what it drew", async () => {
    const [resident, reader, camera] = crowdedOptions.actors;
    if (!resident || !reader || !camera) throw new Error("three actors");
    using both = await crowded({ actors: [reader, camera] });
    using alone = await crowded({ actors: [reader] });
    for (const simulation of [both, alone]) simulation.run(15e6);
    expect(both.counters(2)).toEqual(alone.counters(2));
  });
});

describe("a copy in the middle goes on as the original does", () => {
  /** Stopped in the middle of a request, with I/O in flight. */
  async function halfWay(): Promise<Simulation> {
    const simulation = await crowded();
    simulation.run(91.3e6);
    return simulation;
  }

  it("a fork", async () => {
    const original = await halfWay();
    const copy = original.fork();
    expect(copy.digest()).toBe(original.digest());
    expect(timeless(finish(copy))).toEqual(timeless(whole));
    expect(timeless(finish(original))).toEqual(timeless(whole));
  });

  it("a snapshot, restored in either build", async () => {
    const original = await halfWay();
    const bytes = original.snapshot();
    for (const core of ["release", "checked"] as const) {
      const restored = await Simulation.restore(bytes, { core });
      expect(restored.actors).toEqual(original.actors);
      expect(timeless(finish(restored))).toEqual(timeless(whole));
    }
    original.dispose();
  });

  it("which sees nothing of what happens to the original", async () => {
    using original = await halfWay();
    using copy = original.fork();
    const before = copy.digest();
    original.run(200e6);
    expect(copy.digest()).toBe(before);
    expect(original.digest()).not.toBe(before);
  });

  it("and the snapshot of a machine without time is refused", async () => {
    using machine = await Machine.create("tiny");
    await expect(Simulation.restore(machine.snapshot())).rejects.toThrow("a machine without time");
  });
});

describe("names of actors", () => {
  it("must differ: they decide what an actor draws", async () => {
    const [resident] = crowdedOptions.actors;
    if (!resident) throw new Error("an actor");
    await expect(crowded({ actors: [resident, resident] })).rejects.toThrow("resident twice");
  });
});

const PAGE = `<!doctype html><meta charset="utf-8"><script type="importmap">{ "imports": {
  "#platform": "/dist/platform.web.js" } }</script>`;

describe.skipIf(CHROMIUM === undefined)("in a browser (skipped where there is no Chromium)", () => {
  it("the same digest as in Node, of the compiled package", { timeout: 180_000 }, async () => {
    const options = {
      ...crowdedOptions,
      actors: crowdedOptions.actors.map((actor) => ({ ...actor, parameters: [...actor.parameters] })),
    };
    const program = `(async () => {
      const { Simulation } = await import("/dist/pageblock.js");
      const options = ${JSON.stringify(options)};
      const actors = options.actors.map((actor) => ({ ...actor, parameters: new Map(actor.parameters) }));
      const simulation = await Simulation.create({ ...options, actors });
      const log = [];
      while (simulation.run(${END}, { stopAtLog: true }) !== 0) log.push(...simulation.takeLog());
      return { digest: simulation.digest(), requests: log.length, events: simulation.events };
    })()`;
    const answer = await evaluateInBrowser(ROOT, PAGE, program);
    const { digest, log, events } = whole;
    expect(answer).toEqual({ value: { digest, requests: log.length, events }, errors: [] });
  });
});
