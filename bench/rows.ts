// Knows: the rows of the buddy and per-CPU benchmark, and running one of them on both sides by turns.
// Must not know: how results are shown.

import { Pattern } from "../assembly/abi/findings.js";
import { Region } from "../assembly/abi/layout.js";
import { WorkloadWord } from "../assembly/abi/words.js";
import { Engine } from "../bindings/engine/engine.js";
import type { Machine } from "../bindings/machine/machine.js";
import type { Twin } from "./twin.js";

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
  /** Medians, nanoseconds of CPU time per block; ours and C's. */
  readonly nsPerOperation: number;
  readonly nsPerOperationC: number | null;
  /** Median of the ratios of single rounds. */
  readonly ratio: number | null;
  readonly checksum: number;
  readonly checksumEqual: boolean | null;
  readonly digest: string;
  readonly digestEqual: boolean | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The digest of a memory, taken by the core itself. */
export function digestOf(module: WebAssembly.Module, memory: Uint8Array): string {
  const engine = Engine.attach(module, memory);
  const digest = engine.digest();
  engine.dispose();
  return digest;
}

function runOurs(
  machine: Machine,
  pattern: Pattern,
  count: number,
): { nanoseconds: number; checksum: number } {
  const words = machine.engine.unsigned(Region.WORKLOAD);
  words[WorkloadWord.SEED_LOW] = SEED;
  words[WorkloadWord.SEED_HIGH] = 0;
  const before = process.cpuUsage();
  const checksum = machine.engine.pattern(pattern, count);
  const used = process.cpuUsage(before);
  return { nanoseconds: (used.user + used.system) * 1000, checksum };
}

/** One row: two rounds to warm up, then `rounds`, the sides taking turns at going first. */
export async function runRow(
  row: Row,
  machine: Machine,
  image: Uint8Array,
  twin: Twin | undefined,
  rounds: number,
  scale: number,
): Promise<RowResult> {
  const managed = machine.views
    .populatedZones()
    .reduce((sum, zone) => sum + machine.views.zone(zone).managed, 0);
  const whole = Math.floor(managed * 0.95);
  const count = row.count === 0 ? whole : Math.max(4096, Math.floor(row.count * scale));
  const ours: number[] = [];
  const theirs: number[] = [];
  let checksum = 0;
  let equal = true;
  for (let round = -2; round < rounds; round++) {
    machine.engine.memory().set(image);
    await twin?.reset();
    if (row.pattern === Pattern.FREE_RANDOM) {
      runOurs(machine, Pattern.FILL, count);
      await twin?.run(Pattern.FILL, count, SEED);
    }
    const first = round % 2 === 0 ? await twin?.run(row.pattern, count, SEED) : undefined;
    const mine = runOurs(machine, row.pattern, count);
    const other = first ?? (await twin?.run(row.pattern, count, SEED));
    checksum = mine.checksum;
    equal &&= other === undefined || other.checksum === mine.checksum;
    if (round < 0) continue;
    ours.push(mine.nanoseconds / count);
    if (other !== undefined) theirs.push(other.nanoseconds / count);
  }
  const digest = machine.digest();
  return {
    name: row.name,
    nsPerOperation: median(ours),
    nsPerOperationC: twin === undefined ? null : median(theirs),
    ratio: twin === undefined ? null : median(ours.map((ns, i) => ns / (theirs[i] ?? Number.NaN))),
    checksum,
    checksumEqual: twin === undefined ? null : equal,
    digest,
    digestEqual: twin === undefined ? null : digestOf(machine.engine.module, await twin.memory()) === digest,
  };
}
