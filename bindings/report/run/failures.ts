// Knows: how a failure becomes what the page shows: windows thinned, its map with blocked cells.
// Must not know: how blockers are added up (analysis/outcomes), why a window is blocked.

import { blockedWindows, blockerKey, blockersOf, groupBy } from "../../analysis/outcomes/blockers.js";
import type { AreaSummary, CellMap, FailureRecord, WindowRecord } from "../../scenario/result.js";
import { thinning } from "./budget.js";
import type { Blocker, ReportFailure, ReportMap, WindowColumns } from "./document.js";
import { encodeSteps, everyNth, roughly } from "./steps.js";

/** Words by number, in the order in which they were first used. */
export class Words {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.list.length);
    this.list.push(word);
    return this.list.length - 1;
  }
}

/** Times to three digits. */
function shortened({ medianHeldNs, longestHeldNs, ...blocker }: Blocker): Blocker {
  return { ...blocker, medianHeldNs: roughly(medianHeldNs), longestHeldNs: roughly(longestHeldNs) };
}

function windowColumns(windows: readonly WindowRecord[], basePfn: number, words: Words): WindowColumns {
  const kinds = new Words();
  const kind = windows.map((window) => kinds.number(blockerKey(window)));
  const word = kinds.list.map((text) => {
    const [reason = "", holder = "", pinKind = ""] = text.split("\0");
    return [words.number(reason), words.number(holder), words.number(pinKind)] as const;
  });
  return {
    start: encodeSteps(
      windows.map(({ startPfn }) => startPfn - basePfn),
      1,
    ),
    blocker: encodeSteps(
      windows.map(({ blockerPfn }) => blockerPfn - basePfn),
      1,
    ),
    word,
    kind,
    heldNs: encodeSteps(
      windows.map(({ heldNs }) => heldNs),
      1e3,
    ),
  };
}

/** Kinds that no cell has are left out. */
function reportMap(map: CellMap): ReportMap {
  const used = map.kinds.map((_, k) => k).filter((k) => map.counts[k]?.some((count) => count !== 0));
  return {
    startPfn: map.startPfn,
    pagesPerCell: map.pagesPerCell,
    kinds: used.map((k) => map.kinds[k] ?? ""),
    counts: used.map((k) => map.counts[k] ?? []),
  };
}

function blockedCells(windows: readonly WindowRecord[], map: CellMap): (readonly [number, number, number])[] {
  const cellOf = ({ blockerPfn }: WindowRecord) =>
    Math.floor((blockerPfn - map.startPfn) / Math.max(1, map.pagesPerCell));
  const cells = map.counts[0]?.length ?? 0;
  return groupBy(
    windows.filter((window) => cellOf(window) >= 0 && cellOf(window) < cells),
    (window) => String(cellOf(window)),
  )
    .map((group) => {
      const frames = new Set(group.map(({ blockerPfn }) => blockerPfn)).size;
      return [cellOf(group[0] as WindowRecord), group.length, frames] as const;
    })
    .sort(([a], [b]) => a - b);
}

/** Numbers that the map of a failure costs. */
export function mapCost({ map }: FailureRecord): number {
  return map.counts.reduce((cost, counts) => cost + (counts.some((n) => n !== 0) ? counts.length : 0), 0);
}

export interface FailureRoom {
  readonly windows: number;
  readonly withMap: boolean;
}

export function reportFailure(
  failure: FailureRecord,
  areas: readonly AreaSummary[],
  words: Words,
  room: FailureRoom,
): ReportFailure {
  const { request, map } = failure;
  const windows = blockedWindows(failure.windows);
  const basePfn = areas.find(({ name }) => name === request.area)?.basePfn ?? map.startPfn;
  const every = thinning(windows.length, room.windows);
  const shown = everyNth(windows.length, every).map((i) => windows[i] as WindowRecord);
  return {
    client: request.client,
    area: request.area,
    pages: request.pages,
    align: request.align,
    beginNs: request.beginNs,
    latencyNs: request.latencyNs,
    errno: request.errno,
    windowsTried: request.windows,
    busyRetries: request.busyRetries,
    migrated: request.pagesMigrated,
    reclaimed: request.pagesReclaimed,
    sleeps: request.sleeps,
    missed: request.missedDeadline,
    distinctBlockers: failure.distinctBlockers,
    longestHeldNs: failure.longestHeldNs,
    anyLongPin: failure.anyLongPin,
    blockers: blockersOf(windows).map(shortened),
    windowsKept: windows.length,
    every,
    windows: windowColumns(shown, basePfn, words),
    map: room.withMap ? reportMap(map) : null,
    blocked: room.withMap ? blockedCells(windows, map) : [],
  };
}
