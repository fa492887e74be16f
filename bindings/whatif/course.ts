// Knows: how a simulation is run to the begin of one request, to its end and on to a moment, and what is seen there.
// Must not know: policies, branches, what is compared.

import { RunStatus } from "../../assembly/abi/run.js";
import { blockedWindows } from "../analysis/outcomes/blockers.js";
import { blockersOf } from "../analysis/outcomes/index.js";
import { StateError } from "../engine/errors.js";
import { append } from "../engine/extent.js";
import type { RequestRecord } from "../scenario/result.js";
import type { LoggedRequest, PendingRequest, Simulation } from "../scenario/simulation.js";
import { mapRange } from "../sweep/page_kinds.js";
import { requestRecord } from "../sweep/request_record.js";
import { actorsOf, breathe, totalsOf } from "../sweep/run.js";
import type { WhatIfEnding, WhatIfLedger, WhatIfRequest } from "./result.js";

/** Longest time that passes between two looks at the world outside. */
const SLICE_NS = 50e6;

/** Who is told how far it is, and who may end it. */
export interface Pace {
  readonly onTime?: ((nowNs: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a scenario says of its clients and loads, and the simulation does not know. */
export interface Names {
  /** By client. */
  readonly deadlines: ReadonlyMap<string, number>;
  readonly streamEndNs: number | undefined;
}

/** Names of counters that are levels. */
export const LEVELS: ReadonlySet<string> = new Set(["pinned", "lacking"]);

/** What a request is called by, whatever the policy. */
export type Named = Pick<WhatIfRequest, "client" | "ordinal" | "nth">;

/** A simulation on its way; what has ended since the course began. */
export class Course {
  readonly simulation: Simulation;
  readonly #names: Names;
  readonly #pace: Pace;
  readonly #last = { at: performance.now() };
  readonly #ended: LoggedRequest[] = [];
  readonly #start: {
    readonly nowNs: number;
    readonly totals: Record<string, number>;
    readonly kills: number;
  };
  readonly #counters: readonly Readonly<Record<string, number>>[];

  constructor(simulation: Simulation, names: Names, pace: Pace = {}) {
    this.simulation = simulation;
    this.#names = names;
    this.#pace = pace;
    this.#start = {
      nowNs: simulation.nowNs,
      totals: totalsOf(simulation),
      kills: simulation.killsSince(0).total,
    };
    this.#counters = simulation.actors.map((_, actor) => simulation.counters(actor));
  }

  /** Runs until something is found where a request begins or ends, or the time has come. */
  async #until<T>(
    untilNs: number,
    look: (logged: readonly LoggedRequest[]) => T | undefined,
  ): Promise<T | undefined> {
    const { simulation } = this;
    while (true) {
      const slice = Math.min(simulation.nowNs + SLICE_NS, untilNs);
      const status = simulation.run(slice, { stopAtLog: true, stopAtBegin: true });
      const logged = simulation.takeLog();
      append(this.#ended, logged);
      const found = look(logged);
      if (found !== undefined) return found;
      if (status !== RunStatus.REACHED) continue;
      this.#pace.onTime?.(simulation.nowNs);
      await breathe(this.#last, this.#pace.signal);
      if (simulation.nowNs >= untilNs) return undefined;
    }
  }

  #isOf(client: string, actor: number): boolean {
    return this.simulation.actors[actor]?.name === client;
  }

  /** The first request that fails behind a moment; where there is none until then, undefined. */
  failure(afterNs: number, untilNs: number): Promise<LoggedRequest | undefined> {
    return this.#until(untilNs, (logged) =>
      logged.find(({ errno, endNs }) => errno !== 0 && endNs > afterNs),
    );
  }

