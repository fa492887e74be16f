// Knows: that what the reader accepts the core accepts, and that no text, however large or odd, costs much or is quoted at length.
// Must not know: what scenarios do.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presetNames } from "../../../bindings/device/presets/index.js";
import { ScenarioError } from "../../../bindings/engine/errors.js";
import { SCENARIO } from "../../../bindings/engine/limits.js";
import { policyNames } from "../../../bindings/policy/index.js";
import { parseScenario, readScenario } from "../../../bindings/scenario/index.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";

function refusal(text: string): string {
  try {
    parseScenario(text, "x.yaml");
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
}

const HEAD = "name: x\ndevice: tiny\nduration: 100ms\n";
const actors = (count: number) => `${HEAD}workloads:\n${"  - { kind: noise }\n".repeat(count)}`;

describe("what the reader accepts the core accepts", () => {
  const order = fc.integer({ min: 0, max: 15 });
  const device = fc.record(
    {
      base: fc.constantFrom("tiny", "tiny", "imx8-1g", ...presetNames.filter((name) => name.includes("1g"))),
      "max-page-order": order,
      "pageblock-order": order,
      cpus: fc.integer({ min: 0, max: 80 }),
      thp: fc.constantFrom("none", "never", "madvise", "always"),
      kernel: fc.constantFrom("6.1", "6.12", "6.15"),
      vm: fc.record({ "min-free-kbytes": fc.integer({ min: -1, max: 200_000 }) }, { requiredKeys: [] }),
    },
    { requiredKeys: ["base"] },
  );
  const workload = fc.oneof(
    fc.record({ kind: fc.constant("noise") }),
    fc.record({ kind: fc.constant("noise"), name: fc.constantFrom("kswapd0", "vmstat", "a", "noise-2") }),
    fc.record({
      kind: fc.constant("direct-io"),
      buffers: fc.constantFrom("1MiB", "20%", "0"),
      "queue-depth": order,
    }),
    fc.record({ kind: fc.constant("resident"), anon: fc.constantFrom("1%", "90%", "0") }),
  );
  const scenario = fc.record(
    {
      name: fc.constant("x"),
      device,
      duration: fc.constant("10ms"),
      policy: fc.oneof(
        fc.constantFrom(...policyNames),
        fc.record({ "cma-retries": fc.integer({ min: -1, max: 1100 }) }),
      ),
      pressure: fc.record(
        {
          swap: fc.constantFrom("0", "10%", "100%"),
          zram: fc.constantFrom("0%", "35%", "100%"),
          swappiness: fc.integer({ min: 0, max: 200 }),
        },
        { requiredKeys: [] },
      ),
      workloads: fc.oneof(
        fc.array(workload, { maxLength: 4 }),
        fc.integer({ min: 120, max: 140 }).map((n) => Array.from({ length: n }, () => ({ kind: "noise" }))),
      ),
    },
    { requiredKeys: ["name", "device", "duration"] },
  );

  it("parses => creates", async () => {
    let created = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (data) => {
        let read: ReturnType<typeof readScenario>;
        try {
          read = readScenario(data);
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioError);
          return;
        }
        for (const policy of read.policies) {
          using simulation = await Simulation.create(simulationOptions(read, policy, 1));
          expect(simulation.actors.length).toBeGreaterThan(1);
        }
        created += 1;
      }),
      { numRuns: 120, seed: 7 },
    );
    expect(created).toBeGreaterThan(10);
  });

  it("per-CPU orders, too many actors, names that the kernel's own have: said at parse time", () => {
    expect(
      refusal("name: x\ndevice: { base: tiny, max-page-order: 3, pageblock-order: 3 }\nduration: 1s\n"),
    ).toMatch(/x\.yaml:2:.*thp/);
    expect(refusal(actors(127))).toMatch(/x\.yaml:4.*simulation\.actors: must be 1 to 128, got 129/);
    expect(refusal(actors(126))).toBe("");
    expect(refusal(`${HEAD}workloads: [{ kind: noise, name: kswapd0 }]`)).toMatch(/"kswapd0" is taken/);
  });
});

describe("texts of any size", () => {
  it.each([
    ["100,000 brackets", "[".repeat(100_000), /nested deeper/],
    ["100,000 lines of brackets", "[\n".repeat(100_000), /nested deeper/],
    ["100,000 dashes", `${"- ".repeat(100_000)}x`, /nested deeper/],
    ["2 million characters", `name: ${"x".repeat(2 ** 21)}`, /more than 1048576 characters/],
    ["bytes of 0", "name: \0\0\0", /no text/],
    ["a value of 500,000 characters", `${HEAD}sample: ${"9".repeat(500_000)}`, /sample|expected/],
    [
      "20,000 unknown keys",
      Array.from({ length: 20_000 }, (_, i) => `key${i}: 1`).join("\n"),
      /and \d+ more/,
    ],
    ["20,000 actors without a name", actors(20_000), /at most 128 actors/],
    ["an unknown word of 500,000 letters", `${HEAD}policy: ${"m".repeat(500_000)}`, /no policy/],
  ])("%s: a short answer", (_, text, message) => {
    const said = refusal(text);
    expect(said).toMatch(message);
    expect(said.length).toBeLessThan(11_000);
  });

  it("long lines are shown around the mark", () => {
    const said = refusal(`${HEAD}workloads: [${"{ kind: noise }, ".repeat(60)}{ kind: nois }]`);
    const [, excerpt = "", mark = ""] = /\n( +\d+ \| .*)\n( +\| .*)$/.exec(said)!;
    expect(excerpt.length).toBeLessThan(SCENARIO.excerptColumns + 10);
    expect(excerpt.slice(mark.indexOf("^"))).toMatch(/^nois }/);
  });

  it("random YAML never throws anything else", () => {
    const words = [
      "name",
      ":",
      " ",
      "\n",
      "  ",
      "- ",
      "[",
      "]",
      "{",
      "}",
      "&a",
      "*a",
      "!!int",
      "|",
      ">",
      "'",
      '"',
      "#",
      "%",
      "?",
      "tiny",
      "1e9",
      "~",
      "\t",
      "kind: noise",
      "<<: *a",
      "\u0085",
      "--- ",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => {
        refusal(parts.join(""));
        refusal(HEAD + parts.join(""));
      }),
      { numRuns: 600 },
    );
  });
});
