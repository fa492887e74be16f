// Knows: one run: a scenario under one policy with one seed, from its first event to a RunResult.
// Must not know: how many runs there are, threads, files, text.

import { RunStatus } from "../../assembly/abi/run.js";
import { ActorKind } from "../../assembly/abi/simulation.js";
import { StatWord } from "../../assembly/abi/words.js";
import { CallError } from "../engine/errors.js";
import { largest, smallest } from "../engine/extent.js";
import { digestOf } from "../engine/hash.js";
import type { CoreBuild, CoreSource } from "../engine/load.js";
import type { Machine } from "../machine/machine.js";
import type { Policy } from "../policy/index.js";
import { takeBackBound } from "../scenario/costs.js";
import { type AreaFacts, factsOf } from "../scenario/device_facts.js";
import {
  type ActorSummary,
  type AreaSummary,
  type FailureRecord,
  type KillRecord,
  LONG_PIN_NS,
  type RequestRecord,
  type RunResult,
} from "../scenario/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { camelCaseOfEnum, type LoggedRequest, Simulation } from "../scenario/simulation.js";
import { costsOf, simulationOptions } from "./actor_specs.js";
import { mapRange } from "./page_kinds.js";
import { requestRecord } from "./request_record.js";
import { Sampler } from "./sampler.js";

/** Somebody who looks at the machine of a run between its slices, and leaves it as it is: a recording, say. */
export interface RunObserver {
  /** Events of the machine that are kept until they are read, a power of two; as short as usual when absent. */
  readonly eventRing?: number;
  /** Before the first event. */
  begin(machine: Machine): void;
  /** After each slice. */
  slice(): void;
}

/** One run of a scenario. */
export interface RunOptions {
  /** All chance follows from it: same scenario, policy and seed, same digest. */
  readonly seed: number;
  /** The first policy of the scenario when absent. */
  readonly policy?: Policy;
  /** Stops earlier than the scenario's duration. */
  readonly untilNs?: number;
  /** Runs in slices of this time at most; any slicing gives the same result. The sample when absent. */
  readonly sliceNs?: number;
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
  /** Somebody who looks on between slices. */
  readonly observer?: RunObserver;
  /** Called with the virtual time that has passed. */
  readonly onProgress?: (doneNs: number) => void;
  /** Ends the run; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Kills that a result keeps. */
const MOST_KILLS = 1_000;
/** Real milliseconds between two looks at the world outside. */
const BREATH_MS = 40;

/** Every running total of the machine, and nothing else. */
export function totalsOf({ machine }: Simulation): Record<string, number> {
  const names = Object.keys(StatWord).filter((name) => Number.isNaN(Number(name)) && name !== "COUNT");
  return Object.fromEntries(
    names.map((name) => [camelCaseOfEnum(name), machine.views.stat(StatWord[name as keyof typeof StatWord])]),
  );
}

/** What areas that keep their pages hold; the bound is that of the largest request. */
function guestsOf(
  { machine }: Simulation,
  requests: readonly RequestRecord[],
  { frontswapShare, writeThrough }: Policy,
  scenario: Scenario,
): Pick<RunResult, "guests"> {
  const guests = machine.views.guests();
  if (guests === undefined) return {};
  const had = requests.filter(({ errno }) => errno === 0);
  const pages = largest(
    had.map((request) => request.pages),
    0,
  );
  const swapped = writeThrough === 1 ? 0 : Math.floor((guests.pages * frontswapShare) / 100);
  const longestNs = largest(
    had.map(({ latencyNs }) => latencyNs),
    0,
  );
  const boundNs = takeBackBound(pages, Math.min(pages, swapped), costsOf(scenario));
  return { guests: { ...guests, longestNs, boundNs } };
}

/** What one run has gathered so far. */
class Recorder {
  readonly requests: RequestRecord[] = [];
  readonly failures: FailureRecord[] = [];
  readonly kills: KillRecord[] = [];
  failuresNotKept = 0;
  #killsSeen = 0;
  readonly #simulation: Simulation;
  readonly #areas: readonly AreaFacts[];
  readonly #mostFailures: number;
  readonly #deadlines: readonly number[];

  constructor(simulation: Simulation, areas: readonly AreaFacts[], scenario: Scenario) {
    this.#simulation = simulation;
    this.#areas = areas;
    this.#mostFailures = scenario.record.failures;
    const byName = new Map(scenario.actors.map((actor) => [actor.name, actor.parameters["deadline"] ?? 0]));
    this.#deadlines = simulation.actors.map(({ name }) => byName.get(name) ?? 0);
  }

