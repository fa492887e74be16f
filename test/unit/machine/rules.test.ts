// Knows: each decision in which kernels differ, alone on a machine of the other kernel: it changes what it names and nothing else.
// Must not know: how a rule is carried out.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { Gfp, PcpCmaRule, ReserveRule, WakeRule, ZoneFlag } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord, ZoneWord } from "../../../assembly/abi/words.js";
import type { KernelRules } from "../../../bindings/device/kernel.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";

const ZONE = 1;

async function tiny(rules: Partial<KernelRules>): Promise<Machine> {
  return Machine.create("tiny", { rules });
}

/** Pages that one movable request leaves on the per-CPU lists. */
async function cached(rules: Partial<KernelRules>, policy = {}): Promise<number> {
  using machine = await Machine.create("tablet-8g", { rules, policy });
  machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
  return machine.views.populatedZones().reduce((sum, zone) => sum + machine.views.pcp(0, zone).count, 0);
}

/** Did an allocation from the boosted zone wake kswapd? It takes the flag away. */
function wakes(machine: Machine, gfp: number): boolean {
  machine.engine.words(Region.ZONES)[ZONE * ZoneWord.COUNT + ZoneWord.FLAGS]! |= ZoneFlag.BOOSTED;
  expect(machine.allocate({ gfp }).ok).toBe(true);
  return !machine.views.zone(ZONE).boosted;
}

describe("one rule alone", () => {
  it("the reserve does not empty the per-CPU lists", async () => {
    const plain = await cached({});
    expect(plain).toBeGreaterThan(0);
    expect(await cached({ reserve: ReserveRule.WHOLE_RESERVE })).toBe(plain);
  });

  it("pcpCma: a movable request without ALLOC_CMA goes past the per-CPU lists", async () => {
    const strict = { cmaUse: 3 };
    expect(await cached({ pcpCma: PcpCmaRule.ANYONE }, strict)).toBeGreaterThan(0);
    expect(await cached({ pcpCma: PcpCmaRule.ONLY_WITH_CMA }, strict)).toBe(0);
  });

  it("wake: anyone's allocation wakes kswapd for a boosted zone, or only one that may", async () => {
    using now = await tiny({});
    using old = await tiny({ wake: WakeRule.ANYONE });
    const mute = GFP_KERNEL & ~Gfp.KSWAPD_RECLAIM;
    expect([wakes(now, GFP_KERNEL), wakes(now, mute)]).toEqual([true, false]);
    expect([wakes(old, GFP_KERNEL), wakes(old, mute)]).toEqual([true, true]);
  });

  it("each has its word, and a machine of either kernel all of its own", async () => {
    using now = await Machine.create("tiny");
    expect(now.views.config(ConfigWord.RULE_WAKE)).toBe(WakeRule.WITH_FLAG);
    await expect(tiny({ wake: 7 as WakeRule })).rejects.toThrow("rules.wake");
  });
});
