// Knows: the rows of the buddy and per-CPU benchmark, and running one of them on both sides by turns.
// Must not know: how results are shown.

import { Pattern } from "../assembly/abi/findings.js";
import { Region } from "../assembly/abi/layout.js";
import { WorkloadWord } from "../assembly/abi/run.js";
import { Engine } from "../bindings/engine/engine.js";
import type { Machine } from "../bindings/machine/machine.js";
import { cpuNanoseconds, median, type Spread, spreadOf } from "./stats.js";
import type { TwinRun, Twins } from "./twin.js";

const SEED = 12_345;

export interface Row {
  readonly name: string;
  readonly pattern: Pattern;
  /** Blocks per round; 0: as many single pages as fill 95 % of memory. */
  readonly count: number;
}

export const ROWS: readonly Row[] = [
  { name: "order-0 pair, pcp", pattern: Pattern.PCP_PAIR, count: 2_000_000 },
  { name: "order-0 batch 256, pcp", pattern: Pattern.PCP_BATCH, count: 2_000_000 },
  { name: "order-0 pair, buddy", pattern: Pattern.BUDDY_PAIR, count: 1_000_000 },
  { name: "order-0 batch 512, buddy", pattern: Pattern.BUDDY_BATCH, count: 2_000_000 },
  { name: "order-9 pair, buddy", pattern: Pattern.THP_PAIR, count: 2_000_000 },
  { name: "order-9 batch 4096, buddy", pattern: Pattern.THP_BATCH, count: 2_000_000 },
  { name: "random mix, 64k slots", pattern: Pattern.RANDOM_MIX, count: 2_000_000 },
  { name: "fill all, pcp", pattern: Pattern.FILL, count: 0 },
  { name: "free all, random order", pattern: Pattern.FREE_RANDOM, count: 0 },
];

export interface RowResult {
  readonly name: string;
  /** Nanoseconds of CPU time per block. */
  readonly ours: Spread;
  /** The twin whose four entry points stay functions with arguments (noipa), as they are in the core. */
  readonly c: Spread | null;
  /** The twin that the compiler may dissolve into the loop. */
  readonly cFused: Spread | null;
  /** Medians of the ratios of single rounds. */
  readonly ratio: number | null;
  readonly ratioFused: number | null;
  readonly checksum: number;
  readonly checksumEqual: boolean | null;
  readonly digest: string;
  readonly digestEqual: boolean | null;
}

/** The digest of a memory, taken by the core itself. */
export function digestOfMemory(module: WebAssembly.Module, memory: Uint8Array): string {
  const engine = Engine.attach(module, memory);
  const digest = engine.digest();
  engine.dispose();
  return digest;
}

function runOurs(machine: Machine, pattern: Pattern, count: number): TwinRun {
  const words = machine.engine.unsigned(Region.WORKLOAD);
  words[WorkloadWord.SEED_LOW] = SEED;
  words[WorkloadWord.SEED_HIGH] = 0;
  let checksum = 0;
  const nanoseconds = cpuNanoseconds(() => {
    checksum = machine.engine.pattern(pattern, count);
  });
  return { nanoseconds, checksum };
}

/** Blocks of a row on this machine. */
function countOf(row: Row, { views }: Machine, scale: number): number {
  const managed = views.populatedZones().reduce((sum, zone) => sum + views.zone(zone).managed, 0);
  return row.count === 0 ? Math.floor(managed * 0.95) : Math.max(4096, Math.floor(row.count * scale));
}

/** One row: two rounds to warm up, then `rounds`, the sides taking turns at going first. */
export async function runRow(
  row: Row,
  machine: Machine,
  image: Uint8Array,
  twins: Twins,
  rounds: number,
  scale: number,
): Promise<RowResult> {
  const count = countOf(row, machine, scale);
  const sides = [undefined, twins.separate, twins.fused].filter((side, i) => i === 0 || side !== undefined);
  const taken = sides.map(() => [] as number[]);
  let checksum = 0;
  let equal = true;
  for (let round = -2; round < rounds; round++) {
    machine.engine.memory().set(image);
    for (const twin of sides) await twin?.reset();
    if (row.pattern === Pattern.FREE_RANDOM) {
      runOurs(machine, Pattern.FILL, count);
      for (const twin of sides) await twin?.run(Pattern.FILL, count, SEED);
    }
    const sums: number[] = [];
    for (let turn = 0; turn < sides.length; turn++) {
      const side = (turn + round + 2) % sides.length;
      const twin = sides[side];
      const run =
        twin === undefined ? runOurs(machine, row.pattern, count) : await twin.run(row.pattern, count, SEED);
      if (twin === undefined) checksum = run.checksum;
      sums.push(run.checksum);
      if (round >= 0) taken[side]?.push(run.nanoseconds / count);
    }
    equal &&= new Set(sums).size === 1;
  }
  const [ours = [], c, cFused] = taken;
  const ratioTo = (theirs: readonly number[] | undefined) =>
    theirs === undefined ? null : median(ours.map((ns, i) => ns / (theirs[i] ?? Number.NaN)));
  const digest = machine.digest();
  const ofTwins = await Promise.all(sides.flatMap((twin) => (twin === undefined ? [] : [twin.memory()])));
  return {
    name: row.name,
    ours: spreadOf(ours),
    c: c === undefined ? null : spreadOf(c),
    cFused: cFused === undefined ? null : spreadOf(cFused),
    ratio: ratioTo(c),
    ratioFused: ratioTo(cFused),
    checksum,
    checksumEqual: sides.length === 1 ? null : equal,
    digest,
    digestEqual:
      sides.length === 1
        ? null
        : ofTwins.every((memory) => digestOfMemory(machine.engine.module, memory) === digest),
  };
}
