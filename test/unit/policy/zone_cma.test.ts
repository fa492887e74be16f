// Knows: where the core acts by the zone that areas have for themselves: who comes to it, who never does, what reclaim turns over.
// Must not know: the rules themselves (rules.test).

import { afterAll, describe, expect, it } from "vitest";
import { CmaUse, CmaZoneRule } from "../../../assembly/abi/proposals.js";
import { Gfp, Mobility, PageLife, PinKind } from "../../../assembly/abi/vocabulary.js";
import { StatWord } from "../../../assembly/abi/words.js";
import type { DeviceDescription } from "../../../bindings/device/description.js";
import { getPreset, resolveDevice } from "../../../bindings/device/index.js";
import { DeviceError, StateError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { bytes, GiB, MiB } from "../../../bindings/engine/units.js";
import { zoneNames } from "../../../bindings/kernel_text/tree/kernel.js";
import { type CreateOptions, Machine } from "../../../bindings/machine/machine.js";
import { stateOfMachine } from "../../../bindings/machine/to_state.js";

const { OWN, MOVABLE } = CmaZoneRule;
const made: Machine[] = [];

async function machineOf(device: DeviceDescription | string, cmaZone = OWN, options: CreateOptions = {}) {
  const machine = await Machine.create(device, {
    core: "checked",
    policy: { rules: { cmaZone } },
    ...options,
  });
  made.push(machine);
  const ranges = machine.cma.areas.flatMap((area) => area.ranges);
  const inArea = (pfn: number) =>
    ranges.some(({ basePfn, pages }) => pfn >= basePfn && pfn < basePfn + pages);
  return { machine, inArea };
}

afterAll(() => {
  for (const machine of made) machine.dispose();
});

const USER = { gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON };

/** Pages until there is none, or `most`. */
function fill(machine: Machine, request: Parameters<Machine["allocate"]>[0], most: number): number[] {
  const pfns: number[] = [];
  while (pfns.length < most) {
    const page = machine.allocate(request);
    if (!page.ok) break;
    pfns.push(page.pfn);
  }
  return pfns;
}

/** Two areas apart from each other, and memory of the kernel between and around them. */
const TWO: DeviceDescription = {
  ...getPreset("tiny"),
  areas: [
    { name: "low", size: MiB(8), from: "bottom" },
    { name: "high", size: MiB(8), from: "top" },
  ],
};

describe("ZONE_CMA", () => {
  it("is one zone of several spans on the phone, behind all others, with marks and per-CPU limits of its own", async () => {
    const { machine } = await machineOf("phone-16g");
    const before = resolveDevice(getPreset("phone-16g"));
    const { views } = machine;
    const [normal, cma] = views.populatedZones().map((index) => views.zone(index));
    expect(zoneNames(views)).toEqual(["DMA32", "Normal", "CMA"]);
    expect(cma!.managed).toBe(before.totals.cma);
    expect(normal!.managed + cma!.managed).toBe(before.totals.managed);
    expect(normal!.cmaPages).toBe(0);
    // From the first area to the last, over memory of the other zone, whose ends are where they were.
    const starts = machine.cma.areas.flatMap(({ ranges }) => ranges.map(({ basePfn }) => basePfn));
    expect(cma!.startPfn).toBe(Math.min(...starts));
    expect(cma!.spanned).toBeGreaterThan(cma!.managed);
    expect(normal!.spanned).toBe(before.zones[before.normalZone]!.spanned);
    // Its min is that of a zone of movable pages (6.7+): 128 pages at most; the kernel's memory keeps all the rest.
    expect(cma!.watermark.min).toBe(128);
    expect(cma!.watermark.low - cma!.watermark.min).toBe(Math.floor(cma!.managed / 1000));
    expect(normal!.lowmemReserve[cma!.index]).toBe(Math.floor(cma!.managed / 32));
    expect(views.pcp(0, cma!.index).batch).toBe(63);
    expect(cma!.freePages).toBe(cma!.managed);
    expect(cma!.freeCma).toBe(0);
    expect(machine.validate().name).toBe("NONE");
  });

  it("serves GFP_HIGHUSER_MOVABLE first, down to its low mark, and nobody else ever", async () => {
    const { machine, inArea } = await machineOf(TWO);
    const zone = machine.views.zone(machine.views.populatedZones().at(-1)!);
    const places = fill(machine, USER, zone.managed).map(inArea);
    const first = places.indexOf(false);
    expect(zone.managed - first - zone.watermark.low).toBeLessThan(200);
    expect(first).toBeLessThan(zone.managed - zone.watermark.min);
    for (const gfp of [GFP_KERNEL, GFP_KERNEL | Gfp.MOVABLE, GFP_KERNEL | Gfp.RECLAIMABLE, Gfp.HIGHMEM]) {
      const { machine: other, inArea: isIn } = await machineOf(TWO);
      const pfns = fill(other, { gfp }, 40_000);
      expect(pfns.length).toBeGreaterThan(5_000);
      expect(pfns.filter(isIn)).toEqual([]);
      expect(other.validate().name).toBe("NONE");
    }
    expect(machine.validate().name).toBe("NONE");
  });

  it("gives whole areas to their clients and takes them back, with pages of users in them", async () => {
    const { machine, inArea } = await machineOf(TWO, OWN, { pressure: {} });
    const users = fill(machine, USER, 6_000);
    expect(users.filter(inArea).length).toBeGreaterThan(3_500);
    for (const name of ["low", "high"]) {
      const result = machine.cma.allocate({ area: name, pages: MiB(8) / 4096, align: 8 });
      expect(result.ok).toBe(true);
      expect(machine.views.stat(StatWord.PAGES_MIGRATED)).toBeGreaterThan(name === "low" ? 1_000 : 2_000);
      expect(machine.validate().name).toBe("NONE");
      if (result.ok) machine.cma.release(name, result.pfn, MiB(8) / 4096);
    }
    expect(machine.validate().name).toBe("NONE");
    machine.drainAll();
    const zone = machine.views.zone(machine.views.populatedZones().at(-1)!);
    expect(zone.freeCma).toBe(0);
    // Every pageblock is of the type that it had.
    expect(fill(machine, USER, 200).every(inArea)).toBe(true);
  });

  it("keeps no page that is pinned for long", async () => {
    const { machine, inArea } = await machineOf(TWO);
    const page = machine.allocate(USER);
    if (!page.ok) throw new Error("no page");
    expect(inArea(page.pfn)).toBe(true);
    expect(inArea(machine.pin(page.pfn, { kind: PinKind.LONGTERM })!.pfn)).toBe(false);
    expect(machine.validate().name).toBe("NONE");
  });

  it("costs what Gorman said: reclaim for the kernel turns over the pages of users that lie there", async () => {
    const skipped = async (options: CreateOptions) => {
      const { machine, inArea } = await machineOf(TWO, OWN, { pressure: { swapPages: 100_000 }, ...options });
      const zone = machine.views.zone(machine.views.populatedZones().at(-1)!);
      const users = fill(machine, USER, 8_000);
      expect(users.filter(inArea).length).toBeGreaterThan(2_000);
      const used = () => zone.managed - machine.views.zone(zone.index).freePages;
      const there = used();
      fill(machine, { gfp: GFP_KERNEL }, 12_000);
      expect(machine.views.stat(StatWord.PAGES_RECLAIMED)).toBeGreaterThan(1_000);
      expect(machine.validate().name).toBe("NONE");
      return { turned: machine.views.stat(StatWord.PAGES_SKIPPED), lost: there - used() };
    };
    // The zone loses nothing but what waited on per-CPU lists, however old its pages are: the other one is aged alone.
    expect(await skipped({ policy: { rules: { cmaZone: OWN } } })).toSatisfy(({ lost }) => lost < 64);
    expect((await skipped({})).turned).toBeGreaterThan(1_000);
    expect((await skipped({ policy: { cmaUse: CmaUse.FIRST } })).turned).toBe(0);
  });
});

describe("areas in ZONE_MOVABLE", () => {
  const zones = [
    { name: "Normal", start: bytes(0), end: GiB(1) },
    { name: "Movable", start: GiB(1), end: GiB(2) },
  ] as const;
  const device: DeviceDescription = {
    ...getPreset("tiny"),
    memory: [{ start: bytes(GiB(1) - MiB(64)), size: MiB(96) }],
    zones,
    reserved: [],
    areas: [{ name: "linux,cma", size: MiB(8), from: "bottom" }],
  };

  it("share its lists with what lies there", async () => {
    const { machine, inArea } = await machineOf(device, MOVABLE);
    const { views } = machine;
    expect(zoneNames(views)).toEqual(["Normal", "Movable"]);
    const movable = views.zone(1);
    expect(movable.managed).toBe((MiB(32) + MiB(8)) / 4096);
    const users = fill(machine, USER, movable.managed - movable.watermark.low - 300);
    expect(users.every((pfn) => inArea(pfn) || pfn >= GiB(1) / 4096)).toBe(true);
    expect(users.filter(inArea).length).toBeGreaterThan(1_000);
    expect(machine.validate().name).toBe("NONE");
  });

  it("have a zone of their own behind it where there is room for one", async () => {
    const { machine } = await machineOf(device, OWN);
    expect(zoneNames(machine.views)).toEqual(["Normal", "Movable", "CMA"]);
    expect(machine.views.zone(2).managed).toBe(MiB(8) / 4096);
    expect(machine.validate().name).toBe("NONE");
    const full = {
      ...device,
      zones: [
        { name: "DMA", start: bytes(0), end: bytes(0) },
        { name: "DMA32", start: bytes(0), end: bytes(0) },
        ...zones,
      ] as const,
    };
    const refused = Machine.create(full, { policy: { rules: { cmaZone: OWN } } });
    await expect(refused).rejects.toThrow(DeviceError);
    await expect(refused).rejects.toThrow(/zones: must be 1 to 4, got 5; zone-cma-movable needs none/);
    expect(zoneNames((await machineOf(full, MOVABLE)).machine.views)[3]).toBe("Movable");
  });
});

describe("a machine that runs", () => {
  it("is not switched to it, and a captured state has its zones already", async () => {
    const plain = await machineOf("tiny", CmaZoneRule.IN_PLACE);
    expect(() => plain.machine.applyPolicy({ rules: { cmaZone: OWN } })).toThrow(/is decided at boot/);
    const state = stateOfMachine(plain.machine);
    await expect(Machine.fromState(state, { policy: { rules: { cmaZone: OWN } } })).rejects.toThrow(
      /rules.cmaZone: is decided at boot/,
    );
    const { machine } = await machineOf("tiny");
    expect(() => stateOfMachine(machine)).toThrow(StateError);
    const { machine: copy } = { machine: machine.fork() };
    expect(copy.digest()).toBe(machine.digest());
    copy.dispose();
  });
});
