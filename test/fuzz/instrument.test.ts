// Knows: that a module which counts its branches does what it did before, and that a comparison which has always failed tells
// what it wants. Must not know: what is fuzzed.

import { expect, it } from "vitest";
import { install, instrument } from "../../scripts/instrument.mjs";
import { Random } from "../support/random.js";
import { matched } from "./match.js";

const MODULE = `
export function f(a, b) {
  if (a === 1) if ((b) < (2)) return a && (b); else return 3;
  for (const x of [1, 2]) if (x > 1) a += x;
  if (/abc def[0-9]/.test(b)) do a += 1; while (a < 5)
  switch (a) { case "x": return 1; case 7: b ??= 2; default: b = [b, a] }
  let n = 0; while (n++ < 3) if (n === 2) continue; else a++;
  try { if (a >= 9) throw a } catch { return [a, b] }
  return a ? b : (() => ({ a: 1 }))().a === (b) ? ((a === b) === (b !== a)) : a <= b < 3
}`;

async function load(text: string): Promise<(a: unknown, b: unknown) => unknown> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    f(a: unknown, b: unknown): unknown;
  };
  return module.f;
}

it("a module that counts does what it did, and counts each branch", async () => {
  const learnt = install();
  const [plain, counting] = [await load(MODULE), await load(instrument(MODULE, learnt))];
  const values = [0, 1, 2, 7, 9, "x", "abc def3", undefined, null];
  for (const a of values) for (const b of values) expect(counting(a, b)).toEqual(plain(a, b));
  expect(learnt.used).toBe(26);
  const never = [...learnt.edges.subarray(0, learnt.used)].filter((count) => count === 0);
  expect(never.length).toBeLessThan(4);
  expect([...learnt.words]).toEqual(expect.arrayContaining(["x", "abc def"]));
});

it("a comparison that has always failed tells both its values, and one that came out both ways is silent", async () => {
  const learnt = install();
  const f = await load(
    instrument("export const f = (a, b) => [a[0] === 0x50, a === 'magic', b < 3];", learnt),
  );
  f("PK", 5);
  f("xK", 1);
  const noted: unknown[] = [];
  learnt.note = (a: unknown, b: unknown) => noted.push([a, b]);
  f([0x41], 4);
  f("magik", 4);
  expect(noted).toEqual([
    [0x41, 0x50],
    [[0x41], "magic"],
    ["m", 0x50],
    ["magik", "magic"],
  ]);
});

it("what was found in an input becomes what was wanted, in the form in which it lies there", () => {
  const bytes = new TextEncoder().encode("count=99 at 0x63 c");
  const made = new Set<string>();
  for (let seed = 1; seed < 200; seed++) {
    const out = matched(bytes, { a: 99, b: 4096, site: 0 }, new Random(seed));
    if (out !== undefined) made.add(new TextDecoder().decode(out));
  }
  expect(made).toContain("count=4096 at 0x63 c");
  expect(made).toContain("count=99 at 0x1000 c");
});
