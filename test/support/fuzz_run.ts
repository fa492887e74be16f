// Knows: one seeded run of both models over one small machine, and how a run that fails becomes a short sequence.
// Must not know: which machines and seeds are worth running.

import type { CoreBuild } from "../../bindings/engine/load.js";
import type { CreateOptions } from "../../bindings/machine/machine.js";
import type { MachineState } from "../../bindings/state/types.js";
import type { ReferenceRules } from "../reference/types.js";
import { Origin } from "../reference/zone.js";
import { Generator, type Progress } from "./generator.js";
import { type Operation, printOperations } from "./operations.js";
import { Random } from "./random.js";
import { type BranchCounts, BranchWatcher } from "./rare_branches.js";
import { shrink } from "./shrink.js";
import { type SmallMachine, smallState } from "./small_state.js";
import { Twins } from "./twins.js";
import type { Tally } from "./twins_requests.js";

export interface FuzzOptions {
  readonly seed: number;
  readonly steps: number;
  readonly core: CoreBuild;
  /** A complete dump of both is compared after so many operations; validate() and audit() every tenth time. */
  readonly compareEvery: number;
  /** Rules of the reference, to see a wrong one noticed. */
  readonly rules?: ReferenceRules;
  /** Milliseconds that shrinking may take. */
  readonly shrinkFor?: number;
}

export interface FuzzResult {
  readonly operations: number;
  readonly counts: BranchCounts;
  readonly tally: Tally;
  /** What to print: where they part, and the shortest sequence found that shows it. Undefined: they agree. */
  readonly failure: string | undefined;
  /** That sequence. */
  readonly sequence: readonly Operation[];
}

/** The first disagreement of a sequence: after how many operations, and what it is. */
export interface Parting {
  readonly length: number;
  readonly what: string;
}

/** Plays a sequence on fresh twins. A complete dump is compared after each operation from `dumpFrom` on. */
export async function play(
  state: MachineState,
  operations: readonly Operation[],
  core: CoreBuild | CreateOptions,
  dumpFrom = 0,
  rules?: ReferenceRules,
): Promise<Parting | null> {
  using twins = await Twins.create(state, typeof core === "string" ? { core } : core, rules);
  for (let i = 0; i < operations.length; i++) {
    const what = check(twins, operations[i] as Operation, i + 1 >= dumpFrom);
    if (what !== null) return { length: i + 1, what };
  }
  return null;
}

/** A trap of the core, an exception of the reference, another result, another state: all are disagreements. */
function check(twins: Twins, operation: Operation, complete: boolean, faults = complete): string | null {
  try {
    const wrong = twins.perform(operation);
    if (wrong !== null) return `result: ${wrong}`;
    const found = [...(complete ? twins.differences() : []), ...(faults ? twins.faults() : [])];
    return found.length === 0 ? null : found.join("\n");
  } catch (error) {
    return `exception: ${(error as Error).message}`;
  }
}

function optionsOf({ lock }: SmallMachine, core: CoreBuild): CreateOptions {
  return lock === undefined ? { core } : { core, rules: { cmaLock: lock } };
}

export async function fuzz(machine: SmallMachine, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, steps, core, compareEvery, rules } = options;
  const state = smallState(machine, seed);
  const operations: Operation[] = [];
  using twins = await Twins.create(state, optionsOf(machine, core), rules);
  const watcher = new BranchWatcher(twins.core);
  const generator = new Generator(machine, new Random(seed));
  const progress = progressOf(twins, new Random(seed + 1));
  let parted = twins.differences().length > 0;
  for (let step = 1; step <= steps && !parted; step++) {
    const operation = generator.next(progress);
    operations.push(operation);
    const complete = step % compareEvery === 0 || step === steps;
    parted = check(twins, operation, complete, step % (10 * compareEvery) === 0 || step === steps) !== null;
    watcher.look(operation);
  }
  const { counts } = watcher;
  const { tally } = twins;
  if (!parted) return { operations: operations.length, counts, tally, failure: undefined, sequence: [] };
  const { failure, sequence } = await explain(machine, state, operations, options);
  return { operations: operations.length, counts, tally, failure, sequence };
}

function progressOf(twins: Twins, random: Random): Progress {
  const { zones } = twins.reference.machine;
  return {
    held: twins.held,
    detached: twins.detached,
    windows: twins.windows,
    requests: twins.requests,
    areas: twins.origin.areas.map(({ count }) => count),
    loose: (order) => {
      const zone = random.pick(zones);
      const pages = 2 ** order;
      for (let tries = 0; tries < 8; tries++) {
        const pfn = Math.ceil(zone.start / pages) * pages + random.below(zone.end - zone.start) * pages;
        if (pfn + pages <= zone.end && zone.rangeIs(Origin.LOOSE, pfn, pages)) return pfn;
      }
      return undefined;
    },
  };
}

/** Finds the first operation after which they differ, then leaves out whatever is not needed for it. */
async function explain(
  machine: SmallMachine,
  state: MachineState,
  operations: readonly Operation[],
  { seed, core, compareEvery, rules, shrinkFor = 20_000 }: FuzzOptions,
): Promise<{ failure: string; sequence: readonly Operation[] }> {
  const exactly = optionsOf(machine, core);
  const suspected = Math.max(0, operations.length - compareEvery);
  const parting = await play(state, operations, exactly, suspected, rules);
  if (parting === null)
    return { failure: `seed ${seed} of ${machine.name}: failed once, not again`, sequence: operations };
  const fails = async (sequence: readonly Operation[]) =>
    (await play(state, sequence, exactly, sequence.length, rules)) !== null;
  const sequence = await shrink(operations.slice(0, parting.length), fails, shrinkFor);
  const final = await play(state, sequence, exactly, 0, rules);
  const failure = [
    `${machine.name}, Linux ${machine.kernel}, ${core} core, seed ${seed}: after ${parting.length} operations`,
    parting.what,
    `shortened to ${sequence.length} operations:`,
    printOperations(sequence),
    `there: ${final?.what ?? "nothing"} (after ${final?.length ?? 0})`,
    `replay: PAGEBLOCK_SEED=${seed} PAGEBLOCK_STEPS=${operations.length} PAGEBLOCK_MACHINE=${JSON.stringify(machine.name)}`,
  ].join("\n");
  return { failure, sequence };
}
