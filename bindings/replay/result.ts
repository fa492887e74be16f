// Knows: what a replay answers, in numbers and words. Must not know: how it is done or printed.

import type { StateDifference } from "../machine/compare.js";

/** The first place where the machine and the kernel part. */
export interface Disagreement {
  /** Row of ops.csv, or index of the standard event; -1: the state before the first operation. */
  readonly operation: number;
  /** 1-based line in `file`; undefined for a state that no file gave. */
  readonly line: number | undefined;
  /** Name of the file. */
  readonly file: string;
  /** What differs, in words. */
  readonly what: string;
  /** What the kernel did or had. */
  readonly expected: string;
  /** What the machine did or has. */
  readonly got: string;
  /** The lists and counters around it, one per line. */
  readonly around: readonly string[];
  /** For a dump: every difference found, up to a limit. */
  readonly differences: readonly StateDifference[];
}

/** One operation of so many is timed: reading the clock takes as long as an operation. */
export const SAMPLE = 16;

/** What a replay comes to. */
export interface ReplayResult {
  /** Name of the capture. */
  readonly capture: string;
  /** `uname -r` of the kernel that it is of. */
  readonly kernel: string;
  /** Operations performed: rows of the script, or events of the trace that change the allocator. */
  readonly operations: number;
  /** Results that could be compared, and those that were equal. */
  readonly compared: number;
  /** Those that were equal. */
  readonly agreeing: number;
  /** The first place where machine and kernel part; null: none. */
  readonly firstDisagreement: Disagreement | null;
  /** States compared on the way. */
  readonly dumpsCompared: number;
  /** Those that were equal. */
  readonly dumpsEqual: number;
  /** The state at the end is the kernel's. */
  readonly finalStateEqual: boolean;
  /** Time inside the core per operation, of every SAMPLEth; depends on the machine it runs on. */
  readonly nsPerOperation: number;
}

/** Every result and every dump was equal. */
export function isExact(result: ReplayResult): boolean {
  return (
    result.firstDisagreement === null && result.finalStateEqual && result.dumpsEqual === result.dumpsCompared
  );
}
