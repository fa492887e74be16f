// Knows: closing the gap between an assignment and its sums by trading at most two units of one type for two of another.
// Must not know: how the assignment came about.
//
// A type lacks a vector of free blocks. Every pair of units that it has and every pair that another type has is summed up;
// a pair here and a pair there whose difference is just that vector settle it. Sums are met in a table: the work grows with
// the square of the units, not with its fourth power.

import type { Ledger } from "./ledger.js";

/** Units of a type that are looked at: the sums of all their pairs are kept. */
const MOST_UNITS = 300;

type Group = readonly number[];

/** None, each one, each two. */
function groupsOf(members: readonly number[]): Group[] {
  const groups: Group[] = [[], ...members.map((member) => [member])];
  for (let i = 0; i < members.length; i++)
    for (let j = i + 1; j < members.length; j++) groups.push([members[i]!, members[j]!]);
  return groups;
}

/** The sum of a vector and of a group's units, as a key. */
function keyOf(ledger: Ledger, group: Group, start: readonly number[]): string {
  const vector = [...start];
  for (const unit of group) ledger.sumInto(vector, unit);
  return vector.join();
}

function trade(ledger: Ledger, out: Uint8Array, group: Group, from: number, to: number): void {
  for (const unit of group) {
    ledger.move(unit, from, to);
    out[unit] = to;
  }
}

/** Gives `type` exactly what it lacks, at the cost of `other`. True: done. */
function settlePair(
  which: readonly number[],
  type: number,
  other: number,
  ledger: Ledger,
  out: Uint8Array,
): boolean {
  const membersOf = (wanted: number) => which.filter((unit) => out[unit] === wanted).slice(0, MOST_UNITS);
  const given = new Map<string, Group>();
  for (const group of groupsOf(membersOf(type))) given.set(keyOf(ledger, group, ledger.lacking(type)), group);
  const none = new Array<number>(ledger.columns).fill(0);
  for (const group of groupsOf(membersOf(other))) {
    const match = given.get(keyOf(ledger, group, none));
    if (match === undefined) continue;
    trade(ledger, out, match, type, other);
    trade(ledger, out, group, other, type);
    return true;
  }
  return false;
}

/** Settles one type after the other; what the last ones lack is what the others had too much. */
export function exchange(
  which: readonly number[],
  types: readonly number[],
  ledger: Ledger,
  out: Uint8Array,
): void {
  const settled = new Set<number>();
  const lacks = (type: number) => ledger.lacking(type).some((count) => count !== 0);
  // The rarest types first: the common ones have the most units to trade with each other at last.
  const units = (type: number) => which.reduce((sum, unit) => sum + (out[unit] === type ? 1 : 0), 0);
  const order = [...types].sort((a, b) => units(a) - units(b));
  for (const type of order) {
    const partners = order.filter((other) => other !== type && !settled.has(other)).reverse();
    if (!lacks(type) || partners.some((other) => settlePair(which, type, other, ledger, out)))
      settled.add(type);
  }
}
