// Knows: what the logs and files show beside failed requests: pages that do not belong, reservations that shrank, harmless lines.
// Must not know: formats, how a finding is shown.

import { growth } from "./busy.js";
import { bitmapBits, bitmapIsCut, layoutOfBitmap, layoutOfList } from "./layout.js";
import type { Picture } from "./picture.js";
import {
  AREA_COMMAND,
  COUNTER_COMMAND,
  commandFor,
  LOG_COMMAND,
  OWNER_COMMAND,
  RESERVATION_COMMAND,
  type Verdict,
} from "./verdicts.js";
import { pageShift, realAreas } from "./view.js";

/** Something that the files show beside failed requests. */
export interface Finding {
  /** What kind of cause it is or would be. */
  readonly verdict: Verdict;
  /** For programs; stable. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** What it rests on, a sentence each. */
  readonly evidence: readonly string[];
  /** What to collect or to try next. */
  readonly nextCommand: string;
}

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;
const MIB = 2 ** 20;

function shrunk(picture: Picture): Finding[] {
  const shift = pageShift(picture);
  const totalKb = picture.meminfo
    .map(({ values }) => values.get("CmaTotal"))
    .find((value) => value !== undefined);
  const placed = picture.reservations
    .filter(({ kind }) => kind === "reserved")
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const have = totalKb === undefined ? (placed > 0 ? placed : undefined) : totalKb * 1024;
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { kind, bytes, name, place } of picture.reservations) {
    const tooLittle = kind === "cmdline" && have !== undefined && have + 2 ** shift <= bytes;
    const key = `${kind}${name}${bytes}`;
    if ((kind !== "failed" && !tooLittle) || seen.has(key)) continue;
    seen.add(key);
    const asked = `${name ?? "the device tree"} asked for ${bytes / MIB} MiB`;
    const got =
      have === undefined ? "how much there is now is not in the log" : `CMA has ${have / MIB} MiB now`;
    findings.push({
      verdict: "RESERVATION-SHRANK",
      code: "reservation",
      message: `${asked} and did not get it: ${got}`,
      evidence: [
        `${place.file}:${place.line}`,
        ...(have === undefined ? [] : [`short by ${(bytes - have) / MIB} MiB`]),
      ],
      nextCommand: RESERVATION_COMMAND,
    });
  }
  return findings;
}

function intruders(picture: Picture): Finding[] {
  const groups = new Map<string, { count: number; first: Picture["owned"][number]; pages: number }>();
  for (const page of picture.owned) {
    const key = `${page.type}|${page.owner.replace(/\d{1,20} ns/g, "").slice(0, 80)}|${page.stack.slice(0, 60)}`;
    const group = groups.get(key) ?? { count: 0, first: page, pages: 0 };
    group.count += 1;
    group.pages += 2 ** page.order;
    if (groups.size < 50 || groups.has(key)) groups.set(key, group);
  }
  return [...groups.values()].map(({ count, first, pages }) => {
    const odd = first.type === "Movable";
    const what = odd
      ? "a driver's page: its type is Movable, but it is not on an LRU list, so only its driver could move it"
      : `${first.type}: it cannot be moved out`;
    return {
      verdict: "UNMOVABLE-IN-CMA",
      code: odd ? "driver-page-in-cma" : "unmovable-in-cma",
      message: `pfn ${first.pfn} (${hex(first.pfn)}) lies in a CMA pageblock and is ${what}`,
      evidence: [
        `page_owner: order ${first.order}, ${first.owner}${first.stack === "" ? "" : `; ${first.stack}`}; flags ${first.flags}`,
        ...(count > 1 ? [`${count} pages of this kind, ${pages} frames`] : []),
      ],
      nextCommand: OWNER_COMMAND,
    };
  });
}

/** References that a page has by itself: one of who isolated it, its mappings, and the caches that it is in. */
function expectedReferences({ mapcount, operations, flags }: Picture["migrations"][number]): {
  count: number;
  cached: boolean;
} {
  const swap = operations === "swap_aops" || flags.split("|").includes("swapcache");
  const cached = swap || (operations !== null && operations !== "");
  return { count: 1 + Math.max(0, mapcount ?? 0) + (cached ? 1 : 0), cached: swap };
}

