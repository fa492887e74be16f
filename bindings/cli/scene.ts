// Knows: what a page needs to run something again: scenario, policy, seed, a captured state, and the frames that are seen first.
// Must not know: what is drawn, any command.

import { deflateRawSync, gzipSync } from "node:zlib";
import { RunStatus } from "../../assembly/abi/run.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { smallest } from "../engine/extent.js";
import type { CoreBuild } from "../engine/load.js";
import { Machine } from "../machine/machine.js";
import type { Policy } from "../policy/index.js";
import type { Scene, Still } from "../report/answer/index.js";
import { type CapturedDevice, isCaptured } from "../scenario/device_facts.js";
import { scenarioNames, scenarioText } from "../scenario/index.js";
import type { RunResult } from "../scenario/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { Simulation } from "../scenario/simulation.js";
import { simulationOptions } from "../sweep/actor_specs.js";

/** A captured state beyond it does not travel with a page. */
const MOST_BYTES = 3 * 2 ** 20;

/** A run that can be seen again. */
export interface Seen {
  readonly scenario: Scenario;
  /** As it stands in the file, or the name of a scenario of the package. */
  readonly text: string;
  readonly policy: Policy;
  readonly seed: number;
  /** A preset that stands instead of the device in the text. */
  readonly device?: string | undefined;
  readonly core?: CoreBuild | undefined;
}

/** The run in which something failed first, and when it had failed, virtual nanoseconds. */
export interface FirstFailure {
  readonly policy: string;
  readonly seed: number;
  readonly endNs: number;
}

/** The first failure of runs, in their order. */
export function firstFailure(results: Iterable<RunResult>): FirstFailure | undefined {
  for (const { policy, seed, failures } of results) {
    const ends = failures.map(({ request }) => request.beginNs + request.latencyNs);
    if (ends.length > 0) return { policy, seed, endNs: smallest(ends) };
  }
  return undefined;
}

/** All frames of a machine as they are, packed. */
export function stillOf(machine: Machine, timeNs: number): Still {
  const { views } = machine;
  return {
    timeNs,
    digest: machine.digest(),
    frames: views.frameCount,
    pageblockOrder: views.config(ConfigWord.PAGEBLOCK_ORDER),
    map: deflateRawSync(views.classMap(), { level: 9 }).toString("base64"),
  };
}

/** @returns undefined when it is too large to travel with a page */
async function packedState({ name, state }: CapturedDevice, most: number): Promise<Scene["state"]> {
  using machine = await Machine.fromState(state);
  const bytes = gzipSync(machine.snapshot(), { level: 9 });
  return bytes.length > most ? undefined : { name, snapshot: bytes.toString("base64") };
}

function begin({ scenario, policy, seed, core }: Seen): Promise<Simulation> {
  const options = simulationOptions(scenario, policy, seed);
  return Simulation.create({ ...options, ...(core === undefined ? {} : { core }) });
}

/** When the first failure ends; undefined: nothing fails. */
async function endOfFailure(seen: Seen): Promise<number | undefined> {
  using simulation = await begin(seen);
  for (;;) {
    const status = simulation.run(seen.scenario.durationNs, { stopAtLog: true });
    const failed = simulation.takeLog().find(({ errno }) => errno !== 0);
    if (failed !== undefined) return failed.endNs;
    if (status === RunStatus.REACHED) return undefined;
  }
}

async function stillAt(seen: Seen, timeNs: number): Promise<Still> {
  using simulation = await begin(seen);
  while (simulation.run(timeNs) !== RunStatus.REACHED) simulation.takeLog();
  return stillOf(simulation.machine, timeNs);
}

export interface SceneOptions {
  /** What the page shows first; absent: the end of the first failure, which is looked for. */
  readonly timeNs?: number | undefined;
  /** false: nothing is run here, and the page begins at the beginning. */
  readonly isRun?: boolean;
  /** Bytes of a captured device's state, packed. */
  readonly mostState?: number;
}

/** @returns undefined where the device's state is too large to travel with a page */
export async function sceneOf(
  seen: Seen,
  { timeNs, isRun = true, mostState = MOST_BYTES }: SceneOptions = {},
): Promise<Scene | undefined> {
  const { scenario, text, policy, seed, device } = seen;
  const captured = isCaptured(scenario.device) ? scenario.device : undefined;
  const state = captured === undefined ? undefined : await packedState(captured, mostState);
  if (captured !== undefined && state === undefined) return undefined;
  const at = isRun ? (timeNs ?? (await endOfFailure(seen)) ?? scenario.durationNs) : 0;
  const still = isRun ? await stillAt(seen, at) : undefined;
  return {
    scenario: scenarioNames.find((name) => scenarioText(name) === text) ?? text,
    policy: policy.name,
    seed,
    timeNs: at,
    ...(device === undefined || captured !== undefined ? {} : { device }),
    ...(state === undefined ? {} : { state }),
    ...(still === undefined ? {} : { still }),
  };
}
