// The formulas against real kernels: every number of every zone of every capture, exactly.

import { describe, expect, it } from "vitest";
import {
  arm64Zones,
  computeLimits,
  type DeviceDescription,
  type LimitsInput,
  type ReservedRange,
  resolveDevice,
  type ThpMode,
  type VmSettings,
  x86Zones,
  ZONE_NAMES,
  type ZoneName,
} from "../../../bindings/device/index.js";
import { DEFAULT_WATERMARK_SCALE_FACTOR } from "../../../bindings/device/kernel.js";
import { bytes, MiB } from "../../../bindings/engine/units.js";
import { type Capture, capturesPresent, type DumpedZone, loadCaptures } from "./captures.js";

const captures = loadCaptures();

/** Zone names by index: the arm64 captures were built without ZONE_DMA. */
function zoneNames(capture: Capture): ZoneName[] {
  return ZONE_NAMES.slice(4 - (capture.constants.max_nr_zones ?? 4));
}

function settings(capture: Capture): VmSettings {
  const scale = capture.system.watermark_scale_factor;
  const minFree = /labminfree=(\d+)/.exec(capture.cmdline)?.[1];
  const fraction = /labpcpfrac=(\d+)/.exec(capture.cmdline)?.[1];
  return {
    ...(scale === DEFAULT_WATERMARK_SCALE_FACTOR || scale === undefined
      ? {}
      : { watermarkScaleFactor: scale }),
    ...(minFree === undefined ? {} : { minFreeKbytes: Number(minFree) }),
    ...(fraction === undefined ? {} : { percpuPagelistHighFraction: Number(fraction) }),
  };
}

/** The kernel image and the initrd of all captures lie in DMA32. */
function lateIn(capture: Capture, name: ZoneName): number {
  return name === "DMA32" ? capture.latePages : 0;
}

function limitsInput(capture: Capture): LimitsInput {
  return {
    kernel: capture.kernel,
    pageShift: capture.constants.page_shift ?? 0,
    pageblockOrder: capture.constants.pageblock_order ?? 0,
    cpus: capture.cpus,
    thp: "madvise",
    // The x86 guest shows the CPU's caches to the kernel, the arm64 one does not.
    cacheSlice: capture.constants.page_shift === 12 ? MiB(16) : 0,
    vm: settings(capture),
    zones: zoneNames(capture).map((name, index) => {
      const zone = capture.zones.find((dumped) => dumped.index === index);
      const managed = zone?.managed ?? 0;
      return { name, present: zone?.present ?? 0, managed, bootManaged: managed - lateIn(capture, name) };
    }),
  };
}

function expectedLimits(capture: Capture, zone: DumpedZone) {
  return {
    zone: zone.name,
    watermarks: zone.watermarks,
    lowmemReserve: zone.lowmemReserve,
    batch: zone.batch,
    highMin: zone.highMin,
    highMax: zone.highMax,
    statThreshold: zone.threshold,
    percpuDriftMark: zone.driftMark,
    freeHighBatch: capture.kernel === "6.12" && ((zone.pcpFlags ?? 0) & 2) !== 0,
  };
}

describe.skipIf(!capturesPresent)("limits of the captured kernels", () => {
  it("has captures of every family", () => {
    const families = new Set(
      captures.map((capture) => `${capture.kernel}/${capture.constants.page_shift}/${capture.cpus}`),
    );
    for (const family of ["6.12/12/1", "6.12/12/2", "6.12/14/1", "6.1/12/1"])
      expect(families).toContain(family);
    expect(captures.some((capture) => capture.zones.length === 3)).toBe(true);
  });

  it.each(captures.map((capture) => [capture.set, capture] as const))("%s", (_, capture) => {
    const limits = computeLimits(limitsInput(capture));
    expect(limits.minFreeKbytes).toBe(capture.system.min_free_kbytes);
    expect(limits.totalReservePages).toBe(capture.system.totalreserve_pages);
    const computed = capture.zones.map((zone) => ({ zone: zone.name, ...limits.zones[zone.index] }));
    expect(computed).toEqual(capture.zones.map((zone) => expectedLimits(capture, zone)));
  });

  it("notices a zone that is one percent larger (canary)", () => {
    const capture = captures.find((candidate) => candidate.set === "e01_plenty_s1") ?? captures[0];
    if (capture === undefined) throw new Error("no capture");
    const input = limitsInput(capture);
    const zones = input.zones.map((zone) => ({ ...zone, bootManaged: Math.floor(zone.bootManaged * 1.01) }));
    const limits = computeLimits({ ...input, zones });
    const zone = capture.zones.at(-1);
    expect(limits.zones[zone?.index ?? 0]?.highMax).not.toBe(zone?.highMax);
  });
});

