// Knows: that no damaged archive makes anything throw, hang or grow: seeds from 1, so that a failing one can be run again.
// Must not know: what archives contain.
//
// PAGEBLOCK_BUNDLES=100000 runs so many; the gate affords few.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { IMPORT } from "../../../bindings/engine/limits.js";
import { areaMaps, explain, guestsOf, pinLengths } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanation, renderIssues } from "../../../bindings/report/explain.js";
import { sizeForPicture } from "../../../bindings/size/index.js";
import { type TarEntry, tar, zip } from "../../support/archives.js";
import { Random } from "../../support/random.js";

const COUNT = Number(process.env["PAGEBLOCK_BUNDLES"] ?? 400);
const GOLDEN = fileURLToPath(new URL("../../golden/explain/", import.meta.url));

/** Small files of many formats. */
const files: TarEntry[] = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(`${GOLDEN}${name}`).map((file) => `${name}/${file}`))
  .filter((path) => !path.endsWith(".golden"))
  .map((path) => ({ path, data: new Uint8Array(readFileSync(`${GOLDEN}${path}`)).subarray(0, 3000) }));

function bundle(random: Random): Uint8Array {
  const some = Array.from({ length: 1 + random.below(4) }, () => random.pick(files));
  const inner = random.oneIn(3) ? some.map(({ path, data }) => ({ path, data: gzipSync(data!) })) : some;
  const packed = random.oneIn(2) ? zip(inner) : tar(inner);
  return random.oneIn(2) ? gzipSync(packed, { level: random.below(10) as 1 }) : packed;
}

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let i = random.below(8); i >= 0; i--) {
    const at = random.below(out.length);
    const way = random.weighted({ set: 4, bit: 4, drop: 1, repeat: 1, cut: 1, zero: 1 });
    if (way === "set") out[at] = random.below(256);
    else if (way === "bit") out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    else if (way === "drop")
      out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random.below(600))]);
    else if (way === "repeat") out = Buffer.concat([out.subarray(0, at), out.subarray(random.below(at + 1))]);
    else if (way === "cut") out = out.slice(0, at);
    else out.fill(0, at, Math.min(out.length, at + random.below(64)));
  }
  return out;
}

/** Damage inside the compressed data and inside what it holds. */
function damaged(seed: number): Uint8Array {
  const random = new Random(seed);
  const whole = bundle(random);
  if (whole[0] === 0x1f && random.oneIn(2)) return gzipSync(mutated(gunzipSync(whole), random));
  return mutated(whole, random);
}

describe("damaged bundles", () => {
  it(`${COUNT} of them: an answer each, within the limits`, () => {
    for (let seed = 1; seed <= COUNT; seed++) {
      const facts = collect({ "bundle.tgz": damaged(seed) });
      const explanation = explain(facts);
      sizeForPicture(facts, 4096);
      const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
      const text =
        renderExplanation(explanation, picture, { color: false, pageShift: 12 }) + renderIssues(explanation);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text))
        throw new Error(`seed ${seed}: control characters`);
      if (facts.issues.length > IMPORT.issues || facts.tables.length > IMPORT.tables)
        throw new Error(`seed ${seed}`);
    }
    expect(collect({ x: damaged(1) }).formats.size).toBeGreaterThan(0);
  }, 10_800_000);
});
