// Knows: where each counter of zoneinfo, vmstat and sysfs comes from: the machine, a captured file, or nowhere.
// Must not know: real captures (captures.test).

import { describe, expect, it } from "vitest";
import { Mobility, PageLife } from "../../../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../../bindings/engine/gfp.js";
import { readCapturedFiles } from "../../../../bindings/importers/procfs/kept.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";

const ANON = { gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON };

/** Values by name, without what is printed beside them. */
function values(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^ *([a-z]\w+) +(\d+)$/gm)].map(([, name, value]) => [name, value]),
  );
}

/** A zoneinfo in which every number is a lie, of a kernel with a counter that ours does not have. */
function poisoned(text: string): string {
  return text.replace(/\d+$/gm, "424242").replace(/^( {6}nr_mlock .*)$/gm, "$1\n      nr_zspages   7");
}

describe("a machine of a device", () => {
  it("has its own counts, and 0 for what it does not model", async () => {
    using machine = await Machine.create("tiny");
    const tree = new DebugTree(machine);
    for (let i = 0; i < 10; i++) machine.allocate(ANON);
    const zoneinfo = values(tree.read("zoneinfo").replace(/^[\s\S]*(?=Node 0, zone {4}DMA32)/, ""));
    expect(zoneinfo["nr_zone_inactive_anon"]).toBe("10");
    expect(zoneinfo["nr_mlock"]).toBe("0");
    const vmstat = values(tree.read("vmstat"));
    expect(vmstat).toMatchObject({
      nr_inactive_anon: "10",
      nr_zone_inactive_anon: "10",
      cma_alloc_success: "0",
    });
    expect(Object.keys(vmstat)).not.toContain("nr_slab_reclaimable");
    const { freePages } = machine.views.zone(1);
    expect(Number(vmstat["nr_free_pages"])).toBe(freePages + machine.views.zone(0).freePages);
  });

  it("made late, the tree shows what happened before", async () => {
    using machine = await Machine.create("tiny");
    machine.allocate(ANON);
    machine.cma.allocate({ area: 0, pages: 3 });
    const tree = new DebugTree(machine);
    expect(values(tree.read("vmstat"))).toMatchObject({ nr_inactive_anon: "1", cma_alloc_success: "1" });
    expect(tree.read("cma/reserved/alloc_pages_success")).toBe("3\n");
  });

  it("zones without memory are in zoneinfo, and in no other file", async () => {
    using machine = await Machine.create("tiny");
    const tree = new DebugTree(machine);
    const zones = (name: string) =>
      new Set([...tree.read(name).matchAll(/zone +(\w+)/g)].map(([, zone]) => zone));
    expect(zones("zoneinfo")).toEqual(new Set(["DMA", "DMA32", "Normal", "Movable"]));
    expect(zones("buddyinfo")).toEqual(new Set(["DMA", "DMA32"]));
    expect(zones("pagetypeinfo")).toEqual(new Set(["DMA", "DMA32"]));
    const movable = tree.read("zoneinfo").split(/^(?=Node)/m)[3];
    expect(movable).toMatch(
      /^Node 0, zone {2}Movable\n {2}pages free {5}0\n[\s\S]*min {6}32\n[\s\S]*protection: \(0, 0, 0, 0\)\n$/,
    );
  });

  it("names zones as the kernel does that has no ZONE_DMA", async () => {
    using phone = await Machine.create("tablet-8g");
    const text = new DebugTree(phone).read("zoneinfo");
    expect([...text.matchAll(/^Node 0, zone +(\w+)$/gm)].map(([, name]) => name)).toEqual([
      "DMA32",
      "Normal",
      "Movable",
    ]);
    expect(text).not.toMatch("promo");
    expect(text.match(/per-node stats/g)).toHaveLength(1);
    expect(text.match(/^ {4}cpu: \d$/gm)).toHaveLength(8);
  });
});

describe("captured files", () => {
  it("decide nothing that the machine knows", async () => {
    using machine = await Machine.create("tiny");
    const truth = new DebugTree(machine).read("zoneinfo");
    const tree = new DebugTree(machine, { captured: { zoneinfo: poisoned(truth) } });
    const lies = tree
      .read("zoneinfo")
      .split("\n")
      .filter((line) => line.includes("424242"));
    // What remains are LRU counts, of which only the change is known, and counters that are not modelled.
    const known =
      /pages free|boost|min|low|high|promo|spanned|present|managed|cma|protection|nr_free|cpu|count|batch|threshold|start_pfn/;
    expect(lies.filter((line) => known.test(line))).toEqual([]);
    expect(lies.length).toBeGreaterThan(40);
  });

  it("keep counters that our list does not have, where they stand", async () => {
    using machine = await Machine.create("tiny");
    const truth = new DebugTree(machine).read("zoneinfo");
    const text = new DebugTree(machine, { captured: { zoneinfo: poisoned(truth) } }).read("zoneinfo");
    expect(text).toMatch(/^ {6}nr_mlock {5}424242\n {6}nr_zspages {3}7\n {6}nr_bounce {4}424242$/m);
  });

  it("are where LRU counts and events start", async () => {
    using machine = await Machine.create("tiny");
    machine.allocate(ANON);
    const captured = {
      zoneinfo: "Node 0, zone    DMA32\n  pages free     1\n      nr_zone_inactive_anon 738\n",
      vmstat:
        "nr_zone_inactive_anon 740\nnr_inactive_anon 738\npgfault 18446744073709551615\ncma_alloc_success 5\n",
      cmaSysfs: "reserved alloc_pages_success: 16\nmy area alloc_pages_success: 1\n",
    };
    const tree = new DebugTree(machine, { captured });
    machine.allocate(ANON);
    machine.allocate(ANON);
    tree.write("cma/reserved/alloc", "4");
    expect(tree.read("zoneinfo")).toMatch(/^ {6}nr_zone_inactive_anon 740$/m);
    expect(tree.read("vmstat")).toBe(
      "nr_zone_inactive_anon 742\nnr_inactive_anon 740\npgfault 18446744073709551615\ncma_alloc_success 6\n",
    );
    expect(tree.read("cma/reserved/alloc_pages_success")).toBe("20\n");
    expect(tree.read("cma/reserved/alloc_pages_fail")).toBe("0\n");
  });

  it("an LRU count never falls below 0", async () => {
    using machine = await Machine.create("tiny");
    const pages = [1, 2, 3].map(() => machine.allocate(ANON));
    const tree = new DebugTree(machine, { captured: { vmstat: "nr_inactive_anon 1\n" } });
    for (const page of pages) if (page.ok) machine.release(page.pfn);
    expect(tree.read("vmstat")).toBe("nr_inactive_anon 0\n");
  });

  it("nonsense is no counter", () => {
    const { zones, node, vmstat, areas } = readCapturedFiles({
      zoneinfo: "\0\nNode 0\n",
      vmstat: "<html>",
      cmaSysfs: "x",
    });
    expect([zones.size, node.size, vmstat.size, areas.size]).toEqual([0, 0, 0, 0]);
  });
});
