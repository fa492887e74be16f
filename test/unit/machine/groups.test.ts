// Knows: groups of pageblocks by hand: a machine whose kernel memory is put where the test wants it.
// Must not know: how groups are counted.

import { expect, it } from "vitest";
import { Mobility, PageLife } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { UnitError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** 2048 pages: 8 MiB, of which the device has eight. */
const ORDER = 11;

it("a fresh machine: few groups are tainted, those beyond its own memory are free", async () => {
  using machine = await Machine.create("tiny", { core: "checked" });
  const before = machine.views.groups(ORDER);
  expect(before).toMatchObject({ pages: 2048, groups: 8 });
  expect(before.tainted).toBeLessThan(8);
  expect(before.packed).toBeLessThanOrEqual(before.tainted);
  const blockOrder = machine.views.config(ConfigWord.PAGEBLOCK_ORDER);
  // Group by group as pageblock by pageblock: with groups of one pageblock each tainted one is a group.
  const single = machine.views.groups(blockOrder);
  expect(single.tainted).toBe(single.taintedBlocks);
  expect(single.taintedBlocks).toBe(before.taintedBlocks);
});

it("kernel memory taints the group that it claims a pageblock of; user memory takes its freedom alone", async () => {
  using machine = await Machine.create("tiny", { core: "checked" });
  const before = machine.views.groups(ORDER);
  const user = machine.allocate({
    gfp: GFP_HIGHUSER_MOVABLE,
    order: 9,
    mobility: Mobility.LRU,
    life: PageLife.ANON,
  });
  const used = machine.views.groups(ORDER);
  expect(user).toHaveProperty("pfn");
  expect(used.tainted).toBe(before.tainted);
  expect(used.held).toBe(before.held);
  expect(used.free).toBeLessThanOrEqual(before.free);
  let claimed = before;
  for (let i = 0; i < 40 && claimed.taintedBlocks === before.taintedBlocks; i++) {
    machine.allocate({ gfp: GFP_KERNEL, order: 8, mobility: Mobility.FIXED, life: PageLife.KERNEL });
    claimed = machine.views.groups(ORDER);
  }
  expect(claimed.taintedBlocks).toBeGreaterThan(before.taintedBlocks);
  expect(claimed.held).toBeGreaterThan(0);
});

it("groups smaller than a pageblock are refused", async () => {
  using machine = await Machine.create("tiny");
  expect(() => machine.views.groups(3)).toThrow(UnitError);
  expect(() => machine.views.groups(10.5)).toThrow(/order from 9 to 30/);
});
