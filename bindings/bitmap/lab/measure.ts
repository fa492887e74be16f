// Knows: how one search, or one update, is timed: so often that the clock can see it, in rounds, the contestants by turns.
// Must not know: which clock, what is compared.

import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import { FNV_OFFSET, fnvStep } from "../../engine/hash.js";
import type { BitmapCore, RawRequest } from "../core.js";

/** Nanoseconds of processor time of this process; only differences are used. */
export type Clock = () => number;

/** Somebody who answers a request `times` times. May be another process. */
export interface Contestant {
  readonly name: string;
  /** Nanoseconds for all of them together, and the place that was found. */
  run(request: RawRequest, times: number): Promise<{ readonly nanoseconds: number; readonly place: number }>;
}

export function contestant(core: BitmapCore, strategy: SearchStrategy, clock: Clock): Contestant {
  return {
    name: SearchStrategy[strategy] ?? String(strategy),
    async run(request, times) {
      const before = clock();
      core.repeat(strategy, request, times);
      const nanoseconds = clock() - before;
      return { nanoseconds, place: core.place(Placement.FIRST_FIT, strategy, request) };
    },
  };
}

export interface Timing {
  readonly name: string;
  /** Lower quartile over the rounds. */
  readonly nanoseconds: number;
  readonly place: number;
}

/** The lower quartile: a busy neighbour on the same core only ever adds time, and adds it to one side for a while. */
export function quartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 2] ?? 0;
}

const MOST_TIMES = 2 ** 26;

/** How often a search must be repeated to last `slice` nanoseconds. Runs it until it is compiled, too. */
async function calibrate(who: Contestant, request: RawRequest, slice: number): Promise<number> {
  for (let times = 1; ; ) {
    const { nanoseconds } = await who.run(request, times);
    if (nanoseconds >= slice * 0.7 || times >= MOST_TIMES) return times;
    const more = nanoseconds > slice / 50 ? Math.ceil((times * slice) / nanoseconds) : times * 8;
    times = Math.min(MOST_TIMES, Math.max(more, times + 1));
  }
}

/** All contestants, one after the other, `rounds` times over: lower quartiles in their order. */
export async function compareSearches(
  contestants: readonly Contestant[],
  request: RawRequest,
  { rounds, slice }: { readonly rounds: number; readonly slice: number },
): Promise<Timing[]> {
  const rows = [];
  for (const who of contestants) {
    rows.push({ who, times: await calibrate(who, request, slice), samples: [] as number[], place: 0 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const { nanoseconds, place } = await row.who.run(request, row.times);
      row.samples.push(nanoseconds / row.times);
      row.place = place;
    }
  }
  return rows.map(({ who, samples, place }) => ({ name: who.name, nanoseconds: quartile(samples), place }));
}

/** Nanoseconds to set or to clear `count` free bits at `from`, with the index: the mean of the two. */
export function timeUpdate(
  core: BitmapCore,
  from: number,
  count: number,
  clock: Clock,
  rounds: number,
): number {
  const samples: number[] = [];
  let times = 64;
  for (let round = 0; round < rounds; ) {
    const before = clock();
    core.repeatUpdate(from, count, times);
    const nanoseconds = clock() - before;
    if (nanoseconds < 2e6) {
      times *= 2;
      continue;
    }
    samples.push(nanoseconds / times / 2);
    round++;
  }
  return quartile(samples);
}

/** FNV-1a over 32-bit numbers, as 8 hexadecimal digits: the same answers, the same digest. */
export function digestAnswers(values: Iterable<number>): string {
  let hash = FNV_OFFSET;
  for (const value of values) {
    for (let shift = 0; shift < 32; shift += 8) hash = fnvStep(hash, (value >>> shift) & 0xff);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
