import { describe, expect, it } from "vitest";
import { Gfp, ListTypeRule } from "../../../assembly/abi/vocabulary.js";
import {
  androidZones,
  arm64Zones,
  type DeviceDescription,
  memoryMap,
  resolveDevice,
  x86Zones,
} from "../../../bindings/device/index.js";
import { bytes, GiB, KiB, MiB } from "../../../bindings/engine/units.js";

/** 64 MiB from 1 GiB on, one zone. */
const small: DeviceDescription = {
  name: "small",
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 1,
  memory: [{ start: GiB(1), size: MiB(64) }],
  zones: androidZones,
};

describe("resolveDevice", () => {
  it("covers the window: holes, reserved, free, areas and late frames are disjoint and complete", () => {
    const device = resolveDevice({
      ...small,
      memory: [
        { start: GiB(1), size: MiB(64) },
        { start: bytes(GiB(1) + MiB(65)), size: MiB(30) },
        { start: GiB(2), size: MiB(2) },
      ],
      reserved: [
        { name: "kernel", base: bytes(GiB(1) + MiB(1)), size: MiB(3) },
        { name: "initrd", base: bytes(GiB(1) + MiB(20)), size: KiB(10), freedLate: true },
        memoryMap(MiB(96), 12),
      ],
      areas: [
        { name: "a", size: MiB(8) },
        { name: "b", base: bytes(GiB(1) + MiB(8)), size: MiB(4) },
      ],
    });
    const { frames } = device;
    const all = [...frames.holes, ...frames.reserved, ...frames.free, ...frames.cma, ...frames.late];
    all.sort((x, y) => x.start - y.start);
    expect(all[0]?.start).toBe(device.startPfn);
    expect(all.at(-1)?.end).toBe(device.endPfn);
    all.forEach((run, i) => {
      if (i > 0) expect(run.start).toBe(all[i - 1]?.end);
    });
    expect(frames.holes).toEqual([{ start: 0x48000, end: 0x80000 }]);
    expect(frames.late).toEqual([{ start: 0x41400, end: 0x41403, name: "initrd" }]);
    expect(frames.reserved.filter((run) => run.name === "unavailable")).toEqual([
      { start: 0x44000, end: 0x44100, name: "unavailable" },
      { start: 0x45f00, end: 0x48000, name: "unavailable" },
      { start: 0x80200, end: 0x80400, name: "unavailable" },
    ]);
    const normal = device.zones[device.normalZone];
    expect(normal).toMatchObject({
      startPfn: 0x40000,
      spanned: 0x40200,
      present: 96 * 256,
      cmaPages: 12 * 256,
    });
    expect(normal?.managed).toBe(96 * 256 - 3 * 256 - 384);
  });

  it("places areas top-down, each below the one before, and fixed ones where they are", () => {
    const device = resolveDevice({
      ...small,
      areas: [
        { name: "first", size: MiB(4), alignment: MiB(4) },
        { name: "fixed", base: bytes(GiB(1) + MiB(52)), size: MiB(6), orderPerBit: 2 },
        {
          name: "low",
          size: MiB(2),
          within: { start: GiB(1), end: bytes(GiB(1) + MiB(10)) },
          from: "bottom",
        },
        { name: "second", size: MiB(2) },
      ],
      reserved: [{ name: "kernel", base: GiB(1), size: MiB(3) }],
    });
    const offsets = device.areas.map((area) => [area.name, (area.start - device.startPfn) / 256, area.bits]);
    expect(offsets).toEqual([
      ["first", 60, 1024],
      ["fixed", 52, 384],
      ["low", 4, 512],
      ["second", 58, 512],
    ]);
  });

  it("rounds banks inwards and reserved ranges outwards, as the kernel does", () => {
    const device = resolveDevice({
      ...small,
      memory: [{ start: bytes(GiB(1) + 1), size: bytes(MiB(64) - 2) }],
      reserved: [{ name: "page and a bit", base: bytes(GiB(1) + MiB(1) - 1), size: bytes(4098) }],
    });
    expect(device.totals.present).toBe(64 * 256 - 2);
    const [unavailable, named] = device.frames.reserved;
    expect(unavailable).toEqual({ start: 0x40000, end: 0x40001, name: "unavailable" });
    expect(named).toEqual({ start: 0x400ff, end: 0x40102, name: "page and a bit" });
  });

  it("aligns the window to the larger of pageblock and largest block", () => {
    const device = resolveDevice({ ...small, memory: [{ start: bytes(GiB(1) + MiB(3)), size: MiB(2) }] });
    expect([device.startPfn, device.endPfn]).toEqual([0x40000, 0x40800]);
  });

  it("adds the zones that every kernel has, and looks them up like gfp_zone", () => {
    const x86 = resolveDevice({ ...small, memory: [{ start: GiB(5), size: MiB(64) }], zones: x86Zones });
    expect(x86.zones.map((zone) => zone.name)).toEqual(["DMA", "DMA32", "Normal", "Movable"]);
    const lookUp = (flags: number) => x86.zones[x86.gfpZone[flags] ?? -1]?.name;
    expect([0, Gfp.DMA, Gfp.DMA32, Gfp.HIGHMEM, Gfp.MOVABLE].map(lookUp)).toEqual([
      "Normal",
      "DMA",
      "DMA32",
      "Normal",
      "Normal",
    ]);
    expect(lookUp(Gfp.MOVABLE | Gfp.HIGHMEM)).toBe("Movable");
    const bare = resolveDevice({ ...small, zones: [{ name: "Normal", start: bytes(0), end: GiB(4) }] });
    expect(bare.zones.map((zone) => zone.name)).toEqual(["Normal", "Movable"]);
    expect([bare.hasDma32, bare.normalZone, bare.movableZone]).toEqual([false, 0, 1]);
    expect(bare.gfpZone.slice(0, 5)).toEqual([0, 0, 0, -1, 0]);
  });

  it("shapes the pcp lists by THP and by kernel", () => {
    const shape = (change: Partial<DeviceDescription>) => {
      const device = resolveDevice({ ...small, ...change });
      return [device.pcpThpOrder, device.pcpLists];
    };
    expect(shape({})).toEqual([9, 14]);
    expect(shape({ thp: "none" })).toEqual([0, 12]);
    expect(shape({ kernel: "6.1", pageblockOrder: 10 })).toEqual([10, 14]);
    expect(shape({ pageShift: 14, maxPageOrder: 11, pageblockOrder: 7 })).toEqual([11, 14]);
  });

  it("takes the rules of the kernel, the defaults of /proc/sys/vm, and says when mobility is off", () => {
    const old = resolveDevice({ ...small, kernel: "6.1" });
    expect(old.rules.listType).toBe(ListTypeRule.CALLER);
    expect([old.watermarkBoostFactor, old.mobilityDisabled]).toEqual([15_000, false]);
    const off = resolveDevice({
      ...small,
      vm: { watermarkBoostFactor: 0 },
      memory: [{ start: GiB(1), size: MiB(11) }],
    });
    expect([off.watermarkBoostFactor, off.mobilityDisabled]).toEqual([0, true]);
  });

  it("splits free runs at zone borders", () => {
    const device = resolveDevice({
      ...small,
      memory: [{ start: MiB(992), size: MiB(64) }],
      zones: arm64Zones(GiB(1)),
    });
    expect(device.frames.free).toEqual([
      { start: 0x3e000, end: 0x40000 },
      { start: 0x40000, end: 0x42000 },
    ]);
  });

  it("survives a JSON round trip of the description", () => {
    const device = { ...small, areas: [{ name: "a", size: MiB(8) }] };
    expect(resolveDevice(JSON.parse(JSON.stringify(device)))).toEqual(resolveDevice(device));
  });
});
