// Knows: what taking blocks off a free list through the tree, and giving them back, must do to a machine.
// Must not know: how it is done.

import { describe, expect, it } from "vitest";
import { FrameKind, Migratetype } from "../../../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../../bindings/engine/gfp.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";

const MOVABLE = "node-0/zone-DMA32/order-9/migrate-Movable";

function numbers(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}

async function aged(device = "tiny"): Promise<{ machine: Machine; tree: DebugTree }> {
  const machine = await Machine.create(device, { core: "checked" });
  machine.churn({ steps: 20_000, seed: 5, freeShare: 0.4 });
  machine.drainAll();
  return { machine, tree: new DebugTree(machine) };
}

describe("a free list", () => {
  it("shows its blocks from head to tail, and how many", async () => {
    const { machine, tree } = await aged();
    using _ = machine;
    const list = Array.from(machine.freeList(1, 0, Migratetype.MOVABLE));
    expect(list.length).toBeGreaterThan(3);
    const path = "node-0/zone-DMA32/order-0/migrate-Movable";
    expect(numbers(tree.read(`${path}/pfns`))).toEqual(list);
    expect(tree.read(`${path}/count`)).toBe(`${list.length}\n`);
    const types = tree.list("node-0/zone-DMA32/order-0").filter(({ kind }) => kind === "directory");
    const all = types.map(({ name }) => Number(tree.read(`node-0/zone-DMA32/order-0/${name}/count`)));
    expect(Number(tree.read("node-0/zone-DMA32/order-0/nr_free"))).toBe(all.reduce((sum, n) => sum + n, 0));
  });

  it("alloc takes blocks of that very order from the head, and holds them", async () => {
    const { machine, tree } = await aged();
    using _ = machine;
    const path = "node-0/zone-DMA32/order-0/migrate-Movable";
    const before = Array.from(machine.freeList(1, 0, Migratetype.MOVABLE));
    const free = Number(tree.read("node-0/zone-DMA32/free_pages"));
    tree.write(`${path}/alloc`, "3\n");
    expect(numbers(tree.read(`${path}/held`))).toEqual(before.slice(0, 3));
    expect(numbers(tree.read(`${path}/pfns`))).toEqual(before.slice(3));
    const pcp = Number(tree.read("node-0/zone-DMA32/pcp/cpu-0/diff_free_pages"));
    expect(Number(tree.read("node-0/zone-DMA32/free_pages")) + pcp).toBe(free - 3);
    for (const pfn of before.slice(0, 3)) expect(machine.views.frame(pfn).kind).toBe(FrameKind.ALLOCATED);
    expect(machine.validate().name).toBe("NONE");
  });

  it("alloc takes all that were asked for, or none", async () => {
    using machine = await Machine.create("tiny", { core: "checked" });
    const tree = new DebugTree(machine);
    expect(tree.read(`${MOVABLE}/count`)).toBe("2\n");
    const digest = machine.digest();
    for (const text of ["3", "18446744073709551615"]) {
      expect(() => tree.write(`${MOVABLE}/alloc`, text)).toThrow("Cannot allocate memory");
    }
    expect(machine.digest()).toBe(digest);
    expect(tree.read(`${MOVABLE}/held`)).toBe("");
    tree.write(`${MOVABLE}/alloc`, "0");
    expect(machine.digest()).toBe(digest);
    tree.write(`${MOVABLE}/alloc`, "2");
    expect(tree.read(`${MOVABLE}/count`)).toBe("0\n");
  });

  it("free gives the newest back, and does not mind more than there are", async () => {
    const { machine, tree } = await aged();
    using _ = machine;
    const path = "node-0/zone-DMA32/order-0/migrate-Movable";
    tree.write(`${path}/alloc`, "3");
    const held = numbers(tree.read(`${path}/held`));
    tree.write(`${path}/free`, "1");
    expect(numbers(tree.read(`${path}/held`))).toEqual(held.slice(0, 2));
    expect(machine.views.frame(held[2] ?? 0).kind).not.toBe(FrameKind.ALLOCATED);
    tree.write(`${path}/free`, "100");
    expect(tree.read(`${path}/held`)).toBe("");
    expect(machine.validate().name).toBe("NONE");
  });

  it("a free right behind an alloc leaves every counter as it was", async () => {
    for (const device of ["tiny", "tablet-8g"]) {
      const { machine, tree } = await aged(device);
      using _ = machine;
      machine.fold();
      const before = tree.read("buddyinfo");
      const zones = tree.list("node-0").map(({ name }) => `node-0/${name}`);
      let lists = 0;
      for (const zone of zones) {
        for (const { name: order } of tree.list(zone).filter(({ name }) => name.startsWith("order-"))) {
          for (const { name: type } of tree
            .list(`${zone}/${order}`)
            .filter(({ kind }) => kind === "directory")) {
            const path = `${zone}/${order}/${type}`;
            if (tree.read(`${path}/count`) === "0\n") continue;
            tree.write(`${path}/alloc`, "1");
            expect(machine.validate().name, path).toBe("NONE");
            tree.write(`${path}/free`, "1");
            lists += 1;
          }
        }
      }
      machine.fold();
      expect(lists).toBeGreaterThan(10);
      expect(tree.read("buddyinfo")).toBe(before);
      expect(machine.validate().name).toBe("NONE");
    }
  });

  it("held blocks stay held while the machine works", async () => {
    using machine = await Machine.create("tiny", { core: "checked" });
    const tree = new DebugTree(machine);
    tree.write(`${MOVABLE}/alloc`, "2");
    machine.churn({ steps: 50_000, seed: 3, freeShare: 0.1 });
    for (const pfn of numbers(tree.read(`${MOVABLE}/held`))) {
      expect(machine.views.frame(pfn)).toMatchObject({ kind: FrameKind.ALLOCATED, order: 9 });
    }
    tree.write(`${MOVABLE}/free`, "2");
    expect(machine.validate().name).toBe("NONE");
  });

  it("a held block that somebody else freed is an error, and forgotten", async () => {
    using machine = await Machine.create("tiny", { core: "checked" });
    const tree = new DebugTree(machine);
    tree.write(`${MOVABLE}/alloc`, "2");
    machine.release(numbers(tree.read(`${MOVABLE}/held`))[1] ?? 0, 9);
    machine.drainAll();
    expect(() => tree.write(`${MOVABLE}/free`, "2")).toThrow("Input/output error");
    expect(tree.read(`${MOVABLE}/held`)).toBe("");
    expect(machine.validate().name).toBe("NONE");
  });

  it("takes more blocks than one batch of commands holds", async () => {
    using machine = await Machine.create("phone-16g");
    const pages = Array.from({ length: 20_000 }, () => machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE }));
    for (const page of pages) if (page.ok && page.pfn % 2 === 0) machine.release(page.pfn);
    machine.drainAll();
    const tree = new DebugTree(machine);
    const path = "node-0/zone-Normal/order-0/migrate-Movable";
    const count = tree.read(`${path}/count`).trim();
    expect(Number(count)).toBeGreaterThan(9000);
    tree.write(`${path}/alloc`, count);
    expect(tree.read(`${path}/count`)).toBe("0\n");
    expect(numbers(tree.read(`${path}/held`))).toHaveLength(Number(count));
    tree.write(`${path}/free`, count);
    expect(machine.validate().name).toBe("NONE");
  });
});

