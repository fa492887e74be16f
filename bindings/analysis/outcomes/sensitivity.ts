// Knows: what a result comes to as one of its inputs moves: how far it goes, and at which value its verdict turns.
// Must not know: scenarios, how runs are done, how it is shown.

import { mean } from "./certainty.js";
import type { RunRow } from "./rows.js";

/** A difference of shares below this is no verdict. */
export const NO_VERDICT = 0.05;

/** 1: more openings on time, -1: fewer, 0: no difference. Of a single policy 1: most are on time, -1: not. */
export type Verdict = -1 | 0 | 1;

/** What all seeds came to at one value. */
export interface SensitivityPoint {
  /** In the input's unit. */
  readonly value: number;
  /** The difference between two policies, -1 to 1, or the share of one, 0 to 1. */
  readonly result: number;
  /** Seeds. */
  readonly seeds: number;
}

/** Two neighbouring values between which the verdict turns. */
export interface Turn {
  /** The lower value. */
  readonly low: number;
  /** The upper value. */
  readonly high: number;
  /** Verdict at the lower value. */
  readonly below: Verdict;
  /** Verdict at the upper value. */
  readonly above: Verdict;
}

/** One input over its range. */
export interface Sensitivity {
  /** "snapuserd.ramp" */
  readonly name: string;
  /** What it measures. */
  readonly dimension: string;
  /** What the scenario has. */
  readonly base: number;
  /** Lower end of the range. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Where the range comes from; null: from nowhere. */
  readonly source: string | null;
  /** Ascending by value. */
  readonly points: readonly SensitivityPoint[];
  /** Largest less smallest result. */
  readonly span: number;
  /** Where the verdict turns. */
  readonly turns: readonly Turn[];
}

/** A result, and what every input does to it. */
export interface SensitivityResult {
  /** Whose openings. */
  readonly client: string;
  /** The policy whose share is told, or against which the second is held. */
  readonly policy: string;
  /** The second policy; null: there is one only. */
  readonly other: string | null;
  /** Seeds of the scenario's own numbers. */
  readonly seeds: number;
  /** What the scenario's own numbers come to. */
  readonly result: number;
  /** Its verdict. */
  readonly verdict: Verdict;
  /** A turn is found to this part of its input's range. */
  readonly precision: number;
  /** The most moving first. */
  readonly inputs: readonly Sensitivity[];
}

/** Share of one client's openings on time under a policy, mean over the seeds that asked. */
function shareOf(rows: readonly RunRow[], client: string, policy: string): number | undefined {
  const asked = rows.filter((row) => row.client === client && row.policy === policy && Number(row.asked) > 0);
  return mean(asked.map((row) => Number(row.onTime) / Number(row.asked)));
}

/** The second policy's share on time less the first's, or the share under the only one; undefined where nobody asked. */
export function resultOfRows(
  rows: readonly RunRow[],
  client: string,
  policy: string,
  other: string | null,
): number | undefined {
  const first = shareOf(rows, client, policy);
  if (other === null) return first;
  const second = shareOf(rows, client, other);
  return first === undefined || second === undefined ? undefined : second - first;
}

/** @param isDifference is it the difference between two policies? */
export function verdictOf(result: number, isDifference: boolean): Verdict {
  if (!isDifference) return result >= 0.5 ? 1 : -1;
  return Math.abs(result) < NO_VERDICT ? 0 : result > 0 ? 1 : -1;
}

/** Neighbours in value whose verdicts differ. @param points ascending */
export function turnsOf(points: readonly SensitivityPoint[], isDifference: boolean): Turn[] {
  return points.slice(1).flatMap((above, i) => {
    const below = points[i];
    if (below === undefined) return [];
    const [a, b] = [verdictOf(below.result, isDifference), verdictOf(above.result, isDifference)];
    return a === b ? [] : [{ low: below.value, high: above.value, below: a, above: b }];
  });
}

/** Inputs whose range has no source and turns the verdict: for want of them nothing is decided. */
export function undecidedBy({ inputs }: SensitivityResult): Sensitivity[] {
  return inputs.filter(({ source, turns }) => source === null && turns.length > 0);
}
