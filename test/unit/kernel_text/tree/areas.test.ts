// Knows: what the CMA files must do: the kernel's cma_debug.c and cma_sysfs.c, rule by rule.
// Must not know: how cma_alloc finds its pages.

import { describe, expect, it } from "vitest";
import { Op } from "../../../../assembly/abi/vocabulary.js";
import type { DeviceDescription } from "../../../../bindings/device/index.js";
import { getPreset } from "../../../../bindings/device/index.js";
import { MiB } from "../../../../bindings/engine/units.js";
import { renderAvailablePages, renderCmaBitmap } from "../../../../bindings/kernel_text/proc/cma.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";

async function open(device: DeviceDescription | string = "tiny") {
  const machine = await Machine.create(device, { core: "checked" });
  const tree = new DebugTree(machine);
  const read = (name: string, area = "reserved") => tree.read(`cma/${area}/${name}`);
  const write = (name: string, text: string, area = "reserved") => tree.write(`cma/${area}/${name}`, text);
  return { machine, tree, read, write };
}

function withAreas(areas: NonNullable<DeviceDescription["areas"]>, kernel: "6.12" | "6.1" | "6.15" = "6.12") {
  return { ...getPreset("tiny"), kernel, areas };
}

/** Marks a free page of the area as in use by somebody who cannot give it away. */
function blockPage(machine: Machine, pfn: number): void {
  machine.commands.push(Op.TAKE_FREE, { a: pfn });
  machine.commands.flush("a page that cannot move");
}