/** A description with the banks, the areas and the amount of reserved memory of a capture. */
function describeCapture(capture: Capture): DeviceDescription {
  const shift = capture.constants.page_shift ?? 12;
  const page = 2 ** shift;
  const arm = shift === 14;
  const reserved = capture.zones.flatMap((zone): ReservedRange[] => {
    const within = { start: bytes(zone.start * page), end: bytes((zone.start + zone.spanned) * page) };
    const late = lateIn(capture, zone.name as ZoneName);
    const kept = zone.present - zone.managed;
    return [
      ...(kept > 0 ? [{ name: "kept", size: bytes(kept * page), within, from: "bottom" as const }] : []),
      ...(late > 0 ? [{ name: "late", size: bytes(late * page), within, freedLate: true }] : []),
    ];
  });
  const thp: ThpMode = "madvise";
  return {
    name: capture.set,
    kernel: capture.kernel,
    pageShift: shift,
    maxPageOrder: capture.constants.max_page_order ?? 0,
    pageblockOrder: capture.constants.pageblock_order ?? 0,
    cpus: capture.cpus,
    thp,
    memory: capture.banks.map(({ start, end }) => ({ start: bytes(start), size: bytes(end - start) })),
    zones: arm ? arm64Zones(bytes(0)).slice(1) : x86Zones,
    areas: capture.areas.map((area) => ({
      name: area.name,
      base: bytes(area.base * page),
      size: bytes(area.count * page),
      orderPerBit: area.orderPerBit,
    })),
    reserved,
    vm: settings(capture),
  };
}

describe.skipIf(!capturesPresent)("devices described like the captured machines", () => {
  it.each(captures.map((capture) => [capture.set, capture] as const))("%s", (_, capture) => {
    const device = resolveDevice(describeCapture(capture));
    const populated = device.zones.filter((zone) => zone.present > 0);
    expect(
      populated.map((zone) => ({
        index: zone.index as number,
        name: zone.name,
        start: zone.startPfn as number,
        spanned: zone.spanned as number,
        present: zone.present as number,
        managed: zone.managed as number,
        cmaPages: zone.cmaPages as number,
        watermarks: zone.watermarks,
        lowmemReserve: zone.lowmemReserve,
        batch: zone.pcp.batch,
        highMin: zone.pcp.highMin,
        highMax: zone.pcp.highMax,
        threshold: zone.pcp.statThreshold,
        driftMark: zone.percpuDriftMark as number,
      })),
    ).toEqual(capture.zones.map(({ pcpFlags: _flags, ...zone }) => zone));
    expect(device.pcpLists).toBe(capture.constants.nr_pcp_lists);
    expect(device.mobilityDisabled).toBe(capture.system.page_group_by_mobility_disabled === 1);
    expect(device.areas.map((area) => area.bits)).toEqual(capture.areas.map((area) => area.count));
  });

  it("places cma=64M as cma_declare_contiguous does, above 4 GiB from the bottom", () => {
    const capture = captures.find((candidate) => candidate.set === "e09_pressure_normal_s9");
    if (capture === undefined) throw new Error("the capture with a Normal zone is missing");
    const device = describeCapture(capture);
    const within = { start: bytes(2 ** 32), end: bytes(2 ** 33) };
    const areas = [{ name: "reserved", size: MiB(64), within, from: "bottom" as const }];
    const resolved = resolveDevice({ ...device, areas });
    expect(resolved.areas[0]?.start).toBe(capture.areas[0]?.base);
  });
});
