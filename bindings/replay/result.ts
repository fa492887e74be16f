// Knows: what a replay answers, in numbers and words. Must not know: how it is done or printed.

import type { StateDifference } from "../machine/compare.js";

/** The first place where the machine and the kernel part. */
export interface Disagreement {
  /** Row of ops.csv, or index of the standard event; -1: the state before the first operation. */
  readonly operation: number;
  /** 1-based line in `file`; undefined for a state that no file gave. */
  readonly line: number | undefined;
  readonly file: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** The lists and counters around it, one per line. */
  readonly around: readonly string[];
  /** For a dump: every difference found, up to a limit. */
  readonly differences: readonly StateDifference[];
}

export interface ReplayResult {
  readonly capture: string;
  readonly kernel: string;
  /** Operations performed: rows of the script, or events of the trace that change the allocator. */
  readonly operations: number;
  /** Results that could be compared, and those that were equal. */
  readonly compared: number;
  readonly agreeing: number;
  readonly firstDisagreement: Disagreement | null;
  readonly dumpsCompared: number;
  readonly dumpsEqual: number;
  readonly finalStateEqual: boolean;
  /** Time inside the core per operation; depends on the machine it runs on. */
  readonly nsPerOperation: number;
}

export function isExact(result: ReplayResult): boolean {
  return (
    result.firstDisagreement === null && result.finalStateEqual && result.dumpsEqual === result.dumpsCompared
  );
}
