// Knows: which values of which inputs are tried: both ends with few seeds, those that matter with all, then bisection between
// neighbours whose verdicts differ.
// Must not know: how a value is tried (threads, journals), how anything is shown.

import {
  type Sensitivity,
  type SensitivityPoint,
  type SensitivityResult,
  turnsOf,
  verdictOf,
} from "../analysis/outcomes/sensitivity.js";
import { largest, smallest } from "../engine/extent.js";
import { wholeValue } from "../scenario/inputs.js";
import type { Variation } from "../scenario/scenario.js";

/** Seeds of the first look. */
const SCREEN_SEEDS = 3;
/** An input that moves the result by less than this, with no other verdict, is not looked at again. */
const MATTERS = 0.05;
/** A turn is found to this part of its input's range. */
export const PRECISION = 1 / 16;

/** A scenario with one number changed, or as it is, and the seeds that are run. */
export interface Setting {
  /** null: the scenario as it is. */
  readonly variation: Variation | null;
  /** Of the number, in its unit. */
  readonly value: number;
  /** Seeds, all of them under every policy. */
  readonly seeds: readonly number[];
}

/** What settings come to, in their order, undefined where nobody asked; undefined altogether when it was interrupted. */
export type Look = (
  settings: readonly Setting[],
) => Promise<readonly (SensitivityPoint | undefined)[] | undefined>;

/** What is varied, and what is compared. */
export interface VaryPlan extends Pick<SensitivityResult, "client" | "policy" | "other"> {
  readonly variations: readonly Variation[];
  readonly seeds: readonly number[];
}

/** Settings of the first look: the scenario itself with all seeds, then both ends of each input with few. */
export function screenSettings({ variations, seeds }: VaryPlan): Setting[] {
  const few = seeds.slice(0, SCREEN_SEEDS);
  return variations.flatMap((variation) =>
    [variation.low, variation.high].map((value) => ({ variation, value, seeds: few })),
  );
}

/** Runs under one policy: certain ones, and at most so many more. */
export function costOfVarying({ variations, seeds }: VaryPlan): {
  readonly sure: number;
  readonly most: number;
} {
  const halvings = Math.ceil(Math.log2(1 / PRECISION));
  const sure = seeds.length + variations.length * 2 * Math.min(SCREEN_SEEDS, seeds.length);
  const ends = seeds.length > SCREEN_SEEDS ? 2 * (seeds.length - SCREEN_SEEDS) : 0;
  return { sure, most: variations.length * (ends + 2 * halvings * seeds.length) };
}

class Track {
  readonly points = new Map<number, SensitivityPoint>();

  constructor(
    readonly variation: Variation,
    readonly isDifference: boolean,
  ) {}

  add(point: SensitivityPoint | undefined): void {
    if (point !== undefined) this.points.set(point.value, point);
  }

  get sorted(): SensitivityPoint[] {
    return [...this.points.values()].sort((a, b) => a.value - b.value);
  }

  /** A value between the two neighbours of each turn that is not known well enough. */
  middles(): number[] {
    const { low, high } = this.variation;
    return turnsOf(this.sorted, this.isDifference).flatMap((turn) => {
      const middle = wholeValue(this.variation, (turn.low + turn.high) / 2);
      const isNear = turn.high - turn.low <= (high - low) * PRECISION * 1.001;
      return isNear || middle <= turn.low || middle >= turn.high ? [] : [middle];
    });
  }

  result(): Sensitivity {
    const points = this.sorted;
    const results = points.map(({ result }) => result);
    const span = points.length === 0 ? 0 : largest(results) - smallest(results);
    return { ...this.variation, points, span, turns: turnsOf(points, this.isDifference) };
  }
}

/** Answers undefined when it was interrupted, a sentence when there is nothing to compare. */
export async function findTurns(plan: VaryPlan, look: Look): Promise<SensitivityResult | string | undefined> {
  const { client, policy, other, seeds, variations } = plan;
  const isDifference = other !== null;
  const few = seeds.slice(0, SCREEN_SEEDS);
  const ownSettings = [seeds, few].map((some): Setting => ({ variation: null, value: 0, seeds: some }));
  const screens = screenSettings(plan);
  const first = await look([...ownSettings, ...screens]);
  if (first === undefined) return undefined;
  const [own, ownFew, ...ends] = first;
  if (own === undefined || ownFew === undefined)
    return `${client} asks for nothing under ${policy}${other === null ? "" : ` or ${other}`}: there is no result that an input could move`;
  const verdict = verdictOf(ownFew.result, isDifference);
  const tracks = variations.map((variation) => new Track(variation, isDifference));
  const endsOf = (i: number) => [ends[2 * i], ends[2 * i + 1]];
  const mattering = tracks.filter((_, i) =>
    endsOf(i).some(
      (end) =>
        end !== undefined &&
        (Math.abs(end.result - ownFew.result) >= MATTERS || verdictOf(end.result, isDifference) !== verdict),
    ),
  );
  const again: Setting[] = mattering.flatMap(({ variation }) =>
    [variation.low, variation.high].map((value) => ({ variation, value, seeds })),
  );
  const sure = await look(again);
  if (sure === undefined) return undefined;
  for (const [i, track] of tracks.entries()) {
    const at = mattering.indexOf(track);
    const isInside =
      track.variation.base > track.variation.low && track.variation.base < track.variation.high;
    if (isInside) track.add({ ...(at < 0 ? ownFew : own), value: track.variation.base });
    for (const point of at < 0 ? endsOf(i) : [sure[2 * at], sure[2 * at + 1]]) track.add(point);
  }
  for (;;) {
    const open = mattering.flatMap((track) => track.middles().map((value) => ({ track, value })));
    if (open.length === 0) break;
    const found = await look(open.map(({ track, value }) => ({ variation: track.variation, value, seeds })));
    if (found === undefined) return undefined;
    // A value at which nobody asks says nothing; the search ends there.
    if (found.every((point) => point === undefined)) break;
    for (const [i, { track, value }] of open.entries()) {
      const point = found[i];
      if (point === undefined) mattering.splice(mattering.indexOf(track), 1);
      else track.add({ ...point, value });
    }
  }
  return {
    ...{ client, policy, other, seeds: own.seeds, result: own.result },
    verdict: verdictOf(own.result, isDifference),
    precision: PRECISION,
    inputs: tracks.map((track) => track.result()).sort((a, b) => b.span - a.span),
  };
}
