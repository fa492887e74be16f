// Knows: the order in which the causes of a failed request are tried, and what each answer is made of.
// Must not know: formats, how a verdict is shown.
//
// The order: served after all, killed, impossible, exhausted, fragmented, misaligned (space.ts); then, with a window that fits,
// what the error says on this kernel: no migration target, or busy (busy.ts); then what sums make likely.

import { largest } from "../engine/extent.js";
import { type BusyAnswer, growth, whyBusy } from "./busy.js";
import type { Answer, Case } from "./case.js";
import { type Ranked, ranked } from "./cases.js";
import { eraOf, meaningOf, SEVERAL_RANGES } from "./era.js";
import type { FailedRequest, Picture } from "./picture.js";
import { remediesFor } from "./remedies.js";
import { sentenceOf } from "./sentence.js";
import { noWindow, scarce, tooSmall } from "./space.js";
import { cmaState, pageShift } from "./totals.js";
import { BUSY, consequence, totalText, undecided } from "./undecided.js";
import { type Certainty, commandFor, firstCommand, type Verdict } from "./verdicts.js";
import { fitsOf, inferAlign, viewOf } from "./view.js";

/** One failed request and its cause. */
export interface Explained {
  /** The answer in one sentence. */
  readonly sentence: string;
  /** Name of the area; null: no file says. */
  readonly area: string | null;
  /** Pages asked for; null: no file says. */
  readonly pages: number | null;
  /** Negative errno; null: no file says. */
  readonly errno: number | null;
  /** Version as told or read; null: not known. */
  readonly kernel: string | null;
  /** Order of the alignment; null: neither read nor inferred. */
  readonly align: number | null;
  /** The alignment was worked out from the pages, as the DMA layer does. */
  readonly alignInferred: boolean;
  /** The cause. */
  readonly verdict: Verdict;
  /** How sure the verdict is. */
  readonly certainty: Certainty;
  /** Causes that the facts do not rule out. */
  readonly alsoPossible: readonly Verdict[];
  /** How many reported cases had each of the possible causes: a weak prior, empty where the verdict is not undecided. */
  readonly ranking: readonly Ranked[];
  /** Free runs of the area at that moment; null: not known. */
  readonly runs: number | null;
  /** The longest of them, pages. */
  readonly largestRun: number | null;
  /** Runs that hold the request, by alignment order. */
  readonly fits: Readonly<Record<string, number>> | null;
  /** What the verdict rests on, a sentence each. */
  readonly evidence: readonly string[];
  /** What helps against it. */
  readonly remedies: readonly string[];
  /** What to collect or to try next. */
  readonly nextCommand: string;
}

/** What the user knows and the files do not say. */
export interface ClassifyOptions {
  /** What the user says the kernel is: "6.12". */
  readonly kernel?: string | undefined;
}

const WINDOWLESS: readonly Verdict[] = ["EXHAUSTED", "FRAGMENTED", "ALIGNMENT"];

function servedAfterAll({ failure }: Case): Answer | undefined {
  if (failure.errno === -4) return { verdict: "KILLED", evidence: [], certainty: "proved" };
  if (failure.fallback === null) return undefined;
  return { verdict: "BENIGN", evidence: [`the caller went on: ${failure.fallback}`], certainty: "likely" };
}

/** Callers may ask for more alignment than the DMA layer does. */
const HIGHEST_ALIGN = 10;

/** No page failed to migrate while the request did: then a larger alignment than the inferred one left no window. */
function largerAlign({ picture, view, pages, align }: Case): Answer | undefined {
  if (growth(picture, "pgmigrate_fail") !== 0 || pages === null) return undefined;
  for (let order = align + 1; order <= HIGHEST_ALIGN; order++) {
    if ((fitsOf(view, pages, order)?.windows ?? 0) > 0) continue;
    return {
      verdict: "ALIGNMENT",
      alsoPossible: ["NO-MIGRATION-TARGET"],
      evidence: [
        "it fits at the inferred align, but no page failed to migrate between the snapshots (pgmigrate_fail +0)",
        `at align ${order} no window is left: the caller asked for ${order} or more`,
      ],
      certainty: "likely",
    };
  }
  return undefined;
}

