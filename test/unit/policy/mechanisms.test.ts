// Knows: where the core acts by words of a policy that no simulation is needed for: THP lists, rules of one area, misses.
// Must not know: the rules themselves (rules.test).

import { describe, expect, it } from "vitest";
import { CmaFree, CmaUse, PinRule, Quarantine, ThpCma, ThpLists } from "../../../assembly/abi/proposals.js";
import { Gfp, Mobility, PageLife, PinKind } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";

const THP = 9;
/** Its per-CPU lists are long enough to keep a block of that size. */
const LARGE = "phone-16g";

async function machineOf(policy: MachinePolicy, device = "tiny") {
  const machine = await Machine.create(device, { policy, core: "checked" });
  const ranges = machine.cma.areas.flatMap((area) => area.ranges);
  const inArea = (pfn: number) =>
    ranges.some(({ basePfn, pages }) => pfn >= basePfn && pfn < basePfn + pages);
  return { machine, inArea };
}

function take(machine: Machine, gfp: number, order = 0): number {
  const page = machine.allocate({ gfp: gfp | (order > 0 ? Gfp.COMP : 0), order });
  if (!page.ok) throw new Error("no page");
  return page.pfn;
}

describe("per-CPU lists of THP size", () => {
  it.each([
    [ThpLists.SHARED, true],
    [ThpLists.SPLIT, false],
  ])("lists %i: a CMA block that was freed reaches an unmovable request: %s", async (thpLists, reaches) => {
    const { machine, inArea } = await machineOf({ cmaUse: CmaUse.FIRST, thpLists }, LARGE);
    expect(machine.views.config(ConfigWord.PCP_THP_ORDER)).toBe(THP);
    const block = take(machine, GFP_HIGHUSER_MOVABLE, THP);
    expect(inArea(block)).toBe(true);
    machine.release(block, THP);
    expect(inArea(take(machine, GFP_KERNEL, THP))).toBe(reaches);
    expect(machine.validate().name).toBe("NONE");
    machine.dispose();
  });

  it("a list of their own keeps CMA blocks apart from both", async () => {
    const policy = { cmaUse: CmaUse.GFP_CMA, cmaFree: CmaFree.OWN_LIST, thpLists: ThpLists.OWN_LIST };
    const { machine, inArea } = await machineOf(policy, LARGE);
    const block = take(machine, GFP_HIGHUSER_MOVABLE | Gfp.CMA, THP);
    expect(inArea(block)).toBe(true);
    machine.release(block, THP);
    const last = machine.views.pcpLists - 1;
    const lists = machine.views.populatedZones().map((zone) => [...machine.views.pcpList(0, zone, last)]);
    expect(lists.flat()).toContain(block);
    expect(inArea(take(machine, GFP_HIGHUSER_MOVABLE, THP))).toBe(false);
    expect(take(machine, GFP_HIGHUSER_MOVABLE | Gfp.CMA, THP)).toBe(block);
    expect(machine.validate().name).toBe("NONE");
    machine.dispose();
  });

  it("THP requests that may not take CMA blocks do not, though smaller ones do", async () => {
    const { machine, inArea } = await machineOf({ cmaUse: CmaUse.FIRST, thpCma: ThpCma.NEVER });
    expect(inArea(take(machine, GFP_HIGHUSER_MOVABLE))).toBe(true);
    expect(inArea(take(machine, GFP_HIGHUSER_MOVABLE, THP))).toBe(false);
    machine.dispose();
  });
});

describe("a quarantine", () => {
  it("misses so many of a hundred as it says, and no others", async () => {
    const quarantine = Quarantine.DIRECT_IO;
    for (const quarantineMiss of [0, 30, 100]) {
      const { machine, inArea } = await machineOf({ cmaUse: CmaUse.FIRST, quarantine, quarantineMiss });
      const places = Array.from({ length: 200 }, () =>
        inArea(take(machine, GFP_HIGHUSER_MOVABLE | Gfp.USE_DIRECT_IO)),
      );
      expect(places.filter(Boolean).length).toBe(2 * quarantineMiss);
      expect(inArea(take(machine, GFP_HIGHUSER_MOVABLE))).toBe(true);
      machine.dispose();
    }
  });
});

describe("the rules of one area", () => {
  it("hold for pins of its pages alone", async () => {
    for (const isOwn of [true, false]) {
      const { machine, inArea } = await machineOf({ cmaUse: CmaUse.FIRST });
      const [name = ""] = machine.labels.areas;
      machine.applyPolicy({
        cmaUse: CmaUse.FIRST,
        pinRule: isOwn ? PinRule.ALLOW : PinRule.MIGRATE_ALL,
        areas: { [name]: { pinRule: isOwn ? PinRule.MIGRATE_ALL : PinRule.ALLOW } },
      });
      const page = machine.allocate({
        gfp: GFP_HIGHUSER_MOVABLE,
        mobility: Mobility.LRU,
        life: PageLife.FILE,
      });
      if (!page.ok) throw new Error("no page");
      const pin = machine.pin(page.pfn, { kind: PinKind.PAGE_CACHE });
      expect(inArea(page.pfn)).toBe(true);
      expect(inArea(pin!.pfn)).toBe(!isOwn);
      expect(machine.validate().name).toBe("NONE");
      machine.dispose();
    }
  });
});
