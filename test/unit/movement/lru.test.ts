// Knows: what reclaim spares, what it takes first, and what a page that comes back is worth, seen from outside.
// Must not know: how. Models the classic LRU of Linux 6.12 (mm/vmscan.c, mm/workingset.c).

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import {
  ActorKind,
  FileReadParameter,
  Parameter,
  ResidentParameter,
  SlabParameter,
} from "../../../assembly/abi/simulation.js";
import { isSwappedOut } from "../../../assembly/abi/slot.js";
import { LruList, PageLife } from "../../../assembly/abi/vocabulary.js";
import { StatWord, ZoneWord } from "../../../assembly/abi/words.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { actor, framesInUse, isSound, MS, S, tiny } from "../workload/support.js";

function stats({ machine: { views } }: Simulation) {
  return {
    scanned: views.stat(StatWord.PAGES_SCANNED),
    stolen: views.stat(StatWord.PAGES_RECLAIMED),
    swapped: views.stat(StatWord.PAGES_SWAPPED_OUT),
    refaults: views.stat(StatWord.REFAULTS_FILE),
    atOnce: views.stat(StatWord.ACTIVATES_FILE),
  };
}

function onList({ machine: { engine, views } }: Simulation, list: LruList): number {
  const words = engine.words(Region.ZONES);
  return views
    .populatedZones()
    .reduce((sum, zone) => sum + (words[zone * ZoneWord.COUNT + ZoneWord.NR_LRU + list] ?? 0), 0);
}

const ANON = 11_000;

describe("anonymous pages", () => {
  it("have a second chance: reclaim goes around the whole list once before it takes the first", async () => {
    const late = { [Parameter.START]: 100 * MS, [ResidentParameter.ANON]: 7000 };
    using simulation = await tiny(
      [
        actor(ActorKind.RESIDENT, ANON, { [ResidentParameter.ANON]: ANON }),
        actor(ActorKind.RESIDENT, 7000, late, { name: "late" }),
      ],
      { pressure: { swapPages: 8000 } },
    );
    simulation.run(200 * MS);
    const { scanned, swapped } = stats(simulation);
    expect(swapped).toBeGreaterThan(1000);
    expect(scanned).toBeGreaterThan(ANON + swapped);
    // They begin on the inactive list, and only a second use makes them active.
    expect(onList(simulation, LruList.ACTIVE_ANON)).toBe(0);
    expect(isSound(simulation)).toBe("sound");
  });

  it("that are touched between two looks stay, and those that are not go", async () => {
    const load = (touched: number) => [
      actor(ActorKind.RESIDENT, ANON, {
        [ResidentParameter.ANON]: ANON,
        [ResidentParameter.TOUCH_PAGES]: touched,
        [ResidentParameter.TOUCH_INTERVAL]: MS / 10,
        [ResidentParameter.TOUCH_SHARE]: 0.3,
      }),
      actor(ActorKind.SLAB, 0, {
        [SlabParameter.INTERVAL]: MS / 50,
        [SlabParameter.PAGES]: 6500,
        [SlabParameter.LIFETIME]: 0,
      }),
    ];
    const options = { pressure: { swapPages: 8000 } };
    using idle = await tiny(load(0), options);
    using used = await tiny(load(32), options);
    for (const simulation of [idle, used]) simulation.run(400 * MS);
    expect(stats(idle).swapped).toBeGreaterThan(1000);
    expect(onList(idle, LruList.ACTIVE_ANON)).toBe(0);
    expect(onList(used, LruList.ACTIVE_ANON)).toBeGreaterThan(100);
    // Of the working set, the first 30 %, hardly anything is away; of all others much is.
    const slots = used.machine.engine.unsigned(Region.SLOTS);
    const away = (from: number, to: number) =>
      slots.subarray(from, to).filter((held) => isSwappedOut(held)).length / (to - from);
    expect(away(0, 0.3 * ANON)).toBeLessThan(0.3 * away(0.3 * ANON, ANON));
    expect(used.machine.views.stat(StatWord.REFAULTS_ANON)).toBeGreaterThan(10);
    expect(isSound(used)).toBe("sound");
  });
});

describe("pages of a file", () => {
  const reader = (values: Readonly<Record<number, number>>) =>
    actor(ActorKind.FILE_READ, values[FileReadParameter.FILE] ?? 0, {
      [FileReadParameter.INTERVAL]: MS,
      [FileReadParameter.PAGES]: 64,
      [FileReadParameter.READAHEAD]: 32,
      [FileReadParameter.SERVICE]: 10_000,
      ...values,
    });

  it("read once are taken at once, one looked at for each; those read again come back and are active", async () => {
    using once = await tiny([reader({ [FileReadParameter.FILE]: 60_000 })]);
    once.run(0.6 * S);
    expect(stats(once).stolen).toBeGreaterThan(10_000);
    expect(stats(once).scanned).toBe(stats(once).stolen);
    expect(stats(once).refaults).toBe(0);
    const again = { [FileReadParameter.FILE]: 40_000, [FileReadParameter.AGAIN]: 20_000 };
    using twice = await tiny([reader(again)]);
    twice.run(1.2 * S);
    const { refaults, atOnce } = stats(twice);
    expect(refaults).toBeGreaterThan(1000);
    expect(atOnce).toBeGreaterThan(100);
    expect(atOnce).toBeLessThan(refaults);
    expect(onList(twice, LruList.ACTIVE_FILE)).toBeGreaterThan(100);
    expect(isSound(twice)).toBe("sound");
  });

  it("that are used again and again outlast a stream that is read once", async () => {
    const hot = reader({ [FileReadParameter.FILE]: 3000 });
    const stream = { [FileReadParameter.FILE]: 60_000, [Parameter.START]: 200 * MS };
    using simulation = await tiny([hot, { ...reader(stream), name: "stream" }]);
    simulation.run(1.2 * S);
    expect(stats(simulation).stolen).toBeGreaterThan(10_000);
    const first = simulation.actors[2]?.slots ?? 0;
    const slots = simulation.machine.engine.unsigned(Region.SLOTS).subarray(0, first);
    const present = [...slots].filter((held) => held > 0 && held < 2 ** 31).length;
    expect(present).toBeGreaterThan(0.95 * 3000);
    expect(framesInUse(simulation).every(({ life }) => life === PageLife.FILE)).toBe(true);
  });
});
