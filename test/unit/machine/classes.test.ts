// Knows: that the class map of all frames is what the view of each frame says, and that counts are counts of the map.

import { describe, expect, it } from "vitest";
import { CLASS_BINS, ClassFlag, PageClass } from "../../../assembly/abi/classes.js";
import { EventKind, RecordGroup } from "../../../assembly/abi/events.js";
import { Migratetype, PageFlag, PageLife, PinKind } from "../../../assembly/abi/vocabulary.js";
import { UnitError } from "../../../bindings/engine/errors.js";
import { EventReader, setRecorded } from "../../../bindings/engine/events.js";
import { markMoved } from "../../../bindings/machine/classes.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { mapByViews } from "../../support/map_by_views.js";
import { crowded } from "../simulation/machines.js";

function firstDifference(a: Uint8Array, b: Uint8Array): string {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? "" : `frame ${at}: 0x${a[at]?.toString(16)}, by its view 0x${b[at]?.toString(16)}`;
}

function countsByMap(map: Uint8Array, first: number, count: number, perCell: number): Uint32Array {
  const counts = new Uint32Array(Math.ceil(count / perCell) * CLASS_BINS);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(i / perCell) * CLASS_BINS + ((map[first + i] ?? 0) & (CLASS_BINS - 1));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

describe("the class map", () => {
  it.each(["tiny", "tablet-8g"])("%s after churn: the view of each frame", async (device) => {
    using machine = await Machine.create(device);
    expect(firstDifference(machine.views.classMap(), mapByViews(machine))).toBe("");
    machine.churn({ steps: 300_000, seed: 9, freeShare: 0.3 });
    expect(firstDifference(machine.views.classMap(), mapByViews(machine))).toBe("");
  });

  it("of a simulation with pins, dirty pages and requests, at twenty moments", async () => {
    using simulation = await crowded();
    const seen = new Set<number>();
    for (let nth = 1; nth <= 20; nth++) {
      simulation.run(nth * 2e7);
      const map = simulation.machine.views.classMap();
      expect(firstDifference(map, mapByViews(simulation.machine))).toBe("");
      for (const byte of map) seen.add(byte);
    }
    const classes = new Set([...seen].map((byte) => byte & 15));
    for (const wanted of [PageClass.FREE, PageClass.PCP, PageClass.ANON, PageClass.CMA, PageClass.RESERVED])
      expect(classes).toContain(wanted);
    expect([...seen].some((byte) => (byte & ClassFlag.PINNED) !== 0)).toBe(true);
  });

  it("in the middle of a request: its window is isolated, and so are the pages in its hands", async () => {
    using simulation = await crowded();
    const { views } = simulation.machine;
    const isBusy = () => views.pageblocks.includes(Migratetype.ISOLATE);
    const found = new Set<number>();
    for (let nth = 0; nth < 400_000 && found.size < 3; nth++) {
      simulation.run(1e9, { events: 1 });
      if (!isBusy()) continue;
      const map = views.classMap();
      expect(firstDifference(map, mapByViews(simulation.machine))).toBe("");
      for (const byte of map)
        if ((byte & ClassFlag.ISOLATED) !== 0) found.add(byte & ~(ClassFlag.ISOLATED | ClassFlag.PINNED));
    }
    expect(found).toContain(ClassFlag.IN_AREA | PageClass.FREE);
    expect(found.size).toBeGreaterThan(2);
  });

  it("knows every life, dirty pages and pins of a page that is set by hand", async () => {
    using machine = await Machine.create("tiny");
    const { views } = machine;
    const lives = [PageLife.KERNEL, PageLife.ANON, PageLife.FILE, PageLife.SLAB, PageLife.CMA];
    for (const life of lives) {
      for (const flags of [0, PageFlag.DIRTY, PageFlag.WRITEBACK]) {
        const page = machine.allocate({ gfp: 0x8 | 0xcc0, life, flags });
        if (!page.ok) throw new Error("no page");
        if (life === PageLife.FILE) machine.pin(page.pfn, { kind: PinKind.SHORT });
      }
    }
    expect(firstDifference(views.classMap(), mapByViews(machine))).toBe("");
    const counts = views.classCounts(views.startPfn, views.frameCount, views.frameCount);
    expect(counts[PageClass.FILE | ClassFlag.PINNED]).toBe(1);
    expect(counts[PageClass.DIRTY | ClassFlag.PINNED]).toBe(2);
    expect(counts[PageClass.ANON]).toBe(3);
  });

  it("is written into an array of the right size only", async () => {
    using machine = await Machine.create("tiny");
    const map = new Uint8Array(machine.views.frameCount);
    expect(machine.views.classMap(map)).toBe(map);
    expect(() => machine.views.classMap(new Uint8Array(3))).toThrow(UnitError);
    expect(() => machine.views.classCounts(machine.views.startPfn, map.length + 1, 512)).toThrow(UnitError);
  });

  it("marks where migration put pages, from the events", async () => {
    using simulation = await crowded();
    const { machine } = simulation;
    setRecorded(machine.engine, RecordGroup.DECISIONS | RecordGroup.CMA);
    const reader = new EventReader(machine.engine);
    const map = machine.views.classMap();
    const targets = new Set<number>();
    for (let nth = 1; nth <= 40 && targets.size === 0; nth++) {
      simulation.run(nth * 5e7);
      reader.drainWords((words) => {
        markMoved(map, machine.views.startPfn, words);
        for (let at = 0; at < words.length; at += 10)
          if (words[at] === EventKind.MIGRATE) targets.add((words[at + 3] ?? 0) - machine.views.startPfn);
      });
    }
    expect(targets.size).toBeGreaterThan(0);
    for (const target of targets) expect((map[target] ?? 0) & ClassFlag.MOVED).toBe(ClassFlag.MOVED);
  });
});

describe("counts of classes", () => {
  it.each([1, 7, 16, 512, 1024, 70_000, 200_000])(
    "in cells of %i pages are those of the map",
    async (perCell) => {
      using simulation = await crowded();
      simulation.run(4e8);
      const { views } = simulation.machine;
      const count = Math.min(views.frameCount - 33, perCell < 16 ? 3_000 : views.frameCount);
      const map = views.classMap();
      const again = new Uint8Array(map.length);
      const counts = views.classCounts(views.startPfn + 33, count, perCell, again);
      expect(counts).toEqual(countsByMap(map, 33, count, perCell));
      expect(again.subarray(33, 33 + count)).toEqual(map.subarray(33, 33 + count));
    },
  );
});
