// Knows: what the logs and files show beside failed requests: pages that do not belong, reservations that shrank, harmless lines.
// Must not know: formats, how a finding is shown.

import { growth } from "./busy.js";
import { type Finding, finding } from "./finding.js";
import { holdersOf, holderText } from "./holders.js";
import { bitmapBits, bitmapIsCut, layoutOfBitmap, layoutOfList } from "./layout.js";
import type { Picture } from "./picture.js";
import { busyLines, foreignFailures, mentionsAlone, sumsAlone, wishesAlone } from "./quiet.js";
import { shrunk } from "./shrunk.js";
import { stuckPages } from "./stuck.js";
import { pageShift } from "./totals.js";
import { AREA_COMMAND, COUNTER_COMMAND, FIRST_COMMAND, LOG_COMMAND, OWNER_COMMAND } from "./verdicts.js";
import { realAreas } from "./view.js";

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;

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
    return finding({
      verdict: "UNMOVABLE-IN-CMA",
      certainty: odd ? "likely" : "proved",
      code: odd ? "driver-page-in-cma" : "unmovable-in-cma",
      message: `pfn ${first.pfn} (${hex(first.pfn)}) lies in a CMA pageblock and is ${what}`,
      evidence: [
        `page_owner: order ${first.order}, ${first.owner}${first.stack === "" ? "" : `; ${first.stack}`}; flags ${first.flags}`,
        ...(count > 1 ? [`${count} pages of this kind, ${pages} frames`] : []),
      ],
      nextCommand: OWNER_COMMAND,
    });
  });
}

function quietLines(picture: Picture): Finding[] {
  const findings: Finding[] = [];
  if (picture.delayed > 0) {
    const message = `${picture.delayed} requests met busy windows and were served in the end: a delay, not a failure`;
    const evidence = [`${picture.succeeded} requests succeeded in the trace`];
    findings.push(
      finding({ verdict: "BENIGN", code: "delayed", message, evidence, nextCommand: COUNTER_COMMAND }),
    );
  }
  const used = new Set(picture.failures.map(({ list }) => list));
  for (const list of picture.lists) {
    if (used.has(list) || findings.length > 100) continue;
    const layout = layoutOfList(list, picture.orderPerBitHint);
    const longest = layout.runs.reduce((most, { length }) => Math.max(most, length), 0);
    findings.push(
      finding({
        verdict: "UNDECIDED",
        code: "list-without-failure",
        message: `a list of free runs without its failure line: ${layout.runs.length} runs, ${layout.free} pages free${list.total === null ? "" : ` of ${list.total}`}, the longest ${longest}`,
        evidence: [
          layout.remark === "" ? "the runs add up to the printed total" : layout.remark,
          `order_per_bit ${layout.orderPerBit}`,
        ],
        nextCommand: "sudo dmesg | grep -B1 'number of available pages'",
      }),
    );
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
  // Logs tell of requests for nothing.
  if (span === 0) return [];
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
    return [
      finding({ verdict: "BENIGN", code: "requests", message, evidence, nextCommand: COUNTER_COMMAND }),
    ];
  }
  evidence.push(
    `${worst.pages} pages at align ${worst.align} take a slot of ${worst.pages + worst.lost}: ${Math.round((worst.lost / (worst.pages + worst.lost)) * 100)} % of it is a gap`,
  );
  const message = `${share} % of what these requests span are alignment gaps; whether one of them failed is not in the log`;
  return [
    finding({
      verdict: "ALIGNMENT",
      certainty: "likely",
      code: "alignment-gaps",
      message,
      evidence,
      nextCommand: LOG_COMMAND,
    }),
  ];
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
    return [
      finding({ verdict: "BENIGN", code: "all-succeeded", message, evidence, nextCommand: COUNTER_COMMAND }),
    ];
  }
  if (failed <= picture.failures.length) return [];
  const message = `${failed} CMA requests failed between the snapshots, ${picture.failures.length} of them are in the logs`;
  return [
    finding({
      verdict: "UNDECIDED",
      code: "failures-not-in-log",
      message,
      evidence,
      nextCommand: LOG_COMMAND,
    }),
  ];
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
      finding({
        verdict: "UNDECIDED",
        code: "failures-not-in-log",
        message,
        evidence,
        nextCommand: LOG_COMMAND,
      }),
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
    const at = layout.runs.find(({ length }) => length === longest)?.start;
    const runs = layout.runs.length === 1 ? "1 free run" : `${layout.runs.length} free runs`;
    const message = `area ${area.name || "(unnamed)"}: ${known - layout.free} pages in use${part}, ${runs}, the longest ${longest}${at === undefined ? "" : ` at ${at}`}; no failed request`;
    const evidence = [`${area.place.file}:${area.place.line}`];
    return [finding({ verdict: "BENIGN", code: "area-state", message, evidence, nextCommand: AREA_COMMAND })];
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
    return [finding({ verdict: "BENIGN", code: "pagetypes", message, evidence, nextCommand: AREA_COMMAND })];
  });
}

/** Everything beside the failed requests, the most serious kind first. */
export function findingsOf(picture: Picture): Finding[] {
  const findings = [
    ...shrunk(picture),
    ...intruders(picture),
    ...stuckPages(picture),
    ...busyLines(picture),
    ...foreignFailures(picture),
    ...quietLines(picture),
    ...alignmentLoss(picture),
    ...countersAlone(picture),
    ...areaCounters(picture),
    ...areaStates(picture),
    ...typeStates(picture),
  ];
  if (picture.failures.length > 0) return findings;
  const all = [...findings, ...sumsAlone(picture, findings.length === 0)];
  return all.length > 0
    ? all
    : [...holdersAlone(picture), ...mentionsAlone(picture), ...wishesAlone(picture)];
}

/** A list of holders without a failed request. */
function holdersAlone(picture: Picture): Finding[] {
  const [largest] = holdersOf(picture)?.rows ?? [];
  if (largest === undefined) return [];
  const message = `${holderText(largest, pageShift(picture))}; no failed request`;
  return [finding({ verdict: "BENIGN", code: "holders", message, evidence: [], nextCommand: FIRST_COMMAND })];
}
