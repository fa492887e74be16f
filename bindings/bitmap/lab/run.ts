// Knows: the rows of the laboratory: every pattern with every request, every strategy by turns, one digest.
// Must not know: how rows are shown, where a twin runs.

import { IndexPart, type SearchStrategy } from "../../../assembly/abi/findings.js";
import { append } from "../../engine/extent.js";
import { BitmapCore, type RawRequest } from "../core.js";
import {
  type Clock,
  type Contestant,
  compareSearches,
  contestant,
  digestAnswers,
  type Timing,
  timeUpdate,
} from "./measure.js";
import { type BitPattern, REQUESTS } from "./patterns.js";

/** The same walk in another language, if it can be had: gets the words of each map before its rows. */
export interface Twin {
  readonly name: string;
  load(words: Uint32Array, bits: number): Promise<Contestant>;
}

export interface LabOptions {
  /** The compiled bitmap module. */
  readonly module: WebAssembly.Module;
  readonly bits: number;
  readonly patterns: readonly BitPattern[];
  readonly strategies: readonly SearchStrategy[];
  readonly requests?: readonly { readonly count: number; readonly align: number }[];
  readonly seed: number;
  readonly rounds: number;
  /** Nanoseconds that one sample lasts at least. */
  readonly slice: number;
  readonly clock: Clock;
  readonly twin?: Twin | undefined;
  readonly onRow?: (row: LabRow) => void;
}

export interface LabRow {
  readonly pattern: string;
  readonly bits: number;
  readonly count: number;
  readonly align: number;
  /** The twin first, if there is one, then the strategies in their order. */
  readonly timings: readonly Timing[];
  /** NONE when there is none; the same from all. */
  readonly place: number;
}

/** Nanoseconds for setting or clearing 456 bits with one index, and its size. */
export interface LabUpdate {
  readonly pattern: string;
  readonly bits: number;
  readonly index: string;
  readonly indexBytes: number;
  readonly nanoseconds: number;
}

export interface LabResult {
  readonly bits: number;
  readonly seed: number;
  readonly twin: string | null;
  readonly rows: readonly LabRow[];
  readonly updates: readonly LabUpdate[];
  /** Over the places of all rows. */
  readonly digest: string;
}

const ALL_PARTS = IndexPart.RUN_TREE | IndexPart.SUMMARY | IndexPart.PYRAMID;
/** The indexes whose upkeep is timed: the bits alone, and each part by itself. */
const INDEXES = [
  { index: "none", parts: 0 },
  { index: "RUN_TREE", parts: IndexPart.RUN_TREE },
  { index: "SUMMARY", parts: IndexPart.SUMMARY },
  { index: "PYRAMID", parts: IndexPart.PYRAMID },
] as const;
const UPDATED_BITS = 456;

function raw({ count, align }: { readonly count: number; readonly align: number }): RawRequest {
  return { start: 0, count, mask: 2 ** align - 1, offset: 0 };
}

function mapOf(options: LabOptions, pattern: BitPattern, parts: number): BitmapCore {
  const core = BitmapCore.create(options.module, options.bits, parts, false);
  pattern.fill(core, options.seed);
  return core;
}

async function rowsOf(options: LabOptions, pattern: BitPattern): Promise<LabRow[]> {
  const { bits, clock, strategies, twin } = options;
  const core = mapOf(options, pattern, ALL_PARTS);
  const contestants = strategies.map((strategy) => contestant(core, strategy, clock));
  if (twin !== undefined) contestants.unshift(await twin.load(core.words, bits));
  const rows: LabRow[] = [];
  for (const request of options.requests ?? REQUESTS) {
    if (request.count > bits) continue;
    const timings = await compareSearches(contestants, raw(request), options);
    const places = new Set(timings.map(({ place }) => place));
    const [place = 0] = places;
    if (places.size !== 1) {
      const answers = timings.map((timing) => `${timing.name} ${timing.place}`).join(", ");
      throw new Error(`${pattern.name} ${request.count}@${request.align}: the answers differ: ${answers}`);
    }
    const row = { pattern: pattern.name, bits, ...request, timings, place };
    options.onRow?.(row);
    rows.push(row);
  }
  return rows;
}

function updatesOf(options: LabOptions, pattern: BitPattern): LabUpdate[] {
  if (options.bits < 2 * UPDATED_BITS) return [];
  return INDEXES.map(({ index, parts }) => {
    const core = mapOf(options, pattern, parts);
    const from = (options.bits >>> 1) + 32;
    core.clear(from, UPDATED_BITS);
    return {
      pattern: pattern.name,
      bits: options.bits,
      index,
      indexBytes: core.indexBytes,
      nanoseconds: timeUpdate(core, from, UPDATED_BITS, options.clock, options.rounds),
    };
  });
}

/** @throws Error when two contestants answer differently: no time counts then */
export async function runLab(options: LabOptions): Promise<LabResult> {
  const rows: LabRow[] = [];
  const updates: LabUpdate[] = [];
  for (const pattern of options.patterns) {
    append(rows, await rowsOf(options, pattern));
    append(updates, updatesOf(options, pattern));
  }
  const { bits, seed, twin } = options;
  return {
    bits,
    seed,
    twin: twin?.name ?? null,
    rows,
    updates,
    digest: digestAnswers(rows.map(({ place }) => place)),
  };
}

/** The time of one contestant of a row. */
export function timeOf(row: LabRow, name: string): number | undefined {
  return row.timings.find((timing) => timing.name === name)?.nanoseconds;
}