  /** Stands where this request begins. Undefined where it does not, until then. */
  reach({ client, ordinal, nth }: Named, untilNs: number): Promise<PendingRequest | undefined> {
    return this.#until(untilNs, () => {
      const own = this.simulation
        .pendingRequests()
        .filter((each) => this.#isOf(client, each.actor) && each.ordinal === ordinal);
      return own[nth];
    });
  }

  /** The same for a request that another run of the same scenario has logged. */
  async reachLogged(
    logged: LoggedRequest,
  ): Promise<{ readonly pending: PendingRequest; readonly named: Named }> {
    const { actor, ordinal, beginNs, request } = logged;
    const client = this.simulation.actors[actor]?.name ?? "";
    const found = await this.#until(logged.endNs, () => {
      const own = this.simulation
        .pendingRequests()
        .filter((each) => each.actor === actor && each.ordinal === ordinal);
      const nth = own.findIndex((each) => each.request === request && each.beginNs === beginNs);
      const pending = own[nth];
      return pending === undefined ? undefined : { pending, named: { client, ordinal, nth } };
    });
    if (found === undefined) throw new StateError("a run did not repeat itself: a fault of ours");
    return found;
  }

  /** Runs on to the horizon, and behind it while the request is under way, at most to the limit. */
  async finish(
    pending: PendingRequest | undefined,
    named: Named,
    horizonNs: number,
    limitNs: number,
  ): Promise<WhatIfEnding> {
    let seen: Pick<WhatIfEnding, "blockers" | "map"> = { blockers: [] };
    const isIt = ({ actor, ordinal, request, beginNs }: LoggedRequest) =>
      actor === pending?.actor &&
      ordinal === pending.ordinal &&
      request === pending.request &&
      beginNs === pending.beginNs;
    const isDone = (logged: readonly LoggedRequest[]) => {
      const own = logged.find(isIt);
      if (own !== undefined) seen = this.#look(own);
      return own;
    };
    const early = await this.#until(horizonNs, isDone);
    if (early !== undefined) await this.#until(horizonNs, () => undefined);
    const ledger = this.ledger(isIt);
    const ended = early ?? (pending === undefined ? undefined : await this.#until(limitNs, isDone));
    if (ended === undefined)
      return {
        kind: pending === undefined ? this.#absence(named) : "waiting",
        behindStream: false,
        ledger,
        ...seen,
      };
    const request = this.#record(ended);
    const kind = ended.errno !== 0 ? "failed" : request.missedDeadline ? "late" : "on-time";
    const { streamEndNs = Number.POSITIVE_INFINITY } = this.#names;
    return {
      kind,
      request,
      behindStream: ended.beginNs < streamEndNs && ended.endNs > streamEndNs,
      ledger,
      ...seen,
    };
  }

  /** The windows and the area of a request right at its end. */
  #look(ended: LoggedRequest): Pick<WhatIfEnding, "blockers" | "map"> {
    const { machine } = this.simulation;
    const range = machine.cma.areas[ended.area]?.ranges[0];
    const blockers = blockersOf(blockedWindows(this.simulation.windowsOf(ended)));
    return range === undefined
      ? { blockers }
      : { blockers, map: mapRange(machine, range.basePfn, range.pages) };
  }

  #record(logged: LoggedRequest): RequestRecord {
    const client = this.simulation.actors[logged.actor]?.name ?? "";
    const area = this.simulation.machine.cma.areas[logged.area]?.name ?? "";
    return requestRecord(logged, client, area, this.#names.deadlines.get(client) ?? 0);
  }

  /** A request that did not begin: its client's plan has passed it, or has not come to it. */
  #absence({ client, ordinal }: Named): "skipped" | "not-asked" {
    const actor = this.simulation.actors.findIndex(({ name }) => name === client);
    return (this.simulation.counters(actor)["planned"] ?? 0) >= ordinal ? "skipped" : "not-asked";
  }

  /** What everybody has done since the course began, but for the requests that are left out. */
  ledger(isIt: (logged: LoggedRequest) => boolean = () => false): WhatIfLedger {
    const { simulation } = this;
    const totals = Object.entries(totalsOf(simulation)).map(([name, value]) => [
      name,
      value - (this.#start.totals[name] ?? 0),
    ]);
    const actors = actorsOf(simulation).map((actor, i) => {
      const before = this.#counters[i] ?? {};
      const grown = Object.entries(actor.counters).map(([name, value]) => [
        name,
        LEVELS.has(name) ? value : value - (before[name] ?? 0),
      ]);
      return { ...actor, counters: Object.fromEntries(grown) as Record<string, number> };
    });
    return {
      fromNs: this.#start.nowNs,
      toNs: simulation.nowNs,
      totals: Object.fromEntries(totals) as Record<string, number>,
      actors,
      kills: simulation.killsSince(0).total - this.#start.kills,
      others: this.#ended.filter((logged) => !isIt(logged)).map((logged) => this.#record(logged)),
    };
  }
}
