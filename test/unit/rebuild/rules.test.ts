// Knows: the rules of the room state, each by itself: free blocks from frames, types from sums, mending, per-CPU pages.
// Must not know: real files.

import { describe, expect, it } from "vitest";
import { Migratetype } from "../../../bindings/doors/pageblock.js";
import { collect } from "../../../bindings/importers/collect.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { assignTypes } from "../../../bindings/rebuild/assign.js";
import { BlockMap, freeBlocksOf } from "../../../bindings/rebuild/blocks.js";
import { FrameMap, FrameUse, framesOfTables, withWholeBlocks } from "../../../bindings/rebuild/frames.js";
import { buildState, nearestKernel } from "../../../bindings/rebuild/index.js";
import { Mender, unmergedPairs } from "../../../bindings/rebuild/mend.js";
import { choosePcpFrames } from "../../../bindings/rebuild/pcp.js";
import { Random } from "../../../bindings/rebuild/random.js";
import type { Unit } from "../../../bindings/rebuild/units.js";

/** One letter a frame: F free, P no flag, U user, K kernel, . hole. */
function framesOf(text: string): FrameMap {
  const kinds: Record<string, FrameUse> = {
    F: FrameUse.FREE,
    P: FrameUse.PLAIN,
    U: FrameUse.USER,
    K: FrameUse.USED,
    ".": FrameUse.HOLE,
  };
  const map = new FrameMap(0, text.length);
  [...text].forEach((letter, pfn) => {
    map.fill(pfn, pfn + 1, kinds[letter]!);
  });
  return map;
}

function blocksOf(types: readonly number[], order: number): BlockMap {
  const blocks = new BlockMap(0, types.length * 2 ** order, order);
  blocks.types.set(types);
  return blocks;
}

const zone = (frames: FrameMap) => ({ start: 0, spanned: frames.end });

describe("free blocks", () => {
  it("are the largest aligned ones; a pageblock of CMA merges with no other", () => {
    const frames = framesOf("FFFFFFFFKFFFFFFF");
    const merged = freeBlocksOf(frames, blocksOf([1, 0, 1, 1], 2), 0, 16, 3);
    expect(merged).toEqual([
      { pfn: 0, order: 3 },
      { pfn: 9, order: 0 },
      { pfn: 10, order: 1 },
      { pfn: 12, order: 2 },
    ]);
    const apart = freeBlocksOf(frames, blocksOf([1, Migratetype.CMA, 1, 1], 2), 0, 16, 3);
    expect(apart.slice(0, 2)).toEqual([
      { pfn: 0, order: 2 },
      { pfn: 4, order: 2 },
    ]);
  });

  it("old kernels flag their heads alone: the silent pages behind are theirs", () => {
    const buddy = 1 << 10;
    const flags = new Uint32Array(64).fill(1 << 5);
    for (let pfn = 0; pfn < 40; pfn += 4) flags.set([buddy, 0, 0, 0], pfn);
    flags.set([buddy, 0, 1 << 7, 0], 40);
    const whole = withWholeBlocks(flags, 2);
    const kinds = framesOfTables(whole, undefined, 0, 64).kinds;
    expect([...kinds.subarray(36, 44)]).toEqual([1, 1, 1, 1, 1, 1, FrameUse.USED, FrameUse.PLAIN]);
  });
});

describe("types of pageblocks", () => {
  const unit = (vector: number[], movable: number): Unit => ({
    first: 0,
    blocks: 1,
    vector,
    isFree: false,
    cost: [10 - movable, movable, 20, 30, 40, 50],
  });
  const sumsOf = (units: readonly Unit[], types: readonly number[]) => {
    const free = Array.from({ length: 6 }, () => [0, 0, 0]);
    const blocks = new Array<number>(6).fill(0);
    units.forEach(({ vector }, i) => {
      vector.forEach((count, order) => {
        free[types[i]!]![order]! += count;
      });
      blocks[types[i]!]! += 1;
    });
    return { free, blocks };
  };

  it("meet every sum, against the likeliest type where they must", () => {
    const units = [unit([3, 0, 1], 0), unit([0, 2, 0], 9), unit([1, 1, 1], 0), unit([0, 0, 0], 0)];
    const { types, distance } = assignTypes(units, sumsOf(units, [1, 1, 0, 2]), 3, new Random(1));
    expect(distance).toBe(0);
    expect([...types]).toEqual([1, 1, 0, 2]);
  });

  it("are found among hundreds of units too", () => {
    const random = new Random(9);
    const units = Array.from({ length: 300 }, () =>
      unit([random.below(30), random.below(8), random.below(3)], random.below(10)),
    );
    const sums = sumsOf(
      units,
      units.map(() => random.below(3)),
    );
    expect(assignTypes(units, sums, 3, new Random(1)).distance).toBe(0);
  });

  it("say by how much sums are missed that cannot be met", () => {
    const units = [unit([1, 0, 0], 0)];
    const sums = { free: [[0, 0, 1], [0, 0, 0], [], [], [], []], blocks: [1, 0, 0, 0, 0, 0] };
    expect(assignTypes(units, sums, 3, new Random(1)).distance).toBe(2);
  });
});

