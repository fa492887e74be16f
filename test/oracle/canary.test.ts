// Knows: that these tests would notice: a wrong rule, a wrong state, a wrong result, a wrong word of memory is caught.
// Must not know: how the right ones come about.

import { describe, expect, it } from "vitest";
import { FrameField, Region } from "../../assembly/abi/layout.js";
import { MAX_ZONES } from "../../assembly/abi/limits.js";
import { CmaLockRule } from "../../assembly/abi/vocabulary.js";
import { PcpWord, ZoneWord } from "../../assembly/abi/words.js";
import type { Capture } from "../../bindings/importers/capture/capture.js";
import { readCaptureDirectory } from "../../bindings/importers/capture/node.js";
import type { CaptureOps } from "../../bindings/importers/capture/script/ops.js";
import { isExact, type ReplayResult } from "../../bindings/replay/result.js";
import { ScriptedReplay } from "../../bindings/replay/scripted.js";
import type { MachineState, PcpState, ZoneState } from "../../bindings/state/types.js";
import { type ReferenceRules, RULES_6_1, RULES_6_12 } from "../reference/types.js";
import { EXAMPLE } from "../support/captures.js";
import { placeOf } from "../support/fields.js";
import { fuzz } from "../support/fuzz_run.js";
import { requestMachines } from "../support/request_machines.js";
import { SMALL_MACHINES } from "../support/small_machines.js";
import { smallState } from "../support/small_state.js";
import { Twins } from "../support/twins.js";

const example = readCaptureDirectory(EXAMPLE, { check: false });

async function replay(capture: Capture, ops: CaptureOps | undefined = capture.ops): Promise<ReplayResult> {
  if (ops === undefined) throw new Error("the example has a script");
  return new ScriptedReplay(capture, ops).run();
}

/** The example with one zone of its first state changed: the one that most of its memory is in. */
function withZone(change: (zone: ZoneState) => ZoneState): Capture {
  const { before } = example;
  const zones = before.zones.map((zone) => (zone.name === "DMA32" ? change(zone) : zone));
  return { ...example, before: { ...before, zones } };
}

function withPcp(change: (pcp: PcpState) => Partial<PcpState>): Capture {
  return withZone((zone) => ({ ...zone, pcps: zone.pcps.map((pcp) => ({ ...pcp, ...change(pcp) })) }));
}

/** The first list with at least two members has its first two in the other order. */
function swapped(lists: ZoneState["free"]): ZoneState["free"] {
  const at = lists.findLastIndex(({ pfns }) => pfns.length > 1);
  return lists.map((list, i) => {
    if (i !== at) return list;
    return { ...list, pfns: firstTwoSwapped(list.pfns) };
  });
}

describe("a replay notices", () => {
  it("nothing in the unchanged example", async () => {
    expect(isExact(await replay(example))).toBe(true);
  });

  const states: readonly (readonly [string, Capture])[] = [
    ["another kernel's rules", { ...example, before: { ...example.before, release: "6.1.0" } }],
    [
      "another boost factor",
      {
        ...example,
        before: { ...example.before, sys: { ...example.before.sys, watermark_boost_factor: 0 } },
      },
    ],
    ["two blocks of a free list exchanged", withZone((zone) => ({ ...zone, free: swapped(zone.free) }))],
    [
      "a min watermark of one page more",
      withZone((zone) => ({ ...zone, watermark: { ...zone.watermark, min: zone.watermark.min + 1 } })),
    ],
    [
      "a high watermark of 1000 pages less",
      withZone((zone) => ({ ...zone, watermark: { ...zone.watermark, high: zone.watermark.high - 1000 } })),
    ],
    ["a batch of one page more", withPcp(({ batch }) => ({ batch: batch + 1 }))],
    ["a lowest per-CPU limit of one page more", withPcp(({ highMin }) => ({ highMin: highMin + 1 }))],
    [
      "another threshold of the counters",
      withPcp(({ statThreshold }) => ({ statThreshold: statThreshold - 1 })),
    ],
    ["two pages of a per-CPU list exchanged", withPcp(({ lists }) => ({ lists: swappedPcp(lists) }))],
  ];

  it.each(states)("%s", async (_, capture) => {
    const result = await replay(capture);
    expect(isExact(result)).toBe(false);
    expect(result.firstDisagreement?.expected).not.toBe(result.firstDisagreement?.got);
  });

  it("a result that is not the kernel's, at that very row", async () => {
    const { ops } = example;
    if (ops === undefined) throw new Error("the example has a script");
    for (const row of [1, 10_001, 30_001].map((from) => ops.op.findIndex((op, i) => i > from && op === 0))) {
      const pfn = ops.pfn.slice();
      pfn[row] = (pfn[row] ?? 0) + 1;
      const { firstDisagreement } = await replay(example, { ...ops, pfn });
      expect(firstDisagreement).toMatchObject({ operation: row, line: row + 2 });
    }
  });
});

function swappedPcp(lists: PcpState["lists"]): PcpState["lists"] {
  return lists.map((list, i) => {
    return i === 0 ? { ...list, pfns: firstTwoSwapped(list.pfns) } : list;
  });
}

function firstTwoSwapped(pfns: Uint32Array): Uint32Array {
  const [first = 0, second = 0] = pfns;
  return Uint32Array.from([second, first, ...pfns.subarray(2)]);
}

