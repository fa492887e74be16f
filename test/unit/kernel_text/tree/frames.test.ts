// Knows: what frames/<pfn> must say of each kind of frame.
// Must not know: how a frame is packed.

import { describe, expect, it } from "vitest";
import { FrameKind, Migratetype, Mobility, PageFlag, PageLife } from "../../../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../../bindings/engine/gfp.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";

async function open() {
  const machine = await Machine.create("tiny", { core: "checked" });
  const tree = new DebugTree(machine);
  const frame = (pfn: number | string) => {
    const lines = tree.read(`frames/${pfn}`).trimEnd().split("\n");
    return Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]));
  };
  return { machine, tree, frame };
}

describe("frames", () => {
  it("lists its range, and knows every frame in it", async () => {
    const { machine, tree, frame } = await open();
    using _ = machine;
    expect(tree.list("frames").map(({ name }) => name)).toEqual(["range"]);
    expect(tree.read("frames/range")).toBe("0 16383\n");
    expect(frame("0x3fff")["pfn"]).toBe("16383");
    expect(frame(16_383)["address"]).toBe("0x3fff000");
  });

  it("a free frame: its block and its list", async () => {
    const { machine, frame } = await open();
    using _ = machine;
    const head = machine.freeList(1, 10, Migratetype.CMA)[0] ?? 0;
    expect(frame(head + 7)).toEqual({
      pfn: String(head + 7),
      address: `0x${((head + 7) * 4096).toString(16)}`,
      pageblock: "CMA",
      kind: "BUDDY",
      zone: "DMA32",
      head: String(head),
      order: "10",
      list: "CMA",
    });
  });

  it("a reserved frame, and one on a per-CPU list", async () => {
    const { machine, frame } = await open();
    using _ = machine;
    expect(frame(1)).toEqual({
      pfn: "1",
      address: "0x1000",
      pageblock: "Movable",
      kind: "RESERVED",
      zone: "DMA",
    });
    const page = machine.allocate({ gfp: GFP_KERNEL });
    if (page.ok) machine.release(page.pfn);
    expect(page.ok && frame(page.pfn)).toMatchObject({ kind: "PCP", order: "0" });
  });

  it("a page in use: its life, flags, pins", async () => {
    const { machine, tree, frame } = await open();
    using _ = machine;
    const flags = PageFlag.DIRTY | PageFlag.MAPPED;
    const content = { mobility: Mobility.LRU, life: PageLife.FILE, flags };
    const page = machine.allocate({ order: 2, gfp: GFP_HIGHUSER_MOVABLE, ...content });
    if (!page.ok) throw new Error("no page");
    machine.setClock(5);
    machine.pin(page.pfn, { owner: 42 });
    expect(frame(page.pfn + 3)).toMatchObject({
      kind: FrameKind[FrameKind.ALLOCATED],
      order: "2",
      head: String(page.pfn),
      life: "FILE",
      mobility: "LRU",
      flags: "DIRTY MAPPED",
      pins: "1",
    });
    expect(tree.read(`frames/${page.pfn}`)).toMatch(/^pin \d+: SHORT owner 42 since 5 ns$/m);
    machine.unpin(page.pfn);
    expect(frame(page.pfn)["pins"]).toBe("0");
  });

  it("a page that was pinned and released: an orphan with its pin, and nothing but that", async () => {
    const { machine, frame } = await open();
    using _ = machine;
    const page = machine.allocate({ gfp: GFP_KERNEL });
    if (!page.ok) throw new Error("no page");
    machine.pin(page.pfn);
    machine.release(page.pfn);
    expect(frame(page.pfn)).toMatchObject({
      kind: "ALLOCATED",
      pins: "1",
      orphan: "freed, goes with its last pin",
    });
    machine.unpin(page.pfn);
    expect(frame(page.pfn)["kind"]).not.toBe("ALLOCATED");
  });

  it("pages given out by cma_alloc", async () => {
    const { machine, tree, frame } = await open();
    using _ = machine;
    tree.write("cma/reserved/alloc", "2");
    const base = machine.cma.area(0).ranges[0]?.basePfn ?? 0;
    expect(frame(base + 1)).toMatchObject({
      kind: "ALLOCATED",
      life: "CMA",
      mobility: "FIXED",
      flags: "none",
    });
  });
});
