// Knows: what rows of runs come to in each cell of scenario, device, kernel, policy and client; a policy against the first one
// of its block, seed by seed; which policies nothing beats in both success and cost.
// Must not know: files, how anything is shown.

import { median } from "../bootstrap.js";
import { type Certainty, certaintyOf, certaintyOfOutcomes, mean } from "./certainty.js";
import { type Difference, differenceOf } from "./on_time.js";
import { addOpenings, NO_OPENINGS, type Openings } from "./openings.js";
import type { RunRow } from "./rows.js";

/** What a policy may cost: less of it is better, but for `io`. */
export const COST_COLUMNS = [
  { name: "p50Ns", unit: "ns", doc: "median latency of successes", moreIsBetter: false },
  { name: "moved", unit: "pages", doc: "pages moved by anybody", moreIsBetter: false },
  { name: "io", unit: "operations", doc: "reads and writes served", moreIsBetter: true },
  { name: "stalledNs", unit: "ns", doc: "workloads waited (reclaim, migrations, I/O)", moreIsBetter: false },
  { name: "reclaimed", unit: "pages", doc: "pages reclaimed", moreIsBetter: false },
  { name: "refaults", unit: "pages", doc: "pages read back from storage", moreIsBetter: false },
  { name: "copied", unit: "pages", doc: "pages copied into areas and back", moreIsBetter: false },
  { name: "idlePages", unit: "pages", doc: "pages of CMA areas in nobody's use", moreIsBetter: false },
  { name: "kills", unit: "count", doc: "applications killed", moreIsBetter: false },
] as const;

/** Name of a cost. */
export type CostColumn = (typeof COST_COLUMNS)[number]["name"];

/** Whose figures a cell has. */
export interface CellName {
  readonly scenario: string;
  readonly device: string;
  readonly kernel: string;
  readonly policy: string;
  readonly client: string;
}

/** What is compared: policies under one kernel, or kernels under one policy. */
export type Across = "policy" | "kernel";

/** A policy (or kernel) against the first one of its block, on the seeds that both have. */
export interface CellDifference {
  /** The policy, or kernel, that it is held against. */
  readonly against: string;
  /** In the share of openings on time; undefined where nobody asks. */
  readonly onTime: Difference | undefined;
  /** Mean differences of costs, this less that; a cost without a value on both sides is not there. */
  readonly costs: Readonly<Partial<Record<CostColumn, Difference>>>;
  /** What the costs of that one are, means over the same seeds: a difference is a share of this. */
  readonly bases: Readonly<Partial<Record<CostColumn, number>>>;
}

/** One cell: all seeds of one client under one policy. */
export interface MatrixCell extends CellName {
  /** Equal for all cells that are held against each other. */
  readonly block: string;
  /** What tells the cells of a block apart: the policy, or the kernel. */
  readonly label: string;
  /** What they have in common beside scenario, device and client: "Linux 6.12", or the policy. */
  readonly under: string;
  /** Seeds that asked. */
  readonly seeds: number;
  /** All seeds together, while the stream runs where there is one. */
  readonly openings: Openings;
  /** Share on time, mean over the seeds that asked; undefined where none did. */
  readonly share: number | undefined;
  readonly certainty: Certainty | undefined;
  /** Means over the seeds; of latency the median. */
  readonly costs: Readonly<Partial<Record<CostColumn, number>>>;
  /** Runs that failed; nothing of them is in the other figures. */
  readonly errors: number;
  /** Undefined for the first policy of a block. */
  readonly difference: CellDifference | undefined;
}

const PARTS = ["asked", "onTime", "late", "failed", "skipped"] as const;

interface Run {
  readonly openings: Openings;
  readonly costs: Readonly<Partial<Record<CostColumn, number>>>;
}

function runOf(row: RunRow): Run {
  const openings = Object.fromEntries(PARTS.map((part) => [part, Number(row[part] ?? 0)]));
  const costs = COST_COLUMNS.flatMap(({ name }) =>
    row[name] === undefined || row[name] === null ? [] : [[name, Number(row[name])] as const],
  );
  return { openings: openings as unknown as Openings, costs: Object.fromEntries(costs) };
}

function shareOf({ openings }: Run): number | undefined {
  return openings.asked === 0 ? undefined : openings.onTime / openings.asked;
}

class Cell {
  readonly runs = new Map<number, Run>();
  errors = 0;

  constructor(
    readonly name: CellName,
    readonly across: Across,
  ) {}

  get label(): string {
    return this.across === "policy" ? this.name.policy : `Linux ${this.name.kernel}`;
  }

