// Hand-checked numbers of the formulas; the captures beside the project check them at length.

import { describe, expect, it } from "vitest";
import { computeLimits, kernelProfiles, type LimitsInput } from "../../../bindings/device/index.js";
import { driftMark, findLastSet, pcpBatch, pcpLimits, statThreshold } from "../../../bindings/device/pcp.js";
import {
  defaultMinFreeKbytes,
  integerSqrt,
  lowmemReserves,
  zoneWatermarks,
} from "../../../bindings/device/watermarks.js";

type Zone = LimitsInput["zones"][number];
const zone = (name: Zone["name"], present: number, managed: number, bootManaged = managed): Zone => ({
  name,
  present,
  managed,
  bootManaged,
});
const empty = (name: Zone["name"]) => zone(name, 0, 0);

const base: LimitsInput = {
  kernel: "6.12",
  pageShift: 12,
  pageblockOrder: 9,
  cpus: 1,
  thp: "madvise",
  cacheSlice: 0,
  vm: {},
  zones: [zone("DMA", 3998, 3840), zone("DMA32", 258013, 240407, 239485), empty("Normal"), empty("Movable")],
};

describe("computeLimits", () => {
  it("gives the numbers of a 1 GiB x86-64 guest, Linux 6.12 (capture e01)", () => {
    const limits = computeLimits(base);
    expect(limits.minFreeKbytes).toBe(45_056);
    expect(limits.totalReservePages).toBe(17_828);
    expect(limits.zones[1]).toMatchObject({
      watermarks: { min: 11_086, low: 13_857, high: 16_628, promo: 19_399 },
      batch: 63,
      highMin: 13_857,
      highMax: 29_935,
      statThreshold: 8,
      percpuDriftMark: 0,
    });
    expect(limits.zones[0]?.lowmemReserve).toEqual([0, 935, 935, 935]);
  });

  it("splits the limits among CPUs and keeps the drift mark of the last one (capture e16)", () => {
    const zones = [
      zone("DMA", 3998, 3840),
      zone("DMA32", 258013, 240354, 239432),
      empty("Normal"),
      empty("Movable"),
    ];
    const limits = computeLimits({ ...base, cpus: 2, zones });
    expect(limits.zones.map((z) => [z.highMin, z.highMax, z.statThreshold, z.percpuDriftMark])).toEqual([
      [110, 240, 4, 29],
      [6928, 14964, 16, 32],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it("knows 16 KiB pages (capture a16k_e08) and 6.1 (capture k61_e21)", () => {
    const arm = [zone("DMA32", 65536, 62263, 62086), empty("Normal"), empty("Movable")];
    const limits = computeLimits({ ...base, pageShift: 14, pageblockOrder: 11, zones: arm });
    expect(limits.minFreeKbytes).toBe(49_360);
    expect(limits.zones[0]).toMatchObject({
      batch: 15,
      highMin: 3856,
      highMax: 7760,
      lowmemReserve: [0, 0, 0],
    });
    const old = [
      zone("DMA", 3998, 3840),
      zone("DMA32", 45021, 30814, 29340),
      empty("Normal"),
      empty("Movable"),
    ];
    const fixed = computeLimits({ ...base, kernel: "6.1", pageblockOrder: 10, zones: old });
    expect(fixed.minFreeKbytes).toBe(1457);
    expect(fixed.zones[1]).toMatchObject({ batch: 7, highMin: 401, highMax: 401, statThreshold: 2 });
  });

  it("gives one 16 GiB zone and 8 CPUs without THP what mainline has", () => {
    const zones = [zone("Normal", 4_194_304, 4_194_304), empty("Movable")];
    const limits = computeLimits({ ...base, cpus: 8, thp: "none", zones });
    expect(limits.minFreeKbytes).toBe(16_384);
    expect(limits.zones[0]).toMatchObject({
      watermarks: { min: 4096, low: 8290, high: 12_484, promo: 16_678 },
      highMin: 1036,
      highMax: 65_536,
    });
  });

  it("lets THP raise min_free_kbytes from 512 MiB on, and recomputes the square root when it is never", () => {
    const sized = (pages: number, thp: LimitsInput["thp"]) =>
      computeLimits({ ...base, thp, zones: [zone("Normal", pages, pages), empty("Movable")] }).minFreeKbytes;
    expect(sized(131_071, "madvise")).toBe(sized(131_071, "none"));
    expect(sized(131_072, "madvise")).toBe(22_528);
    expect(sized(131_072, "always")).toBe(22_528);
    expect(sized(131_072, "none")).toBe(2896);
    // lowmem without its high watermark: 131072 - 1086 pages
    expect(sized(131_072, "never")).toBe(defaultMinFreeKbytes(131_072 - 1086, 12));
  });

  it("computes again, with all memory, what a sysctl rewrites, and only that", () => {
    const boot = computeLimits(base);
    const minFree = computeLimits({ ...base, vm: { minFreeKbytes: 45_056 } });
    expect(minFree.zones[1]?.highMax).toBe(Math.floor(240_407 / 8));
    expect(minFree.zones[0]?.lowmemReserve).toEqual(boot.zones[0]?.lowmemReserve);
    const scale = computeLimits({ ...base, vm: { watermarkScaleFactor: 1000 } }).zones[1]?.watermarks;
    expect(scale).toEqual({ min: 11_086, low: 35_126, high: 59_166, promo: 83_206 });
    const ratio = computeLimits({ ...base, vm: { lowmemReserveRatio: { DMA: 100 } } });
    expect(ratio.zones[0]?.lowmemReserve).toEqual([0, 2404, 2404, 2404]);
    expect(ratio.zones[1]?.highMax).toBe(boot.zones[1]?.highMax);
    const off = computeLimits({ ...base, vm: { lowmemReserveRatio: { DMA: 0 } } });
    expect(off.zones[0]?.lowmemReserve).toEqual([0, 0, 0, 0]);
    const fraction = computeLimits({ ...base, vm: { percpuPagelistHighFraction: 100 } });
    expect(fraction.zones.slice(0, 2).map((z) => [z.highMin, z.highMax])).toEqual([
      [38, 38],
      [2404, 2404],
    ]);
    expect(fraction.zones[1]?.watermarks).toEqual(boot.zones[1]?.watermarks);
  });

  it("gives ZONE_MOVABLE a min of its own on 6.12 and a share on 6.1", () => {
    const zones = [zone("Normal", 200_000, 200_000), zone("Movable", 100_000, 100_000)];
    const marks = (kernel: "6.12" | "6.1") => zoneWatermarks(zones, 4000, 10, 12, kernelProfiles[kernel]);
    expect(marks("6.12").map((m) => [m.min, m.low])).toEqual([
      [1000, 1250],
      [97, 222],
    ]);
    expect(marks("6.1").map((m) => [m.min, m.low])).toEqual([
      [666, 866],
      [333, 433],
    ]);
  });
});

describe("the small formulas", () => {
  it("batch: 2^n - 1 of a thousandth of the zone, at most a quarter of 1 MiB times 1.5", () => {
    expect([0, 4095, 8192, 30_814, 111_572, 240_407, 4_000_000].map((pages) => pcpBatch(pages, 12))).toEqual([
      1, 1, 1, 7, 31, 63, 63,
    ]);
    expect(pcpBatch(62_263, 14)).toBe(15);
  });

  it("high: a CPU's share of the low watermark, but never below four batches", () => {
    const marks = { min: 80, low: 1000, high: 1200, promo: 1400 };
    const limits = (cpus: number) => pcpLimits(100_000, marks, cpus, 0, 12, kernelProfiles["6.12"]);
    expect(limits(2)).toEqual({ batch: 31, highMin: 500, highMax: 6250 });
    expect(limits(64)).toEqual({ batch: 31, highMin: 124, highMax: 195 });
    expect(limits(256)).toEqual({ batch: 31, highMin: 124, highMax: 124 });
  });

  it("stat_threshold: the table in the kernel's comment", () => {
    const gib = 2 ** 18;
    expect(statThreshold(0.95 * gib, 1, 12)).toBe(8);
    expect(statThreshold(0.95 * gib, 2, 12)).toBe(16);
    expect(statThreshold(3 * gib, 2, 12)).toBe(24);
    expect(statThreshold(12 * gib, 4, 12)).toBe(48);
    expect(statThreshold(12 * gib, 1024, 12)).toBe(125);
    expect([0, 1, 2, 3, 4, 2 ** 31].map(findLastSet)).toEqual([0, 1, 2, 2, 3, 32]);
  });

  it("drift mark: only where the CPUs together may pass from low to min", () => {
    const marks = { min: 100, low: 110, high: 120, promo: 130 };
    expect(driftMark(marks, 10, 1)).toBe(0);
    expect(driftMark(marks, 11, 1)).toBe(131);
    expect(driftMark({ ...marks, low: 200 }, 11, 2)).toBe(22);
  });

  it("square root: integral, and exact at the edges", () => {
    expect([0, 1, 3, 4, 15, 16, 2 ** 52 - 1, 2 ** 52].map(integerSqrt)).toEqual([
      0, 1, 1, 2, 3, 4, 67_108_863, 67_108_864,
    ]);
    expect([defaultMinFreeKbytes(1, 12), defaultMinFreeKbytes(2 ** 32, 12)]).toEqual([128, 262_144]);
  });

  it("lowmem_reserve: grows with every zone above", () => {
    const zones = [
      { name: "DMA" as const, present: 4000, managed: 4000 },
      { name: "DMA32" as const, present: 25_600, managed: 25_600 },
      { name: "Normal" as const, present: 51_200, managed: 51_200 },
    ];
    expect(lowmemReserves(zones, { DMA: 256, DMA32: 256, Normal: 32, Movable: 0 })).toEqual([
      [0, 100, 300],
      [0, 0, 200],
      [0, 0, 0],
    ]);
  });
});
