// Knows: how CPU time grows where the work is the laboratory's and not the core's: length of a log, number of seeds.
// Must not know: how it is drawn.

import { explain } from "../../bindings/explain/index.js";
import { collect } from "../../bindings/importers/collect.js";
import { scenario } from "../../bindings/scenario/builder.js";
import { runScenario } from "../../bindings/sweep/run.js";
import { median } from "../stats.js";

export interface TimedRow {
  readonly name: string;
  readonly per: string;
  readonly sizes: readonly number[];
  /** CPU milliseconds for one unit. */
  readonly milliseconds: readonly number[];
}

async function cpuMilliseconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const LINES = [
  "[    1.000000] usb 1-1: new high-speed USB device number 2 using xhci_hcd",
  "[    2.000000] cma: cma_alloc: linux,cma: alloc failed, req-size: 148 pages, ret: -16",
  "[    2.000001] alloc_contig_range: [2f100, 2f20a) PFNs busy",
  "[    3.000000] systemd[1]: Started Network Time Synchronization.",
];

async function logRow(megabytes: readonly number[], rounds: number): Promise<TimedRow> {
  const block = `${LINES.join("\n")}\n`.repeat(100);
  const milliseconds: number[] = [];
  // The first of them would pay for compiling.
  explain(collect({ log: block.repeat(20) }));
  for (const size of megabytes) {
    const text = block.repeat(Math.ceil((size * 1e6) / block.length));
    const taken: number[] = [];
    for (let i = 0; i < rounds; i++) taken.push(await cpuMilliseconds(() => explain(collect({ log: text }))));
    milliseconds.push(median(taken) / size);
  }
  return { name: "log, MB", per: "ms of CPU for a MB explained", sizes: megabytes, milliseconds };
}

async function seedsRow(seeds: readonly number[]): Promise<TimedRow> {
  const built = scenario("seeds")
    .device("tiny")
    .duration("100ms")
    .workload("resident", { anon: "40%", file: "10%", interval: "20us", batch: 8 })
    .workload("noise")
    .build();
  const milliseconds: number[] = [];
  await runScenario(built, { seed: 1 });
  for (const count of seeds) {
    const taken = await cpuMilliseconds(async () => {
      for (let seed = 1; seed <= count; seed++) await runScenario(built, { seed });
    });
    milliseconds.push(taken / count);
  }
  return { name: "seeds", per: "ms of CPU for a run", sizes: seeds, milliseconds };
}

/** Medians of CPU time; everything that grows here is to stay flat. */
export async function timedRows(rounds = 3): Promise<TimedRow[]> {
  return [await logRow([1, 4, 16], rounds), await seedsRow([4, 16, 64])];
}