function noTarget(given: Case): Answer | undefined {
  const { failure, fits, era, picture, view, inferred, align } = given;
  const dumped = picture.migrations.some(({ ret }) => ret === -12);
  if (failure.errno !== -12 && !(dumped && failure.errno === null)) return undefined;
  const fitting = fits !== null && fits.windows > 0;
  const always = era.from >= SEVERAL_RANGES;
  if (!fitting && !always && !dumped) return undefined;
  const larger = fitting && !always && !dumped && inferred ? largerAlign(given) : undefined;
  if (larger !== undefined) return larger;
  const evidence: string[] = [];
  if (fitting)
    evidence.push(
      `${fits.windows} windows fit in the bitmap, the first at page ${fits.first}: not space in the area was missing, but room to move its guests to`,
    );
  if (dumped) evidence.push("a page failed to migrate with -12: there was no page to move it to");
  const low = picture.zones.find(
    ({ free, freeCma, managed, low: mark }) =>
      managed !== 0 && free !== null && mark !== null && free - (freeCma ?? 0) < mark * 2,
  );
  if (low !== undefined)
    evidence.push(
      `zone ${low.zone}: ${low.free} ${low.unit} free of which ${low.freeCma ?? 0} CMA, watermark low ${low.low} ${low.unit}`,
    );
  const stuck = growthText(picture);
  if (stuck !== "") evidence.push(stuck);
  // Only a larger alignment than the inferred one would explain -12 otherwise; or a bitmap of another moment.
  const unsure = fitting && !always && !dumped && (inferred || view.source === "bitmap") && align < 8;
  return {
    verdict: "NO-MIGRATION-TARGET",
    alsoPossible: unsure ? ["ALIGNMENT"] : [],
    evidence,
    certainty: unsure || view.source === "bitmap" ? "likely" : "proved",
  };
}

function growthText(picture: Picture): string {
  const grown = growth(picture, "pgmigrate_fail") ?? 0;
  return grown > 0 ? `vmstat: pgmigrate_fail grew by ${grown} between the snapshots` : "";
}

function busy(given: Case): Answer | undefined {
  const { failure, era, fits, view } = given;
  const windows = fits !== null && (fits.windows > 0 || fits.largestAlign >= 0);
  const busyLines = failure.busy.length > 0 || (failure.tries ?? 0) > 0;
  if (failure.errno === -12 || (failure.errno === null && !busyLines)) return undefined;
  const less = fits !== null && fits.windows === 0 && fits.largestAlign >= 0 ? fits.largestAlign : undefined;
  const there = less === undefined ? fits : fitsOf(view, given.pages ?? 1, less);
  const answer: BusyAnswer | undefined = whyBusy(
    failure,
    given.siblings,
    given.picture,
    view,
    there,
    era,
    given.shift,
  );
  if (answer === undefined) return errorAlone(given);
  const unproved = !windows && !busyLines && era.to >= SEVERAL_RANGES;
  const revised =
    less === undefined
      ? []
      : [`no window at the inferred align, and yet -16: the caller asked for align ${less} or less`];
  return {
    verdict: answer.verdict,
    alsoPossible: unproved ? [...answer.alsoPossible, ...WINDOWLESS] : answer.alsoPossible,
    evidence: [...revised, ...answer.evidence],
    certainty: answer.sure && !unproved ? "proved" : "likely",
  };
}

