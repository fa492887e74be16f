// Knows: the causes that lie in the area's own space: too small, used up, in pieces, misaligned.
// Must not know: why a window that fits was not taken (classify.ts, busy.ts).

import { guaranteedRun } from "../analysis/runs.js";
import { growth } from "./busy.js";
import type { Answer, Case } from "./case.js";
import { SEVERAL_RANGES } from "./era.js";
import { holdersOf, holderText } from "./holders.js";
import { cmaState, heldPages } from "./totals.js";
import type { Verdict } from "./verdicts.js";

/** No state of memory can serve it. */
export function tooSmall({ view, pages, align, picture, shift }: Case): Answer | undefined {
  if (pages === null) return undefined;
  const { total } = view;
  const all = total ?? cmaState(picture).total;
  if (all === null) return undefined;
  const unit = 2 ** align;
  const first = Math.ceil(view.basePfn / unit) * unit;
  const aligned = total === null ? all : Math.max(0, view.basePfn + total - first);
  if (all >= pages && aligned >= pages) return undefined;
  const what = total === null ? "all areas together have" : "the area has";
  const evidence = [`${what} ${all} pages, the request is for ${pages}: it can never be served`];
  if (all >= pages)
    evidence[0] = `the area has ${all} pages, but only ${aligned} from its first pfn aligned to ${unit}: ${pages} never fit`;
  const asked = picture.reservations.find(
    ({ kind, bytes }) => (kind === "failed" || kind === "cmdline") && (bytes ?? 0) > all * 2 ** shift,
  );
  if (asked?.bytes != null && asked.bytes / 2 ** shift >= pages) {
    return {
      verdict: "RESERVATION-SHRANK",
      alsoPossible: ["IMPOSSIBLE"],
      evidence: [
        ...evidence,
        `${asked.name ?? "a reservation that failed"} asked for ${asked.bytes / 2 ** 20} MiB, which would have held it`,
      ],
      certainty: "proved",
    };
  }
  return { verdict: "IMPOSSIBLE", evidence, certainty: "proved" };
}

/** The bitmap itself has no window. */
export function noWindow(given: Case): Answer | undefined {
  const { view, pages, fits, era, failure, picture, inferred } = given;
  if (pages === null) return undefined;
  if (view.free !== null && view.free < pages) {
    const evidence = [`${view.free} pages are free in the bitmap, ${pages - view.free} too few`];
    return { verdict: "EXHAUSTED", evidence: [...evidence, ...whoHolds(given)], certainty: "proved" };
  }
  if (fits === null || fits.windows > 0) return undefined;
  // A window must have been there, says the error: then the request was aligned less than inferred.
  const contradicted = failure.errno === -16 && era.to < SEVERAL_RANGES && !view.cut;
  if (contradicted && inferred && fits.largestAlign >= 0) return undefined;
  // As much is missing of the list as could hold the request.
  const shown = view.runs?.reduce((sum, { length }) => sum + length, 0) ?? 0;
  const searched = picture.searches.some(({ bits, found }) => found >= bits);
  if (view.cut && !searched && view.free !== null && view.free - shown >= pages) return undefined;
  return inPieces(given, searched);
}

function inPieces({ view, pages, align, inferred, fits, failure, picture }: Case, searched: boolean): Answer {
  const wanted = pages ?? 0;
  const only = view.cut ? " of those that the log shows" : "";
  if (fits === null || fits.largestAlign < 0) {
    const longest = fits?.largestRun ?? 0;
    return {
      verdict: "FRAGMENTED",
      alsoPossible: view.cut
        ? ["ALIGNMENT", ...(failure.errno === -16 ? ([] as const) : (["NO-MIGRATION-TARGET"] as const))]
        : [],
      evidence: [
        `the largest free run${only} has ${longest} pages, ${wanted - longest} too few; ${view.free ?? "?"} pages are free in all`,
      ],
      certainty: view.cut || view.source === "bitmap" ? "likely" : "proved",
    };
  }
  const nothingStuck = growth(picture, "pgmigrate_fail") === 0;
  return {
    verdict: "ALIGNMENT",
    alsoPossible: inferred && failure.errno === -12 && !nothingStuck ? ["NO-MIGRATION-TARGET"] : [],
    evidence: [
      `the longest run${only} holds ${fits.largestRun} pages, enough unaligned, but no run holds ${wanted} at align ${align}: the best is ${fits.pagesShort} pages short`,
      `it fits up to align ${fits.largestAlign}; a run of ${guaranteedRun(wanted, align)} pages would hold it wherever it begins`,
      ...(searched ? ["the bit search went to the end of the bitmap: there was no window"] : []),
      ...(nothingStuck ? ["no page failed to migrate between the snapshots (pgmigrate_fail +0)"] : []),
    ],
    certainty: (view.cut && !searched) || (inferred && !nothingStuck) ? "likely" : "proved",
  };
}

/** The largest holders in words. */
export function whoHolds({ picture, shift }: Case): string[] {
  const holders = holdersOf(picture);
  return holders === undefined ? [] : holders.rows.slice(0, 3).map((row) => holderText(row, shift));
}

/** So much free outside CMA that hardly anything movable has gone into it, and nothing lacks a place to go to. */
const PLENTY = 4;

/** No bitmap, but sums that make an exhausted area likely: CmaFree, one page that nobody could give, the holders' totals. */
export function scarce(given: Case): Answer | undefined {
  const { failure, pages, picture, view, era } = given;
  if (pages === null || view.free !== null) return undefined;
  // The error says that there was a window.
  if (failure.errno === -16 && era.to < SEVERAL_RANGES) return undefined;
  const { total, free, outside, totalFrom } = cmaState(picture);
  const target: Verdict[] = failure.errno !== -16 && era.from < SEVERAL_RANGES ? ["NO-MIGRATION-TARGET"] : [];
  if (failure.errno === -12 && era.from >= SEVERAL_RANGES) return undefined;
  if (free !== null && total !== null && free < pages) {
    const roomy = outside !== null && outside >= total * PLENTY;
    const evidence = [
      `${free} of ${total} pages are free (CmaFree): ${pages - free} too few; ${total - free} are in use or borrowed by movable pages`,
      ...(roomy
        ? [
            `${outside} pages are free outside CMA: then hardly any movable page is inside, and none of them lacks a place to go to`,
          ]
        : [
            "CmaFree is a reading of another moment and counts pages borrowed by movable users as taken: likely, not proved",
          ]),
      ...whoHolds(given),
    ];
    return { verdict: "EXHAUSTED", alsoPossible: roomy ? [] : target, evidence, certainty: "likely" };
  }
  const held = heldPages(picture);
  if (held !== null && total !== null && held <= total && held + pages > total) {
    const evidence = [
      `the areas have ${total} pages (${totalFrom}); ${held} that are held and these ${pages} do not fit together`,
      ...whoHolds(given),
    ];
    return { verdict: "EXHAUSTED", alsoPossible: target, evidence, certainty: "likely" };
  }
  if (pages !== 1 || given.align !== 0 || failure.errno !== -12 || era.from >= SEVERAL_RANGES)
    return undefined;
  const size = total === null ? "" : ` of ${total} pages`;
  const evidence = [
    `one page with no alignment fits into any hole: when there is no window, not one${size} is free`,
    "an area that is full to its last page: somebody leaks, or holds far too many buffers",
    ...whoHolds(given),
  ];
  return { verdict: "EXHAUSTED", alsoPossible: ["NO-MIGRATION-TARGET"], evidence, certainty: "likely" };
}
