// Knows: that a capture with a damaged byte is exact, different, or refused with a message; never a crash of the importer,
// a trap of the core, or an endless loop.
// Must not know: what a line means.
//
// One damage alone: PAGEBLOCK_SEED=123 npx vitest run test/oracle/byteflips.test.ts

import { describe, expect, it } from "vitest";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import { isForUser } from "../../bindings/cli/exit.js";
import { judgeCapture } from "../../bindings/cli/replay.js";
import { StateError } from "../../bindings/engine/errors.js";
import { filesOf, loadCapture } from "../../bindings/importers/capture/capture.js";
import { isExact } from "../../bindings/replay/result.js";
import { Random } from "../support/random.js";
import { smallCapture } from "../support/small_capture.js";
import type { SmallMachine } from "../support/small_state.js";

const { UNMOVABLE: U, MOVABLE: M, RECLAIMABLE: R, CMA: C } = Migratetype;
const { PAGEBLOCK_SEED } = process.env;
const DAMAGES = 2000;
/** A damaged capture is judged in milliseconds; one that takes this long would never end. */

const MACHINE: Omit<SmallMachine, "kernel"> = {
  name: "small",
  pageShift: 12,
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 3,
  thp: false,
  cpus: 1,
  maxZones: 4,
  boostFactor: 15_000,
  zones: [
    {
      index: 2,
      name: "Normal",
      start: 64,
      pages: 256,
      marks: [6, 9, 14],
      batch: 3,
      highMin: 8,
      highMax: 24,
      threshold: 3,
      types: [M, U, M, R, M, M, M, M, M, C, C, C, C, M],
      used: 60,
    },
  ],
};

type Outcome = "exact" | "different" | "refused";

/** As the command line does it, without files and without printing. */
async function judge(texts: Readonly<Record<string, string>>): Promise<Outcome> {
  const write = process.stderr.write;
  process.stderr.write = () => true;
  try {
    const result = await judgeCapture(loadCapture("small", filesOf(texts)), "checked");
    return isExact(result) ? "exact" : "different";
  } catch (error) {
    // A StateError is a trap of the core: for the user, but a bug of ours all the same.
    if (!isForUser(error) || error instanceof StateError) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    return "refused";
  } finally {
    process.stderr.write = write;
  }
}

const DIGITS = "0123456789";

/** One small damage somewhere. */
function damage(text: string, random: Random): string {
  const at = random.below(text.length);
  const kind = random.weighted({ digit: 6, bit: 3, erase: 2, insert: 2, copy: 1, line: 1, lines: 1 });
  const lines = text.split("\n");
  const line = random.below(lines.length);
  switch (kind) {
    case "digit": {
      const place = text.slice(at).search(/\d/) + at;
      return text.slice(0, place) + random.pick([...DIGITS]) + text.slice(place + 1);
    }
    case "bit":
      return (
        text.slice(0, at) +
        String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(7))) +
        text.slice(at + 1)
      );
    case "erase":
      return text.slice(0, at) + text.slice(at + 1 + random.below(random.pick([1, 3, 200])));
    case "insert":
      return (
        text.slice(0, at) +
        random.pick([" ", "9", "-", "=", ":", "\n", "999999999999", "\u0000", "\ufffd"]) +
        text.slice(at)
      );
    case "copy":
      return text.slice(0, at) + text.slice(at - 40, at) + text.slice(at);
    case "line":
      return lines.filter((_, i) => i !== line).join("\n");
    case "lines":
      return [...lines.slice(0, line), lines[line], ...lines.slice(line)].join("\n");
  }
}

describe.each(["6.12", "6.1"] as const)("a damaged capture of Linux %s", (kernel) => {
  const sound = smallCapture({ ...MACHINE, kernel }, 1, 400);

  it("is exact before it is damaged", async () => {
    expect(await judge(sound)).toBe("exact");
    expect(sound["state_mid.txt"]?.match(/^LABDUMP/gm)?.length).toBeGreaterThan(1);
    expect(sound["ops.csv"]).toMatch(/cma_alloc/);
  });

  it(`is exact, different or refused: ${DAMAGES} damages`, async () => {
    const outcomes: Record<Outcome, number> = { exact: 0, different: 0, refused: 0 };
    const first = Number(PAGEBLOCK_SEED ?? 1);
    for (let seed = first; seed < first + (PAGEBLOCK_SEED === undefined ? DAMAGES : 1); seed++) {
      const random = new Random(seed);
      const name = random.pick(Object.keys(sound));
      const text = damage(sound[name] ?? "", random);
      try {
        outcomes[await judge({ ...sound, [name]: text })] += 1;
      } catch (error) {
        throw new Error(`seed ${seed}, ${name}: ${(error as Error).stack}`, { cause: error });
      }
    }
    process.stdout.write(`  Linux ${kernel}: ${JSON.stringify(outcomes)}\n`);
    if (PAGEBLOCK_SEED !== undefined) return;
    expect(outcomes.exact).toBeGreaterThan(5);
    expect(outcomes.different).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(100);
  });
});
