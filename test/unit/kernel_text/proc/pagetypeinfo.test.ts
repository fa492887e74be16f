import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  buildPagetypeinfo,
  migratetypeNames,
  migratetypes,
  type Pagetypeinfo,
} from "../../../../bindings/analysis/index.js";
import { renderBuddyinfo, renderPagetypeinfo } from "../../../../bindings/kernel_text/proc/pagetypeinfo.js";

const ROOT = new URL("../../../../../shared/data/kernel/", import.meta.url);
const present = existsSync(ROOT);
const sets = present
  ? readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

function read(set: string, name: string): string {
  return gunzipSync(readFileSync(new URL(`${set}/before/${name}.txt.gz`, ROOT))).toString("latin1");
}

/** The numbers of a real file, with nothing left of its layout. */
function parse(text: string): Pagetypeinfo {
  const numbers = (part: string) => part.trim().split(/\s+/).map(Number);
  const free = [...text.matchAll(/^Node +(\d+), zone +(\S+), type +(\S+) (.*)$/gm)];
  const blocks = [...text.matchAll(/^Node (\d+), zone +(\S+) +([\d ]+)$/gm)];
  const orders = numbers(free[0]?.[4] ?? "").length;
  return buildPagetypeinfo({
    pageblockOrder: Number(/^Page block order: (\d+)$/m.exec(text)?.[1]),
    maxPageOrder: orders - 1,
    zones: blocks.map(([, node, name = "", counts = ""]) => ({
      name,
      node: Number(node),
      blocks: numbers(counts),
      counts: migratetypes.map((type) => {
        const row = free.find((match) => match[2] === name && match[3] === migratetypeNames[type]);
        return numbers(row?.[4] ?? "");
      }),
    })),
  });
}

describe.skipIf(!present)("files of the captured kernels", () => {
  it.each(sets)("%s", (set) => {
    const text = read(set, "pagetypeinfo");
    const info = parse(text);
    expect(info.zones.length).toBeGreaterThan(0);
    expect(renderPagetypeinfo(info)).toBe(text);
    // The two files of a capture were read one after the other: only the layout is compared.
    const layout = (file: string) => file.replace(/ +\d+(?= )/g, (match) => "#".repeat(match.length));
    const buddyinfo = renderBuddyinfo(info);
    expect(layout(buddyinfo)).toBe(layout(read(set, "buddyinfo")));
  });
});

describe("renderPagetypeinfo", () => {
  const counts = [
    [1, 100_000, 0],
    [0, 0, 7],
  ];
  const info = buildPagetypeinfo({
    pageblockOrder: 1,
    maxPageOrder: 2,
    zones: [{ name: "Normal", counts, blocks: [3, 1234567] }],
  });

  it("prints the kernel's columns, and > where the kernel stops counting", () => {
    expect(renderPagetypeinfo(info).split("\n").slice(0, 7)).toEqual([
      "Page block order: 1",
      "Pages per block:  2",
      "",
      "Free pages count per migrate type at order       0      1      2 ",
      "Node    0, zone   Normal, type    Unmovable      1 >100000      0 ",
      "Node    0, zone   Normal, type      Movable      0      0      7 ",
      "Node    0, zone   Normal, type  Reclaimable      0      0      0 ",
    ]);
    expect(renderPagetypeinfo(info).split("\n").slice(11)).toEqual([
      "Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic          CMA      Isolate ",
      "Node 0, zone   Normal            3      1234567            0            0            0            0 ",
      "",
    ]);
  });

  it("adds the types up for buddyinfo, without a limit", () => {
    expect(renderBuddyinfo(info)).toBe("Node 0, zone   Normal      1 100000      7 \n");
  });
});
