// Knows: what busy windows, sums of memory and foreign failures say when no request is shown to have failed.
// Must not know: formats, failed requests.
//
// The line "alloc failed" exists since 4.11: on an older kernel, or on one that is not named, its absence proves nothing.

import { versionNumber } from "./era.js";
import { type Finding, finding } from "./finding.js";
import type { Picture, Window } from "./picture.js";
import { sizeText } from "./remedies.js";
import { cmaState, pageShift } from "./totals.js";
import { COUNTER_COMMAND, FIRST_COMMAND, LOG_COMMAND, type Verdict, ZONE_COMMAND } from "./verdicts.js";
import { realAreas } from "./view.js";

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;
const FAILURE_LINE = 411;
const BURST_SECONDS = 1;
/** Fewer busy windows in a row are a request that went on to the next window and succeeded. */
const BURST = 3;

/** Several windows in one second, one behind the other: a request that may have failed in the end. */
function isBurst(busy: readonly Window[]): boolean {
  let run = 1;
  for (const [i, { time, start }] of busy.entries()) {
    const before = busy[i - 1];
    const follows =
      before !== undefined &&
      start >= before.start &&
      (time === null || before.time === null || time - before.time <= BURST_SECONDS);
    run = follows ? run + 1 : 1;
    if (run >= BURST) return true;
  }
  return false;
}

function busyAlone(picture: Picture, evidence: readonly string[]): Finding {
  const version = picture.kernel === null ? undefined : versionNumber(picture.kernel);
  const isOld =
    (version !== undefined && version < FAILURE_LINE) || picture.busy.some((window) => window.isOld === true);
  const isKnown = version !== undefined && version >= FAILURE_LINE;
  const count = picture.busy.length;
  const windows = count === 1 ? "1 window was" : `${count} windows were`;
  if (isKnown || (!isOld && !isBurst(picture.busy))) {
    const unless = isKnown
      ? ""
      : " (on 4.11 and later, which print a line when a request fails; the log does not name its kernel)";
    return finding({
      verdict: "BENIGN",
      certainty: isKnown ? "proved" : "likely",
      code: "busy-without-failure",
      message: `${windows} busy, and no line says that a request failed: CMA went on to another window; it costs time only${unless}`,
      evidence,
      nextCommand: COUNTER_COMMAND,
    });
  }
  const reason = isOld
    ? `${picture.kernel === null ? "a kernel with this wording (3.5 to 4.0)" : `kernel ${picture.kernel}`} prints no line when a request fails (it exists since 4.11), so its absence proves nothing`
    : "the log does not name its kernel, and before 4.11 no line said that a request had failed";
  return finding({
    verdict: "UNDECIDED",
    alsoPossible: ["BENIGN", "PINNED"],
    code: "busy-without-failure",
    message: `${windows} busy; whether the request got another one or failed is not in the log`,
    evidence: [...evidence, reason],
    remedies: [
      "look for an error of a driver at the same time: with one, pages in these windows are pinned; without one, it is noise",
    ],
    nextCommand: "uname -r; dmesg | grep -iE 'cma|PFNs busy|alloc|dma' | tail -50",
  });
}

export function busyLines(picture: Picture): Finding[] {
  if (picture.busy.length === 0) return [];
  const frames = new Set(picture.busy.map(({ start }) => start));
  const first = [...frames].slice(0, 3).map(hex).join(", ");
  const evidence = [`${picture.busy.length} lines, ${frames.size} different windows, the first at ${first}`];
  if (picture.failures.length === 0) return [busyAlone(picture, evidence)];
  const message = `${picture.busy.length} more windows were busy after the last failure: how that request ended is not in the log`;
  return [
    finding({
      verdict: "UNDECIDED",
      code: "busy-after-failure",
      message,
      evidence,
      nextCommand: LOG_COMMAND,
    }),
  ];
}

/**
 * CmaTotal and CmaFree by themselves; two readings tell what was taken in between.
 * @param always also when nothing was taken: there is nothing else to say
 */