describe("random operations notice", () => {
  it("a lock that the kernel has, and the reference not", async () => {
    const machine = requestMachines("6.12").find(({ lock }) => lock === CmaLockRule.GLOBAL);
    if (machine === undefined) throw new Error("there is no such machine");
    const { lock: _, ...unlocked } = machine;
    const rules = { ...RULES_6_12, cmaLock: CmaLockRule.NONE };
    const options = {
      seed: 1,
      steps: 3000,
      core: "release",
      compareEvery: 20,
      rules,
      shrinkFor: 3000,
    } as const;
    const { failure, sequence } = await fuzz(unlocked, options);
    expect(failure).toContain("core in WAITING, reference in SCAN");
    expect(sequence.filter(({ op }) => op === "cma_begin")).toHaveLength(2);
  });

  const wrongRules = (["6.12", "6.1"] as const).flatMap((kernel) => {
    const [right, wrong] = kernel === "6.12" ? [RULES_6_12, RULES_6_1] : [RULES_6_1, RULES_6_12];
    const rules = (Object.keys(right) as (keyof ReferenceRules)[]).filter(
      (rule) => right[rule] !== wrong[rule],
    );
    return rules.map((rule) => ({ kernel, rule, rules: { ...right, [rule]: wrong[rule] } }));
  });

  it.each(wrongRules)("a $rule rule that is not Linux $kernel's", async ({ kernel, rules }) => {
    const machine = SMALL_MACHINES.find((each) => each.name === "tiny, one CPU" && each.kernel === kernel);
    if (machine === undefined) throw new Error("there is no such machine");
    const { failure, sequence } = await fuzz(machine, {
      seed: 1,
      steps: 5000,
      core: "release",
      compareEvery: 25,
      rules,
      shrinkFor: 500,
    });
    expect(failure).toMatch(/core|exception/);
    expect(failure).toContain("PAGEBLOCK_SEED=1");
    expect(sequence.length).toBeGreaterThan(0);
  });
});

describe("the comparison of both models notices", () => {
  const machine = SMALL_MACHINES.find(({ name }) => name === "tiny, one CPU");
  if (machine === undefined) throw new Error("there is no such machine");
  const state: MachineState = smallState(machine, 1);
  const zoneWords = [
    ZoneWord.WATERMARK_BOOST,
    ZoneWord.FLAGS,
    ZoneWord.NR_RESERVED_HIGHATOMIC,
    ZoneWord.NR_FREE_HIGHATOMIC,
    ZoneWord.NR_ISOLATE_PAGEBLOCK,
    ZoneWord.FREE_PAGES,
    ZoneWord.FREE_CMA,
    ZoneWord.NR_FREE,
  ];
  const pcpWords = [
    PcpWord.COUNT_PAGES,
    PcpWord.HIGH,
    PcpWord.FLAGS,
    PcpWord.ALLOC_FACTOR,
    PcpWord.FREE_COUNT,
    PcpWord.FREE_FACTOR,
    PcpWord.DIFF_FREE,
    PcpWord.DIFF_CMA,
  ];

  it.each(zoneWords.map((word) => [ZoneWord[word], word] as const))("zone word %s", async (_, word) => {
    using twins = await Twins.create(state);
    const digest = twins.core.digest();
    const words = twins.core.engine.words(Region.ZONES);
    const at = 2 * ZoneWord.COUNT + word;
    words[at] = (words[at] ?? 0) ^ 1;
    expect(twins.differences()).not.toEqual([]);
    expect(twins.core.digest()).not.toBe(digest);
  });

  it.each(pcpWords.map((word) => [PcpWord[word], word] as const))("per-CPU word %s", async (_, word) => {
    using twins = await Twins.create(state);
    const digest = twins.core.digest();
    const words = twins.core.engine.words(Region.PCPS);
    const at = (0 * MAX_ZONES + 2) * PcpWord.COUNT + word;
    words[at] = (words[at] ?? 0) ^ 1;
    expect(twins.differences()).not.toEqual([]);
    expect(twins.core.digest()).not.toBe(digest);
  });

  it("a pageblock's type, a list's order, a page's mobility, a bit of a bitmap", async () => {
    using twins = await Twins.create(state);
    const { engine, views } = twins.core;
    const undo = (region: "bytes" | "words", which: Region, at: number, flip: number) => {
      const view = region === "bytes" ? engine.bytes(which) : engine.unsigned(which);
      const old = view[at] ?? 0;
      view[at] = old ^ flip;
      const found = twins.differences();
      view[at] = old;
      expect(twins.differences()).toEqual([]);
      return found;
    };
    expect(undo("bytes", Region.PAGEBLOCKS, 0, 1)).not.toEqual([]);
    expect(undo("words", Region.CMA_BITMAPS, 0, 4)).not.toEqual([]);
    const held = state.zones[0]?.runs.find(({ kind }) => kind === "L")?.start ?? 0;
    expect(undo("words", Region.FRAMES, placeOf(held - views.startPfn), 0x3000)).not.toEqual([]);
    const list = views.freeList(2, 0, 1);
    expect(list.length).toBeGreaterThan(2);
    const first = (list[0] ?? 0) - views.startPfn;
    const { frames } = engine;
    const at = placeOf(first, FrameField.NEXT);
    const behind = frames.fields[placeOf(frames.next(first), FrameField.NEXT)] ?? 0;
    expect(undo("words", Region.FRAMES, at, (frames.fields[at] ?? 0) ^ behind)).not.toEqual([]);
  });
});
