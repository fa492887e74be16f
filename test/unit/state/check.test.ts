// Knows: that every contradiction inside a state is found, all of them at once, with the line of the record.

import { describe, expect, it } from "vitest";
import { MAX_FRAMES } from "../../../assembly/abi/limits.js";
import { parseStateDumps } from "../../../bindings/importers/capture/dump/dump.js";
import { CaptureError } from "../../../bindings/importers/errors.js";
import { checkState, type StateProblem } from "../../../bindings/state/check.js";
import type { MachineState } from "../../../bindings/state/types.js";
import { growthOf } from "../../support/work.js";
import { DUMP_6_1, DUMP_6_12, damage, lineOf } from "../importers/small_dumps.js";

function problems(dump: string): StateProblem[] {
  return checkState(parseStateDumps(dump, "state.txt")[0] as MachineState);
}

function messages(dump: string): string[] {
  return problems(dump).map(({ message }) => message);
}

describe("sound states", () => {
  it("have no problems", () => {
    expect(problems(DUMP_6_12)).toEqual([]);
    expect(problems(DUMP_6_1)).toEqual([]);
  });
});

describe("contradictions", () => {
  // What is damaged, and the message of one problem it must give; line: where it must point.
  const cases: [string, string, string, RegExp][] = [
    [
      "a pfn on two lists",
      damage(DUMP_6_12, "0 0: 26 27", "0 0: 26 25"),
      "free 0 0",
      /pfn 25 of .*pcplist cpu 0 pindex 0|pfn 25 of pcplist/,
    ],
    [
      "a pfn twice on one list",
      damage(DUMP_6_12, "26 27", "26 26"),
      "pcplist 0 0",
      /pfn 26 of pcplist cpu 0 pindex 0 is also in 26\+1/,
    ],
    [
      "a page inside a free block",
      damage(DUMP_6_12, "pcplist 1 1: 33", "pcplist 1 1: 18"),
      "pcplist 1 1",
      /pfn 18 .* is also in 16\+4 of free list order 2 type 1/,
    ],
    [
      "a block inside a block",
      damage(DUMP_6_12, "free 0 0: 25", "free 0 0: 41"),
      "free 0 0",
      /pfn 41 .*is also in 40\+8/,
    ],
    [
      "a run over a free block",
      damage(DUMP_6_12, "R24+1", "R24+2"),
      "free 0 0",
      /pfn 25 of free list .* is also in 24\+2 of the R runs/,
    ],
    [
      "a misaligned block",
      damage(DUMP_6_12, "free 1 3: 22", "free 1 3: 21"),
      "free 1 3",
      /pfn 21 is not a multiple of 2/,
    ],
    [
      "a misaligned per-CPU page",
      damage(DUMP_6_12, "pcplist 0 3: 28", "pcplist 0 3: 29"),
      "pcplist 0 3",
      /pfn 29 is not a multiple of 2/,
    ],
    [
      "a block that leaves its zone",
      damage(DUMP_6_12, "free 3 4: 40", "free 3 4: 48"),
      "free 3 4",
      /block 48\+8 leaves zone DMA32/,
    ],
    [
      "a block before its zone",
      damage(DUMP_6_12, "free 0 0: 25", "free 0 0: 15"),
      "free 0 0",
      /block 15\+1 leaves zone DMA32/,
    ],
    [
      "a per-CPU page outside",
      damage(DUMP_6_12, "pcplist 1 1: 33", "pcplist 1 1: 1048577"),
      "pcplist 1 1",
      /leaves zone DMA32/,
    ],
    [
      "nr_free off",
      damage(DUMP_6_12, "nr_free 1 2", "nr_free 1 3"),
      "free 1 3",
      /nr_free of order 1 is 3, its lists hold 2 blocks/,
    ],
    [
      "pcp count off",
      damage(DUMP_6_12, "count=4", "count=5"),
      "pcp 0",
      /count=5, but its lists hold 4 pages/,
    ],
    [
      "a pindex too many",
      damage(DUMP_6_12, "pcplist 0 3: 28", "pcplist 0 14: 512"),
      "pcplist 0 14",
      /pindexes end at 13/,
    ],
    [
      "a list of another type",
      damage(DUMP_6_12, "free 2 1: 16", "free 2 2: 16"),
      "free 2 2",
      /on the list of type 2, the pageblock at 16 is of type 1/,
    ],
    [
      "a block over two types",
      damage(DUMP_6_12, "13001544", "13001541"),
      "free 3 4",
      /the pageblock at 44 is of type 1/,
    ],
    [
      "a free block without memory map",
      damage(DUMP_6_12, "13001544", "130015-4"),
      "free 3 4",
      /no memory map at pfn 40/,
    ],
    [
      "an unknown type of a list",
      damage(DUMP_6_12, "free 2 1: 16", "free 2 7: 16"),
      "free 2 7",
      /unknown migratetype/,
    ],
    [
      "an unknown type of a pageblock",
      damage(DUMP_6_12, "13001544", "13071544"),
      "pageblocks 16",
      /pageblock at pfn 28 has the unknown migratetype 7/,
    ],
    [
      "an unknown cached type",
      damage(DUMP_6_1, "pcpmt 0 0: 02", "pcpmt 0 0: 08"),
      "pcplist 0 0",
      /unknown migratetype in its pcpmt line/,
    ],
    ["no cached types in 6.1", damage(DUMP_6_1, "pcpmt 0 13: 1\n", ""), "pcplist 0 13", /no pcpmt line/],
    [
      "zones that overlap",
      damage(DUMP_6_12, "start=1048576 spanned=8", "start=47 spanned=8"),
      "zone 2",
      /zone 2 Normal overlaps zone 1 DMA32 \(line 6\)/,
    ],
    [
      "a zone index twice",
      damage(DUMP_6_12, "zone 2 Normal", "zone 1 Normal"),
      "zone 1 Normal",
      /its index is taken/,
    ],
    [
      "a zone index too high",
      damage(DUMP_6_12, "zone 2 Normal", "zone 4 Normal"),
      "zone 4",
      /not below max_nr_zones=4/,
    ],
    [
      "too few pageblocks",
      damage(DUMP_6_12, "16:13001544", "16:1300154"),
      "pageblocks 16",
      /pageblocks has 7 digits, the zone has 8/,
    ],
    [
      "too many pageblocks",
      damage(DUMP_6_12, "1048576:1-", "1048576:1-1"),
      "pageblocks 1048576",
      /has 3 digits, the zone has 2/,
    ],
    [
      "pageblocks elsewhere",
      damage(DUMP_6_12, "pageblocks 16", "pageblocks 20"),
      "pageblocks 20",
      /begin at pfn 20, the zone's first pageblock at 16/,
    ],
    [
      "skip bits too short",
      damage(DUMP_6_12, "skipbits:01000000", "skipbits:0"),
      "pageblocks 16",
      /skipbits has 1 digits/,
    ],
    [
      "free pages off",
      damage(DUMP_6_12, "free_pages=14", "free_pages=15"),
      "counters",
      /free_pages plus diff_free is 16, the lists hold 15 pages/,
    ],
    [
      "a differential off",
      damage(DUMP_6_12, "diff_free=2", "diff_free=3"),
      "counters",
      /free_pages plus diff_free is 16/,
    ],
    [
      "free CMA pages off",
      damage(DUMP_6_12, "free_cma=9", "free_cma=8"),
      "counters",
      /free_cma plus diff_cma is 7, the CMA lists hold 8/,
    ],
    [
      "free HIGHATOMIC pages off",
      damage(DUMP_6_12, "nr_free_highatomic=2", "nr_free_highatomic=0"),
      "counters",
      /nr_free_highatomic=0, the HIGHATOMIC lists hold 2/,
    ],
    [
      "isolated pageblocks off",
      damage(DUMP_6_12, "nr_isolate_pageblock=1", "nr_isolate_pageblock=0"),
      "counters",
      /but 1 pageblocks are ISOLATE/,
    ],
    [
      "an area outside of its zone",
      damage(DUMP_6_12, "base_pfn=40", "base_pfn=44"),
      "cma 0",
      /pfns 44..51 are not all inside one zone/,
    ],
    [
      "a bitmap of another size",
      damage(DUMP_6_12, "bitmap_bits=4", "bitmap_bits=8"),
      "cma 0",
      /8 bits of 2 pages for 8 pages/,
    ],
    ["bits beyond the bitmap", damage(DUMP_6_12, "2+2", "2+3"), "cma 0", /run of set bits 2\+3/],
    [
      "runs outside of the zone",
      damage(DUMP_6_12, "M34+2", "M34+20"),
      "lrurle",
      /run M34\+20 leaves zone DMA32/,
    ],
    [
      "a flag word that disagrees",
      damage(DUMP_6_12, "flags 0x5", "flags 0x1"),
      "flags",
      /flag word 0x1 disagrees/,
    ],
    [
      "present above spanned",
      damage(DUMP_6_12, "present=30", "present=33"),
      "zone 1",
      /not managed=29 <= present=33 <= spanned=32/,
    ],
    ["watermarks that fall", damage(DUMP_6_12, "low=2", "low=5"), "zone 1", /watermarks do not ascend/],
    [
      "lowmem_reserve too short",
      damage(DUMP_6_12, "0 0 5 5", "0 0 5"),
      "zone 1",
      /lowmem_reserve has 3 numbers/,
    ],
    [
      "CPUs miscounted",
      damage(DUMP_6_12, "online_cpus=2", "online_cpus=3"),
      "LABDUMP",
      /but there are 2 cpu lines/,
    ],
    [
      "absurd constants",
      damage(DUMP_6_12, "pageblock_order=2", "pageblock_order=40"),
      "LABDUMP",
      /pageblock_order=40 is outside of 1..3/,
    ],
    [
      "other migratetypes",
      damage(DUMP_6_12, "migrate_types=6", "migrate_types=7"),
      "LABDUMP",
      /migrate_types=7 is outside of 6..6/,
    ],
  ];

  it.each(cases)("%s", (_name, dump, line, message) => {
    const found = problems(dump);
    const match = found.find((problem) => message.test(problem.message));
    expect(found.map((problem) => problem.message).join("\n")).toMatch(message);
    expect(match?.file).toBe("state.txt");
    const lines = [lineOf(dump, line), lineOf(dump, "pcplist 0 0")];
    expect(lines).toContain(match?.line);
  });

  it("6.1 allows a list that differs from the pageblock", () => {
    expect(messages(damage(DUMP_6_1, "free 1 2: 4", "free 1 4: 4"))).toEqual([
      "zone DMA: free_cma plus diff_cma is 0, the CMA lists hold 2 pages",
    ]);
  });

  it("all are reported, not the first", () => {
    let dump = damage(DUMP_6_12, "count=4", "count=5");
    dump = damage(dump, "free 1 3: 22", "free 1 3: 21");
    dump = damage(dump, "nr_free 2 1", "nr_free 2 9");
    dump = damage(dump, "bitmap_bits=4", "bitmap_bits=5");
    expect(problems(dump)).toHaveLength(4);
  });
});

