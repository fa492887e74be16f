import { describe, expect, it } from "vitest";
import {
  androidZones,
  type DeviceDescription,
  resolveDevice,
  x86Zones,
} from "../../../bindings/device/index.js";
import { DeviceError } from "../../../bindings/engine/errors.js";
import { bytes, GiB, KiB, MiB } from "../../../bindings/engine/units.js";

const good: DeviceDescription = {
  name: "good",
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 2,
  memory: [{ start: GiB(1), size: GiB(1) }],
  zones: androidZones,
};

/** "path: message" of every problem of `good` with some fields replaced by anything. */
function problems(change: Record<string, unknown>): string[] {
  try {
    resolveDevice({ ...good, ...change } as DeviceDescription);
  } catch (error) {
    if (error instanceof DeviceError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe("a description is refused with", () => {
  it("nothing, when it is good", () => {
    expect(problems({})).toEqual([]);
  });

  it("a THP order that the allocator has no blocks of, or that a list of its own has", () => {
    expect(problems({ maxPageOrder: 8, pageblockOrder: 8 })[0]).toMatch(
      /^thp: huge pages \(thp\) are of order 9/,
    );
    expect(problems({ maxPageOrder: 8, pageblockOrder: 8, thp: "none" })).toEqual([]);
    const small = { kernel: "6.1", maxPageOrder: 4, pageblockOrder: 3 };
    expect(problems(small)[0]).toMatch(/^thp: huge pages \(thp\) are of order 3/);
  });

  it("all problems at once, each with its path", () => {
    const found = problems({
      cpus: 0,
      kernel: "5.10",
      pageblockOrder: 12,
      vm: { minFreeKbytes: -1, percpuPagelistHighFraction: 3, lowmemReserveRatio: { HighMem: 1 } },
    });
    expect(found).toEqual([
      'kernel: must be one of 7.x, 6.18, 6.15, 6.12, 6.6-android, 6.6-rpi, 6.1, 5.4, is "5.10"',
      "pageblockOrder: is 12, above maxPageOrder 10",
      "cpus: must be a whole number from 1 to 64, is 0",
      "vm.minFreeKbytes: must be a whole number from 0 to 2147483647, is -1",
      "vm.percpuPagelistHighFraction: must be 0 or a whole number from 8 to 2147483647, is 3",
      'vm.lowmemReserveRatio.HighMem: must be one of DMA, DMA32, Normal, Movable, is "HighMem"',
    ]);
  });

  it("problems of banks, zones, ranges and areas in one list", () => {
    const found = problems({
      memory: [
        { start: GiB(1), size: GiB(1) },
        { start: bytes(GiB(2) - KiB(4)), size: MiB(1) },
        { start: GiB(3), size: bytes(100) },
      ],
      zones: [
        { name: "Normal", start: bytes(0), end: GiB(4) },
        { name: "DMA", start: GiB(1), end: GiB(2) },
        { name: "DMA", start: KiB(4), end: MiB(2) },
        { name: "High", start: 0, end: 0 },
      ],
      reserved: [{ name: "far", base: GiB(64), size: MiB(1) }],
      areas: [{ name: "", size: MiB(3) }],
    });
    expect(found).toEqual([
      "memory[1]: overlaps memory[0] at pfn 524287 (0x7ffff000)",
      "memory[2]: holds no whole page of 4 KiB",
      "zones[1]: DMA comes before Normal in enum zone_type: list the zones in that order",
      "zones[1]: overlaps zones[0] at pfn 262144 (0x40000000)",
      "zones[2].start: 0x1000 is not a multiple of the pageblock, 2 MiB",
      "zones[2].name: DMA is listed twice",
      "zones[2]: overlaps zones[0] at pfn 1 (0x1000)",
      'zones[3].name: must be one of DMA, DMA32, Normal, Movable, is "High"',
      "reserved[0]: lies outside of the memory: it reserves nothing, leave it out",
      "areas[0].name: must be a name that is not empty",
      "areas[0].size: 3 MiB is not a multiple of the pageblock, 2 MiB",
    ]);
  });

  it("memory that belongs to no zone", () => {
    const zones = [{ name: "Normal", start: bytes(0), end: MiB(1536) }];
    expect(problems({ zones })).toEqual(["memory[0]: 512 MiB of it belong to no zone"]);
  });

  it("areas that are misaligned, too large, overlapping, outside, or in two zones", () => {
    const area = (base: number, size: number) => ({ name: "a", base: bytes(base), size: bytes(size) });
    expect(problems({ areas: [area(GiB(1) + KiB(4), MiB(4))] })).toEqual([
      "areas[0].base: 0x40001000 is not aligned to the pageblock, 2 MiB",
    ]);
    expect(problems({ areas: [{ name: "a", size: GiB(2) }] })).toEqual([
      "areas[0].size: 2 GiB is larger than the largest zone, 1 GiB",
    ]);
    const clash = [area(GiB(1), MiB(8)), { ...area(GiB(1) + MiB(4), MiB(8)), name: "b" }];
    expect(problems({ areas: clash })).toEqual(["areas[1]: overlaps areas[0] at pfn 263168 (0x40400000)"]);
    const reserved = [{ name: "kernel", base: bytes(GiB(1) + MiB(3)), size: MiB(2) }];
    expect(problems({ areas: [area(GiB(1), MiB(4))], reserved })).toEqual([
      "areas[0]: overlaps reserved[0] at pfn 262912 (0x40300000)",
    ]);
    expect(problems({ areas: [area(GiB(2) - MiB(2), MiB(4))] })).toContain(
      "areas[0]: does not lie in memory: every frame must be in one bank",
    );
    const split = { memory: [{ start: GiB(3), size: GiB(2) }], zones: x86Zones };
    expect(problems({ ...split, areas: [area(GiB(4) - MiB(4), MiB(8))] })).toEqual([
      "areas[0]: lies in DMA32 and Normal: all frames of an area must be in one zone",
    ]);
  });

  it("areas for which there is no place, and how much place there is", () => {
    const reserved = [{ name: "wall", base: bytes(GiB(1) + MiB(511)), size: MiB(2) }];
    expect(problems({ reserved, areas: [{ name: "a", size: MiB(514) }] })).toEqual([
      "areas[0]: no place for 514 MiB aligned to 2 MiB: the largest free run that is allowed has 511 MiB",
    ]);
    const within = { start: GiB(4), end: GiB(5) };
    expect(problems({ areas: [{ name: "a", size: MiB(2), within }] })).toEqual([
      "areas[0]: no place for 2 MiB aligned to 2 MiB: the largest free run that is allowed has 0 bytes",
    ]);
    expect(problems({ areas: [{ name: "a", size: MiB(2), alignment: MiB(3), from: "left" }] })).toEqual([
      "areas[0].alignment: must be a power of two",
      'areas[0].from: must be one of top, bottom, is "left"',
    ]);
  });

  it("a device that does not fit, and the largest that does", () => {
    const memory = [{ start: bytes(0), size: bytes(2 ** 41) }];
    expect(problems({ memory })).toEqual([
      "memory: spans 536870912 frames from the first to the last bank, holes included; at 16 bytes each they need " +
        "8 GiB of WebAssembly memory. The largest device that fits spans 260046848 frames: 992 GiB with pages of 4 KiB",
    ]);
    expect(problems({ memory: [{ start: bytes(0), size: GiB(992) }] })).toEqual([]);
  });

  it("anything that came out of JSON", () => {
    expect(problems({ memory: "1 GiB", zones: [null], areas: {} })).toEqual([
      'memory: must be a list, is "1 GiB"',
      "zones[0]: must be an object",
      "areas: must be a list, is {}",
    ]);
    expect(problems({ memory: [] })).toEqual(["memory: has no bank"]);
    expect(problems({ memory: [{ start: "0", size: 1.5 }] })).toEqual([
      'memory[0].start: must be a whole number of bytes from 0, is "0"',
      "memory[0].size: must be a whole number of bytes from 1, is 1.5",
    ]);
    expect(problems({ pageShift: 13, thp: "on", sectionSize: 3 })).toEqual([
      "pageShift: must be 12, 14 or 16 (pages of 4, 16 or 64 KiB), is 13",
      'thp: must be one of none, never, madvise, always, is "on"',
      "sectionSize: must be a power of two and at least 8 MiB, the largest block",
    ]);
  });
});
