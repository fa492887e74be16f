// Knows: what a machine must be right after boot, on every device that comes with the package.

import { describe, expect, it } from "vitest";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import {
  type DeviceDescription,
  getPreset,
  presetNames,
  presets,
  resolveDevice,
} from "../../../bindings/device/index.js";
import { DeviceError } from "../../../bindings/engine/errors.js";
import { bytes, GiB, MiB } from "../../../bindings/engine/units.js";
import { Machine } from "../../../bindings/machine/machine.js";

describe.each(presetNames)("%s", (name) => {
  it("boots into a sound state in which all managed memory is free", async () => {
    using machine = await Machine.create(name);
    expect(machine.validate()).toMatchObject({ name: "NONE" });
    const device = resolveDevice(getPreset(name));
    const { views } = machine;
    for (const index of views.populatedZones()) {
      const zone = views.zone(index);
      expect(zone.freePages).toBe(zone.managed);
      expect(zone.freeCma).toBe(zone.cmaPages);
      expect(zone.nrFree.reduce((sum, blocks, order) => sum + blocks * 2 ** order, 0)).toBe(zone.managed);
      for (let cpu = 0; cpu < device.cpus; cpu++) expect(views.pcp(cpu, index).count).toBe(0);
    }
    const managed = views.populatedZones().reduce((sum, zone) => sum + views.zone(zone).managed, 0);
    expect(managed).toBe(device.totals.managed);
    expect(views.config(ConfigWord.NR_CPUS)).toBe(device.cpus);
  });

  it("has one digest in all three builds, after boot and aged", async () => {
    const digests = new Set<string>();
    const aged = new Set<string>();
    for (const core of ["release", "checked", "debug"] as const) {
      using machine = await Machine.create(name, { core });
      digests.add(machine.digest());
      machine.churn({ steps: 50_000, seed: 12 });
      aged.add(machine.digest());
    }
    expect(digests.size).toBe(1);
    expect(aged.size).toBe(1);
    expect(aged).not.toEqual(digests);
  });

  it("stays sound while it ages, under pressure too", async () => {
    using machine = await Machine.create(name, { core: "checked" });
    machine.churn({ steps: 100_000, seed: 3, freeShare: 0.5 });
    expect(machine.validate()).toMatchObject({ name: "NONE" });
    machine.churn({ steps: 100_000, seed: 4, freeShare: 0, unmovable: 60 });
    expect(machine.validate()).toMatchObject({ name: "NONE" });
  });
});

describe("create", () => {
  it("boots a device whose late memory crosses zones", async () => {
    const half = bytes(2 ** 24);
    const start = bytes(2 ** 25);
    using machine = await Machine.create({
      name: "late",
      kernel: "6.12",
      pageShift: 12,
      maxPageOrder: 10,
      pageblockOrder: 9,
      cpus: 1,
      memory: [{ start, size: bytes(2 * half) }],
      zones: [
        { name: "DMA32", start, end: bytes(start + half) },
        { name: "Normal", start: bytes(start + half), end: bytes(start + 2 * half) },
      ],
      reserved: [
        { name: "initrd", base: bytes(start + half - 4096 * 5), size: bytes(4096 * 10), freedLate: true },
      ],
    });
    expect(machine.validate()).toMatchObject({ name: "NONE" });
    const { views } = machine;
    for (const zone of views.populatedZones())
      expect(views.zone(zone).freePages).toBe(views.zone(zone).managed);
  });

  it("takes a name, a description or a resolved device", async () => {
    using named = await Machine.create("tiny");
    using described = await Machine.create(presets.tiny);
    using resolved = await Machine.create(resolveDevice(presets.tiny));
    expect(described.digest()).toBe(named.digest());
    expect(resolved.digest()).toBe(named.digest());
  });

  it.each([
    ["low", "high"],
    ["high", "low"],
  ] as const)(
    "areas declared as %s, %s are activated in that order, the last one foremost",
    async (...names) => {
      const base = { low: MiB(48), high: MiB(96) };
      const areas = names.map((name) => ({ name, base: base[name], size: MiB(4) }));
      using machine = await Machine.create({
        ...presets.tiny,
        memory: [{ start: MiB(32), size: MiB(96) }],
        areas,
        reserved: [],
      });
      expect(machine.cma.names).toEqual(names);
      const starts = machine.cma.areas.map(({ ranges }) => ranges[0]?.basePfn);
      expect(starts).toEqual(names.map((name) => base[name] / 4096));
      expect([...machine.freeList(1, 10, Migratetype.CMA)]).toEqual(starts.toReversed());
    },
  );

  it("devices have digests of their own", async () => {
    const digests = new Set<string>();
    for (const name of presetNames) {
      using machine = await Machine.create(name);
      digests.add(machine.digest());
    }
    expect(digests.size).toBe(presetNames.length);
  });

  it("names every problem of a description at once", async () => {
    const broken: DeviceDescription = { ...presets.tiny, cpus: 0, pageblockOrder: 12 };
    const error = await Machine.create(broken).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["cpus", "pageblockOrder"]),
    );
  });

  it("refuses more memory than WebAssembly can hold, and says how much that is", async () => {
    const huge: DeviceDescription = {
      ...presets["phone-16g"],
      name: "huge",
      memory: [{ start: GiB(2), size: GiB(2048) }],
      areas: [],
      reserved: [],
    };
    const error = await Machine.create(huge).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toMatch(/GiB/);
  });

  it("where memory lies does not matter: a shifted device hands out shifted frames", async () => {
    const { areas: _, ...phone } = presets["phone-16g"];
    const at = (start: number): DeviceDescription => ({
      ...phone,
      reserved: [],
      memory: [{ start: bytes(start), size: GiB(1) }],
    });
    using low = await Machine.create(at(GiB(2)));
    using high = await Machine.create(at(GiB(5)));
    const shift = GiB(3) / 4096;
    for (const machine of [low, high]) machine.churn({ steps: 20_000, seed: 9 });
    for (let order = 0; order <= 10; order++) {
      for (let type = 0; type < 5; type++) {
        const moved = low.freeList(1, order, type).map((pfn) => pfn + shift);
        expect(high.freeList(1, order, type)).toEqual(moved);
      }
    }
  });
});
