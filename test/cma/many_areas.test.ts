// Knows: 32 and 64 areas at once, in every zone, of 2 GiB and more together: each stays within its own borders.
// Must not know: how areas are stored.

import { describe, expect, it } from "vitest";
import { Migratetype, PageLife, Status } from "../../assembly/abi/vocabulary.js";
import type { AreaDescription, DeviceDescription } from "../../bindings/device/description.js";
import { tiny as TINY } from "../../bindings/device/presets/x86.js";
import { GFP_HIGHUSER_MOVABLE } from "../../bindings/engine/gfp.js";
import { GiB, MiB } from "../../bindings/engine/units.js";
import { Machine } from "../../bindings/machine/machine.js";
import { BASE, BLOCK, isSound, KERNELS, small } from "./small.js";

/** One area in DMA, a third of the others in DMA32, the rest in Normal. */
function areasOf(count: number, size: number): AreaDescription[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `area ${i}`;
    if (i === 0) return { name, size: MiB(4), base: MiB(8) };
    const inDma32 = i % 3 === 0;
    return { name, size: MiB(size), base: inDma32 ? MiB(64 + i * 48) : MiB(4096 + i * 96) };
  });
}

function device(kernel: "6.12" | "6.1", areas: readonly AreaDescription[]): DeviceDescription {
  return {
    ...TINY,
    name: `${areas.length} areas`,
    kernel,
    cpus: 4,
    memory: [
      { start: MiB(1), size: MiB(4095) },
      { start: GiB(4), size: GiB(8) },
    ],
    areas,
    reserved: [{ name: "kernel image", base: MiB(32), size: MiB(16) }],
  };
}

describe.each(KERNELS)("Linux %s", (kernel) => {
  it.each([
    [32, 80, 2.4],
    [64, 36, 2.2],
  ])("%i areas of %i MiB, more than %d GiB together", async (count, size, gib) => {
    using machine = await Machine.create(device(kernel, areasOf(count, size)), { core: "checked" });
    const areas = machine.cma.areas;
    expect(areas.length).toBe(count);
    expect(areas.reduce((sum, area) => sum + area.pages, 0) * 4096).toBeGreaterThan(gib * 2 ** 30);
    const zoneOf = (pfn: number) => machine.views.frame(pfn).zone;
    expect(new Set(areas.map((area) => zoneOf(area.ranges[0]?.basePfn ?? 0)))).toEqual(new Set([0, 1, 2]));

    // User memory flows into the areas; then each gives a quarter, a buffer of odd size, and all of the rest.
    for (let i = 0; i < 20_000; i++) {
      machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: 1, life: PageLife.ANON, cpu: i % 4 });
    }
    const given: [number, number, number][] = [];
    for (const part of [0.25, 0.1, 0.65]) {
      for (const { index, pages } of areas) {
        const wanted = Math.min(
          Math.floor(pages * part) + (part === 0.1 ? 1 : 0),
          machine.cma.area(index).available,
        );
        const { ok, pfn } = machine.cma.allocate({ area: index, pages: wanted });
        expect(ok).toBe(true);
        given.push([index, pfn, wanted]);
      }
    }
    for (const [index, pfn, pages] of given) {
      const range = areas[index]?.ranges[0];
      expect(pfn).toBeGreaterThanOrEqual(range?.basePfn ?? 0);
      expect(pfn + pages).toBeLessThanOrEqual((range?.basePfn ?? 0) + (range?.pages ?? 0));
    }
    const ends = [...given].sort(([, a], [, b]) => a - b);
    expect(ends.some(([, pfn], i) => pfn < (ends[i - 1]?.[1] ?? 0) + (ends[i - 1]?.[2] ?? 0))).toBe(false);
    expect(machine.views.pageblocks.includes(Migratetype.ISOLATE)).toBe(false);
    expect(isSound(machine)).toBe("sound");

    for (const [index, pfn, pages] of given) machine.cma.release(index, pfn, pages);
    expect(machine.cma.areas.every(({ pages, available }) => pages === available)).toBe(true);
    expect(isSound(machine)).toBe("sound");
  });

  it("16 areas of one pageblock each, side by side, never reach into each other", async () => {
    using machine = await small(kernel, {
      areas: Array.from({ length: 16 }, (_, i) => ({
        name: `${i}`,
        basePfn: BASE + i * BLOCK,
        count: BLOCK,
      })),
    });
    for (let round = 0; round < 20; round++) {
      const area = (round * 7) % 16;
      const { ok, pfn } = machine.cma.allocate({ area, pages: 1 + (round % BLOCK), align: round % 4 });
      if (!ok) continue;
      expect(Math.floor((pfn - BASE) / BLOCK)).toBe(area);
      for (let other = 0; other < 16; other++) {
        expect(machine.cma.area(other).available === BLOCK).toBe(other !== area);
      }
      machine.cma.release(area, pfn, 1 + (round % BLOCK));
    }
    expect(isSound(machine)).toBe("sound");
  });
});

describe("more areas than there is room for", () => {
  it("are refused: the 65th", async () => {
    const areas = areasOf(65, 4);
    await expect(Machine.create(device("6.12", areas))).rejects.toThrow(/64|BAD_AREA/);
  });

  it("and so is an area that overlaps another", async () => {
    await expect(
      small("6.12", { areas: [{ count: 32 }, { name: "b", basePfn: BASE + 16, count: 32 }] }),
    ).rejects.toThrow(Status[Status.ALREADY_USED]);
  });
});
