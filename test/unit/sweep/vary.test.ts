// Knows: that the numbers of a scenario are found by name and changed alone, and that the search finds where a verdict turns.
// Must not know: real runs (test/unit/cli/vary).

import { describe, expect, it } from "vitest";
import { undecidedBy } from "../../../bindings/analysis/outcomes/index.js";
import { renderTornado, sensitivitySentence } from "../../../bindings/report/index.js";
import {
  getScenario,
  inputsOf,
  parseRange,
  parseScenario,
  scenarioNames,
  unsourcedInputs,
  type Variation,
  varied,
} from "../../../bindings/scenario/index.js";
import { costOfVarying, findTurns, type Setting, type VaryPlan } from "../../../bindings/sweep/index.js";
import { smallScenario } from "../../support/small_scenario.js";

const small = smallScenario();

describe("inputs", () => {
  it("are the numbers of actors, costs and pressure; another value changes nothing else", () => {
    for (const input of inputsOf(small)) {
      const value = input.dimension === "share" ? input.base / 2 : input.base + 1;
      const other = varied(small, input.name, value);
      const again = inputsOf(other);
      expect(again.find(({ name }) => name === input.name)?.base, input.name).toBeCloseTo(value, 2);
      const same = again.filter(
        ({ name, base }, i) => name === input.name || base === inputsOf(small)[i]?.base,
      );
      expect(same, input.name).toHaveLength(again.length);
    }
    expect(() => varied(small, "nobody.pages", 1)).toThrow(RangeError);
  });

  it("give slots for what they are changed to", () => {
    const more = varied(small, "camera.hold", 1);
    expect(more.actors.map(({ slots }) => slots)).toEqual(small.actors.map(({ slots }) => slots));
    const buffers = small.actors.find(({ name }) => name === "direct-io")?.parameters["buffers"] ?? 0;
    const slots = varied(small, "direct-io.buffers", buffers * 2).actors.find(
      ({ name }) => name === "direct-io",
    );
    expect(slots?.slots).toBeGreaterThan(buffers);
  });

  it("have ranges as people write them, or a problem in words", () => {
    const range = (name: string, text: string) => parseRange(small, name, text, null);
    expect(range("direct-io.service", "4ms..40ms")).toMatchObject({
      variation: { base: 8e6, low: 4e6, high: 4e7, source: null },
    });
    expect(range("workloads.direct-io.queue-depth", "x0.5..x2")).toMatchObject({
      variation: { low: 16, high: 64 },
    });
    expect(range("costs.migrate-page", "1500..9500ns")).toMatchObject({
      variation: { low: 1500, high: 9500 },
    });
    expect(range("pressure.zram", "0%..50%")).toMatchObject({ variation: { low: 0, high: 0.5 } });
    for (const [name, text, problem] of [
      ["direct-io.servise", "4ms..40ms", /did you mean direct-io\.service/],
      ["direct-io.service", "4ms", /expected a range/],
      ["direct-io.service", "40ms..4ms", /does not grow/],
      ["direct-io.service", "4..40ms", /unit is missing/],
      ["resident.anon", "0..200%", /more than all/],
      ["pressure.swappiness", "0..201", /leaves what/],
    ] as const)
      expect(range(name, text), text).toMatchObject({ problem: expect.stringMatching(problem) as string });
  });

  it("of a scenario are checked when it is read", () => {
    const text = (vary: string) =>
      `name: a\ndevice: tiny\nduration: 1s\nvary: ${vary}\nworkloads: [{ kind: noise }]\n`;
    const read = (vary: string) => parseScenario(text(vary));
    expect(read("{ noise.interval: x0.5..x2 }").vary[0]).toMatchObject({
      name: "noise.interval",
      source: null,
    });
    expect(read("{ noise.interval: { range: x0.5..x2, source: a thread } }").vary[0]?.source).toBe(
      "a thread",
    );
    expect(() => read("{ noise.intervall: x0.5..x2 }")).toThrow(/did you mean noise\.interval/);
    expect(() => read("{ noise.interval: { source: a thread } }")).toThrow(/needs its range/);
    expect(() => read("[1]")).toThrow(/expected names of numbers/);
  });

  it("without a source are found in every scenario of the package; what a scenario states lies around its own value", () => {
    for (const name of scenarioNames) {
      const scenario = getScenario(name);
      for (const { low, base, high } of unsourcedInputs(scenario)) {
        expect(low).toBeLessThanOrEqual(base);
        expect(high).toBeGreaterThanOrEqual(base);
      }
      for (const { name: input, low, base, high } of scenario.vary) {
        expect(low, `${name}: ${input}`).toBeLessThanOrEqual(base);
        expect(high, `${name}: ${input}`).toBeGreaterThanOrEqual(base);
      }
    }
    expect(getScenario("rolling-blockade").vary.length).toBeGreaterThan(3);
  });
});