describe("mending", () => {
  it("completes a block that a refill has broken, and takes the others apart", () => {
    const frames = framesOf("PPPPFFFFKKKKKKKK");
    const blocks = blocksOf([1, 1], 3);
    const free = freeBlocksOf(frames, blocks, 0, 16, 3);
    const mended = new Mender(frames, blocks, zone(frames), [1], free, [0, 0, 0, 1]).run();
    expect(mended).toEqual({ blocks: [{ pfn: 0, order: 3 }], changed: 4, missed: 0 });
    const again = new Mender(frames, blocks, zone(frames), [1], mended.blocks, [1, 0, 1, 0]).run();
    expect(again.blocks.map(({ order }) => order).sort()).toEqual([0, 2]);
    expect(unmergedPairs(again.blocks, 3)).toBe(0);
  });

  it("says what has no place", () => {
    const frames = framesOf("KKKKKKKK");
    const mended = new Mender(frames, blocksOf([4], 3), zone(frames), [4], [], [2, 0, 0, 0]).run();
    expect(mended).toEqual({ blocks: [], changed: 0, missed: 2 });
  });
});

describe("per-CPU pages", () => {
  it("are pages without a flag: in MOVABLE first, then right below free ones", () => {
    const frames = framesOf("PPPPPPFFUPUUUUUU");
    const blocks = blocksOf([0, 1], 3);
    expect(choosePcpFrames(frames, blocks, zone(frames), 1)).toEqual([9]);
    expect(choosePcpFrames(frames, blocks, zone(frames), 3)).toEqual([4, 5, 9]);
    expect(choosePcpFrames(frames, blocks, zone(frames), 99)).toHaveLength(7);
  });
});

interface TableZone {
  readonly free: Readonly<Record<string, string>>;
  readonly blocks: string;
}

/** A pagetypeinfo; 8 orders, pageblocks of 128 pages. */
function pagetypeinfo(zones: Readonly<Record<string, TableZone>>): string {
  const rows = Object.entries(zones).flatMap(([name, { free }]) =>
    Object.entries(free).map(
      ([type, counts]) => `Node    0, zone ${name.padStart(8)}, type ${type} ${counts}`,
    ),
  );
  return [
    "Page block order: 7",
    "Pages per block:  128",
    "",
    "Free pages count per migrate type at order       0      1      2      3      4      5      6      7",
    ...rows,
    "",
    "Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic          CMA      Isolate",
    ...Object.entries(zones).map(([name, { blocks }]) => `Node 0, zone ${name.padStart(8)} ${blocks}`),
    "",
  ].join("\n");
}

const NORMAL: TableZone = {
  free: {
    Unmovable: "5 3 2 1 1 0 0 0",
    Movable: "9 8 4 2 1 1 2 6",
    HighAtomic: "1 1 1 1 1 1 1 0",
    CMA: "3 2 1 0 0 0 1 2",
  },
  blocks: "8 20 2 1 8 0",
};
const TABLE = pagetypeinfo({ Normal: NORMAL });

describe("files of any device", () => {
  it("an area of two ranges keeps the bits of both", async () => {
    const area = [0, 1].flatMap((range) => [
      `/sys/kernel/debug/cma/cam/ranges/${range}/base_pfn:${range === 0 ? 512 : 2048}`,
      `/sys/kernel/debug/cma/cam/ranges/${range}/bitmap:${range === 0 ? "15" : "0"} 0 0 0 0 0 0 0 ${"0 ".repeat(7)}${range === 0 ? "0" : "2147483648"}`,
    ]);
    const files = { pt: TABLE, cma: ["/sys/kernel/debug/cma/cam/count:1024", ...area].join("\n") };
    const built = buildState(collect(files), { kernel: "6.18" });
    expect(built.issues).toEqual([]);
    using machine = await Machine.fromState(built.state, { core: "checked" });
    expect(machine.cma.areas).toMatchObject([{ name: "cam", pages: 1024, available: 1019 }]);
    expect(machine.validate().name).toBe("NONE");
  });

  it("refuses what says nothing of memory, in words", () => {
    expect(() => buildState(collect({ log: "cma: Reserved 16 MiB at 0x1000\n" }))).toThrow(
      /expected .*pagetypeinfo/,
    );
    expect(() => buildState(collect({ b: "Node 0, zone   Normal 1 2 3 4 5 6 7 8 9 10 11\n" }))).toThrow(
      /migratetype/,
    );
    expect(() => buildState(collect({ pt: TABLE }), { pageSize: 8192 })).toThrow(/4096, 16384 or 65536/);
  });

  it("an area outside of memory, a bitmap cut short, a second table are issues", () => {
    const files = {
      pt: TABLE + TABLE,
      cma: "/sys/kernel/debug/cma/a/base_pfn:100\n/sys/kernel/debug/cma/a/count:128\n/sys/kernel/debug/cma/a/bitmap:1 0 0 0 0 0 0 0\n",
    };
    const { issues } = buildState(collect(files));
    expect(issues.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["two-moments", "area-place", "areas-incomplete"]),
    );
  });

  it("knows the nearest kernel whose rules are modelled", () => {
    expect(["4.19", "5.15.104-android13", "6.6", "6.7", "6.12.3", "6.15", "7.1"].map(nearestKernel)).toEqual([
      ...["6.1", "6.1", "6.1", "6.12", "6.12", "6.15", "6.15"],
    ]);
    expect(nearestKernel("new")).toBeUndefined();
  });

  it("HighMem is a zone of its own, and movable pages may come from it", async () => {
    const high = { free: { Movable: "1 1 1 1 1 1 1 9" }, blocks: "0 16 0 0 0 0" };
    const built = buildState(collect({ pt: pagetypeinfo({ Normal: NORMAL, HighMem: high }) }));
    expect(built.state.zoneNames).toEqual(["Normal", "HighMem", "Movable"]);
    using machine = await Machine.fromState(built.state, { core: "checked" });
    const page = machine.allocate({ gfp: 0x2 | 0xcc0 });
    expect(page).toMatchObject({ ok: true, zone: 1 });
  });
});
