// Knows: one seeded walk over one small machine, from its state to the last check, and how a walk that fails becomes short.
// Must not know: which machines and seeds are worth it.

import { CmaLockRule } from "../../assembly/abi/vocabulary.js";
import type { CoreBuild } from "../../bindings/engine/load.js";
import { type CreateOptions, Machine } from "../../bindings/machine/machine.js";
import type { CmaAreaState, MachineState } from "../../bindings/state/types.js";
import { Random } from "../support/random.js";
import { shrink } from "../support/shrink.js";
import { type SmallMachine, smallState } from "../support/small_state.js";
import { Walk } from "./walk.js";
import { printSteps, type Step, walkOf } from "./walk_ops.js";
import type { Tally } from "./walk_pages.js";

export interface WalkMachine {
  readonly machine: SmallMachine;
  /** Areas that divide the CMA pageblocks of the state: pageblocks of each, and order per bit. */
  readonly areas: readonly { readonly blocks: number; readonly orderPerBit?: number }[];
  readonly pressure?: NonNullable<CreateOptions["pressure"]>;
  /** Default NONE: requests meet at their pageblocks. */
  readonly lock?: CmaLockRule;
}

export interface WalkOptions {
  readonly seed: number;
  readonly steps: number;
  readonly core: CoreBuild;
  /** Everything is checked after so many steps. */
  readonly checkEvery: number;
  readonly tally?: Tally;
}

/** Steps that a copy of the machine goes ahead; then the original goes the same way. */
const AHEAD = 24;

function areasOf({ machine, areas }: WalkMachine, state: MachineState): CmaAreaState[] {
  const block = 2 ** machine.pageblockOrder;
  const [first] = state.areas;
  if (first === undefined) throw new Error(`${machine.name} has no CMA pageblocks`);
  let at = first.basePfn;
  return areas.map(({ blocks, orderPerBit = 0 }, index) => {
    const count = blocks * block;
    const area = {
      index,
      name: `area ${index}`,
      basePfn: at,
      count,
      orderPerBit,
      bitmapBits: count >> orderPerBit,
      set: [],
    };
    at += count;
    return area;
  });
}

export async function create(which: WalkMachine, { seed, core }: WalkOptions): Promise<Machine> {
  const state = smallState(which.machine, seed);
  const pressure = which.pressure === undefined ? {} : { pressure: which.pressure };
  const rules = { cmaLock: which.lock ?? CmaLockRule.NONE };
  const areas = areasOf(which, state);
  return Machine.fromState({ ...state, areas }, { core, slots: 8192, rules, ...pressure });
}

interface Wrong {
  readonly after: number;
  readonly what: string;
}

/** A copy goes ahead and changes nothing here; going the same way afterwards comes to the same. */
function goAhead(walk: Walk, steps: readonly Step[]): string | undefined {
  const digest = walk.machine.digest();
  using copy = walk.fork();
  if (copy.machine.digest() !== digest) return "a copy differs from its original";
  for (const step of steps) {
    const wrong = copy.perform(step);
    if (wrong !== undefined) return `in a copy: ${wrong}`;
  }
  const wrong = copy.check();
  if (wrong !== undefined) return `in a copy: ${wrong}`;
  if (walk.machine.digest() !== digest) return "a copy has changed its original";
  const then = copy.machine.digest();
  for (const step of steps) walk.perform(step);
  return walk.machine.digest() === then ? undefined : "the original went another way than its copy";
}

/** Plays a walk on a fresh machine. */
async function play(
  which: WalkMachine,
  steps: readonly Step[],
  options: WalkOptions,
): Promise<Wrong | undefined> {
  using walk = Walk.begin(await create(which, options), options.tally);
  let after = 0;
  try {
    for (let i = 0; i < steps.length; i++) {
      after = i + 1;
      const step = steps[i] as Step;
      const ahead = steps.slice(i + 1, i + 1 + AHEAD);
      const wrong = step.kind === "fork" ? goAhead(walk, ahead) : walk.perform(step);
      if (wrong !== undefined) return { after, what: wrong };
      if (step.kind === "fork") i += ahead.length;
      const everything = after % options.checkEvery === 0 ? walk.check() : undefined;
      if (everything !== undefined) return { after, what: everything };
    }
    const left = walk.end();
    return left === undefined ? undefined : { after, what: `at the end: ${left}` };
  } catch (error) {
    return { after, what: `exception: ${(error as Error).message}` };
  }
}

/** The failure of a walk, as text to print, with a short walk that shows it; undefined when all went well. */
export async function walk(which: WalkMachine, options: WalkOptions): Promise<string | undefined> {
  const { machine } = which;
  const { seed, steps: length } = options;
  const steps = walkOf(
    new Random(seed),
    length,
    Math.min(machine.costlyOrder + 1, machine.maxOrder) + (machine.thp ? 3 : 1),
  );
  const wrong = await play(which, steps, options);
  if (wrong === undefined) return undefined;
  const exact = { ...options, checkEvery: 1, tally: new Map() };
  const fails = async (shorter: readonly Step[]) => (await play(which, shorter, exact)) !== undefined;
  const short = await shrink(steps.slice(0, wrong.after + AHEAD), fails, 20_000);
  const again = await play(which, short, exact);
  return [
    `${machine.name}, Linux ${machine.kernel}, ${options.core} core, seed ${seed}: after ${wrong.after} steps: ${wrong.what}`,
    `shortened to ${short.length} steps:`,
    printSteps(short),
    `there: ${again?.what ?? "nothing"}`,
    `replay: PAGEBLOCK_SEED=${seed} PAGEBLOCK_STEPS=${length} PAGEBLOCK_MACHINE=${JSON.stringify(machine.name)}`,
  ].join("\n");
}
