// Knows: which share of its openings each client had on time under each policy, what a policy changes, and how sure that is.
// Must not know: words, units.

import { FEWEST_SEEDS } from "../bootstrap.js";
import { type Certainty, certaintyOf, certaintyOfOutcomes, mean } from "./certainty.js";
import { clientsOf, policiesOf } from "./clients.js";
import { addOpenings, type ClientOpenings, clientOpenings } from "./openings.js";
import type { RunOutcome } from "./outcome.js";

/** One client under one policy: the openings of all seeds together, and the share on time in the stream, by seed. */
export interface OnTime {
  /** Its name in the scenario. */
  readonly client: string;
  /** Name of the policy. */
  readonly policy: string;
  /** All seeds together. */
  readonly openings: ClientOpenings;
  /** Mean over the seeds that asked; undefined where none did. */
  readonly share: number | undefined;
  /** How sure the mean is. */
  readonly certainty: Certainty | undefined;
}

/** What a policy changes in a figure of each seed, this less that. */
export interface Difference {
  /** Seeds that have a value under both. */
  readonly seeds: number;
  /** Mean difference. */
  readonly mean: number;
  /** How sure the mean is. */
  readonly certainty: Certainty;
  /** Do these seeds tell the policies apart: does an interval leave out 0, or is the difference of six or more seeds the same? */
  readonly isSure: boolean;
}

/** A policy against the first one, seed by seed: share on time in the stream, -1 to 1. */
export interface OnTimeDifference extends Difference {
  /** Its name in the scenario. */
  readonly client: string;
  /** Name of the policy. */
  readonly policy: string;
  /** The policy that it is held against. */
  readonly against: string;
}

function share({ inStream }: ClientOpenings): number | undefined {
  return inStream.asked === 0 ? undefined : inStream.onTime / inStream.asked;
}

function bySeed(runs: readonly RunOutcome[], client: string, policy: string): Map<number, ClientOpenings> {
  const own = runs.filter((run) => run.policy === policy);
  return new Map(own.map((run) => [run.seed, clientOpenings(run, client)]));
}

/** A single opening in every seed is an outcome of its own: these do not depend on each other. */
function certaintyOver(
  openings: readonly ClientOpenings[],
  shares: readonly number[],
): Certainty | undefined {
  const isSingle = openings.length > 1 && openings.every(({ inStream }) => inStream.asked === 1);
  return isSingle
    ? certaintyOfOutcomes(openings.map(({ inStream }) => inStream.onTime === 1))
    : certaintyOf(shares);
}

function onTimeOf(runs: readonly RunOutcome[], client: string, policy: string): OnTime {
  const each = [...bySeed(runs, client, policy).values()];
  const shares = each.flatMap((openings) => share(openings) ?? []);
  const openings = each.reduce((a, b) => ({
    inStream: addOpenings(a.inStream, b.inStream),
    outside: addOpenings(a.outside, b.outside),
  }));
  return { client, policy, openings, share: mean(shares), certainty: certaintyOver(each, shares) };
}

/** Equal differences of a few seeds tell no more than different ones. */
function isSure(certainty: Certainty, seeds: number): boolean {
  if (certainty.kind === "same") return certainty.value !== 0 && seeds >= FEWEST_SEEDS;
  return certainty.kind === "interval" && (certainty.interval.low > 0 || certainty.interval.high < 0);
}

/** @param differences one for each seed; undefined where there is none */
export function differenceOf(differences: readonly number[]): Difference | undefined {
  const certainty = certaintyOf(differences);
  if (certainty === undefined) return undefined;
  const middle = mean(differences) ?? 0;
  return {
    seeds: differences.length,
    mean: middle,
    certainty,
    isSure: isSure(certainty, differences.length),
  };
}

function onTimeDifferenceOf(
  runs: readonly RunOutcome[],
  client: string,
  policy: string,
  against: string,
): OnTimeDifference | undefined {
  const others = bySeed(runs, client, against);
  const differences = [...bySeed(runs, client, policy)].flatMap(([seed, own]) => {
    const other = others.get(seed);
    const [a, b] = [share(own), other === undefined ? undefined : share(other)];
    return a === undefined || b === undefined ? [] : [a - b];
  });
  const difference = differenceOf(differences);
  return difference === undefined ? undefined : { client, policy, against, ...difference };
}

/** Every client under every policy, clients outermost. */
export function onTimeRows(runs: readonly RunOutcome[]): OnTime[] {
  return clientsOf(runs).flatMap((client) =>
    policiesOf(runs).map((policy) => onTimeOf(runs, client, policy)),
  );
}

/** Every policy but the first against the first. */
export function onTimeDifferences(runs: readonly RunOutcome[]): OnTimeDifference[] {
  const [against, ...others] = policiesOf(runs);
  if (against === undefined) return [];
  return clientsOf(runs).flatMap((client) =>
    others.flatMap((policy) => onTimeDifferenceOf(runs, client, policy, against) ?? []),
  );
}