  get under(): string {
    return this.across === "policy" ? `Linux ${this.name.kernel}` : this.name.policy;
  }

  get block(): string {
    const { scenario, device, client } = this.name;
    return JSON.stringify([scenario, device, client, this.under]);
  }

  add(row: RunRow): void {
    if (row.error !== undefined && row.error !== null) this.errors++;
    else this.runs.set(Number(row.seed), runOf(row));
  }

  pairs(other: Cell, figure: (run: Run) => number | undefined): (readonly [own: number, other: number])[] {
    return [...this.runs].flatMap(([seed, run]) => {
      const there = other.runs.get(seed);
      const [a, b] = [figure(run), there === undefined ? undefined : figure(there)];
      return a === undefined || b === undefined ? [] : [[a, b] as const];
    });
  }
}

function less([own, other]: readonly [number, number]): number {
  return own - other;
}

function against(cell: Cell, first: Cell): CellDifference {
  const costs: Partial<Record<CostColumn, Difference>> = {};
  const bases: Partial<Record<CostColumn, number>> = {};
  for (const { name } of COST_COLUMNS) {
    const pairs = cell.pairs(first, (run) => run.costs[name]);
    const difference = differenceOf(pairs.map(less));
    if (difference === undefined) continue;
    costs[name] = difference;
    bases[name] = mean(pairs.map(([, other]) => other)) ?? 0;
  }
  return { against: first.label, onTime: differenceOf(cell.pairs(first, shareOf).map(less)), costs, bases };
}

function summaryOf(cell: Cell, first: Cell): MatrixCell {
  const runs = [...cell.runs.values()];
  const asked = runs.filter(({ openings }) => openings.asked > 0);
  const shares = asked.flatMap((run) => shareOf(run) ?? []);
  const isSingle = asked.length > 1 && asked.every(({ openings }) => openings.asked === 1);
  const costs = COST_COLUMNS.flatMap(({ name }) => {
    const values = runs.flatMap((run) => run.costs[name] ?? []);
    const figure = name === "p50Ns" ? median(values) : mean(values);
    return figure === undefined ? [] : [[name, figure] as const];
  });
  return {
    ...cell.name,
    ...{ block: cell.block, label: cell.label, under: cell.under },
    seeds: asked.length,
    openings: runs.reduce((sum, { openings }) => addOpenings(sum, openings), NO_OPENINGS),
    share: mean(shares),
    certainty: isSingle ? certaintyOfOutcomes(shares.map((share) => share === 1)) : certaintyOf(shares),
    costs: Object.fromEntries(costs),
    errors: cell.errors,
    difference: cell === first ? undefined : against(cell, first),
  };
}

/** Rows in any order; cells in the order in which they are first met, so that the first policy is the one compared with. */
export class Matrix {
  readonly #cells = new Map<string, Cell>();
  readonly #across: Across;

  /** @param across what is compared: policies, unless kernels are */
  constructor(across: Across = "policy") {
    this.#across = across;
  }

  /** Counts one row. */
  add(row: RunRow): void {
    const { scenario = "", device = "", kernel = "", policy = "", client = "" } = row as unknown as CellName;
    const key = JSON.stringify([scenario, device, kernel, policy, client]);
    const cell = this.#cells.get(key) ?? new Cell({ scenario, device, kernel, policy, client }, this.#across);
    this.#cells.set(key, cell);
    cell.add(row);
  }

  /** All cells so far. */
  cells(): MatrixCell[] {
    const firsts = new Map<string, Cell>();
    return [...this.#cells.values()].map((cell) => {
      const first = firsts.get(cell.block) ?? cell;
      firsts.set(cell.block, first);
      return summaryOf(cell, first);
    });
  }
}

/** Cells of one block that no other beats: at least as often on time and at most as dear, one of them more so. */
export function paretoFront(cells: readonly MatrixCell[], cost: CostColumn): MatrixCell[] {
  const sign = COST_COLUMNS.find(({ name }) => name === cost)?.moreIsBetter === true ? -1 : 1;
  const price = (cell: MatrixCell) => sign * (cell.costs[cost] ?? Number.POSITIVE_INFINITY);
  const known = cells.filter(({ share, costs }) => share !== undefined && costs[cost] !== undefined);
  const beats = (a: MatrixCell, b: MatrixCell) =>
    (a.share ?? 0) >= (b.share ?? 0) &&
    price(a) <= price(b) &&
    ((a.share ?? 0) > (b.share ?? 0) || price(a) < price(b));
  return known.filter((cell) => !known.some((other) => beats(other, cell)));
}
