// Knows: how far an assignment of migratetypes to units is from the sums that are to come out.
// Must not know: how an assignment is looked for.
//
// Columns are the orders, and behind them the number of pageblocks. Of a unit only the columns that are not zero are kept.

import { MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import type { Unit } from "./units.js";

/** What is to come out. */
export interface Sums {
  /** [migratetype][order]; undefined: not counted. */
  readonly free: readonly (readonly number[])[] | undefined;
  /** Pageblocks by migratetype; undefined: not counted. */
  readonly blocks: readonly number[] | undefined;
}

/** The entries of a unit that are counted and not zero. */
interface Entries {
  readonly columns: readonly number[];
  readonly amounts: readonly number[];
}

/** What is left of the sums after the units assigned so far. Units are named by their place in the list. */
export class Ledger {
  readonly columns: number;
  /** What no assignment can better: units and sums together count differently. */
  readonly least: number;
  private readonly entries: readonly Entries[];
  /** [migratetype][column]; below zero: more than was counted. */
  private readonly left: number[][];
  /** By column: what there is more of than all sums together count, and how much of that is used. */
  private readonly slack: number[];
  private readonly over: number[];

  constructor(sums: Sums, units: readonly Unit[], orders: number) {
    const columns = Array.from({ length: orders + 1 }, (_, column) => column);
    const isCounted = columns.map((column) => (column < orders ? sums.free : sums.blocks) !== undefined);
    const amountOf = (unit: Unit, column: number) => (column < orders ? unit.vector[column]! : unit.blocks);
    this.columns = orders + 1;
    this.left = Array.from({ length: MIGRATE_TYPES }, (_, type) =>
      columns.map((column) => (column < orders ? sums.free?.[type]?.[column] : sums.blocks?.[type]) ?? 0),
    );
    this.entries = units.map((unit) => {
      const own = columns.filter((column) => isCounted[column] && amountOf(unit, column) !== 0);
      return { columns: own, amounts: own.map((column) => amountOf(unit, column)) };
    });
    this.over = columns.map(() => 0);
    const gap = columns.map((column) => {
      if (!isCounted[column]) return 0;
      const there = units.reduce((sum, unit) => sum + amountOf(unit, column), 0);
      return there - this.left.reduce((sum, row) => sum + row[column]!, 0);
    });
    this.slack = gap.map((more) => Math.max(0, more));
    this.least = gap.reduce((sum, more) => sum + Math.abs(more), 0);
    for (const row of this.left) for (const column of columns) if (!isCounted[column]) row[column] = 0;
  }

  add(unit: number, type: number, sign: number): void {
    const { columns, amounts } = this.entries[unit]!;
    const row = this.left[type]!;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const moved = sign * amounts[i]!;
      this.over[column]! += Math.max(0, moved - row[column]!) - Math.max(0, -row[column]!);
      row[column]! -= moved;
    }
  }

  /** Are the sums still met, but for what there is too much of whatever happens? */
  fits(unit: number, type: number): boolean {
    const { columns, amounts } = this.entries[unit]!;
    const row = this.left[type]!;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const more = Math.max(0, amounts[i]! - row[column]!) - Math.max(0, -row[column]!);
      if (this.over[column]! + more > this.slack[column]!) return false;
    }
    return true;
  }

  /** Gives the unit of one type to another; what that changes in the distance. */
  move(unit: number, from: number, to: number): number {
    const { columns, amounts } = this.entries[unit]!;
    const source = this.left[from]!;
    const target = this.left[to]!;
    let change = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      change -= Math.abs(source[column]!) + Math.abs(target[column]!);
      change += Math.abs(source[column]! + amounts[i]!) + Math.abs(target[column]! - amounts[i]!);
    }
    this.add(unit, from, -1);
    this.add(unit, to, 1);
    return change;
  }

  /** What a type still lacks in each column. */
  lacking(type: number): readonly number[] {
    return this.left[type]!;
  }

  /** Adds the unit's entries to a vector. */
  sumInto(vector: number[], unit: number): void {
    const { columns, amounts } = this.entries[unit]!;
    for (let i = 0; i < columns.length; i++) vector[columns[i]!]! += amounts[i]!;
  }

  distance(): number {
    let distance = 0;
    for (const row of this.left) for (const count of row) distance += Math.abs(count);
    return distance;
  }
}
