// Knows: what the requests of one row come to: success with its intervals, errors, medians and means; how two rows agree.
// Must not know: where requests come from, how a figure is shown.

import { type Interval, median, wilson } from "../../bindings/analysis/bootstrap.js";
import { type Certainty, certaintyOf, mean } from "../../bindings/analysis/outcomes/index.js";
import type { Observed, Request } from "./truth.js";

/** A load under one policy, measured or simulated. */
export interface Figures {
  readonly requests: number;
  readonly succeeded: number;
  /** 0 to 1. */
  readonly success: number;
  /** Of the requests as if they were independent (Wilson), 95 %. */
  readonly wilson: Interval;
  /** Of the shares of boots or seeds. */
  readonly byRun: Certainty | undefined;
  /** Standard error of the success over boots or seeds. */
  readonly standardError: number;
  /** Requests by errno, most frequent first. */
  readonly errors: readonly (readonly [errno: number, count: number])[];
  /** Median milliseconds of those that succeeded, and of those that failed. */
  readonly servedMs: number | undefined;
  readonly failedMs: number | undefined;
  /** Means over all requests. */
  readonly windows: number;
  readonly migrated: number;
  readonly reclaimed: number;
  /** Requests during which the OOM killer took a process. */
  readonly killing: number;
}

/** In the order in which each key is first met. */
function grouped<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

function bySeed(requests: readonly Request[]): Request[][] {
  return [...grouped(requests, ({ seed }) => seed).values()];
}

function share(requests: readonly Request[]): number {
  return requests.filter(({ errno }) => errno === 0).length / requests.length;
}

function standardErrorOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values) ?? 0;
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** @param firstOnly the first request of each boot or seed alone */
export function figuresOf({ requests }: Observed, firstOnly: boolean): Figures {
  const runs = bySeed(requests).map((run) => (firstOnly ? run.slice(0, 1) : run));
  const all = runs.flat();
  const served = all.filter(({ errno }) => errno === 0);
  const shares = runs.map(share);
  const errors = [...grouped(all, ({ errno }) => errno)].map(([errno, of]) => [errno, of.length] as const);
  const of = (pick: (request: Request) => number) => mean(all.map(pick)) ?? 0;
  return {
    requests: all.length,
    succeeded: served.length,
    success: served.length / all.length,
    wilson: wilson(served.length, all.length),
    byRun: certaintyOf(shares),
    standardError: standardErrorOf(shares),
    errors: errors.sort(([a, m], [b, n]) => n - m || b - a),
    servedMs: median(served.map(({ ms }) => ms)),
    failedMs: median(all.filter(({ errno }) => errno !== 0).map(({ ms }) => ms)),
    windows: of(({ windows }) => windows),
    migrated: of(({ migrated }) => migrated),
    reclaimed: of(({ reclaimed }) => reclaimed),
    killing: all.filter(({ kills }) => kills > 0).length,
  };
}

/** Measured beside simulated. */
export interface Pair {
  readonly load: string;
  readonly policy: string;
  readonly isFitted: boolean;
  readonly measured: Figures;
  readonly simulated: Figures;
}

/** How many rows agree, and how well. */
export interface Agreement {
  readonly rows: number;
  /** Simulated success within the kernel's own Wilson interval. */
  readonly inside: number;
  /** Mean absolute difference of success, 0 to 1. */
  readonly meanError: number;
  /** Effects of a policy against mainline that the kernel shows clearly, and how many have the right sign here. */
  readonly clearEffects: number;
  readonly rightSigns: number;
  /** Mean of Kendall's tau-b over the loads in which the kernel orders policies at all; undefined: none does. */
  readonly tau: number | undefined;
}

/** A share of a count may differ from the interval's end by rounding. */
const TINY = 1e-9;

export function isInside({ measured, simulated }: Pair): boolean {
  const { low, high } = measured.wilson;
  return simulated.success >= low - TINY && simulated.success <= high + TINY;
}

/** Kendall, `The treatment of ties in ranking problems`, 1945. undefined where one side does not order anything. */
export function kendallTau(a: readonly number[], b: readonly number[]): number | undefined {
  let [score, orderedA, orderedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      const signA = Math.sign((a[i] ?? 0) - (a[j] ?? 0));
      const signB = Math.sign((b[i] ?? 0) - (b[j] ?? 0));
      score += signA * signB;
      orderedA += Math.abs(signA);
      orderedB += Math.abs(signB);
    }
  return orderedA === 0 || orderedB === 0 ? undefined : score / Math.sqrt(orderedA * orderedB);
}

/** Effects against mainline that are more than twice their standard error over boots. */
function effectsOf(pairs: readonly Pair[]): { clear: number; right: number } {
  const base = pairs.find(({ policy }) => policy === "mainline");
  if (base === undefined) return { clear: 0, right: 0 };
  const clear = pairs.filter(({ measured }) => {
    const effect = measured.success - base.measured.success;
    return Math.abs(effect) > 2 * Math.hypot(measured.standardError, base.measured.standardError) + TINY;
  });
  const right = clear.filter(
    ({ measured, simulated }) =>
      Math.sign(measured.success - base.measured.success) ===
      Math.sign(simulated.success - base.simulated.success),
  );
  return { clear: clear.length, right: right.length };
}

export function agreementOf(pairs: readonly Pair[]): Agreement {
  const loads = [...grouped(pairs, ({ load }) => load).values()];
  const effects = loads.map(effectsOf);
  const taus = loads.flatMap((of) => {
    const measured = of.map((pair) => pair.measured.success);
    if (new Set(measured).size < 2) return [];
    // Where the kernel orders policies and the simulation does not, nothing agrees.
    return [
      kendallTau(
        measured,
        of.map((pair) => pair.simulated.success),
      ) ?? 0,
    ];
  });
  return {
    rows: pairs.length,
    inside: pairs.filter(isInside).length,
    meanError: mean(pairs.map((p) => Math.abs(p.simulated.success - p.measured.success))) ?? 0,
    clearEffects: effects.reduce((sum, { clear }) => sum + clear, 0),
    rightSigns: effects.reduce((sum, { right }) => sum + right, 0),
    tau: mean(taus),
  };
}