export function sumsAlone(picture: Picture, always: boolean): Finding[] {
  const { total, totalFrom } = cmaState(picture);
  if (picture.failures.length > 0 || realAreas(picture).length > 0 || picture.vmstat.length > 0) return [];
  // Wishes that were followed: there is nothing to say.
  if (total === null || (picture.wishes ?? []).length > 0) return [];
  if (total > 0 && totalFrom !== "CmaTotal") return always ? [reservedAlone(picture, total)] : [];
  const shift = pageShift(picture);
  const frees = picture.meminfo.flatMap(({ values }) => values.get("CmaFree") ?? []);
  const last = frees.at(-1);
  const size = sizeText(total * 2 ** shift);
  if (total === 0) {
    const message = `there is no CMA area at all (${totalFrom === "CmaTotal" ? "CmaTotal is 0 kB" : "0K cma-reserved"}): requests go to the buddy allocator, 4 MiB at most in one piece`;
    const remedies = [
      "reserve one: cma=64M or more on the kernel command line, or a node linux,cma in the device tree",
    ];
    return [
      finding({
        verdict: "UNDECIDED",
        code: "no-cma",
        message,
        evidence: [],
        remedies,
        nextCommand: FIRST_COMMAND,
      }),
    ];
  }
  const now = last === undefined ? "" : `, ${wholeMib(last)} of it free now (CmaFree)`;
  const taken = frees.length < 2 || last === undefined ? 0 : frees[0]! - last;
  if (taken <= 0 && !always) return [];
  const between =
    frees.length < 2
      ? ""
      : taken > 0
        ? `; between the readings ${taken} kB were taken and not given back`
        : "; between the readings nothing was taken for good";
  const isLow = last !== undefined && last * 1024 < (total * 2 ** shift) / LOW_SHARE;
  return [
    finding({
      verdict: taken > 0 || isLow ? "UNDECIDED" : "BENIGN",
      alsoPossible: isLow ? ["EXHAUSTED"] : [],
      code: "cma-sums",
      message: `CMA has ${size} (CmaTotal)${now}${between}${isLow ? ": a request for more fails, unless movable pages have only borrowed the rest" : ""}; no request is shown to fail`,
      evidence: [
        "CmaTotal - CmaFree is in use or borrowed by movable pages; one reading does not tell the two apart",
      ],
      remedies:
        taken > 0
          ? [
              "read it again after the same action: when CmaFree falls by the same amount each time, buffers leak",
            ]
          : [],
      nextCommand: FIRST_COMMAND,
    }),
  ];
}

/** Less than this part of the area free is little. */
const LOW_SHARE = 16;

/** What the boot reserved, and nothing more. */
function reservedAlone(picture: Picture, total: number): Finding {
  const made = picture.reservations.filter(({ kind, bytes }) => kind === "reserved" && bytes !== null);
  const size = sizeText(total * 2 ** pageShift(picture));
  const areas = made.length === 0 ? "" : ` in ${made.length === 1 ? "one area" : `${made.length} areas`}`;
  return finding({
    verdict: "BENIGN",
    code: "cma-reserved",
    message: `the boot reserved ${size} of CMA${areas}; no reservation and no request is shown to fail`,
    evidence: made.slice(0, 8).map(({ place, bytes }) => `${place.file}:${place.line}: ${sizeText(bytes!)}`),
    nextCommand: FIRST_COMMAND,
  });
}

function wholeMib(kb: number): string {
  return kb < 1024 ? `${kb} kB` : `${Math.floor(kb / 1024)} MiB`;
}

type Other = Picture["others"][number];

const LIMIT_REMEDY = "coherent_pool=2M (or more) on the kernel command line: this pool is not the CMA area";

