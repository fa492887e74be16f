// Knows: how far a list of buffers reaches when each takes the first place that fits, in the best and the worst order.
// Must not know: text, units.
//
// Models: first fit of cma_alloc() in an empty area whose first page is aligned, nothing freed in between. Orders are
// searched with what is left and where the gaps are as the state; beyond a budget the answer is the best of many tried.

import type { Buffer } from "./buffers.js";

/** How far an order of allocation reaches. */
export interface Span {
  /** Pages from the first to the last. */
  readonly pages: number;
  /** Pages inside the span that no buffer uses. */
  readonly gaps: number;
  /** Indexes into the list of buffers, one for each allocation. */
  readonly order: readonly number[];
}

export interface Spans {
  readonly best: Span;
  readonly worst: Span;
  /** Every order was looked at. */
  readonly exact: boolean;
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

interface Layout {
  readonly end: number;
  readonly gaps: readonly Gap[];
}

const EMPTY: Layout = { end: 0, gaps: [] };
/** States visited before the search gives up being exact. */
const BUDGET = 60_000;
const TRIES = 400;

function alignUp(value: number, align: number): number {
  return Math.ceil(value / 2 ** align) * 2 ** align;
}

/** How much was done: buffers placed in a layout. */
export interface SpanWork {
  placed: number;
}

/** The buffer takes the first gap that holds it, or the end. */
function place({ end, gaps }: Layout, { pages, align }: Buffer, work: SpanWork): Layout {
  work.placed++;
  for (const [i, gap] of gaps.entries()) {
    const start = alignUp(gap.start, align);
    if (start + pages > gap.end) continue;
    const parts = [
      { start: gap.start, end: start },
      { start: start + pages, end: gap.end },
    ].filter((part) => part.end > part.start);
    return { end, gaps: [...gaps.slice(0, i), ...parts, ...gaps.slice(i + 1)] };
  }
  const start = alignUp(end, align);
  return { end: start + pages, gaps: start > end ? [...gaps, { start: end, end: start }] : gaps };
}

export function spanOfOrder(
  buffers: readonly Buffer[],
  order: readonly number[],
  work: SpanWork = { placed: 0 },
): Span {
  let layout = EMPTY;
  let used = 0;
  for (const index of order) {
    layout = place(layout, buffers[index]!, work);
    used += buffers[index]!.pages;
  }
  return { pages: layout.end, gaps: layout.end - used, order };
}

interface Choice {
  /** Pages by which the rest reaches beyond the end so far. */
  readonly extra: number;
  /** Buffer to place first; -1 when nothing is left. */
  readonly next: number;
}

interface Solution {
  readonly best: Choice;
  readonly worst: Choice;
}

/** More buffers than this are not searched in every order. */
const MOST_SEARCHED = 128;

/** All orders, each state once. What comes after depends on where the end and the gaps are relative to the largest alignment only. */
class Search {
  private readonly known = new Map<string, Solution>();
  private readonly unit: number;
  spent = false;

  constructor(
    private readonly buffers: readonly Buffer[],
    private readonly work: SpanWork,
  ) {
    this.unit = 2 ** buffers.reduce((most, { align }) => Math.max(most, align), 0);
  }

  solve(left: readonly number[], layout: Layout): Solution {
    const key = this.keyOf(left, layout);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= BUDGET) this.spent = true;
    let best: Choice = { extra: Number.POSITIVE_INFINITY, next: -1 };
    let worst: Choice = { extra: -1, next: -1 };
    for (let i = 0; i < left.length && !this.spent; i++) {
      if (left[i] === 0) continue;
      const next = place(layout, this.buffers[i]!, this.work);
      const grown = next.end - layout.end;
      const rest = this.solve(without(left, i), next);
      if (grown + rest.best.extra < best.extra) best = { extra: grown + rest.best.extra, next: i };
      if (grown + rest.worst.extra > worst.extra) worst = { extra: grown + rest.worst.extra, next: i };
    }
    const nothing: Choice = { extra: 0, next: -1 };
    const solution = worst.next < 0 ? { best: nothing, worst: nothing } : { best, worst };
    this.known.set(key, solution);
    return solution;
  }

