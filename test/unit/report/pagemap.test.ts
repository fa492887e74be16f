import { describe, expect, it } from "vitest";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import { presetNames, presets } from "../../../bindings/device/index.js";
import { type PageMapBlocks, type PageMapInput, renderPageMapSvg } from "../../../bindings/report/index.js";
import { HOLE_KIND, layOutCells, RESERVED_KIND } from "../../../bindings/report/pagemap/cells.js";
import { freeLevel, LEVELS, RESERVED_COLOR, rampColor, typeRamps } from "../../../bindings/report/palette.js";
import { escapeXml } from "../../../bindings/report/svg.js";
import { fakePageMap } from "./fakemap.js";

const BLOCK = 512;
type Block = Partial<{
  type: number;
  free: number;
  pcp: number;
  used: number;
  reserved: number;
  hole: number;
}>;

/** A map of 2 MiB pageblocks from `start` on. */
function blocks(list: readonly Block[], start = 0): PageMapBlocks {
  const column = (pick: (block: Block, i: number) => number) => list.map(pick);
  return {
    pfn: column((_, i) => start + i * BLOCK),
    type: column((block) => block.type ?? Migratetype.MOVABLE),
    freePages: column((block) => block.free ?? 0),
    pcpPages: column((block) => block.pcp ?? 0),
    allocatedPages: column((block) => block.used ?? 0),
    movablePages: column(() => 0),
    reservedPages: column((block) => block.reserved ?? 0),
    holePages: column((block) => block.hole ?? 0),
  };
}

function map(list: readonly Block[], change: Partial<PageMapInput> = {}): PageMapInput {
  return {
    title: "test",
    pageShift: 12,
    pageblockOrder: 9,
    zones: [{ name: "Normal", start: 0, end: list.length * BLOCK }],
    areas: [],
    blocks: blocks(list),
    ...change,
  };
}

const free: Block = { free: BLOCK };
const used: Block = { used: BLOCK };
const hole: Block = { type: 255, hole: BLOCK };

/** Every tag of the file opens, closes and nests; no markup in between that an XML reader would refuse. */
function isWellFormed(svg: string): boolean {
  const stack: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-zA-Z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g,
    (_, close, name, _attributes, empty) => {
      if (close === "/") {
        if (stack.pop() !== name) stack.push("mismatch");
      } else if (empty !== "/") {
        stack.push(name);
      }
      return "";
    },
  );
  return stack.length === 0 && !/[<>]/.test(rest) && !/&(?!amp;|lt;|gt;|quot;|apos;)/.test(rest);
}

/** Area of all rectangles of the paths with one fill, in square pixels. */
function filledArea(svg: string, fill: string): number {
  let area = 0;
  for (const [, d = ""] of svg.matchAll(new RegExp(`<path fill="${fill}" d="([^"]*)"/>`, "g"))) {
    for (const [, width, height] of d.matchAll(/M\d+ \d+h(\d+)v(\d+)h-\d+z/g))
      area += Number(width) * Number(height);
  }
  return area;
}

describe("cells", () => {
  it("take the type of most of their memory and name a second one", () => {
    const list = [
      { type: Migratetype.CMA, used: BLOCK },
      { type: Migratetype.MOVABLE, free: 100, pcp: 10, used: 402 },
      { type: Migratetype.MOVABLE, used: BLOCK },
      { type: Migratetype.UNMOVABLE, used: 100, reserved: 412 },
      { reserved: BLOCK },
      { reserved: 100, hole: 412 },
      hole,
      hole,
    ];
    const layout = layOutCells(map(list, { maxCells: 2 }));
    expect(layout.blocksPerCell).toBe(4);
    expect(layout.panels[0]?.cells).toEqual([
      { kind: Migratetype.MOVABLE, second: Migratetype.CMA, free: 110, usable: 3 * BLOCK + 100 },
      { kind: RESERVED_KIND, second: HOLE_KIND, free: 0, usable: 0 },
    ]);
  });

  it("stand for the smallest power of two of pageblocks that fits", () => {
    const cells = (count: number, maxCells: number) =>
      layOutCells(map(new Array<Block>(count).fill(free), { maxCells })).blocksPerCell;
    expect([cells(64, 64), cells(65, 64), cells(128, 64), cells(129, 64)]).toEqual([1, 2, 2, 4]);
  });

  it("leave long holes out and keep short ones", () => {
    const list = [...new Array<Block>(10).fill(free), hole, free, ...new Array<Block>(100).fill(hole), used];
    const layout = layOutCells(map(list));
    expect(layout.panels.map((panel) => [panel.start / BLOCK, panel.cells.length, panel.offset])).toEqual([
      [0, 12, 0],
      [112, 1, 16],
    ]);
    expect(layout.gaps[0]).toEqual({ start: 12 * BLOCK, end: 112 * BLOCK });
    expect(layout.panels[0]?.cells[10]?.kind).toBe(HOLE_KIND);
  });

  it("belong to the zone in which they lie, also when it begins inside a pageblock", () => {
    const zones = [
      { name: "DMA32", start: 4 * BLOCK, end: 8 * BLOCK },
      { name: "DMA", start: 1, end: 4 * BLOCK },
      { name: "Movable", start: 0, end: 0 },
    ];
    const layout = layOutCells(map(new Array<Block>(8).fill(free), { zones }));
    expect(layout.panels.map((panel) => [panel.zone.name, panel.cells.length])).toEqual([
      ["DMA", 4],
      ["DMA32", 4],
    ]);
  });
});