function stuckPages(picture: Picture): Finding[] {
  const shown = picture.migrations.slice(0, 50);
  return shown.map((dump) => {
    const { pfn, ret, refcount, mapcount, operations, flags, owner, place } = dump;
    const evidence = [
      `${place.file}:${place.line}: ret ${ret}, refcount ${refcount ?? "?"}, mapcount ${mapcount ?? "?"}, ${operations ?? "no aops"}, ${flags}`,
    ];
    if (owner !== null) evidence.push(owner);
    if (ret === -12) {
      const message = `pfn ${hex(pfn)} could not be moved: there was no page to move it to`;
      return {
        verdict: "NO-MIGRATION-TARGET",
        code: "migration-failed",
        message,
        evidence,
        nextCommand: commandFor("NO-MIGRATION-TARGET"),
      };
    }
    const { count, cached } = expectedReferences(dump);
    const extra = refcount === null ? null : refcount - count;
    let why = "its references are not in the log, so who holds it is open";
    if (extra !== null && extra > 0)
      why = `${extra} of its ${refcount} references cannot be accounted for: somebody holds (pins) it`;
    else if (extra !== null && cached) {
      why = `${count} references are expected, one of them the swap cache's: nobody pins it, but kernels without the fix of folio_expected_ref_count() (December 2025) take the swap cache's reference for a pin`;
    } else if (extra !== null)
      why =
        "no reference too many at the time of the dump: the pin was gone by then, or the page was under I/O";
    const message = `pfn ${hex(pfn)} would not migrate: ${why}`;
    return {
      verdict: "PINNED",
      code: "migration-failed",
      message,
      evidence,
      nextCommand: commandFor("PINNED-LONG"),
    };
  });
}

function quietLines(picture: Picture): Finding[] {
  const findings: Finding[] = [];
  const failed = picture.failures.length > 0;
  if (picture.busy.length > 0) {
    const frames = new Set(picture.busy.map(({ start }) => start));
    const first = [...frames].slice(0, 3).map(hex).join(", ");
    const evidence = [
      `${picture.busy.length} lines, ${frames.size} different windows, the first at ${first}`,
    ];
    findings.push(
      failed
        ? {
            verdict: "UNDECIDED",
            code: "busy-after-failure",
            message: `${picture.busy.length} more windows were busy after the last failure: how that request ended is not in the log`,
            evidence,
            nextCommand: LOG_COMMAND,
          }
        : {
            verdict: "BENIGN",
            code: "busy-without-failure",
            message: `${picture.busy.length} windows were busy, and no request failed: CMA went on to another window; it costs time only`,
            evidence,
            nextCommand: COUNTER_COMMAND,
          },
    );
  }
  if (picture.delayed > 0) {
    const message = `${picture.delayed} requests met busy windows and were served in the end: a delay, not a failure`;
    findings.push({
      verdict: "BENIGN",
      code: "delayed",
      message,
      evidence: [`${picture.succeeded} requests succeeded in the trace`],
      nextCommand: COUNTER_COMMAND,
    });
  }
  const used = new Set(picture.failures.map(({ list }) => list));
  for (const list of picture.lists) {
    if (used.has(list) || findings.length > 100) continue;
    const layout = layoutOfList(list, picture.orderPerBitHint);
    const longest = layout.runs.reduce((most, { length }) => Math.max(most, length), 0);
    findings.push({
      verdict: "UNDECIDED",
      code: "list-without-failure",
      message: `a list of free runs without its failure line: ${layout.runs.length} runs, ${layout.free} pages free${list.total === null ? "" : ` of ${list.total}`}, the longest ${longest}`,
      evidence: [
        layout.remark === "" ? "the runs add up to the printed total" : layout.remark,
        `order_per_bit ${layout.orderPerBit}`,
      ],
      nextCommand: "sudo dmesg | grep -B1 'number of available pages'",
    });
  }
  return findings;
}

/** Pages lost behind requests that end before their slot does. */
function alignmentLoss(picture: Picture): Finding[] {
  if (picture.failures.length > 0 || picture.requests.length === 0) return [];
  let pages = 0;
  let span = 0;
  let worst = { pages: 0, align: 0, lost: 0 };
  for (const request of picture.requests) {
    const unit = 2 ** Math.min(request.align, 32);
    const slot = Math.ceil(request.pages / unit) * unit;
    pages += request.pages;
    span += slot;
    if (slot - request.pages > worst.lost) worst = { ...request, lost: slot - request.pages };
  }
  const share = Math.round(((span - pages) / span) * 100);
  const evidence = [
    `${picture.requests.length} requests of ${pages} pages in all begin ${span} pages apart when each is aligned`,
  ];
  const [first] = picture.requests;
  const last = picture.requests.at(-1);
  if (first?.available != null && last?.available != null) {
    evidence.push(
      `free in area ${first.area ?? "?"} went from ${first.available} to ${last.available} of ${last.total} pages`,
    );
  }
  if (share < 10) {
    const message = `${picture.requests.length} requests, none of which is shown to fail`;
    return [{ verdict: "BENIGN", code: "requests", message, evidence, nextCommand: COUNTER_COMMAND }];
  }
  evidence.push(
    `${worst.pages} pages at align ${worst.align} take a slot of ${worst.pages + worst.lost}: ${Math.round((worst.lost / (worst.pages + worst.lost)) * 100)} % of it is a gap`,
  );
  const message = `${share} % of what these requests span are alignment gaps; whether one of them failed is not in the log`;
  return [{ verdict: "ALIGNMENT", code: "alignment-gaps", message, evidence, nextCommand: LOG_COMMAND }];
}

