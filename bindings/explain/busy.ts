// Knows: what tells a pinned page from two callers that isolate the same pageblock: traces, owners, counters, geometry.
// Must not know: bitmaps' arithmetic (view.ts), text of remedies.
//
// A collision ends before anything is moved: start_isolate_page_range answers -EBUSY when a pageblock is isolated already.
// So pages that were migrated, or failed to, during the failure speak against it. One pinned page blocks only the windows
// that contain it; one collision blocks every window of an isolation granule (a MAX_ORDER block).

import { largest, smallest } from "../engine/extent.js";
import { type Era, MUTEX_GONE } from "./era.js";
import type { FailedRequest, Picture } from "./picture.js";
import { whoKeeps } from "./stuck.js";
import type { Verdict } from "./verdicts.js";
import type { AreaView, Fits } from "./view.js";

export interface BusyAnswer {
  readonly verdict: Verdict;
  readonly alsoPossible: readonly Verdict[];
  readonly evidence: readonly string[];
  readonly sure: boolean;
}

const ANY: readonly Verdict[] = ["PINNED-LONG", "PINNED-ROLLING", "UNMOVABLE-IN-CMA", "ISOLATION-COLLISION"];

function others(verdict: Verdict, without: readonly Verdict[] = []): Verdict[] {
  const kinds = verdict === "PINNED" ? ANY : ANY.filter((kind) => kind !== verdict);
  return kinds.filter((kind) => !without.includes(kind));
}

/** Failed requests of the same kind that are compared with one. */
const NEIGHBOURS = 64;

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;

/** Most blocking frame of one request. */
function topCulprit({ culprits }: FailedRequest): number | undefined {
  let top: number | undefined;
  for (const [pfn, count] of culprits) if (top === undefined || count > (culprits.get(top) ?? 0)) top = pfn;
  return top;
}

function byTrace(failure: FailedRequest, siblings: readonly FailedRequest[]): BusyAnswer | undefined {
  const traced = siblings.filter(({ culprits }) => culprits.size > 0);
  const own = topCulprit(failure);
  if (own !== undefined) {
    const windows = failure.culprits.get(own) ?? 0;
    const seen = traced.filter(({ culprits }) => culprits.has(own)).length;
    const frame = `test_pages_isolated stopped at pfn ${hex(own)} in ${windows} windows of this request`;
    if (traced.length > 1) {
      const long = seen === traced.length;
      const verdict = long ? "PINNED-LONG" : "PINNED-ROLLING";
      // Times of one file share a clock; a log's and a trace's need not.
      const times = traced.flatMap(({ time, place }) =>
        place.file === failure.place.file ? (time ?? []) : [],
      );
      const over = times.length < 2 ? "" : `, over ${(largest(times) - smallest(times)).toFixed(1)} s`;
      const spread = `it blocked ${seen} of the ${traced.length} failed requests that were traced${over}`;
      // One frame that is pinned anew between two attempts looks as if it were held: the trace tells of attempts alone.
      return {
        verdict,
        alsoPossible: long ? ["PINNED-ROLLING"] : [],
        evidence: [frame, spread],
        sure: !long,
      };
    }
    return {
      verdict: "PINNED",
      alsoPossible: ["PINNED-LONG", "PINNED-ROLLING"],
      evidence: [frame],
      sure: true,
    };
  }
  if (failure.rivals > 0 && failure.migrateFailed === 0 && (failure.tries ?? 0) > 0) {
    const rivals = `${failure.rivals} other requests to the same area were in flight, and no window came as far as the test for free pages`;
    return { verdict: "ISOLATION-COLLISION", alsoPossible: [], evidence: [rivals], sure: true };
  }
  return undefined;
}

function inArea(view: AreaView, pfn: number, order: number): boolean {
  if (!view.baseKnown || view.total === null) return true;
  return pfn + 2 ** order > view.basePfn && pfn < view.basePfn + view.total;
}

function byOwner(picture: Picture, view: AreaView): BusyAnswer | undefined {
  const inside = picture.owned.filter(
    (page) => page.type !== "Movable" && page.type !== "CMA" && inArea(view, page.pfn, page.order),
  );
  const [first] = inside;
  if (first === undefined) return undefined;
  const who = [first.owner, first.stack].filter((text) => text !== "").join("; ");
  const evidence = [`page_owner: pfn ${hex(first.pfn)} is ${first.type} inside a CMA pageblock (${who})`];
  if (inside.length > 1) evidence.push(`${inside.length} such pages in all`);
  return { verdict: "UNMOVABLE-IN-CMA", alsoPossible: [], evidence, sure: view.baseKnown };
}

function byDumps(picture: Picture, view: AreaView): BusyAnswer | undefined {
  const dumps = picture.migrations.filter(({ pfn, ret }) => ret !== -12 && inArea(view, pfn, 0));
  if (dumps.length === 0) return undefined;
  const frames = new Set(dumps.map(({ pfn }) => pfn));
  const evidence = [`${dumps.length} dumps of pages that would not migrate, ${frames.size} different frames`];
  const [first] = dumps;
  if (first !== undefined) evidence.push(`pfn ${hex(first.pfn)}: ${whoKeeps(first)}`);
  if (dumps.length < 3) return { verdict: "PINNED", alsoPossible: others("PINNED"), evidence, sure: false };
  const verdict = frames.size * 2 > dumps.length ? "PINNED-ROLLING" : "PINNED-LONG";
  return { verdict, alsoPossible: others(verdict), evidence, sure: false };
}

/** How much a counter grew between the first and the last snapshot; undefined with fewer than two. */
export function growth(picture: Picture, key: string): number | undefined {
  const values = picture.vmstat.flatMap(({ values }) => values.get(key) ?? []);
  return values.length < 2 ? undefined : largest(values) - smallest(values);
}