describe("lightness", () => {
  it("is darkest only when nothing is free, and palest only when all is", () => {
    expect([0, 1, 256, 511, 512].map((pages) => freeLevel(pages, 512))).toEqual([0, 1, 3, 5, 6]);
    expect(freeLevel(0, 0)).toBe(0);
    const colors = Object.values(typeRamps).flatMap((ramp) =>
      Array.from({ length: LEVELS }, (_, level) => rampColor(ramp, level)),
    );
    expect(new Set([...colors, RESERVED_COLOR]).size).toBe(6 * LEVELS + 1);
    for (const color of colors) expect(color).toMatch(/^#[0-9a-f]{6}$/);
  });
});

describe("renderPageMapSvg", () => {
  it("draws each cell once: 32 pixels square on a small machine", () => {
    const svg = renderPageMapSvg(
      map([free, free, used, { type: Migratetype.CMA, free: 256, used: 256 }, { reserved: BLOCK }]),
    );
    const movable = typeRamps[Migratetype.MOVABLE];
    expect(filledArea(svg, rampColor(movable, LEVELS - 1))).toBe(2 * 32 * 32);
    expect(filledArea(svg, rampColor(movable, 0))).toBe(32 * 32);
    expect(filledArea(svg, rampColor(typeRamps[Migratetype.CMA], 3))).toBe(32 * 32);
    expect(filledArea(svg, RESERVED_COLOR)).toBe(32 * 32);
  });

  it("draws all cells of a large machine", () => {
    const input = fakePageMap(presets["phone-16g"], 7);
    const svg = renderPageMapSvg(input);
    const fills = new Set([...svg.matchAll(/<path fill="(#[0-9a-f]{6})"/g)].map((match) => match[1] ?? ""));
    const area = [...fills].reduce((sum, fill) => sum + filledArea(svg, fill), 0);
    expect(area).toBe(8192 * 8 * 8);
  });

  it("outlines areas as they wrap, numbers them, and lists them in the margin", () => {
    const areas = [
      { name: "one row", start: 2 * BLOCK, end: 4 * BLOCK },
      { name: "wrapped", start: 30 * BLOCK, end: 70 * BLOCK },
      { name: "two pieces", start: 90 * BLOCK, end: 100 * BLOCK },
      { name: "elsewhere", start: 2 ** 30, end: 2 ** 31 },
    ];
    const svg = renderPageMapSvg(map(new Array<Block>(128).fill(free), { areas }));
    const outline = /<path d="([^"]*)" fill="none" stroke="#1c2330"/.exec(svg)?.[1] ?? "";
    expect(outline.match(/M/g)).toHaveLength(4);
    expect(outline).toContain("H");
    expect(svg).toContain(">2  wrapped</text>");
    expect(svg).toContain(">80 MiB, 100 % free</text>");
    expect(svg).not.toContain("elsewhere");
  });

  it("says what the legend counts", () => {
    const svg = renderPageMapSvg(
      map([{ type: Migratetype.UNMOVABLE, free: 128, pcp: 128, used: 256 }, free]),
    );
    for (const text of [
      "Unmovable",
      "512 KiB (25 %)",
      "2 MiB (100 %)",
      "One cell is one pageblock of 2 MiB.",
    ]) {
      expect(svg).toContain(`${text}`);
    }
    expect(svg).not.toContain("HighAtomic");
    expect(renderPageMapSvg(map(new Array<Block>(8).fill(free), { maxCells: 2 }))).toContain(
      "One cell is 4 pageblocks of 2 MiB",
    );
  });

  it("names a gap without memory", () => {
    const list = [free, ...new Array<Block>(511).fill(hole), free];
    expect(renderPageMapSvg(map(list))).toContain("1022 MiB without memory");
    expect(renderPageMapSvg(map([]))).toContain("no memory");
  });

  it("escapes every string, and drops what XML cannot hold", () => {
    const nasty = `</svg><script>"a" & 'b'\u0000\u001b[31m\ud800`;
    const input = map([free], {
      title: nasty,
      subtitle: nasty,
      zones: [{ name: nasty, start: 0, end: BLOCK }],
      areas: [{ name: nasty, start: 0, end: BLOCK }],
    });
    const svg = renderPageMapSvg(input);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toContain("<script");
    expect(svg.match(/&lt;\/svg&gt;&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(4);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may remain
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|\p{Cs}/u);
    expect(escapeXml("😀 & ü")).toBe("😀 &amp; ü");
    expect(isWellFormed(svg.replace("</svg>", ""))).toBe(false);
  });

  it.each(presetNames)("%s: the same bytes each time, well-formed, below 1 MB", (name) => {
    const svg = renderPageMapSvg(fakePageMap(presets[name], 1));
    expect(renderPageMapSvg(fakePageMap(presets[name], 1))).toBe(svg);
    expect(renderPageMapSvg(fakePageMap(presets[name], 2))).not.toBe(svg);
    expect(svg.length).toBeLessThan(1_000_000);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("stays below 1 MB when no two neighbours agree", () => {
    const list = Array.from({ length: 32_768 }, (_, i): Block => {
      return { type: i % 5, free: (i * 97) % BLOCK, used: BLOCK - ((i * 97) % BLOCK) };
    });
    expect(renderPageMapSvg(map(list)).length).toBeLessThan(1_000_000);
    expect(renderPageMapSvg(map(list, { maxCells: 32_768 })).length).toBeLessThan(1_000_000);
  });
});
