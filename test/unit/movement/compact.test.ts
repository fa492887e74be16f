// Knows: what compaction must do, seen from outside. Must not know: how its scanners work.

import { describe, expect, it } from "vitest";
import { FrameKind, Migratetype } from "../../../assembly/abi/vocabulary.js";
import { StatWord } from "../../../assembly/abi/words.js";
import { GFP_TRANSHUGE_LIGHT } from "../../../bindings/engine/gfp.js";
import type { Machine } from "../../../bindings/machine/machine.js";
import { fill, isSound, stat, tiny } from "./support.js";

/** Memory full of single pages of which every other one is freed: much is free, no large block. */
async function comb(): Promise<{ machine: Machine; kept: number[] }> {
  const machine = await tiny();
  const { pfns } = fill(machine, "anon", 20_000);
  pfns.sort((a, b) => a - b);
  const kept = pfns.filter((_, i) => i % 2 === 1);
  for (const pfn of pfns.filter((_, i) => i % 2 === 0)) machine.release(pfn);
  machine.drainAll();
  machine.fold();
  return { machine, kept };
}

function zoneOf(machine: Machine): number {
  return machine.views.populatedZones().at(-1) ?? 0;
}

describe("compaction", () => {
  it("makes a large block out of scattered free pages", async () => {
    const { machine } = await comb();
    const zone = zoneOf(machine);
    const order = 9;
    expect(machine.allocate({ gfp: GFP_TRANSHUGE_LIGHT, order }).ok).toBe(false);
    expect(machine.compact(zone, order, Migratetype.MOVABLE)).toBe(true);
    expect(stat(machine, StatWord.PAGES_MIGRATED)).toBeGreaterThan(0);
    expect(isSound(machine)).toBe("sound");
    expect(machine.allocate({ gfp: GFP_TRANSHUGE_LIGHT, order }).ok).toBe(true);
    machine.dispose();
  });

  it("moves no pinned page, and does not help where all are pinned", async () => {
    const { machine, kept } = await comb();
    for (const pfn of kept) machine.pin(pfn);
    expect(machine.compact(zoneOf(machine), 9, Migratetype.MOVABLE)).toBe(false);
    expect(stat(machine, StatWord.PAGES_MIGRATED)).toBe(0);
    expect(kept.every((pfn) => machine.views.frame(pfn).kind === FrameKind.ALLOCATED)).toBe(true);
    machine.dispose();
  });

  it("runs by itself for a request of high order under pressure", async () => {
    const machine = await tiny({ pressure: {} });
    const { pfns } = fill(machine, "anon", 14_000);
    pfns.sort((a, b) => a - b);
    for (const pfn of pfns.filter((_, i) => i % 2 === 0)) machine.release(pfn);
    const request = machine.allocate({ gfp: 0x1c2cca, order: 8 });
    expect(request.ok).toBe(true);
    expect(stat(machine, StatWord.COMPACTIONS)).toBeGreaterThan(0);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });
});
