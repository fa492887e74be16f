// Knows: that names of allocation flags give the masks of their kernel, and how a table of classes is read.

import { describe, expect, it } from "vitest";
import { parseInteger } from "../../../bindings/importers/capture/numbers.js";
import { eraOfClasses, parseGfpClasses } from "../../../bindings/importers/capture/trace/gfp_classes.js";
import { GFP_NAMES, type GfpEra, parseGfp } from "../../../bindings/importers/capture/trace/gfp_names.js";

describe("flag names", () => {
  // Masks printed by the kernels of the captures beside the names (gfp_classes.txt).
  const cases: [string, number, number][] = [
    ["GFP_KERNEL", 0xcc0, 0xcc0],
    ["GFP_KERNEL|__GFP_NOWARN|__GFP_RECLAIMABLE", 0x2cd0, 0x2cd0],
    ["GFP_HIGHUSER_MOVABLE|__GFP_NOWARN", 0x102cca, 0x102cca],
    ["GFP_ATOMIC|__GFP_NOWARN", 0x2a20, 0x2820],
    ["GFP_NOWAIT", 0x800, 0x2800],
    ["GFP_KERNEL|GFP_DMA32|__GFP_NOWARN", 0x2cc4, 0x2cc4],
    ["GFP_TRANSHUGE_LIGHT", 0x1c20ca, 0x1c20ca],
    ["GFP_TRANSHUGE", 0x1c24ca, 0x1c24ca],
    ["GFP_KERNEL_ACCOUNT|__GFP_ZERO", 0x400dc0, 0x400dc0],
    ["GFP_NOFS|__GFP_NOFAIL", 0x8c40, 0x8c40],
    ["GFP_NOIO", 0xc00, 0xc00],
    ["GFP_USER|GFP_DMA", 0x100cc1, 0x100cc1],
    ["GFP_HIGHUSER", 0x100cc2, 0x100cc2],
    ["none", 0, 0],
    ["0xdc0", 0xdc0, 0xdc0],
    ["GFP_KERNEL|0x80000000", 0x80000cc0, 0x80000cc0],
  ];
  it.each(cases)("%s", (text, v61, v612) => {
    expect(parseGfp(text, GFP_NAMES["6.1"])).toBe(v61);
    expect(parseGfp(text, GFP_NAMES["6.12"])).toBe(v612);
  });

  it("single names are single, different bits", () => {
    for (const era of Object.keys(GFP_NAMES) as GfpEra[]) {
      const bits = [...GFP_NAMES[era]].filter(([name]) => name.startsWith("__") && name !== "__GFP_RECLAIM");
      expect(new Set(bits.map(([, value]) => value)).size).toBe(bits.length);
      expect(bits.every(([, value]) => Number.isInteger(Math.log2(value)))).toBe(true);
    }
  });

  it("names of another kernel are not guessed", () => {
    expect(parseGfp("GFP_KERNEL|__GFP_ATOMIC", GFP_NAMES["6.12"])).toBeNaN();
    expect(parseGfp("GFP_KERNEL|__GFP_ATOMIC", GFP_NAMES["6.1"])).toBe(0xec0);
    expect(parseGfp("", GFP_NAMES["6.12"])).toBeNaN();
  });
});

describe("a table of classes", () => {
  const rows = ["0 0x2cc0 GFP_KERNEL|__GFP_NOWARN migratetype=0 zoneidx=2"];
  const atomic = (mask: string): string => `3 ${mask} GFP_ATOMIC|__GFP_NOWARN migratetype=0 zoneidx=1`;

  it("is read, and tells the era", () => {
    const classes = parseGfpClasses([...rows, atomic("0x2820"), ""].join("\n"), "gfp_classes.txt");
    expect(classes[1]).toEqual({
      line: 2,
      cls: 3,
      gfp: 0x2820,
      names: "GFP_ATOMIC|__GFP_NOWARN",
      migratetype: 0,
      zoneidx: 1,
    });
    expect(eraOfClasses(classes)).toBe("6.12");
    expect(eraOfClasses(parseGfpClasses(atomic("0x2a20"), "c"))).toBe("6.1");
    expect(eraOfClasses(parseGfpClasses(rows.join("\n"), "c"))).toBeUndefined();
    expect(eraOfClasses(parseGfpClasses(atomic("0x1"), "c"))).toBeUndefined();
  });

  it("names its damage", () => {
    expect(() => parseGfpClasses("0 0x2cc0", "c.txt")).toThrow(
      /^c.txt:1: "0 0x2cc0" is not a class; expected/,
    );
    expect(() => parseGfpClasses(`${rows[0]}\n${rows[0]}`, "c.txt")).toThrow(
      /^c.txt:2: second row of class 0/,
    );
  });
});

describe("integers", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["-12", -12],
    ["0x1f", 31],
    ["0xFF", 255],
    ["0xffffffffffffffff", -1],
    ["0xfffffffffffffff4", -12],
    ["0x100000000", 2 ** 32],
    ["377924013307", 377924013307],
  ];
  it.each(cases)("%s", (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });
  it.each(["", "-", "0x", "x1", "1 ", "1.5", "0x12345678123456781", "1e3", "0xg"])("not %j", (text) => {
    expect(parseInteger(text)).toBeNaN();
  });
});