/** -16 before 6.15: windows there were, and all were busy; that is all that is known. */
function errorAlone({ failure, era, pages, picture }: Case): Answer | undefined {
  if (failure.errno !== -16 || era.to >= SEVERAL_RANGES || failure.tries === 0) return undefined;
  const { total, lastFree, totalFrom } = cmaState(picture);
  const evidence = ["the error alone says so: the log has no busy windows, no trace and no dump of a page"];
  if (total !== null) evidence.push(totalText(total, lastFree, totalFrom, pages));
  if (pages === 1)
    evidence.push(
      "a single page: the DMA layer takes it from elsewhere when CMA fails, so the failure may be harmless",
    );
  const others = BUSY.filter((verdict) => verdict !== "PINNED");
  return {
    verdict: "PINNED",
    alsoPossible: pages === 1 ? [...others, "BENIGN"] : others,
    evidence,
    certainty: "likely",
    ...(picture.meminfo.length === 0 ? { nextCommand: firstCommand(picture.platform) } : {}),
  };
}

function preamble(given: Case): string[] {
  const { failure, view, era, pages, align, inferred } = given;
  const lines: string[] = [];
  if (failure.errno !== null) lines.push(meaningOf(failure.errno, era));
  if (pages !== null) {
    const how = inferred
      ? `inferred, as the DMA layer asks: min(get_order(${pages} pages), 8)`
      : "given by the log";
    lines.push(`align ${align} (${2 ** align} pages): ${how}`);
  }
  if (!view.baseKnown && view.runs !== null && align > 0)
    lines.push("the area's first pfn is not known: taken as aligned, as CMA areas begin on a pageblock");
  if (view.free !== null && view.total !== null)
    lines.push(`${view.free} of ${view.total} pages are free in the bitmap`);
  if (view.remark !== "") lines.push(view.remark);
  if (view.source === "bitmap")
    lines.push("free runs from the bitmap file: taken to be of the moment of the failure");
  return lines;
}

function caseOf(
  failure: FailedRequest,
  siblings: readonly FailedRequest[],
  picture: Picture,
  options: ClassifyOptions,
): Case {
  const view = viewOf(failure, picture);
  const { pages } = failure;
  const searched = picture.searches.find(({ bits }) => bits === view.total)?.alignMask;
  const given = failure.align ?? (searched === undefined ? null : Math.round(Math.log2(searched + 1)));
  const align = given ?? inferAlign(pages ?? 1);
  const shift = pageShift(picture);
  const total = view.total ?? cmaState(picture).total;
  return {
    ...{ failure, siblings, picture, view, pages, align, shift },
    era: eraOf(failure, picture, options.kernel),
    inferred: given === null,
    fits: pages === null ? null : fitsOf(view, pages, align),
    situation: { pages, align, shift, total, platform: picture.platform },
  };
}

export function classify(
  failure: FailedRequest,
  siblings: readonly FailedRequest[],
  picture: Picture,
  options: ClassifyOptions,
): Explained {
  const facts = caseOf(failure, siblings, picture, options);
  const { view, era, pages, align, inferred, fits, situation } = facts;
  const answer =
    servedAfterAll(facts) ??
    tooSmall(facts) ??
    noWindow(facts) ??
    noTarget(facts) ??
    scarce(facts) ??
    busy(facts) ??
    undecided(facts);
  const after = consequence(facts);
  const { verdict, alsoPossible = [], certainty } = answer;
  return {
    sentence: sentenceOf(facts, answer),
    area: view.name,
    pages,
    errno: failure.errno,
    kernel: era.text,
    align: pages === null ? null : align,
    alignInferred: inferred,
    verdict,
    certainty,
    alsoPossible,
    ranking: verdict === "UNDECIDED" ? ranked(alsoPossible).filter(({ cases }) => cases > 0) : [],
    runs: view.runs === null ? null : view.runs.length,
    largestRun:
      fits?.largestRun ??
      (view.runs === null
        ? null
        : largest(
            view.runs.map(({ length }) => length),
            0,
          )),
    fits: fits?.byAlign ?? null,
    evidence: [...preamble(facts), ...answer.evidence, ...(after === undefined ? [] : [after])],
    remedies: remediesFor(verdict, situation),
    nextCommand: answer.nextCommand ?? commandFor(verdict),
  };
}
