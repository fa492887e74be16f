// Knows: that every field of a state dump arrives, and that every kind of damage is named with its line.

import { describe, expect, it } from "vitest";
import { parseStateDumps } from "../../../bindings/importers/capture/dump/dump.js";
import { CaptureError, type CaptureIssue } from "../../../bindings/importers/errors.js";
import { kernelFamily, pcpOrder } from "../../../bindings/state/family.js";
import { placeOf } from "../../../bindings/state/origin.js";
import type { MachineState, ZoneState } from "../../../bindings/state/types.js";
import { DUMP_6_1, DUMP_6_12, damage, lineOf } from "./small_dumps.js";

function parseOne(dump: string): { state: MachineState; issues: CaptureIssue[] } {
  const issues: CaptureIssue[] = [];
  const [state] = parseStateDumps(dump, "state.txt", issues);
  return { state: state as MachineState, issues };
}

function failure(dump: string): CaptureError {
  try {
    parseStateDumps(dump, "state.txt");
  } catch (error) {
    if (error instanceof CaptureError) {
      return error;
    }
    throw error;
  }
  throw new Error("the dump was accepted");
}

describe("a 6.12 dump", () => {
  const { state, issues } = parseOne(DUMP_6_12);
  const zone = state.zones[0] as ZoneState;

  it("gives head, constants, settings and CPUs", () => {
    expect(issues).toEqual([]);
    expect(state).toMatchObject({ release: "6.12.117-lab", thisCpu: 1, cpus: [0, 1] });
    expect(state.origin).toMatchObject({ line: 1, seq: 3, tag: "op17", onlineCpus: 2, tsNs: 2615573100 });
    expect(state.constants["cma_min_align_pages"]).toBe(4);
    expect(state.sys["watermark_boost_factor"]).toBe(15000);
    expect(kernelFamily(state)).toBe("6.12");
  });

  it("gives the zone's numbers", () => {
    expect(zone).toMatchObject({ index: 1, name: "DMA32", start: 16, spanned: 32, present: 30, managed: 29 });
    expect(zone.watermark).toEqual({ min: 1, low: 2, high: 3, promo: 4, boost: 1, percpuDriftMark: 9 });
    expect(zone.lowmemReserve).toEqual([0, 0, 5, 5]);
    expect(zone.flags).toMatchObject({ raw: 5, boosted: true, reclaimActive: false, belowHigh: true });
    expect(zone.counters).toMatchObject({ nrReservedHighatomic: 4, nrFreeHighatomic: 2, freePages: 14 });
    expect(zone.counters).toMatchObject({ nrIsolatePageblock: 1, freeCma: 9 });
    expect(zone.compact).toEqual({ cached_free: 44, considered: 0 });
    expect(zone.pagesetDefaults).toEqual({ high_min: 3, high_max: 7, batch: 1 });
    expect(zone.skipbits).toBe("01000000");
  });

  it("gives the per-CPU lists head to tail", () => {
    expect(zone.pcps.map((pcp) => pcp.cpu)).toEqual([0, 1]);
    expect(zone.pcps[0]).toMatchObject({ count: 4, high: 5, highMin: 3, highMax: 7, batch: 1, flags: 2 });
    expect(zone.pcps[0]).toMatchObject({ allocFactor: 1, freeCount: 6, freeFactor: 0, statThreshold: 4 });
    expect(zone.pcps[1]).toMatchObject({ diffFree: -1, diffCma: -1 });
    const lists = zone.pcps[0]?.lists.map(({ pindex, pfns }) => [pindex, ...pfns]);
    expect(lists).toEqual([
      [0, 26, 27],
      [3, 28],
    ]);
    expect(placeOf(state, zone.pcps[0]?.lists[0]).line).toBe(lineOf(DUMP_6_12, "pcplist 0 0"));
  });

  it("gives the free lists, pageblocks, runs and areas", () => {
    expect(zone.nrFree).toEqual([1, 2, 1, 1]);
    const free = zone.free.map(({ order, migratetype, pfns }) => [order, migratetype, ...pfns]);
    expect(free).toEqual([
      [0, 0, 25],
      [1, 3, 22],
      [1, 5, 36],
      [2, 1, 16],
      [3, 4, 40],
    ]);
    expect([...zone.pageblocks.types]).toEqual([1, 3, 0, 0, 1, 5, 4, 4]);
    expect([...(state.zones[1]?.pageblocks.types ?? [])]).toEqual([1, 255]);
    expect(zone.runs).toEqual([
      { kind: "R", start: 24, length: 1 },
      { kind: "L", start: 32, length: 1 },
      { kind: "M", start: 34, length: 2 },
    ]);
    expect(state.areas).toHaveLength(1);
    expect(state.areas[0]).toMatchObject({ name: "linux,cma", basePfn: 40, count: 8, orderPerBit: 1 });
    expect(state.areas[0]?.set).toEqual([
      { start: 0, length: 1 },
      { start: 2, length: 2 },
    ]);
  });
});