  /** Right after requests have ended: the machine is still as they left it. */
  takeLog(): void {
    for (const logged of this.#simulation.takeLog()) {
      const area = this.#areas[logged.area];
      const request = this.#requestOf(logged, area?.name ?? "");
      this.requests.push(request);
      if (request.errno === 0 || area === undefined) continue;
      if (this.failures.length < this.#mostFailures)
        this.failures.push(this.#failureOf(logged, request, area));
      else this.failuresNotKept++;
    }
  }

  #requestOf(logged: LoggedRequest, area: string): RequestRecord {
    const client = this.#simulation.actors[logged.actor]?.name ?? "";
    return requestRecord(logged, client, area, this.#deadlines[logged.actor] ?? 0);
  }

  /** After a slice. */
  takeKills(): void {
    const { total, kills } = this.#simulation.killsSince(this.#killsSeen);
    this.#killsSeen = total;
    for (const kill of kills) if (this.kills.length < MOST_KILLS) this.kills.push(kill);
  }

  #failureOf(logged: LoggedRequest, request: RequestRecord, area: AreaFacts): FailureRecord {
    const windows = this.#simulation.windowsOf(logged);
    const [range] = area.ranges;
    const longestHeldNs = windows.reduce((most, { heldNs }) => Math.max(most, heldNs), 0);
    const blockers = windows.filter(({ errno }) => errno !== 0).map(({ blockerPfn }) => blockerPfn);
    return {
      request,
      windows,
      distinctBlockers: new Set(blockers).size,
      longestHeldNs,
      anyLongPin: longestHeldNs > LONG_PIN_NS || windows.some(({ pinKind }) => pinKind === "LONGTERM"),
      map: mapRange(this.#simulation.machine, range?.start ?? area.start, range?.pages ?? area.pages),
    };
  }
}

export function actorsOf(simulation: Simulation): ActorSummary[] {
  return simulation.actors.map(({ name, kind }, i) => ({
    name,
    kind: (ActorKind[kind] ?? String(kind)).toLowerCase().replaceAll("_", "-"),
    counters: simulation.counters(i),
  }));
}

/** Lets timers, messages and signals in, now and then. */
export async function breathe(last: { at: number }, signal: AbortSignal | undefined): Promise<void> {
  if (performance.now() - last.at >= BREATH_MS) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    last.at = performance.now();
  }
  signal?.throwIfAborted();
}

async function play(
  simulation: Simulation,
  recorder: Recorder,
  sampler: Sampler,
  { sampleNs, durationNs }: { readonly sampleNs: number; readonly durationNs: number },
  options: RunOptions,
): Promise<void> {
  const last = { at: performance.now() };
  const slice = Math.min(options.sliceNs ?? sampleNs, sampleNs);
  sampler.take();
  for (let row = 1; simulation.nowNs < durationNs; row++) {
    const sampleAt = Math.min(row * sampleNs, durationNs);
    while (simulation.nowNs < sampleAt) {
      const until = Math.min(simulation.nowNs + slice, sampleAt);
      // A request that has ended stops the run, so that its area is seen as it was at that moment.
      while (simulation.run(until, { stopAtLog: true }) === RunStatus.LOGGED) recorder.takeLog();
      recorder.takeKills();
      options.observer?.slice();
      options.onProgress?.(simulation.nowNs);
      await breathe(last, options.signal);
    }
    sampler.take();
  }
}

function summaryOf({ name, start, pages }: AreaFacts): AreaSummary {
  return { name, basePfn: start, pages };
}

/** From the first start to the last stop of direct I/O that ends within the run. */
export function streamOf({ actors }: Scenario, durationNs: number): Pick<RunResult, "stream"> {
  const streams = actors.filter(({ kind, parameters }) => {
    const stop = parameters["stop"] ?? 0;
    return kind === "direct-io" && stop > 0 && stop < durationNs;
  });
  const times = (key: string) => streams.map(({ parameters }) => parameters[key] ?? 0);
  if (streams.length === 0) return {};
  return { stream: { beginNs: smallest(times("start")), endNs: largest(times("stop")) } };
}

/** Runs a scenario once. The same scenario, policy and seed give the same result, whatever the slices. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const policy = options.policy ?? scenario.policies[0];
  if (policy === undefined) throw new CallError("the scenario has no policy");
  const device = factsOf(scenario.device);
  const durationNs = Math.min(scenario.durationNs, options.untilNs ?? Number.POSITIVE_INFINITY);
  using simulation = await Simulation.create({
    ...simulationOptions(scenario, policy, options.seed),
    ...(options.core === undefined ? {} : { core: options.core }),
    ...(options.wasm === undefined ? {} : { wasm: options.wasm }),
    ...(options.observer?.eventRing === undefined ? {} : { eventRing: options.observer.eventRing }),
  });
  options.observer?.begin(simulation.machine);
  const zones = device.zones.filter(({ managed }) => managed > 0);
  const recorder = new Recorder(simulation, device.areas, scenario);
  const sampler = new Sampler(simulation, device.areas, zones);
  await play(simulation, recorder, sampler, { sampleNs: scenario.sampleNs, durationNs }, options);
  const result = {
    scenario: scenario.name,
    device: device.name,
    kernel: device.kernel,
    policy: policy.name,
    seed: options.seed,
    durationNs: simulation.nowNs,
    events: simulation.events,
    pageBytes: device.pageSize as number,
    areas: device.areas.map(summaryOf),
    clients: scenario.actors.filter(({ area }) => area !== null).map(({ name }) => name),
    ...streamOf(scenario, durationNs),
    requests: recorder.requests,
    failures: recorder.failures,
    failuresNotKept: recorder.failuresNotKept,
    actors: actorsOf(simulation),
    kills: recorder.kills,
    totals: totalsOf(simulation),
    ...guestsOf(simulation, recorder.requests, policy, scenario),
    series: sampler.table,
  };
  return { ...result, digest: digestOf({ machine: simulation.digest(), ...result }) };
}
