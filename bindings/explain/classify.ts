// Knows: the order in which the causes of a failed request are tried, and the arithmetic that proves each.
// Must not know: formats, how a verdict is shown.
//
// The order: served after all, killed, impossible, exhausted, fragmented, misaligned; then, with a window that fits, what
// the error says on this kernel: no migration target, or busy (busy.ts).

import { guaranteedRun } from "../analysis/runs.js";
import { append } from "../engine/extent.js";
import { type BusyAnswer, growth, whyBusy } from "./busy.js";
import { type Era, eraOf, meaningOf, SEVERAL_RANGES } from "./era.js";
import type { FailedRequest, Picture } from "./picture.js";
import { AREA_COMMAND, commandFor, LOG_COMMAND, REMEDIES, TRACE_COMMAND, type Verdict } from "./verdicts.js";
import { type AreaView, cmaTotalPages, type Fits, fitsOf, inferAlign, pageShift, viewOf } from "./view.js";

/** One failed request and its cause. */
export interface Explained {
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
  /** Causes that the facts do not rule out. */
  readonly alsoPossible: readonly Verdict[];
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

interface Case {
  readonly failure: FailedRequest;
  readonly siblings: readonly FailedRequest[];
  readonly picture: Picture;
  readonly view: AreaView;
  readonly era: Era;
  readonly pages: number | null;
  readonly align: number;
  readonly inferred: boolean;
  readonly fits: Fits | null;
  readonly shift: number;
}

interface Answer {
  readonly verdict: Verdict;
  readonly alsoPossible?: readonly Verdict[];
  readonly evidence: readonly string[];
  readonly confidence: "proved" | "likely" | "open";
  readonly nextCommand?: string;
}

const BUSY: readonly Verdict[] = ["PINNED", "ISOLATION-COLLISION", "UNMOVABLE-IN-CMA"];
const WINDOWLESS: readonly Verdict[] = ["EXHAUSTED", "FRAGMENTED", "ALIGNMENT"];

function servedAfterAll({ failure }: Case): Answer | undefined {
  if (failure.errno === -4) return { verdict: "KILLED", evidence: [], confidence: "proved" };
  if (failure.fallback === null) return undefined;
  return { verdict: "BENIGN", evidence: [`the caller went on: ${failure.fallback}`], confidence: "likely" };
}

function tooSmall({ view, pages, align, picture, shift }: Case): Answer | undefined {
  if (pages === null) return undefined;
  const { total } = view;
  const all = total ?? cmaTotalPages(picture);
  if (all === null) return undefined;
  const unit = 2 ** align;
  const first = Math.ceil(view.basePfn / unit) * unit;
  const aligned = total === null ? all : view.basePfn + total - first;
  if (all >= pages && aligned >= pages) return undefined;
  const what = total === null ? "all areas together have" : "the area has";
  const evidence = [`${what} ${all} pages, the request is for ${pages}: it can never be served`];
  if (all >= pages)
    evidence[0] = `the area has ${all} pages, but only ${aligned} from its first pfn aligned to ${unit}: ${pages} never fit`;
  const asked = picture.reservations.find(
    ({ kind, bytes }) => kind !== "reserved" && bytes > all * 2 ** shift,
  );
  if (asked !== undefined && asked.bytes / 2 ** shift >= pages) {
    return {
      verdict: "RESERVATION-SHRANK",
      alsoPossible: ["IMPOSSIBLE"],
      evidence: [
        ...evidence,
        `${asked.name ?? "the device tree"} asked for ${asked.bytes / 2 ** 20} MiB, which would have held it`,
      ],
      confidence: "proved",
    };
  }
  return { verdict: "IMPOSSIBLE", evidence, confidence: "proved" };
}

/** The bitmap itself has no window. */
function noWindow({ view, pages, align, inferred, fits, era, failure, picture }: Case): Answer | undefined {
  if (pages === null) return undefined;
  if (view.free !== null && view.free < pages) {
    const evidence = [`${view.free} pages are free in the bitmap, ${pages - view.free} too few`];
    return { verdict: "EXHAUSTED", evidence, confidence: "proved" };
  }
  if (fits === null || fits.windows > 0) return undefined;
  // A window must have been there, says the error: then the request was aligned less than inferred.
  const contradicted = failure.errno === -16 && era.to < SEVERAL_RANGES && !view.cut;
  if (contradicted && inferred && fits.largestAlign >= 0) return undefined;
  // As much is missing of the list as could hold the request.
  const shown = view.runs?.reduce((sum, { length }) => sum + length, 0) ?? 0;
  const searched = picture.searches.some(({ bits, found }) => found >= bits);
  if (view.cut && !searched && view.free !== null && view.free - shown >= pages) return undefined;
  const only = view.cut ? " of those that the log shows" : "";
  if (fits.largestAlign < 0) {
    return {
      verdict: "FRAGMENTED",
      alsoPossible: view.cut
        ? ["ALIGNMENT", ...(failure.errno === -16 ? ([] as const) : (["NO-MIGRATION-TARGET"] as const))]
        : [],
      evidence: [
        `the largest free run${only} has ${fits.largestRun} pages, ${pages - fits.largestRun} too few; ${view.free ?? "?"} pages are free in all`,
      ],
      confidence: view.cut || view.source === "bitmap" ? "likely" : "proved",
    };
  }
  const nothingStuck = growth(picture, "pgmigrate_fail") === 0;
  return {
    verdict: "ALIGNMENT",
    alsoPossible: inferred && failure.errno === -12 && !nothingStuck ? ["NO-MIGRATION-TARGET"] : [],
    evidence: [
      `the longest run${only} holds ${fits.largestRun} pages, enough unaligned, but no run holds ${pages} at align ${align}: the best is ${fits.pagesShort} pages short`,
      `it fits up to align ${fits.largestAlign}; a run of ${guaranteedRun(pages, align)} pages would hold it wherever it begins`,
      ...(searched ? ["the bit search went to the end of the bitmap: there was no window"] : []),
      ...(nothingStuck ? ["no page failed to migrate between the snapshots (pgmigrate_fail +0)"] : []),
    ],
    confidence: (view.cut && !searched) || (inferred && !nothingStuck) ? "likely" : "proved",
  };
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
      confidence: "likely",
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
    confidence: unsure || view.source === "bitmap" ? "likely" : "proved",
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
  if (answer === undefined) return undefined;
  const unproved = !windows && !busyLines && era.to >= SEVERAL_RANGES;
  const revised =
    less === undefined
      ? []
      : [`no window at the inferred align, and yet -16: the caller asked for align ${less} or less`];
  return {
    verdict: answer.verdict,
    alsoPossible: unproved ? [...answer.alsoPossible, ...WINDOWLESS] : answer.alsoPossible,
    evidence: [...revised, ...answer.evidence],
    confidence: answer.sure && !unproved ? "proved" : "likely",
  };
}

/** Nothing decides: what is left, and what would. */
function undecided({ failure, era, pages, view, picture }: Case): Answer {
  const possible: Verdict[] = [];
  const { errno } = failure;
  const noWindowPossible =
    errno === null || errno === -12 ? era.from < SEVERAL_RANGES : errno === -16 && era.to >= SEVERAL_RANGES;
  const all = cmaTotalPages(picture);
  if (noWindowPossible)
    append(possible, [
      ...(view.total === null && all === null ? (["IMPOSSIBLE"] as const) : []),
      ...WINDOWLESS,
    ]);
  if (errno === -12 || errno === null) possible.push("NO-MIGRATION-TARGET");
  // A traced request that met no busy window found none at all.
  if ((errno === -16 && failure.tries !== 0) || errno === null) append(possible, BUSY);
  if (errno === -16 && pages === 1) possible.push("BENIGN");
  const evidence = [
    view.source === "none"
      ? "no list of free runs and no bitmap of that moment: where the free pages lie is not known"
      : view.remark || "the list does not show where the free pages lie",
  ];
  if (all !== null && pages !== null)
    evidence.push(
      `the areas have ${all} pages in all: room for ${pages} there is, at least when they are empty`,
    );
  if (errno === -16 && pages === 1)
    evidence.push(
      "a single page: the DMA layer takes it from elsewhere when CMA fails, so the failure may be harmless",
    );
  const nextCommand =
    pages === null ? LOG_COMMAND : errno === -16 && !noWindowPossible ? TRACE_COMMAND : AREA_COMMAND;
  return { verdict: "UNDECIDED", alsoPossible: possible, evidence, confidence: "open", nextCommand };
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

export function classify(
  failure: FailedRequest,
  siblings: readonly FailedRequest[],
  picture: Picture,
  options: ClassifyOptions,
): Explained {
  const view = viewOf(failure, picture);
  const era = eraOf(failure, picture, options.kernel);
  const { pages } = failure;
  const searched = picture.searches.find(({ bits }) => bits === view.total)?.alignMask;
  const given = failure.align ?? (searched === undefined ? null : Math.round(Math.log2(searched + 1)));
  const align = given ?? inferAlign(pages ?? 1);
  const fits = pages === null ? null : fitsOf(view, pages, align);
  const facts: Case = {
    failure,
    siblings,
    picture,
    view,
    era,
    pages,
    align,
    inferred: given === null,
    fits,
    shift: pageShift(picture),
  };
  const answer =
    servedAfterAll(facts) ??
    tooSmall(facts) ??
    noWindow(facts) ??
    noTarget(facts) ??
    busy(facts) ??
    undecided(facts);
  return {
    area: view.name,
    pages,
    errno: failure.errno,
    kernel: era.text,
    align: pages === null ? null : align,
    alignInferred: given === null,
    verdict: answer.verdict,
    alsoPossible: answer.alsoPossible ?? [],
    runs: view.runs === null ? null : view.runs.length,
    largestRun: fits?.largestRun ?? null,
    fits: fits?.byAlign ?? null,
    evidence: [`confidence: ${answer.confidence}`, ...preamble(facts), ...answer.evidence],
    remedies: REMEDIES[answer.verdict],
    nextCommand: answer.nextCommand ?? commandFor(answer.verdict),
  };
}