describe("per-CPU lists", () => {
  it("show counts, limits and pages; drop_pcps empties them", async () => {
    using machine = await Machine.create("tiny", { core: "checked" });
    machine.churn({ steps: 5000, seed: 1, freeShare: 0.5 });
    const tree = new DebugTree(machine);
    const path = "node-0/zone-DMA32/pcp/cpu-0";
    const lists = tree.list(path).filter(({ name }) => name.startsWith("list-"));
    expect(lists.map(({ name }) => name)).toEqual([
      ...[0, 1, 2, 3].flatMap((order) =>
        ["Movable", "Reclaimable", "Unmovable"].map((type) => `list-${order}-${type}`),
      ),
      "list-9-Movable",
      "list-9-NonMovable",
    ]);
    const pages = lists.reduce((sum, { name }) => {
      const order = Number(/\d+/.exec(name)?.[0]);
      return sum + numbers(tree.read(`${path}/${name}`)).length * 2 ** order;
    }, 0);
    expect(pages).toBeGreaterThan(0);
    expect(tree.read(`${path}/count`)).toBe(`${pages}\n`);
    const { high, batch, highMax } = machine.views.pcp(0, 1);
    expect(["high", "batch", "high_max"].map((name) => Number(tree.read(`${path}/${name}`)))).toEqual([
      high,
      batch,
      highMax,
    ]);
    tree.write("drop_pcps", "1");
    expect(tree.read(`${path}/count`)).toBe("0\n");
  });

  it("have the fields of their kernel", async () => {
    using old = await Machine.create("tablet-8g");
    const names = new DebugTree(old).list("node-0/zone-Normal/pcp/cpu-7").map(({ name }) => name);
    expect(names).toContain("free_factor");
    expect(names).not.toContain("high_max");
    expect(names).toContain("list-10-Movable");
  });
});