function byCounters(picture: Picture, siblings: readonly FailedRequest[]): BusyAnswer | undefined {
  const moved = growth(picture, "pgmigrate_success");
  const stuck = growth(picture, "pgmigrate_fail") ?? 0;
  if (moved === undefined || moved + stuck === 0) return undefined;
  const evidence = [
    `vmstat between the snapshots: ${moved} pages migrated, ${stuck} failed to: the requests came past isolation`,
  ];
  const succeeded = growth(picture, "cma_alloc_success");
  const failed = growth(picture, "cma_alloc_fail");
  if (succeeded !== undefined && failed !== undefined) {
    evidence.push(
      `cma_alloc_success +${succeeded}, cma_alloc_fail +${failed}, ${siblings.length} of the failures are in this log`,
    );
  }
  if (siblings.length > 2)
    evidence.push(
      `${siblings.length} requests of this size failed one after the other: a collision does not last so long`,
    );
  const pins = growth(picture, "nr_foll_pin_acquired") ?? 0;
  if (pins === 0)
    return {
      verdict: "PINNED",
      alsoPossible: others("PINNED", ["ISOLATION-COLLISION"]),
      evidence,
      sure: false,
    };
  const released = growth(picture, "nr_foll_pin_released") ?? 0;
  evidence.push(
    `${pins} pages were pinned and ${released} of these pins released between the snapshots (nr_foll_pin_*)`,
  );
  const verdict = pins - released > pins / 2 ? "PINNED-LONG" : "PINNED-ROLLING";
  return { verdict, alsoPossible: others(verdict, ["ISOLATION-COLLISION"]), evidence, sure: false };
}

/** Pages of one isolation granule: the largest block of the buddy allocator, as far as a log shows it. */
function granule(picture: Picture, pageShift: number): number {
  const blockOrder =
    picture.pagetypes.find(({ pageblockOrder }) => pageblockOrder !== null)?.pageblockOrder ?? 0;
  const columns = largest(
    picture.pagetypes.flatMap(({ rows }) => rows.map(({ counts }) => counts.length - 1)),
    0,
  );
  const listed =
    picture.largestBuddyKb === 0 ? 0 : Math.floor((picture.largestBuddyKb * 1024) / 2 ** pageShift);
  return Math.max(512, 2 ** blockOrder, columns > 0 && columns <= 20 ? 2 ** columns : 0, listed);
}

function byGeometry(
  fits: Fits | null,
  pages: number,
  era: Era,
  picture: Picture,
  pageShift: number,
): BusyAnswer | undefined {
  if (fits === null || fits.windows === 0) return undefined;
  const size = granule(picture, pageShift);
  const evidence = [
    `${fits.windows} windows in ${fits.runs} runs fit in the bitmap, ${fits.disjoint} of them apart from each other, and all were busy`,
  ];
  if (era.to < MUTEX_GONE) {
    evidence.push("before 5.11 one mutex kept callers of CMA apart: they cannot have collided");
    return {
      verdict: "PINNED",
      alsoPossible: others("PINNED", ["ISOLATION-COLLISION"]),
      evidence,
      sure: false,
    };
  }
  if (era.from < MUTEX_GONE || fits.disjoint < 2 || pages > size) {
    const core =
      fits.disjoint < 2 && fits.windows > 1
        ? "all windows share pages: one pinned page is enough to block them all"
        : undefined;
    if (core !== undefined) evidence.push(core);
    return { verdict: "PINNED", alsoPossible: others("PINNED"), evidence, sure: false };
  }
  evidence.push(
    `isolation works on blocks of ${size} pages, and since 5.11 no mutex keeps callers apart: two of them that meet in a block both get -16`,
    `a pinned page blocks only the windows around it: ${fits.disjoint} separate windows would need as many pins`,
  );
  return {
    verdict: "ISOLATION-COLLISION",
    alsoPossible: others("ISOLATION-COLLISION"),
    evidence,
    sure: false,
  };
}

function byWindows(failure: FailedRequest, siblings: readonly FailedRequest[]): BusyAnswer | undefined {
  if (failure.busy.length === 0) {
    if ((failure.tries ?? 0) === 0) return undefined;
    const tried = [`${failure.tries} windows were tried and all were busy; the trace does not show why`];
    return { verdict: "PINNED", alsoPossible: others("PINNED"), evidence: tried, sure: false };
  }
  const evidence = [
    `${failure.busy.length} windows were found busy, from pfn ${hex(failure.busy[0]!.start)} to ${hex(failure.busy.at(-1)!.end)}`,
  ];
  const starts = new Set(failure.busy.map(({ start }) => start));
  const again = siblings
    .slice(0, NEIGHBOURS)
    .find((other) => other !== failure && other.busy.some(({ start }) => starts.has(start)));
  if (again !== undefined) {
    const common = again.busy.filter(({ start }) => starts.has(start)).length;
    evidence.push(
      `${common} of these windows were busy in another failed request too: that speaks for pages that stay`,
    );
  }
  return { verdict: "PINNED", alsoPossible: others("PINNED"), evidence, sure: false };
}

/** Windows were there and all were busy: why? `undefined` when nothing tells. */
export function whyBusy(
  failure: FailedRequest,
  siblings: readonly FailedRequest[],
  picture: Picture,
  view: AreaView,
  fits: Fits | null,
  era: Era,
  shift: number,
): BusyAnswer | undefined {
  return (
    byOwner(picture, view) ??
    byTrace(failure, siblings) ??
    byDumps(picture, view) ??
    byCounters(picture, siblings) ??
    byGeometry(fits, failure.pages ?? 0, era, picture, shift) ??
    byWindows(failure, siblings)
  );
}
