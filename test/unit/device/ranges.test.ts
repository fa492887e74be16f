// Knows: what areas of several ranges must be, on paper and in a machine.
// Must not know: how a range is found a place for.

import { describe, expect, it } from "vitest";
import { BlockReason } from "../../../assembly/abi/findings.js";
import { CmaLockRule, Errno, Migratetype, Op } from "../../../assembly/abi/vocabulary.js";
import {
  type AreaDescription,
  type DeviceDescription,
  getPreset,
  resolveDevice,
  x86Zones,
} from "../../../bindings/device/index.js";
import { kernelProfiles } from "../../../bindings/device/kernel.js";
import { DeviceError } from "../../../bindings/engine/errors.js";
import { bytes, GiB, KiB, MiB } from "../../../bindings/engine/units.js";
import { Machine } from "../../../bindings/machine/machine.js";

const board: DeviceDescription = {
  name: "board",
  kernel: "6.15",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 1,
  memory: [{ start: MiB(8), size: MiB(120) }],
  zones: x86Zones,
};

function withAreas(areas: unknown[], change: Partial<DeviceDescription> = {}): DeviceDescription {
  return { ...board, ...change, areas: areas as AreaDescription[] };
}

function problems(areas: unknown[], change: Partial<DeviceDescription> = {}): string[] {
  try {
    resolveDevice(withAreas(areas, change));
  } catch (error) {
    if (error instanceof DeviceError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe("the kernel profile 6.15", () => {
  it("is 6.12 with another first error of cma_alloc, and a lock for each area", () => {
    const { "6.12": old, "6.15": new_ } = kernelProfiles;
    expect({ ...new_.rules, cmaError: old.rules.cmaError, cmaLock: old.rules.cmaLock }).toEqual(old.rules);
    expect([old.rules.cmaLock, new_.rules.cmaLock]).toEqual([CmaLockRule.GLOBAL, CmaLockRule.AREA]);
    expect(new_.rules.cmaError).not.toBe(old.rules.cmaError);
    const { id: _, rules: __, hasAreaRanges: ___, evidence: ____, ...same } = new_;
    expect(old).toMatchObject(same);
  });
});

describe("an area with ranges resolves", () => {
  it("keeps them in the order listed, each in its zone", () => {
    const ranges = [{ base: MiB(64), size: MiB(8) }, { base: MiB(12), size: MiB(4) }, { size: MiB(2) }];
    const device = resolveDevice(withAreas([{ name: "a", orderPerBit: 2, ranges }]));
    const [area] = device.areas;
    expect(area?.ranges).toEqual([
      { start: 16_384, end: 18_432, pages: 2048, bits: 512, zone: 1 },
      { start: 3072, end: 4096, pages: 1024, bits: 256, zone: 0 },
      { start: 32_256, end: 32_768, pages: 512, bits: 128, zone: 1 },
    ]);
    expect(area).toMatchObject({ start: 3072, end: 32_768, pages: 3584, bits: 896, zone: 1 });
    expect(device.zones.map((zone) => zone.cmaPages)).toEqual([1024, 2560, 0, 0]);
    expect(device.frames.cma.map((run) => run.start)).toEqual([16_384, 3072, 32_256]);
  });

  it("a plain area has one range: itself", () => {
    const device = resolveDevice({ ...getPreset("tiny"), kernel: "6.12" });
    const { start, end, pages, bits, zone } = device.areas[0]!;
    expect(device.areas[0]?.ranges).toEqual([{ start, end, pages, bits, zone }]);
  });

  it("64 areas at once, in DMA and DMA32", () => {
    const areas = Array.from({ length: 64 }, (_, i) => ({ name: `a${i}`, size: MiB(i % 2 === 0 ? 2 : 1) }));
    expect(problems(areas)).toContain("areas[1].size: 1 MiB is not a multiple of the pageblock, 2 MiB");
    const even = areas.map((area) => ({ ...area, size: MiB(2) }));
    const device = resolveDevice(withAreas(even, { memory: [{ start: MiB(8), size: MiB(160) }] }));
    expect(device.areas).toHaveLength(64);
    expect(new Set(device.areas.map((area) => area.start)).size).toBe(64);
  });
});

describe("an area with ranges is refused", () => {
  const two = [{ size: MiB(4) }, { size: MiB(2) }];

  it.each(["6.12", "6.1"] as const)("by kernel %s", (kernel) => {
    expect(problems([{ name: "a", ranges: two }], { kernel })).toEqual([
      `areas[0].ranges: areas of several ranges need kernel 6.15 or later, the device has ${kernel}`,
    ]);
  });

  it("with no range, or more than eight", () => {
    const nine = Array.from({ length: 9 }, () => ({ size: MiB(2) }));
    expect(problems([{ name: "a", ranges: [] }])).toEqual([
      "areas[0].ranges: must list 1 to 8 ranges (CMA_MAX_RANGES), lists 0",
    ]);
    expect(problems([{ name: "a", ranges: nine }])).toEqual([
      "areas[0].ranges: must list 1 to 8 ranges (CMA_MAX_RANGES), lists 9",
    ]);
    expect(problems([{ name: "a", ranges: "two" }])).toEqual(['areas[0].ranges: must be a list, is "two"']);
    expect(problems([{ name: "a" }])).toEqual([
      "areas[0].size: must be a whole number of bytes from 1, is missing",
    ]);
  });

  it("with fields of its own that belong to the ranges, or a size that is not their sum", () => {
    expect(problems([{ name: "a", size: MiB(6), ranges: two }])).toEqual([]);
    expect(problems([{ name: "a", size: MiB(8), base: MiB(16), from: "top", ranges: two }])).toEqual([
      "areas[0].base: belongs to each range where ranges are listed",
      "areas[0].from: belongs to each range where ranges are listed",
      "areas[0].size: is 8388608, but the ranges add up to 6291456 bytes: leave it out",
    ]);
  });

  it("with ranges that are misaligned, overlap, leave memory or cross a zone", () => {
    const range = (base: number, size: number) => ({ base: bytes(base), size: bytes(size) });
    expect(problems([{ name: "a", ranges: [range(MiB(33), MiB(4)), { size: MiB(3) }] }])).toEqual([
      "areas[0].ranges[0].base: 0x2100000 is not aligned to the pageblock, 2 MiB",
      "areas[0].ranges[1].size: 3 MiB is not a multiple of the pageblock, 2 MiB",
    ]);
    const first = { name: "a", ranges: [range(MiB(32), MiB(8)), range(MiB(36), MiB(8))] };
    const second = { name: "b", base: MiB(42), size: MiB(4) };
    expect(problems([first, second])).toEqual([
      "areas[0].ranges[1]: overlaps areas[0].ranges[0] at pfn 9216 (0x2400000)",
      "areas[1]: overlaps areas[0].ranges[1] at pfn 10752 (0x2a00000)",
    ]);
    expect(problems([{ name: "a", ranges: [range(GiB(1), MiB(2))] }])).toContain(
      "areas[0].ranges[0]: does not lie in memory: every frame must be in one bank",
    );
    expect(problems([{ name: "a", ranges: [range(MiB(12), MiB(8))] }])).toEqual([
      "areas[0].ranges[0]: lies in DMA and DMA32: all frames of a range must be in one zone",
    ]);
  });

  it("when there are more than 64 areas, or two of one name", () => {
    const areas = Array.from({ length: 65 }, (_, i) => ({ name: `a${i}`, size: MiB(2) }));
    expect(problems(areas, { memory: [{ start: MiB(8), size: MiB(200) }] })).toEqual([
      "areas: lists 65 areas; a machine has room for 64",
    ]);
    const twins = [
      { name: "a", size: MiB(2) },
      { name: "a", size: MiB(2) },
    ];
    expect(problems(twins)).toEqual(['areas[1].name: "a" is the name of areas[0] already']);
  });
});

describe("a machine with two ranges", () => {
  const total = MiB(12) / KiB(4);

  it("has both as CMA memory, and searches them one after the other", async () => {
    using machine = await Machine.create("tiny-ranges", { core: "checked" });
    const area = machine.cma.area("reserved");
    expect(area.ranges.map(({ basePfn, pages }) => [basePfn, pages])).toEqual([
      [2048, 1024],
      [12_288, 2048],
    ]);
    expect(area.pages).toBe(total);
    expect([0, 1].map((zone) => machine.views.zone(zone).freeCma)).toEqual([1024, 2048]);
    const blocks = machine.views.pageblocks;
    expect([4, 5, 6, 24, 27, 28].map((block) => blocks[block] === Migratetype.CMA)).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    // 1500 pages do not fit into the first range; 1000 then do.
    const large = machine.cma.allocate({ area: "reserved", pages: 1500 });
    const small = machine.cma.allocate({ area: "reserved", pages: 1000 });
    expect([large.pfn, small.pfn]).toEqual([12_288, 2048]);
    expect(machine.cma.area("reserved").available).toBe(total - 2500);
    machine.cma.release("reserved", large.pfn, 1500);
    machine.cma.release("reserved", small.pfn, 1000);
    expect(machine.validate().name).toBe("NONE");
  });

  it("stands beside 63 others", async () => {
    const size = MiB(2);
    const areas: AreaDescription[] = Array.from({ length: 63 }, (_, i) => ({ name: `a${i}`, size }));
    const ranges = Array.from({ length: 8 }, (_, i) => ({ base: bytes(MiB(8) + 2 * i * size), size }));
    areas.push({ name: "many", ranges });
    const device = withAreas(areas, { memory: [{ start: MiB(8), size: MiB(240) }] });
    using machine = await Machine.create(device, { core: "checked" });
    expect(machine.cma.areas.map((area) => area.ranges.length)).toEqual([...new Array(63).fill(1), 8]);
    for (const { name } of areas)
      expect(machine.cma.allocate({ area: name, pages: 300 }).ok, name).toBe(true);
    const starts = Array.from({ length: 7 }, () => machine.cma.allocate({ area: "many", pages: 512 }).pfn);
    expect(starts).toEqual(ranges.slice(1).map(({ base }) => base / KiB(4)));
    expect(machine.cma.allocate({ area: "many", pages: 512 }).errno).toBe(Errno.EBUSY);
    expect(machine.validate().name).toBe("NONE");
  });

  it("answers -EBUSY where no range has room, and never spans two of them", async () => {
    using machine = await Machine.create("tiny-ranges");
    const { errno, windowsTried } = machine.cma.allocate({ area: 0, pages: 2049 });
    expect([errno, windowsTried]).toEqual([Errno.EBUSY, 0]);
    expect(machine.cma.allocate({ area: 0, pages: 2048 }).pfn).toBe(12_288);
  });

  it("goes on to the next range when every window of the first is busy", async () => {
    using machine = await Machine.create("tiny-ranges", { core: "checked" });
    machine.commands.push(Op.TAKE_FREE, { a: 2050 });
    machine.commands.flush("a page that cannot move");
    const result = machine.cma.allocate({ area: 0, pages: 1024 });
    expect(result).toMatchObject({ pfn: 12_288, busyRetries: 1, windowsTried: 2 });
    expect(result.windows).toMatchObject([
      { start: 2048, errno: Errno.EBUSY, blocker: 2050, reason: BlockReason.UNMOVABLE },
      { start: 12_288, errno: Errno.NONE },
    ]);
    expect(machine.validate().name).toBe("NONE");
  });
});
