// Knows: paths, listings and errors of the debug tree, the same for every file.
// Must not know: what the files mean (the other tests of this folder).

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PageblockError } from "../../../../bindings/engine/errors.js";
import { parseAttribute } from "../../../../bindings/kernel_text/tree/entries.js";
import { DebugTree, DebugTreeError } from "../../../../bindings/kernel_text/tree/index.js";
import { compareNames, splitPath } from "../../../../bindings/kernel_text/tree/tree.js";
import { Machine } from "../../../../bindings/machine/machine.js";

let machine: Machine;
let tree: DebugTree;

beforeAll(async () => {
  machine = await Machine.create("tiny", { core: "checked" });
  tree = new DebugTree(machine);
});
afterAll(() => machine.dispose());

/** The errno name of what an operation throws. */
function errnoOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(DebugTreeError);
    expect(error).toBeInstanceOf(PageblockError);
    return (error as DebugTreeError).errno;
  }
  return "nothing";
}

const names = (path: string) => tree.list(path).map(({ name }) => name);

describe("directories", () => {
  it("are those that the talk asks for, and the kernel's", () => {
    expect(names("/")).toEqual(
      "buddyinfo cma dmesg drop_pcps frames node-0 pagetypeinfo vmstat zoneinfo".split(" "),
    );
    expect(names("node-0")).toEqual(["zone-DMA", "zone-DMA32"]);
    expect(names("node-0/zone-DMA/order-10")).toEqual([
      ..."CMA HighAtomic Isolate Movable Reclaimable Unmovable".split(" ").map((type) => `migrate-${type}`),
      "nr_free",
    ]);
    expect(names("node-0/zone-DMA32/order-0/migrate-Movable")).toEqual(
      "alloc count free held pfns".split(" "),
    );
    expect(names("node-0/zone-DMA/pcp")).toEqual(["cpu-0"]);
    expect(names("cma")).toEqual(["reserved"]);
  });

  it("list numbers inside names by value", () => {
    expect(names("node-0/zone-DMA").filter((name) => name.startsWith("order-"))).toEqual(
      Array.from({ length: 11 }, (_, order) => `order-${order}`),
    );
    expect(["b10", "b9", "a", "b", "b9a"].sort(compareNames)).toEqual(["a", "b", "b9", "b9a", "b10"]);
  });

  it("tell what can be read and written", () => {
    const entry = (path: string) => {
      const { kind, readable, writable } = tree.stat(path);
      return [kind, readable, writable];
    };
    expect(entry("cma/reserved/alloc")).toEqual(["file", false, true]);
    expect(entry("cma/reserved/used")).toEqual(["file", true, false]);
    expect(entry("cma")).toEqual(["directory", true, false]);
    expect(tree.stat("/")).toMatchObject({ name: "/", kind: "directory" });
    expect(tree.stat("/cma/reserved").name).toBe("reserved");
  });

  it("have readable files throughout: none fails, all end with a line end", () => {
    let files = 0;
    const visit = (path: string) => {
      for (const { name, kind, readable } of tree.list(path)) {
        if (kind === "directory") visit(`${path}/${name}`);
        else if (readable) {
          const text = tree.read(`${path}/${name}`);
          expect(text === "" || text.endsWith("\n"), `${path}/${name}`).toBe(true);
          files += 1;
        }
      }
    };
    visit("");
    expect(files).toBeGreaterThan(400);
  });
});

describe("paths", () => {
  it("need no leading slash, and may go up", () => {
    expect(tree.read("//cma/./reserved/../reserved/count")).toBe("4096\n");
    expect(tree.read("../../cma/reserved/count")).toBe("4096\n");
    expect(splitPath("/a//b/./../c/")).toEqual(["a", "c"]);
  });

  it.each([
    ["ENOENT", "nothing"],
    ["ENOENT", "cma/reserved/nothing"],
    ["ENOENT", "node-1"],
    ["ENOENT", "constructor"],
    ["ENOENT", "frames/16384"],
    ["ENOENT", "frames/-1"],
    ["ENOENT", "frames/1.5"],
    ["ENOTDIR", "buddyinfo/x"],
    ["ENOTDIR", "buddyinfo/"],
    ["EISDIR", "cma"],
    ["EISDIR", ""],
    ["EACCES", "cma/reserved/alloc"],
  ])("%s: read of %j", (errno, path) => {
    expect(errnoOf(() => tree.read(path))).toBe(errno);
  });

  it.each([
    ["ENOENT", "nothing", "1"],
    ["EISDIR", "cma", "1"],
    ["EACCES", "buddyinfo", "1"],
    ["EACCES", "cma/reserved/count", "1"],
    ["EINVAL", "drop_pcps", ""],
    ["EINVAL", "cma/reserved/alloc", "many"],
    ["nothing", "drop_pcps", "1\n"],
  ])("%s: write to %j of %j", (errno, path, text) => {
    const before = machine.digest();
    expect(errnoOf(() => tree.write(path, text))).toBe(errno);
    expect(machine.digest()).toBe(before);
  });

  it("list of a file is Not a directory, and the message is a shell's", () => {
    expect(errnoOf(() => tree.list("buddyinfo"))).toBe("ENOTDIR");
    expect(() => tree.list("nothing")).toThrow("nothing: No such file or directory");
  });
});

describe("attributes take what kstrtoull takes", () => {
  it.each([
    ["0", 0n],
    ["1\n", 1n],
    ["+7", 7n],
    ["0x1F", 31n],
    ["010", 8n],
    ["18446744073709551615", 2n ** 64n - 1n],
    ["18446744073709551616", undefined],
    ["", undefined],
    ["\n", undefined],
    ["-1", undefined],
    ["08", undefined],
    ["0x", undefined],
    [" 1", undefined],
    ["1 ", undefined],
    ["1\n\n", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
  ])("%j", (text, value) => {
    expect(parseAttribute(text)).toBe(value);
  });
});
