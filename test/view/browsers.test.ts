// Knows: that the map tells the truth in Chromium and in Firefox: every frame, at any moment, and every pixel at three levels.

import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClassFlag } from "../../assembly/abi/classes.js";
import { policies } from "../../bindings/policy/index.js";
import { parseScenario } from "../../bindings/scenario/index.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { layoutOf } from "../../web/view/layout.js";
import { groupsOf, Painter, type Picture } from "../../web/view/paint.js";
import { KIND, ORDER, paletteOf } from "../../web/view/palette.js";
import { mapByViews } from "../support/map_by_views.js";
import { openTab, PLACE, pageUrl, SCENARIO, type Tab, TEXT } from "./tabs.js";

/** Out of order, on kept states and off, beside them by a nanosecond. */
const TIMES = [
  ...[2e8, 3e8 + 7, 1e8, 1e8 - 1, 123_456_789, 0, 399_999_999, 5e7, 300_000_001, 2e8 + 1],
  ...[4e8, 1, 77_777_777, 2e8 - 1, 350_000_000, 99_000_001, 250_250_250, 10, 310_000_000, 175_000_000],
];
const POLICIES = [PLACE.policy, PLACE.beside];
const FRAMES = 16_384;
const LEVELS = {
  phone: { left: -3.3, top: -1.7, across: 0.28, down: 0.5625 },
  frames: { left: 17.4, top: 3.1, across: 4.7, down: 9.1 },
  text: { left: 100.9, top: 0.25, across: 21.3, down: 42.6 },
};

interface Truth {
  readonly digest: string;
  readonly map: Uint8Array;
}

/** Straight runs in Node, without a timeline: what is to be seen at each moment. */
const truths = new Map<string, Truth>();

async function runStraight(policy: string): Promise<void> {
  const row = policies.get(policy);
  if (row === undefined) throw new Error(policy);
  using simulation = await Simulation.create(simulationOptions(parseScenario(SCENARIO), row, PLACE.seed));
  for (const time of [...TIMES].sort((a, b) => a - b)) {
    while (simulation.run(time) !== 0) simulation.takeLog();
    truths.set(`${policy} ${time}`, { digest: simulation.digest(), map: mapByViews(simulation.machine) });
  }
}

/** All bytes come, in no order. */
function noise(seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: FRAMES }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** Classes and flags as they may come, values of a mode, and a difference in half of all frames. */
function pictures(): Record<string, Picture> {
  const map = noise(1).map((byte) => (byte & 0xf0) | ((byte & 15) % 10));
  const other = map.map((byte, i) => (i % 3 === 0 ? byte : byte ^ 1));
  const kind = { map, groups: groupsOf(map), palette: paletteOf(KIND) };
  const values = noise(2).map((byte) => byte % 30);
  const order = { ...kind, values, palette: paletteOf(ORDER) };
  return {
    kind,
    difference: { ...kind, other },
    order,
    "difference of orders": { ...order, other: values.map((value, i) => (i % 2 === 0 ? value : value ^ 1)) },
  };
}

/** What a browser has painted of a picture. */
async function paintedIn(tab: Tab, picture: Picture, view: object): Promise<Buffer> {
  const bytes = Object.entries(picture).map(([name, value]) => {
    const text = Buffer.from(value as Uint8Array).toString("base64");
    return `${name}: Uint8Array.from(atob("${text}"), (letter) => letter.charCodeAt(0))`;
  });
  const pixels = await tab.evaluate(`(() => {
    ${TEXT}
    const { map } = pageblockView.sides[0];
    map.show({ ${bytes.join(", ")} }, ${JSON.stringify(view)});
    return text(map.pixels());
  })()`);
  return Buffer.from(pixels as string, "base64");
}

beforeAll(async () => {
  for (const policy of POLICIES) await runStraight(policy);
}, 60_000);

describe.each([
  ["chrome", "webgl2"],
  ["firefox", "canvas2d"],
] as const)("in %s, painted by %s,", (browser, painter) => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await openTab(browser, pageUrl({ painter: browser === "chrome" ? "webgl2" : "best" }));
  }, 120_000);
  afterAll(() => tab?.close());

  it("each byte of the map is what the view of the frame says, at twenty moments, and each digest is Node's", async () => {
    for (const time of TIMES) {
      const sides = (await tab.evaluate(`(async () => {
        ${TEXT}
        await pageblockView.seek(${time});
        return pageblockView.sides.map(({ moment }) => ({ digest: moment.digest, map: text(moment.map) }));
      })()`)) as { digest: string; map: string }[];
      for (const [nth, { digest, map }] of sides.entries()) {
        const expected = truths.get(`${POLICIES[nth]} ${time}`);
        expect(digest, `${POLICIES[nth]} at ${time}`).toBe(expected?.digest);
        // The page adds which pages have just been migrated.
        const bytes = Buffer.from(map, "base64").map((byte) => byte & ~ClassFlag.MOVED);
        expect(Buffer.from(bytes).equals(expected?.map ?? bytes.subarray(1))).toBe(true);
      }
    }
    expect(new Set([...truths.values()].map(({ digest }) => digest)).size).toBeGreaterThan(TIMES.length);
    expect(tab.errors).toEqual([]);
  }, 120_000);

  it("each pixel is what the rules say, at three levels, in each way of looking", async () => {
    expect(await tab.evaluate("pageblockView.sides[0].map.painter")).toBe(painter);
    const cpu = new Painter(layoutOf(FRAMES, 9));
    const hashes: string[] = [];
    for (const [level, view] of Object.entries(LEVELS))
      for (const [name, picture] of Object.entries(pictures())) {
        const pixels = await paintedIn(tab, picture, view);
        const expected = new Uint32Array(pixels.length / 4);
        cpu.paint(expected, 1152, view, picture);
        expect(pixels.equals(Buffer.from(expected.buffer)), `${name} at the level ${level}`).toBe(true);
        hashes.push(`${level}, ${name}: ${createHash("sha256").update(pixels).digest("hex")}`);
      }
    expect(new Set(hashes.map((line) => line.split(": ")[1])).size).toBe(hashes.length);
    await expect(`${hashes.join("\n")}\n`).toMatchFileSnapshot("../golden/view/pixels.golden");
    expect(tab.errors).toEqual([]);
  }, 120_000);
});