/** Why it is not CMA's, and what to do instead. */
function notCma(
  other: Other,
  picture: Picture,
): { why: string; remedy: string; certain: boolean; also: readonly Verdict[] } {
  const order = other.order ?? 0;
  if (other.kind === "vmalloc")
    return {
      why: "vmalloc needs address space, not contiguous memory",
      remedy: "vmalloc=SIZE on 32-bit kernels, or smaller mappings",
      certain: true,
      also: [],
    };
  if (other.kind === "slab")
    return {
      why: "the slab allocator takes single pages that CMA never gives to it",
      remedy: "raise vm.min_free_kbytes: atomic allocations live on this reserve",
      certain: true,
      also: [],
    };
  if (other.kind === "swiotlb")
    return {
      why: "swiotlb's bounce buffers are a pool of their own",
      remedy:
        "swiotlb=SLABS (2 KiB each) on the kernel command line, or a device mask that needs no bouncing",
      certain: true,
      also: [],
    };
  if (other.kind === "kernel-limit")
    return {
      why: "the atomic pool of the DMA layer has a fixed size",
      remedy: LIMIT_REMEDY,
      certain: true,
      also: [],
    };
  const zone = /DMA32/.test(other.gfp) ? "DMA32" : /GFP_DMA\b|\|DMA\b/.test(other.gfp) ? "DMA" : null;
  const low = picture.zones.find((one) => one.zone === (zone ?? one.zone) && one.free !== null);
  const state =
    low === undefined
      ? ""
      : ` (zone ${low.zone}: ${low.free} ${low.unit} free${low.freeCma ? `, ${low.freeCma} of it CMA, which only movable pages may use` : ""})`;
  if (/ATOMIC|NOWAIT/.test(other.gfp) || /^0x(?:20|480020|408a20|40a20)\b/.test(other.gfp))
    return {
      why: `an atomic allocation of order ${order}, which cannot wait and cannot use CMA pages${state}`,
      remedy: "raise vm.min_free_kbytes, so that atomic allocations find free pages",
      certain: true,
      also: [],
    };
  if (order === 0)
    return {
      why: `a single page${zone === null ? "" : ` from zone ${zone}`} was not there${state}: the zone is empty, not fragmented`,
      remedy:
        zone === null
          ? "memory is full: less load, more swap or zram"
          : `keep memory of zone ${zone} free: a smaller CMA area inside it, or drivers with a wider DMA mask`,
      certain: true,
      also: [],
    };
  return {
    why: `the buddy allocator had no free block of order ${order}${state}; drivers come here when there is no CMA area, or after CMA failed`,
    remedy:
      "if a driver's DMA buffer was meant: an area that holds it (grep Cma /proc/meminfo tells whether there is one)",
    certain: order < 4,
    also: order < 4 ? [] : ["EXHAUSTED", "FRAGMENTED"],
  };
}

/** Failures outside CMA: an answer with its reason, so that nobody enlarges an area in vain. */
export function foreignFailures(picture: Picture): Finding[] {
  const told = picture.failures;
  const seen = new Set<string>();
  return picture.others.flatMap((other) => {
    const key = `${other.kind}|${other.order}|${other.gfp}`;
    const isAfter = told.some(
      ({ place }) =>
        place.file === other.place.file &&
        place.line < other.place.line &&
        other.place.line - place.line <= 24,
    );
    if (seen.has(key) || seen.size >= 8 || isAfter) return [];
    seen.add(key);
    const { why, remedy, certain, also } = notCma(other, picture);
    return [
      finding({
        verdict: "NOT-CMA",
        certainty: certain ? "proved" : "likely",
        alsoPossible: also,
        code: `not-cma-${other.kind}`,
        message: `not CMA: ${why}`,
        evidence: [`${other.place.file}:${other.place.line}: ${other.text}`],
        remedies: [
          remedy,
          ...(certain
            ? ["a larger CMA area does not help here: it takes memory away from this allocator"]
            : []),
        ],
        nextCommand: ZONE_COMMAND,
      }),
    ];
  });
}

/** A cma= without a word of what became of it. */
export function wishesAlone(picture: Picture): Finding[] {
  const asked = picture.reservations.findLast(({ kind, bytes }) => kind === "cmdline" && bytes !== null);
  if (asked?.bytes == null) return [];
  return [
    finding({
      verdict: "UNDECIDED",
      code: "cma-asked-for",
      message: `cma=${sizeText(asked.bytes).replace(" MiB", "M")} is asked for; what the kernel made of it, and whether a request failed, is not in these lines`,
      evidence: [`${asked.place.file}:${asked.place.line}`],
      remedies: ["look whether it took effect: grep Cma /proc/meminfo; dmesg | grep -iE 'cma|reserved mem'"],
      nextCommand: FIRST_COMMAND,
    }),
  ];
}

/** Lines that speak of CMA and say nothing that can be judged; only when there is nothing else to say. */
export function mentionsAlone(picture: Picture): Finding[] {
  const [first] = picture.mentions;
  if (first === undefined) return [];
  const count = picture.mentions.length;
  return [
    finding({
      verdict: "UNDECIDED",
      code: "cma-mentioned",
      message: `${count === 1 ? "a line speaks" : `${count} lines speak`} of CMA, and none of them says that a request or a reservation failed`,
      evidence: [`${first.place.file}:${first.place.line}: ${first.text}`],
      remedies: [
        "paste the lines of the kernel's log around the moment it failed: size and error stand there",
      ],
      nextCommand: FIRST_COMMAND,
    }),
  ];
}
