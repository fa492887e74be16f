// Knows: fuzzing of simulations: scenarios of every kind of actor with random numbers on random devices. What the reader
// accepts the core accepts; the release and the checked build come to the same, in slices and in a copy.
// Must not know: what an actor does.

import { RunStatus } from "../../../assembly/abi/run.js";
import { StatWord } from "../../../assembly/abi/words.js";
import { ScenarioError } from "../../../bindings/engine/errors.js";
import { numbersOf, policies } from "../../../bindings/policy/index.js";
import { kindNames, kinds, parametersOf } from "../../../bindings/scenario/kinds/index.js";
import type { Scenario } from "../../../bindings/scenario/scenario.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { readScenario } from "../../../bindings/scenario/yaml.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";
import { Random } from "../../support/random.js";
import { chooseDescription } from "../engine/device.js";
import { Finding } from "../engine/pair.js";
import type { Failure, Kind, Round } from "../kind.js";
import { watchdog } from "../watchdog.js";

const MOST_EVENTS = 4_000;
const NS = 1e12;
/** CPU time of one simulation. */
const MOST_MS = 60_000;
/** Where memory is short each event may look at all pages in vain: behind so many looks no more of it is run. */
const MOST_SCANNED = 2e7;
/** Events between two looks at that. */
const PIECE = 32;

/** A value as a person may write it. */
function written(random: Random, dimension: string): string | number | boolean {
  switch (dimension) {
    case "time":
    case "interval":
      return `${1 + random.below(900)}${random.pick(["us", "us", "ms", "ns", "s"])}`;
    case "share":
      return `${random.below(101)}%`;
    case "size":
      return random.oneIn(2) ? `${random.below(40)}%` : `${random.below(random.pick([4, 64, 2_000]))} pages`;
    case "order":
      return random.below(7);
    case "spread":
      return random.pick(["fixed", "uniform", "exponential"]);
    case "flag":
      return random.oneIn(2);
    default:
      return random.below(random.pick([3, 16, 100]));
  }
}

function actorOf(random: Random, index: number, areas: readonly string[]): Record<string, unknown> {
  const kind = random.pick(kindNames);
  const actor: Record<string, unknown> = { kind, name: `${kind} ${index}` };
  for (const [key, { dimension, default: usual }] of parametersOf(kind)) {
    if (key === "start" || key === "stop") continue;
    if (usual === undefined || random.oneIn(3)) actor[key] = written(random, dimension);
  }
  if (random.oneIn(4)) actor["start"] = `${random.below(3_000)}us`;
  if (areas.length > 0 && kinds[kind].area !== "none") actor["area"] = random.pick(areas);
  return actor;
}

/** The first scenario drawn that is accepted. */
function scenarioOf(seed: number): Scenario {
  const random = new Random(seed);
  for (;;) {
    const device = chooseDescription(random);
    const areas = (device.areas ?? []).map(({ name }) => name);
    const actors = Array.from({ length: 1 + random.below(5) }, (_, i) => actorOf(random, i, areas));
    const role = (wanted: string) =>
      actors.filter(({ kind }) => kinds[kind as (typeof kindNames)[number]].role === wanted);
    try {
      return readScenario({
        name: "random",
        device,
        duration: "1s",
        policy: random.pick([...policies.keys()]),
        ...(random.oneIn(3)
          ? {}
          : { pressure: { swap: written(random, "size"), zram: written(random, "share") } }),
        workloads: role("workload"),
        clients: role("client"),
      });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
    }
  }
}

function must(condition: boolean, kind: string, what: string): void {
  if (!condition) throw new Finding(kind, what);
}

function sound(simulation: Simulation): string {
  const { fault, name, pfn } = simulation.machine.validate();
  must(fault === 0, `validate ${name}`, `at ${pfn}`);
  return simulation.digest();
}

function hasScannedEnough({ machine: { views } }: Simulation): boolean {
  return views.stat(StatWord.PAGES_SCANNED) + views.stat(StatWord.PAGES_SKIPPED) > MOST_SCANNED;
}

/** Any slicing gives the same run. */
function runPieces(simulation: Simulation, events: number): RunStatus {
  let status = RunStatus.EVENTS;
  for (let left = events; left > 0 && status === RunStatus.EVENTS; left -= PIECE) {
    status = simulation.run(NS, { events: Math.min(left, PIECE) });
    if (hasScannedEnough(simulation)) break;
  }
  return status;
}

/** @returns events performed */
async function run(seed: number): Promise<number> {
  const scenario = scenarioOf(seed);
  const [policy] = scenario.policies;
  if (policy === undefined) throw new Error("a scenario without a policy");
  const options = { ...simulationOptions(scenario, policy, seed), capacity: { events: 8_192, cells: 8_192 } };
  using first = await Simulation.create({ ...options, core: "release" });
  using second = await Simulation.create({ ...options, core: "checked" });
  const random = new Random(seed + 1);
  const switches = new Random(seed + 2);
  for (let slice = 0; slice < 4 && !hasScannedEnough(first); slice++) {
    if (switches.oneIn(2)) {
      const live = [...policies.values()].filter((row) => row.switch === "live");
      const next = { ...numbersOf(switches.pick(live)), rules: {} };
      for (const simulation of [first, second]) simulation.applyPolicy(next);
    }
    const events = 1 + random.below(MOST_EVENTS);
    const [status, other] = [runPieces(first, events), runPieces(second, events)];
    must(status === other, "builds differ", `${RunStatus[status]} and ${RunStatus[other]}`);
    must(sound(first) === sound(second), "digests differ", `after ${first.events} events`);
    first.takeLog();
    second.takeLog();
  }
  using copy = first.fork();
  const half = 1 + random.below(MOST_EVENTS >> 1);
  for (const simulation of [copy, first]) runPieces(simulation, half);
  must(sound(copy) === sound(first), "copy differs", `after ${half} events`);
  return first.events + second.events;
}

const encode = (seed: number) => new TextEncoder().encode(`${JSON.stringify({ seed })}\n`);

async function wrongWith(seed: number): Promise<{ events: number; what?: string; label?: string }> {
  try {
    watchdog.begin("simulation", encode(seed), MOST_MS);
    return { events: await run(seed).finally(watchdog.end) };
  } catch (error) {
    const { message } = error as Error;
    if (/OVERFLOW|room for/i.test(message)) return { events: 0 };
    const label = error instanceof Finding ? error.kind : "throws";
    return { events: 0, what: `seed ${seed}: ${message}`, label };
  }
}

export const simulation: Kind = {
  name: "simulation",
  async round(seed): Promise<Round | Failure> {
    const { events, what, label = "" } = await wrongWith(seed);
    if (what === undefined) return { operations: events, inputs: 1, kept: [] };
    return { what, entry: { label, bytes: encode(seed) } };
  },
  async retry(bytes) {
    const { seed } = JSON.parse(new TextDecoder().decode(bytes)) as { seed: number };
    return (await wrongWith(seed)).what;
  },
};