  /** Follows the choices from the empty area. */
  order(which: "best" | "worst"): number[] {
    let left: readonly number[] = this.buffers.map(({ count }) => count);
    let layout = EMPTY;
    const order: number[] = [];
    for (
      let { next } = this.solve(left, layout)[which];
      next >= 0;
      next = this.solve(left, layout)[which].next
    ) {
      order.push(next);
      layout = place(layout, this.buffers[next]!, this.work);
      left = without(left, next);
    }
    return order;
  }

  /**
   * Gaps that no remaining buffer fits into do not matter any more; those that only one kind fits into are a number of
   * places for it, and places beyond the buffers that are left of the kind do not matter either.
   */
  private keyOf(left: readonly number[], { end, gaps }: Layout): string {
    const { buffers, unit } = this;
    const places = new Array<number>(left.length).fill(0);
    const tokens: string[] = [];
    for (const gap of gaps) {
      const kinds = left.flatMap((count, i) => (count > 0 && holds(gap, buffers[i]!) > 0 ? [i] : []));
      const [kind] = kinds;
      if (kind === undefined) continue;
      if (kinds.length > 1) {
        tokens.push(`${gap.start % unit}+${gap.end - gap.start}`);
        continue;
      }
      const more = Math.min(holds(gap, buffers[kind]!), left[kind]! - places[kind]!);
      if (more <= 0) continue;
      places[kind]! += more;
      const last = tokens.at(-1)?.split("*");
      if (last?.[0] === `${kind}`) tokens[tokens.length - 1] = `${kind}*${Number(last[1]) + more}`;
      else tokens.push(`${kind}*${more}`);
    }
    return `${left.join(",")}|${end % unit}|${tokens.join(",")}`;
  }
}

/** Buffers of one kind that fit into a gap. */
function holds(gap: Gap, { pages, align }: Buffer): number {
  const spare = gap.end - alignUp(gap.start, align) - pages;
  return spare < 0 ? 0 : Math.floor(spare / alignUp(pages, align)) + 1;
}

function without(left: readonly number[], index: number): number[] {
  return left.map((count, i) => (i === index ? count - 1 : count));
}

/** undefined when there are too many orders to look at. */
function search(buffers: readonly Buffer[], work: SpanWork): { best: Span; worst: Span } | undefined {
  const left = buffers.map(({ count }) => count);
  if (left.reduce((sum, count) => sum + count, 0) > MOST_SEARCHED) return undefined;
  const found = new Search(buffers, work);
  found.solve(left, EMPTY);
  if (found.spent) return undefined;
  return {
    best: spanOfOrder(buffers, found.order("best"), work),
    worst: spanOfOrder(buffers, found.order("worst"), work),
  };
}

/** A fixed sequence: the same buffers give the same answer everywhere. */
function shuffled(order: readonly number[], seed: number): number[] {
  const result = [...order];
  let state = seed;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

function sample(buffers: readonly Buffer[], work: SpanWork): { best: Span; worst: Span } {
  const all = buffers.flatMap(({ count }, i) => new Array<number>(count).fill(i));
  const by = (rank: (buffer: Buffer) => number) =>
    [...all].sort((a, b) => rank(buffers[a]!) - rank(buffers[b]!));
  const gap = ({ pages, align }: Buffer) => alignUp(pages, align) - pages;
  const orders = [
    all,
    by((b) => b.pages),
    by((b) => -b.pages),
    by((b) => b.align),
    by((b) => -b.align),
    by(gap),
    by((b) => -gap(b)),
  ];
  const tries = Math.max(1, Math.min(TRIES, Math.floor(40_000 / Math.max(1, all.length))));
  for (let seed = 1; seed <= tries; seed++) orders.push(shuffled(all, seed));
  const spans = orders.map((order) => spanOfOrder(buffers, order, work));
  const best = spans.reduce((a, b) => (b.pages < a.pages ? b : a));
  const worst = spans.reduce((a, b) => (b.pages > a.pages ? b : a));
  return { best, worst };
}

/** @param work counts what is done; at most a few million placements, whatever the buffers */
export function spansOf(buffers: readonly Buffer[], work: SpanWork = { placed: 0 }): Spans {
  const found = search(buffers, work);
  return found === undefined ? { ...sample(buffers, work), exact: false } : { ...found, exact: true };
}
