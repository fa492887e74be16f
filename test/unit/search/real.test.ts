// Knows: that every strategy answers alike on each bitmap of a real kernel that lies here: the dumps and the debugfs
// files of all captures, and the logs of others.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import { STRATEGIES } from "../../../bindings/bitmap/core.js";
import { cmaRun, PageBitmap, parseDebugfsBitmap } from "../../../bindings/bitmap/index.js";
import { rawRequest } from "../../../bindings/bitmap/request.js";
import { bitmapOf } from "./cores.js";
import { NaiveBitmap, NONE } from "./naive.js";

const ROOT = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const HERE = existsSync(ROOT);

interface Real {
  readonly where: string;
  readonly bits: number;
  readonly basePfn: number;
  readonly orderPerBit: number;
  readonly runs: readonly (readonly [number, number])[];
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** `cma 0 reserved base_pfn=... bitmap_bits=...` with `cmabits set: 0+16 ...` in the line below. */
function ofDumps(path: string): Real[] {
  const found = textOf(path).matchAll(
    /^cma \d+ .*?base_pfn=(\d+) count=\d+ order_per_bit=(\d+) bitmap_bits=(\d+)\ncmabits set:(.*)$/gm,
  );
  return [...found].map(([, base, order, bits, runs = ""]) => ({
    where: path,
    bits: Number(bits),
    basePfn: Number(base),
    orderPerBit: Number(order),
    runs: [...runs.matchAll(/(\d+)\+(\d+)/g)].map(
      ([, start, length]) => [Number(start), Number(length)] as const,
    ),
  }));
}

function runsOf(words: Uint32Array): [number, number][] {
  const runs: [number, number][] = [];
  for (let bit = 0; bit < words.length * 32; bit++) {
    if (((words[bit >>> 5] ?? 0) >>> (bit & 31)) % 2 === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === bit) last[1]++;
    else runs.push([bit, 1]);
  }
  return runs;
}

/** `<area> bitmap: 0 0 ...` with base_pfn, count and order_per_bit in lines of their own. */
function ofDebugfs(path: string): Real[] {
  const text = textOf(path);
  return [...text.matchAll(/^(\S+) bitmap: ([\d ]+)$/gm)].map(([, area, bitmap = ""]) => {
    const value = (name: string) => Number(new RegExp(`^${area} ${name}: (\\d+)$`, "m").exec(text)?.[1]);
    const orderPerBit = value("order_per_bit");
    const words = parseDebugfsBitmap(bitmap);
    return {
      where: path,
      bits: value("count") >>> orderPerBit,
      basePfn: value("base_pfn"),
      orderPerBit,
      runs: runsOf(words),
    };
  });
}

/** A line of nothing but words, as a shell shows the file. */
function ofLog(path: string): Real[] {
  return [...textOf(path).matchAll(/^(\d+(?: \d+){7,})\s*$/gm)].map(([, line = ""]) => {
    const words = parseDebugfsBitmap(line);
    return { where: path, bits: words.length * 32, basePfn: 0, orderPerBit: 0, runs: runsOf(words) };
  });
}

function allReal(): Real[] {
  const files = filesBelow(ROOT);
  const found = [
    ...files.filter((path) => /state_\w+\.txt(\.gz)?$/.test(path)).flatMap(ofDumps),
    ...files.filter((path) => /cma_debugfs\.txt(\.gz)?$/.test(path)).flatMap(ofDebugfs),
    ...files.filter((path) => /bitmap.*\.txt$/.test(path)).flatMap(ofLog),
  ];
  const different = new Map(
    found.map((real) => [JSON.stringify([real.bits, real.basePfn, real.runs]), real]),
  );
  return [...different.values()];
}

/** Pages at an order of alignment: what drivers ask for, and what none would. */
const REQUESTS = [
  [1, 0],
  [8, 0],
  [8, 3],
  [63, 6],
  [94, 7],
  [266, 8],
  [456, 8],
  [512, 9],
  [1024, 10],
  [2032, 8],
  [65_024, 8],
] as const;

describe.skipIf(!HERE)("bitmaps of real kernels", () => {
  const real = HERE ? allReal() : [];

  it("there are some of each kind", () => {
    expect(real.length).toBeGreaterThan(15);
    expect(real.some(({ where }) => where.includes("debugfs-bitmap"))).toBe(true);
    expect(real.some(({ where }) => where.includes("cma_debugfs"))).toBe(true);
  });

  it("every strategy, from the beginning and from behind each window", { timeout: 300_000 }, async () => {
    let answers = 0;
    for (const { where, bits, basePfn, orderPerBit, runs } of real) {
      const core = await bitmapOf("checked", bits);
      const naive = new NaiveBitmap(bits);
      for (const [start, length] of runs) {
        core.set(start, length);
        naive.fill(start, length, 1);
      }
      const lengths = naive.clearFrom();
      for (const [pages, align] of REQUESTS) {
        const wanted = rawRequest(cmaRun({ pages, align, basePfn, orderPerBit }));
        let start = 0;
        for (let window = 0; window < 40; window++) {
          const want = naive.first({ ...wanted, start }, lengths);
          for (const strategy of STRATEGIES) {
            const got = core.place(Placement.FIRST_FIT, strategy, { ...wanted, start });
            answers++;
            if (got === want) continue;
            expect.fail(
              `${where}: ${SearchStrategy[strategy]} ${pages}@${align} from ${start}: ${got}, not ${want}`,
            );
          }
          if (want === NONE) break;
          start = want + wanted.mask + 1;
        }
      }
    }
    expect(answers).toBeGreaterThan(30_000);
  });

  it("fromDebugfs reads what toDebugfs wrote", async () => {
    for (const { bits, runs } of real.slice(0, 10)) {
      const bitmap = await PageBitmap.create(bits);
      for (const [start, length] of runs) bitmap.set(start, length);
      const again = await PageBitmap.fromDebugfs(bitmap.toDebugfs(), bits);
      expect(again.runs()).toEqual(bitmap.runs());
      expect(again.stats()).toEqual(bitmap.stats());
    }
  });
});