describe("a 6.1 dump", () => {
  const { state, issues } = parseOne(DUMP_6_1);
  const pcp = state.zones[0]?.pcps[0];

  it("has one fixed high and cached types", () => {
    expect(issues).toEqual([]);
    expect(kernelFamily(state)).toBe("6.1");
    expect(pcp).toMatchObject({ high: 12, highMin: 12, highMax: 12, freeFactor: 2, freeCount: 0, flags: 0 });
    expect(pcp?.lists.map(({ cachedTypes }) => [...(cachedTypes ?? [])])).toEqual([[0, 2], [1]]);
    expect(state.zones[0]?.flags.belowHigh).toBeUndefined();
    expect(state.zones[0]?.counters.nrFreeHighatomic).toBe(0);
  });

  it("keeps pages of pageblock_order on the THP lists, 6.12 pages of HPAGE_PMD_ORDER", () => {
    expect(pcpOrder(state, 13)).toBe(3);
    expect(pcpOrder(parseOne(DUMP_6_12).state, 13)).toBe(9);
    expect(pcpOrder(parseOne(damage(DUMP_6_12, "page_shift=12", "page_shift=14")).state, 12)).toBe(11);
    expect(pcpOrder(state, 11)).toBe(3);
  });
});

describe("what a dump may have besides", () => {
  it("several dumps in one text, blank lines between them, CR line ends", () => {
    const text = `${DUMP_6_12}\n${DUMP_6_12.replaceAll("\n", "\r\n")}`;
    const states = parseStateDumps(text, "mid.txt");
    expect(states).toHaveLength(2);
    const [first, second] = states as [MachineState, MachineState];
    expect(placeOf(second).line).toBe(DUMP_6_12.split("\n").length + 1);
    expect(second.zones[0]?.free[3]?.pfns).toEqual(first.zones[0]?.free[3]?.pfns);
    expect(second.zones[0]?.skipbits).toBe(first.zones[0]?.skipbits);
  });

  it("unknown keys and lines are left aside, each reported once as info", () => {
    const text = DUMP_6_12.replaceAll(" boost=", " surprise=yes boost=").replaceAll(
      "skipbits:",
      "novelty: 1 2\nskipbits:",
    );
    const { issues } = parseOne(text);
    expect(issues.map(({ severity, message }) => [severity, message])).toEqual([
      ["info", '"wmark" line: unknown surprise= was left aside'],
      ["info", 'lines of the unknown kind "novelty" were left aside'],
    ]);
    expect(issues[0]?.line).toBe(lineOf(text, "wmark"));
  });

  it("an area that the kernel named itself, with a line end in its name", () => {
    const { state } = parseOne(damage(DUMP_6_12, "linux,cma base_pfn", "cma0\n base_pfn"));
    expect(state.areas[0]).toMatchObject({ name: "cma0", basePfn: 40 });
    const spaced = parseOne(damage(DUMP_6_12, "linux,cma base_pfn", "my own area base_pfn")).state;
    expect(spaced.areas[0]?.name).toBe("my own area");
  });

  it("no compaction, default or skip bit lines", () => {
    const text = DUMP_6_12.split("\n")
      .filter((line) => !/^(compact|pageset_defaults|skipbits)/.test(line))
      .join("\n");
    const { state, issues } = parseOne(text);
    expect(state.zones[0]).toMatchObject({ compact: {}, pagesetDefaults: {}, skipbits: "" });
    expect(issues.map(({ severity }) => severity)).toEqual(["info", "info", "info"]);
  });
});

