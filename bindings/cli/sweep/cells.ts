// Knows: what the runs of each cell of a grid come to, how sure that is, and which cells need more seeds.
// Must not know: files, how anything is shown.

import { bootstrapMean, type Interval } from "../../analysis/bootstrap.js";
import { smallest } from "../../engine/extent.js";
import type { SweepRow } from "../../sweep/index.js";

export interface CellName {
  readonly scenario: string;
  readonly device: string;
  readonly policy: string;
  readonly client: string;
}

export interface CellSummary extends CellName {
  readonly seeds: number;
  readonly requests: number;
  /** Mean over seeds of the share of requests that succeeded, that were late or failed. */
  readonly success: number;
  readonly missed: number;
  readonly successInterval: Interval | undefined;
  readonly missedInterval: Interval | undefined;
  /** Median over seeds of the median latency of successes. */
  readonly p50Ns: number | undefined;
  /** Runs that failed; nothing of them is in the other figures. */
  readonly errors: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function middle(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : [...values].sort((a, b) => a - b)[values.length >> 1];
}

class Cell {
  readonly success: number[] = [];
  readonly missed: number[] = [];
  readonly latencies: number[] = [];
  requests = 0;
  errors = 0;

  add(row: SweepRow): void {
    if (row.error !== undefined) {
      this.errors++;
      return;
    }
    const requests = Number(row.requests ?? 0);
    this.requests += requests;
    if (requests === 0) return;
    this.success.push(Number(row.succeeded) / requests);
    this.missed.push(Number(row.missed) / requests);
    if (row.p50Ns !== undefined) this.latencies.push(Number(row.p50Ns));
  }
}

/** Rows in any order; cells in the order in which they are first met. */
export class Cells {
  readonly #cells = new Map<string, Cell>();

  add(row: SweepRow): void {
    const key = JSON.stringify([row.scenario, row.device, row.policy, row.client]);
    const cell = this.#cells.get(key) ?? new Cell();
    this.#cells.set(key, cell);
    cell.add(row);
  }

  summaries(): CellSummary[] {
    return [...this.#cells].map(([key, cell]) => {
      const [scenario = "", device = "", policy = "", client = ""] = JSON.parse(key) as string[];
      return {
        ...{ scenario, device, policy, client },
        seeds: cell.success.length,
        requests: cell.requests,
        success: mean(cell.success),
        missed: mean(cell.missed),
        successInterval: bootstrapMean(cell.success),
        missedInterval: bootstrapMean(cell.missed),
        p50Ns: middle(cell.latencies),
        errors: cell.errors,
      };
    });
  }
}

/** "success 2%": a figure, and how wide its 95 % interval may be. */
export interface Target {
  readonly figure: "success" | "missed";
  readonly width: number;
}

export function parseTarget(text: string): Target | undefined {
  const [, figure, percent] = /^\s*(success|missed)\s+(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? [];
  const width = Number(percent) / 100;
  if (figure === undefined || !(width > 0 && width <= 1)) return undefined;
  return { figure: figure as Target["figure"], width };
}

/** Undefined for a cell that asked nothing; Infinity for a single seed, which has no interval. */
export function widthOf(cell: CellSummary, { figure }: Target): number | undefined {
  if (cell.seeds === 0) return undefined;
  const interval = figure === "success" ? cell.successInterval : cell.missedInterval;
  return interval === undefined ? Number.POSITIVE_INFINITY : interval.high - interval.low;
}

/** No more than so many times the seeds that there are: the width of few seeds is itself a guess. */
const MOST_TIMES = 10;

/** Seeds that the widest of these cells still needs: its interval shrinks with the root of their number. */
export function seedsWanted(cells: readonly CellSummary[], target: Target): number {
  let most = 0;
  for (const cell of cells) {
    const width = widthOf(cell, target) ?? 0;
    const times = Math.min(MOST_TIMES, (width / target.width) ** 2);
    most = Math.max(most, Math.ceil(cell.seeds * times) - cell.seeds);
  }
  return Math.max(most, Math.min(10, smallest(cells.map(({ seeds }) => seeds))));
}
