// Knows: giving each unit a migratetype so that the numbers of pageblocks and of free blocks by type come out as counted.
// Must not know: frames, where a unit lies.
//
// Pageblock types stand in no file of /proc but as sums. What fits all sums is looked for in three steps: the likeliest type
// of each unit, by its content; a search in depth over the units with free blocks, exact while it is small; and where that
// ends, rounds of annealing towards the sums, each followed by a look for the exchange that closes the gap (exchange).
// Everything is seeded.

import { MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import { exchange } from "./exchange.js";
import { Ledger, type Sums } from "./ledger.js";
import type { Random } from "./random.js";
import type { Unit } from "./units.js";

export interface Assignment {
  /** Type of each unit. */
  readonly types: Uint8Array;
  /** Blocks and pageblocks by which the sums are missed; 0: they are met. */
  readonly distance: number;
}

/** Steps of the search in depth, and of a round of annealing. */
const MOST_NODES = 200_000;
const ROUNDS = 8;
const STEPS = 200_000;
/** Distances that a step may add with chance 1/e, at the beginning and at the end of a round. */
const HOT = 6;
const COLD = 0.25;

function typesInPlay({ free, blocks }: Sums): number[] {
  const all = Array.from({ length: MIGRATE_TYPES }, (_, type) => type);
  if (blocks === undefined && free === undefined) return all.slice(0, 2);
  return all.filter((type) => (blocks?.[type] ?? 0) > 0 || (free?.[type] ?? []).some((count) => count > 0));
}

/** By how much the second choice is worse: those with most to lose choose first. */
function regret(unit: Unit, types: readonly number[]): number {
  const costs = types.map((type) => unit.cost[type]!).sort((a, b) => a - b);
  return (costs[1] ?? 0) - (costs[0] ?? 0);
}

function byCost(unit: Unit, types: readonly number[]): number[] {
  return [...types].sort((a, b) => unit.cost[a]! - unit.cost[b]!);
}

/** The units in order, each the cheapest type that still fits; the cheapest of all where none does. */
function greedy(
  units: readonly Unit[],
  which: readonly number[],
  types: readonly number[],
  ledger: Ledger,
  out: Uint8Array,
): void {
  for (const i of which) {
    const choices = byCost(units[i]!, types);
    const type = choices.find((candidate) => ledger.fits(i, candidate)) ?? choices[0]!;
    out[i] = type;
    ledger.add(i, type, 1);
  }
}

/** Depth first over units with free blocks, the fullest first. True: all of them fit. */
function search(
  units: readonly Unit[],
  which: readonly number[],
  types: readonly number[],
  ledger: Ledger,
  out: Uint8Array,
): boolean {
  const choices = which.map((i) => byCost(units[i]!, types));
  const next = new Uint8Array(which.length);
  let nodes = 0;
  let depth = 0;
  while (depth >= 0) {
    if (depth === which.length) return true;
    const unit = which[depth]!;
    const untried = choices[depth]!;
    while (next[depth]! < untried.length && !ledger.fits(unit, untried[next[depth]!]!)) next[depth]! += 1;
    if (next[depth]! < untried.length && nodes < MOST_NODES) {
      nodes += 1;
      out[unit] = untried[next[depth]!]!;
      ledger.add(unit, out[unit]!, 1);
      depth += 1;
      continue;
    }
    next[depth] = 0;
    depth -= 1;
    if (depth < 0) break;
    const back = which[depth]!;
    ledger.add(back, out[back]!, -1);
    next[depth]! += 1;
  }
  return false;
}

/** Rounds of annealing and exchange, until nothing is left that could be better. */
function settle(
  which: readonly number[],
  types: readonly number[],
  ledger: Ledger,
  out: Uint8Array,
  random: Random,
): void {
  const best = out.slice();
  let least = ledger.distance();
  for (let round = 0; round < ROUNDS && least > ledger.least; round++) {
    anneal(which, types, ledger, out, random);
    exchange(which, types, ledger, out);
    if (ledger.distance() >= least) continue;
    least = ledger.distance();
    best.set(out);
  }
  become(which, ledger, out, best);
}

/** Goes back to an assignment that was met before. */
function become(which: readonly number[], ledger: Ledger, out: Uint8Array, wanted: Uint8Array): void {
  for (const i of which) {
    if (out[i] === wanted[i]) continue;
    ledger.move(i, out[i]!, wanted[i]!);
    out[i] = wanted[i]!;
  }
}

/** Moves and swaps of units, kept when the distance to the sums falls, or by chance; ends at the best it met when cool. */
function anneal(
  which: readonly number[],
  types: readonly number[],
  ledger: Ledger,
  out: Uint8Array,
  random: Random,
): void {
  let distance = ledger.distance();
  let best = Number.POSITIVE_INFINITY;
  const kept = out.slice();
  for (let step = 0; step < STEPS && best > ledger.least; step++) {
    const heat = HOT * (COLD / HOT) ** (step / STEPS);
    const a = which[random.below(which.length)]!;
    const from = out[a]!;
    const to = types[random.below(types.length)]!;
    if (to === from) continue;
    const partner = random.next() < 0.7 ? which[random.below(which.length)]! : a;
    const isSwap = partner !== a && out[partner] === to;
    let change = ledger.move(a, from, to);
    if (isSwap) change += ledger.move(partner, to, from);
    if (change > 0 && random.next() >= Math.exp(-change / heat)) {
      ledger.move(a, to, from);
      if (isSwap) ledger.move(partner, from, to);
      continue;
    }
    out[a] = to;
    if (isSwap) out[partner] = from;
    distance += change;
    if (distance < best && heat < 1) {
      best = distance;
      kept.set(out);
    }
  }
  become(which, ledger, out, kept);
}

/** A type for every unit. */
export function assignTypes(units: readonly Unit[], sums: Sums, orders: number, random: Random): Assignment {
  const types = typesInPlay(sums);
  const ledger = new Ledger(sums, units, orders);
  const out = new Uint8Array(units.length);
  if (units.length === 0 || types.length === 0) return { types: out, distance: ledger.distance() };
  const all = units.map((_, i) => i);
  const size = (i: number) => units[i]!.vector.reduce((sum, count) => sum + count, 0);
  const surest = (i: number, j: number) => regret(units[j]!, types) - regret(units[i]!, types);
  const free = all.filter((i) => units[i]!.isFree).sort(surest);
  const partial = all.filter((i) => !units[i]!.isFree && size(i) > 0);
  const full = all.filter((i) => !units[i]!.isFree && size(i) === 0).sort(surest);
  // Whole free blocks: their sums are met one order at a time, so that the first that fits is right.
  greedy(units, free, types, ledger, out);
  const fullest = [...partial].sort((i, j) => size(j) - size(i));
  const found = search(units, fullest, types, ledger, out);
  if (!found) greedy(units, partial.sort(surest), types, ledger, out);
  greedy(units, full, types, ledger, out);
  if (types.length > 1) settle(found ? [...free, ...full] : all, types, ledger, out, random);
  return { types: out, distance: ledger.distance() };
}