describe("damage is named with file, line and expectation", () => {
  const second = DUMP_6_12.indexOf("zone 2");
  const cases: [string, string, RegExp][] = [
    ["nothing at all", "", /^state.txt: no state dump in this file; expected "LABDUMP v1/],
    ["another file", "Mem: 12\n", /^state.txt:1: "Mem: 12" is not the head of a state dump; expected/],
    ["another version", damage(DUMP_6_12, "LABDUMP v1", "LABDUMP v2"), /:1: dump version "v2" is not known/],
    ["a first word cut off", DUMP_6_12.slice(3), /:1: .*is not the head of a state dump/],
    ["no end", damage(DUMP_6_12, "ENDDUMP ovf=0\n", ""), /truncated.* line 1; expected "ENDDUMP ovf=0"/],
    ["cut in the middle", DUMP_6_12.slice(0, second), /:31: truncated.*op17/],
    ["cut inside a number's line", DUMP_6_12.slice(0, second - 400), /state.txt:\d+: truncated/],
    ["an overflowed buffer", damage(DUMP_6_12, "ovf=0", "ovf=12"), /overflowed \(ovf=12\); expected ovf=0/],
    [
      "a second head",
      damage(DUMP_6_12, "cpu 0", "LABDUMP v1 seq=4"),
      /:4: a dump begins inside the one of line 1/,
    ],
    ["no const line", damage(DUMP_6_12, /const .*\n/, ""), /:2: "sys" line out of order/],
    ["no sys line", damage(DUMP_6_12, /sys .*\n/, ""), /:3: "cpu" line out of order/],
    ["no cpu line", damage(DUMP_6_12, "cpu 0\ncpu 1\n", ""), /:4: "zone" line out of order/],
    [
      "a needed constant",
      damage(DUMP_6_12, " max_page_order=3", ""),
      /:2: "const" line has no max_page_order=/,
    ],
    [
      "a text for a number",
      damage(DUMP_6_12, "low=2 ", "low=2x "),
      /:7: "wmark" line: low="2x" is not a number/,
    ],
    ["a negative count", damage(DUMP_6_12, "managed=29", "managed=-29"), /:6: .*managed=-29 is negative/],
    [
      "a number that is no flag",
      damage(DUMP_6_12, "boosted=1", "boosted=7"),
      /:9: .*boosted=7 is not a flag/,
    ],
    ["a key twice", damage(DUMP_6_12, "low=2", "low=2 low=2"), /:7: "wmark" line has two low=/],
    ["a line twice", damage(DUMP_6_12, /(wmark .*\n)/, "$1$1"), /:8: second "wmark" line in zone DMA32/],
    ["lines swapped", damage(DUMP_6_12, /(wmark .*\n)(lowmem.*\n)/, "$2$1"), /:8: "wmark" line out of order/],
    [
      "no pageblocks",
      damage(DUMP_6_12, /pageblocks 16.*\n/, ""),
      /:31: zone 1 DMA32 .* without a "pageblocks" line/,
    ],
    ["no counters", damage(DUMP_6_12, /counters.*\n/, ""), /without a "counters" line/],
    ["no runs", damage(DUMP_6_12, /lrurle: R.*\n/, ""), /without a "lrurle" line/],
    ["no pcp of a CPU", damage(DUMP_6_12, /pcpstat 1.*\npcp 1.*\npcplist 1.*\n/, ""), /"pcp" line of cpu 1/],
    ["a pcpstat alone", damage(DUMP_6_12, /pcp 1 .*\npcplist 1.*\n/, ""), /"pcpstat" or "pcp" line of cpu 1/],
    [
      "an order missing",
      damage(DUMP_6_12, "nr_free 3 1\nfree 3 4: 40\n", ""),
      /nr_free lines for 3 orders; expected orders 0..3/,
    ],
    [
      "orders out of order",
      damage(DUMP_6_12, "nr_free 2 1", "nr_free 1 1"),
      /nr_free of order 1; expected order 2/,
    ],
    [
      "a list of another order",
      damage(DUMP_6_12, "free 0 0", "free 2 0"),
      /free list of order 2 after nr_free of order 0/,
    ],
    ["a list twice", damage(DUMP_6_12, /(free 0 0: 25\n)/, "$1$1"), /second free list of order 0, type 0/],
    [
      "a pfn that is none",
      damage(DUMP_6_12, "26 27", "26 2z7"),
      /:15: "pcplist" line, column 17: "2z7" is not a pfn/,
    ],
    ["a pfn beyond 32 bits", damage(DUMP_6_12, "26 27", "26 4294967296"), /"4294967296" is not a pfn/],
    [
      "a pcplist of another CPU",
      damage(DUMP_6_12, "pcplist 0 3", "pcplist 1 3"),
      /"pcplist" of cpu 1 after the pcpstat line of cpu 0/,
    ],
    ["a pcplist twice", damage(DUMP_6_12, "pcplist 0 3", "pcplist 0 0"), /pindex 0 after that of pindex 0/],
    [
      "a pageblock letter",
      damage(DUMP_6_12, "13001544", "1300x544"),
      /:29: "pageblocks" line, column 19: "x" is not a digit/,
    ],
    [
      "a run without length",
      damage(DUMP_6_12, "L32+1", "L32"),
      /:31: "lrurle" line, column 15: "L32" is not a run/,
    ],
    [
      "a run of another kind",
      damage(DUMP_6_12, "L32+1", "Q32+1"),
      /"Q32\+1" is not a run; expected one of L, M, R/,
    ],
    [
      "a zone line before any zone",
      damage(DUMP_6_12, "cpu 1\n", "cpu 1\nwmark min=1\n"),
      /"wmark" line outside of a zone/,
    ],
    [
      "a zone line after the areas",
      damage(DUMP_6_12, "ENDDUMP", "nr_free 4 0\nENDDUMP"),
      /"nr_free" line outside of a zone/,
    ],
    [
      "a zone after the areas",
      damage(DUMP_6_12, "ENDDUMP", "zone 3 Movable start=1\nENDDUMP"),
      /"zone" line out of order/,
    ],
    ["no zone", `${DUMP_6_12.split("\n").slice(0, 5).join("\n")}\nENDDUMP ovf=0\n`, /has no zone/],
    [
      "an area without bits",
      damage(DUMP_6_12, /cmabits.*\n/, ""),
      /area linux,cma \(line 50\) has no "cmabits" line/,
    ],
    ["bits without an area", damage(DUMP_6_12, /cma 0 .*\n/, ""), /"cmabits" line out of order/],
    [
      "bytes that are no text",
      damage(DUMP_6_12, "cpu 1\n", "cpu 1\n\u0000\u0001\n"),
      /:6: .*is not a record/,
    ],
    [
      "cached types too short",
      damage(DUMP_6_1, "pcpmt 0 0: 02", "pcpmt 0 0: 0"),
      /"pcpmt" has 1 digits; expected one for each of the 2/,
    ],
    ["cached types elsewhere", damage(DUMP_6_1, "pcpmt 0 13", "pcpmt 0 12"), /"pcpmt" without its "pcplist"/],
    ["half a per-CPU line", damage(DUMP_6_12, " alloc_factor=1", ""), /"pcp" line has no alloc_factor=/],
  ];

  it.each(cases)("%s", (_name, dump, message) => {
    const error = failure(dump);
    expect(error.message).toMatch(message);
    expect(error.file).toBe("state.txt");
    expect(error.expected).toBeTruthy();
    expect(error.message.endsWith(`; expected ${error.expected}`)).toBe(true);
    if (dump !== "") {
      expect(error.message.startsWith(`state.txt:${error.line}: `)).toBe(true);
    }
  });
});