function variation(name: string, low: number, base: number, high: number, source: string | null): Variation {
  return { name, dimension: "time", low, base, high, source };
}

const PLAN: VaryPlan = {
  ...{ client: "camera", policy: "mainline", other: "android", seeds: [1, 2, 3, 4] },
  variations: [
    variation("a.ramp", 0, 1000, 2000, null),
    variation("a.idle", 0, 500, 1000, null),
    variation("costs.page", 100, 300, 900, "a paper"),
  ],
};

/** 0.6 in favour of android, but for a ramp below 637 (equal) and a price above 811 (worse). */
function truth({ variation: of, value }: Setting): number {
  if (of?.name === "a.ramp") return value < 637 ? 0.01 : 0.6;
  if (of?.name === "costs.page") return value > 811 ? -0.4 : 0.6;
  return 0.6;
}

describe("the search", () => {
  const asked: Setting[] = [];
  const search = () =>
    findTurns(PLAN, (settings) => {
      asked.push(...settings);
      return Promise.resolve(
        settings.map((setting) => ({
          value: setting.value,
          result: truth(setting),
          seeds: setting.seeds.length,
        })),
      );
    });

  it("finds where a verdict turns, to a sixteenth of the range, and tries what does not matter with few seeds only", async () => {
    const found = await search();
    if (found === undefined || typeof found === "string") throw new Error("nothing was found");
    const of = (name: string) => found.inputs.find((input) => input.name === name);
    const [ramp] = of("a.ramp")?.turns ?? [];
    expect(ramp?.low).toBeLessThan(637);
    expect(ramp?.high).toBeGreaterThanOrEqual(637);
    expect((ramp?.high ?? 9999) - (ramp?.low ?? 0)).toBeLessThanOrEqual(2000 / 16);
    expect(ramp).toMatchObject({ below: 0, above: 1 });
    const [price] = of("costs.page")?.turns ?? [];
    expect([price?.below, price?.above]).toEqual([1, -1]);
    expect((price?.high ?? 9999) - (price?.low ?? 0)).toBeLessThanOrEqual(800 / 16);
    expect(of("a.idle")).toMatchObject({ span: 0, turns: [] });
    const idle = asked.filter((setting) => setting.variation?.name === "a.idle");
    expect(idle.map(({ seeds }) => seeds.length)).toEqual([3, 3]);
    expect(undecidedBy(found).map(({ name }) => name)).toEqual(["a.ramp"]);
    const { sure, most } = costOfVarying(PLAN);
    const runs = new Set(
      asked.flatMap(({ variation: v, value, seeds }) => seeds.map((seed) => `${v?.name} ${value} ${seed}`)),
    );
    expect(runs.size).toBeGreaterThan(sure);
    expect(runs.size).toBeLessThanOrEqual(sure + most);
  });

  it("is UNDECIDED in its first sentence where an unsourced input turns it, and holds where none does", async () => {
    const found = await search();
    if (found === undefined || typeof found === "string") throw new Error("nothing was found");
    expect(renderTornado(found, 4096)).toMatch(
      /^UNDECIDED: .* a\.ramp \(equal to android better between 625 ns /,
    );
    const sourced = { ...found, inputs: found.inputs.filter(({ source }) => source !== null) };
    expect(sensitivitySentence(sourced, 4096)).toMatch(/^It depends: .* costs\.page /);
    const idle = { ...found, inputs: found.inputs.filter(({ name }) => name === "a.idle") };
    expect(sensitivitySentence(idle, 4096)).toMatch(
      /^It holds: .* \+60 points .* under android against mainline/,
    );
  });

  it("says when nobody asks, and answers nothing when it is interrupted", async () => {
    expect(await findTurns(PLAN, () => Promise.resolve(undefined))).toBeUndefined();
    const nobody = await findTurns(PLAN, (settings) => Promise.resolve(settings.map(() => undefined)));
    expect(nobody).toMatch(/camera asks for nothing under mainline or android/);
  });
});