describe("cma/<name>", () => {
  it("shows an empty area", async () => {
    const { machine, read } = await open();
    using _ = machine;
    expect(read("count")).toBe("4096\n");
    expect(read("used")).toBe("0\n");
    expect(read("maxchunk")).toBe("4096\n");
    expect(read("order_per_bit")).toBe("0\n");
    expect(read("base_pfn")).toBe(`${machine.cma.area(0).ranges[0]?.basePfn}\n`);
    expect(read("bitmap")).toBe(`${new Array(128).fill(0).join(" ")}\n`);
  });

  it("alloc is cma_alloc with alignment 0; the bitmap is decimal u32 words, least significant bit first", async () => {
    const { machine, read, write } = await open();
    using _ = machine;
    write("alloc", "1\n");
    write("alloc", "39");
    write("alloc", "0x18");
    expect(read("bitmap").split(" ").slice(0, 3)).toEqual(["4294967295", "4294967295", "0"]);
    expect([read("used"), read("maxchunk")]).toEqual(["64\n", "4032\n"]);
    expect(read("alloc_pages_success")).toBe("64\n");
    expect(read("available_pages")).toBe("4032\n");
    expect(read("total_pages")).toBe("4096\n");
    expect(machine.validate().name).toBe("NONE");
  });

  it("free releases what was allocated here, the newest first, and splits", async () => {
    const { machine, read, write } = await open();
    using _ = machine;
    const base = machine.cma.area(0).ranges[0]?.basePfn ?? 0;
    write("alloc", "10");
    write("alloc", "20");
    write("alloc", "30");
    expect(read("held")).toBe(`${base + 30} 30\n${base + 10} 20\n${base} 10\n`);
    write("free", "35");
    // All 30 of the newest, then the first 5 of the one before.
    expect(read("held")).toBe(`${base + 15} 15\n${base} 10\n`);
    expect(read("bitmap").split(" ")[0]).toBe(String((2 ** 10 - 1 + (2 ** 30 - 2 ** 15)) >>> 0));
    expect(read("release_pages_success")).toBe("35\n");
    write("free", "1000");
    expect([read("held"), read("used")]).toEqual(["", "0\n"]);
    write("free", "1");
    expect(machine.validate().name).toBe("NONE");
  });

  it("free does not touch what others allocated", async () => {
    const { machine, read, write } = await open();
    using _ = machine;
    machine.cma.allocate({ area: 0, pages: 100 });
    write("free", "100");
    expect(read("used")).toBe("100\n");
  });

  it("free of 2^32 - 1 is -1 to the kernel, and frees everything", async () => {
    const { machine, read, write } = await open();
    using _ = machine;
    write("alloc", "10");
    write("alloc", "10");
    write("free", "4294967295");
    expect(read("used")).toBe("0\n");
  });

  it("with several pages to a bit, blocks are given back whole or not at all", async () => {
    const { machine, read, write } = await open(
      withAreas([{ name: "reserved", size: MiB(16), orderPerBit: 3 }]),
    );
    using _ = machine;
    write("alloc", "10");
    expect([read("used"), read("order_per_bit"), read("maxchunk")]).toEqual(["16\n", "3\n", "4080\n"]);
    expect(read("bitmap").split(" ")).toHaveLength(16);
    write("free", "9");
    expect(read("used")).toBe("16\n");
    write("free", "10");
    expect(read("used")).toBe("0\n");
  });

  it.each(["0", "4097", "4294967295", "0x80000000"])("alloc of %s: Cannot allocate memory", async (text) => {
    const { machine, read, write } = await open();
    using _ = machine;
    const digest = machine.digest();
    expect(() => write("alloc", text)).toThrow("cma/reserved/alloc: Cannot allocate memory");
    expect([read("held"), read("used")]).toEqual(["", "0\n"]);
    expect(machine.digest()).toBe(digest);
  });

  it("pages that were released behind its back are an error, and forgotten", async () => {
    const { machine, read, write } = await open();
    using _ = machine;
    write("alloc", "8");
    machine.cma.release(0, machine.cma.area(0).ranges[0]?.basePfn ?? 0, 8);
    expect(() => write("free", "8")).toThrow("Input/output error");
    expect(read("held")).toBe("");
  });

  it("says why a request failed: sysfs counters, the kernel log, the windows that were tried", async () => {
    const { machine, tree, read, write } = await open();
    using _ = machine;
    const base = machine.cma.area(0).ranges[0]?.basePfn ?? 0;
    blockPage(machine, base + 5);
    write("alloc", "3");
    expect(read("windows")).toBe(`start=${base} errno=NONE\n`);
    expect(() => write("alloc", "4092")).toThrow("Cannot allocate memory");
    const tried = [3, 4].map((at) => `start=${base + at} errno=EBUSY blocker=${base + 5} reason=UNMOVABLE\n`);
    expect(read("windows")).toBe(tried.join(""));
    expect(read("alloc_pages_fail")).toBe("4092\n");
    write("alloc", "4000");
    expect(() => write("alloc", "500")).toThrow("Cannot allocate memory");
    expect(tree.read("dmesg")).toBe(
      "cma: __cma_alloc: reserved: alloc failed, req-size: 4092 pages, ret: -16\n" +
        "cma: number of available pages: 4093@3=> 4093 free of 4096 total pages\n" +
        "cma: __cma_alloc: reserved: alloc failed, req-size: 500 pages, ret: -12\n" +
        "cma: number of available pages: 3@3+90@4006=> 93 free of 4096 total pages\n",
    );
    expect(tree.read("vmstat")).toMatch(/^cma_alloc_success 2\ncma_alloc_fail 2$/m);
  });

  it("in 6.1 the log has another function's name and no list", async () => {
    const { machine, tree, write } = await open(withAreas([{ name: "linux,cma", size: MiB(2) }], "6.1"));
    using _ = machine;
    write("alloc", "500", "linux,cma");
    expect(() => write("alloc", "13", "linux,cma")).toThrow();
    expect(tree.read("dmesg")).toBe(
      "cma: cma_alloc: linux,cma: alloc failed, req-size: 13 pages, ret: -12\n",
    );
  });

  it("has ranges from 6.15 on: sums over all, base_pfn and bitmap of the first", async () => {
    const { machine, tree, read, write } = await open("tiny-ranges");
    using _ = machine;
    expect(tree.list("cma/reserved/ranges").map(({ name }) => name)).toEqual(["0", "1"]);
    expect([read("ranges/0/base_pfn"), read("ranges/1/base_pfn")]).toEqual(["2048\n", "12288\n"]);
    expect(read("base_pfn")).toBe("2048\n");
    write("alloc", "1500");
    write("alloc", "24");
    expect([read("count"), read("used"), read("maxchunk")]).toEqual(["3072\n", "1524\n", "1000\n"]);
    expect(read("bitmap")).toBe(read("ranges/0/bitmap"));
    expect(read("ranges/0/bitmap").split(" ")).toEqual([
      "16777215",
      ...new Array(31).fill("0").slice(1),
      "0\n",
    ]);
    expect(read("ranges/1/bitmap").split(" ")).toHaveLength(64);
    const { machine: single, tree: plain } = await open(
      withAreas([{ name: "reserved", size: MiB(16) }], "6.15"),
    );
    expect(plain.list("cma/reserved/ranges").map(({ name }) => name)).toEqual(["0"]);
    plain.write("cma/reserved/alloc", "4000");
    expect(() => plain.write("cma/reserved/alloc", "97")).toThrow();
    expect(plain.read("dmesg")).toMatch(/ret: -16\ncma: number of available pages: 96@4000=> 96 free/);
    single.dispose();
    const { machine: old, tree: without } = await open();
    expect(() => without.list("cma/reserved/ranges")).toThrow("No such file or directory");
    old.dispose();
  });

  it("names directories so that each is one part of a path, and none stands twice", async () => {
    const size = MiB(2);
    const names = ["a/b", "a!b", "..", "cma0\n", "x y"];
    const { machine, tree } = await open(withAreas(names.map((name) => ({ name, size }))));
    using _ = machine;
    expect(tree.list("cma").map(({ name }) => name)).toEqual(["a!b", "cma0", "cma1", "cma2", "x y"]);
    for (const { name } of tree.list("cma")) expect(tree.read(`cma/${name}/count`)).toBe("512\n");
  });

  it("there is nothing in cma without areas", async () => {
    const { machine, tree } = await open(withAreas([]));
    using _ = machine;
    expect(tree.list("cma")).toEqual([]);
  });
});

describe("the text", () => {
  it("of a bitmap is unsigned", () => {
    expect(renderCmaBitmap(Int32Array.of(-1, 1))).toBe("4294967295 1\n");
    expect(renderCmaBitmap([])).toBe("\n");
  });

  it("of free runs counts pages at positions in bits", () => {
    const runs = [
      { start: 93, length: 1 },
      { start: 108, length: 4 },
    ];
    expect(renderAvailablePages(runs, 1, 1024)).toBe(
      "cma: number of available pages: 2@93+8@108=> 10 free of 1024 total pages\n",
    );
    expect(renderAvailablePages([], 0, 65536)).toBe(
      "cma: number of available pages: => 0 free of 65536 total pages\n",
    );
  });
});