function countersAlone(picture: Picture): Finding[] {
  const succeeded = growth(picture, "cma_alloc_success");
  const failed = growth(picture, "cma_alloc_fail");
  if (succeeded === undefined || failed === undefined || succeeded + failed === 0) return [];
  const evidence = [
    `vmstat between the snapshots: cma_alloc_success +${succeeded}, cma_alloc_fail +${failed}`,
  ];
  const moved = growth(picture, "pgmigrate_success") ?? 0;
  if (moved > 0)
    evidence.push(`${moved} pages were migrated, ${growth(picture, "pgmigrate_fail") ?? 0} failed to`);
  if (failed === 0) {
    const message = `${succeeded} CMA requests succeeded between the snapshots and none failed`;
    return [{ verdict: "BENIGN", code: "all-succeeded", message, evidence, nextCommand: COUNTER_COMMAND }];
  }
  if (failed <= picture.failures.length) return [];
  const message = `${failed} CMA requests failed between the snapshots, ${picture.failures.length} of them are in the logs`;
  return [{ verdict: "UNDECIDED", code: "failures-not-in-log", message, evidence, nextCommand: LOG_COMMAND }];
}

/** sysfs counts pages since boot: the only trace of failures that the log has lost. */
function areaCounters(picture: Picture): Finding[] {
  if (picture.failures.length > 0) return [];
  const last = new Map(picture.areas.map((area) => [area.name, area]));
  return [...last.values()].flatMap(({ name, failed, succeeded, place }) => {
    if (failed === null || failed === 0) return [];
    const message = `area ${name}: requests for ${failed} pages failed since boot, no failure is in the logs`;
    const evidence = [
      `alloc_pages_fail ${failed}${succeeded === null ? "" : `, alloc_pages_success ${succeeded}`} (${place.file}:${place.line})`,
    ];
    return [
      {
        verdict: "UNDECIDED" as const,
        code: "failures-not-in-log",
        message,
        evidence,
        nextCommand: LOG_COMMAND,
      },
    ];
  });
}

function areaStates(picture: Picture): Finding[] {
  if (picture.failures.length > 0) return [];
  const seen = new Set<string>();
  return realAreas(picture).flatMap((area) => {
    const layout = layoutOfBitmap(area);
    if (layout === undefined || seen.has(area.name)) return [];
    seen.add(area.name);
    const bit = 2 ** layout.orderPerBit;
    const known = bitmapBits(area) * bit;
    const longest = layout.runs.reduce((most, { length }) => Math.max(most, length), 0);
    const part = bitmapIsCut(area)
      ? ` of the first ${known} (the bitmap is cut; the area has ${area.count})`
      : ` of ${known}`;
    const message = `area ${area.name || "(unnamed)"}: ${known - layout.free} pages in use${part}, ${layout.runs.length} free runs, the longest ${longest}; no failed request`;
    return [
      {
        verdict: "BENIGN" as const,
        code: "area-state",
        message,
        evidence: [`${area.place.file}:${area.place.line}`],
        nextCommand: AREA_COMMAND,
      },
    ];
  });
}

function typeStates(picture: Picture): Finding[] {
  if (picture.failures.length > 0) return [];
  const table = picture.pagetypes[0];
  if (table === undefined) return [];
  return table.rows.flatMap(({ zone, type, counts }) => {
    const free = counts.reduce((sum, count, order) => sum + count * 2 ** order, 0);
    const blocks = table.blocks.find((row) => row.zone === zone);
    const cma = blocks?.counts[blocks.types.indexOf("CMA")] ?? 0;
    if (type !== "CMA" || cma === 0) return [];
    const order = table.pageblockOrder;
    const of = order === null ? `${cma} pageblocks` : `${cma * 2 ** order} pages`;
    const message = `zone ${zone}: ${free} CMA pages free in the buddy lists, ${of} in all; no failed request`;
    const evidence = ["free in the buddy lists is neither in use by CMA nor by movable guests"];
    return [{ verdict: "BENIGN" as const, code: "pagetypes", message, evidence, nextCommand: AREA_COMMAND }];
  });
}

export function findingsOf(picture: Picture): Finding[] {
  return [
    ...shrunk(picture),
    ...intruders(picture),
    ...stuckPages(picture),
    ...quietLines(picture),
    ...alignmentLoss(picture),
    ...countersAlone(picture),
    ...areaCounters(picture),
    ...areaStates(picture),
    ...typeStates(picture),
  ];
}