describe("absurd values", () => {
  it("a zone of a quadrillion frames is a problem, not an allocation", () => {
    const dump = damage(DUMP_6_12, "start=1048576 spanned=8", "start=1048576 spanned=999999999999999");
    const before = process.memoryUsage().arrayBuffers;
    const found = messages(dump);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expect(found.join("\n")).toMatch(/leaves the pfns 0..4294967295/);
    expect(found.join("\n")).toContain(`frames up to here, more than ${MAX_FRAMES} can be modelled`);
    expect(found.join("\n")).toMatch(/pageblocks has 2 digits/);
  });

  it("a hundred thousand broken blocks are as many problems, and twice the work of half of them", () => {
    const broken = (count: number) =>
      messages(
        damage(DUMP_6_12, "free 0 0: 25", `free 0 0: ${Array.from({ length: count }, () => 25).join(" ")}`),
      );
    expect(broken(100_000).length).toBeGreaterThan(99_998);
    expect(growthOf(broken, 100_000)).toBeLessThan(3.5);
  });

  it("no random damage makes the reader or the checks fail in any other way", () => {
    let seed = 12345;
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % limit;
    };
    const alphabet = "0123456789 =:+-\nxLR\u0000";
    let accepted = 0;
    for (let round = 0; round < 3000; round++) {
      const dump = round % 2 === 0 ? DUMP_6_12 : DUMP_6_1;
      const at = random(dump.length);
      const piece = Array.from({ length: random(4) }, () => alphabet[random(alphabet.length)]).join("");
      const damaged = dump.slice(0, at) + piece + dump.slice(at + random(6));
      try {
        for (const state of parseStateDumps(damaged, "state.txt")) {
          checkState(state);
          accepted += 1;
        }
      } catch (error) {
        expect(error, `seed 12345, round ${round}`).toBeInstanceOf(CaptureError);
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});
