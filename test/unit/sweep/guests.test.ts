// Knows: what a run tells of areas that keep their pages, and that it tells nothing of others.
// Must not know: how the core counts (test/unit/movement/guests.test).

import { describe, expect, it } from "vitest";
import { rowsOf, runOutcome } from "../../../bindings/analysis/outcomes/index.js";
import { findPolicy, type Policy } from "../../../bindings/policy/index.js";
import { renderSeries } from "../../../bindings/report/run_text.js";
import { readScenario } from "../../../bindings/scenario/yaml.js";
import { runScenario } from "../../../bindings/sweep/run.js";

const scenario = readScenario({
  name: "kept",
  device: "tiny",
  duration: "500ms",
  sample: "50ms",
  pressure: { swap: "16MiB" },
  workloads: [
    {
      kind: "resident",
      anon: "34MiB",
      interval: "20us",
      batch: 8,
      "touch-pages": 40,
      "touch-interval": "2ms",
      "touch-share": "100%",
    },
    { kind: "file-read", interval: "300/s", pages: "256KiB", cache: "24MiB", "active-share": "70%" },
  ],
  clients: [
    { kind: "camera", area: "reserved", pages: "8MiB", start: "200ms", interval: "50ms", hold: "10ms" },
  ],
});

async function resultUnder(name: string) {
  const policy = findPolicy(name) as Policy;
  return runScenario(scenario, { policy, seed: 3 });
}

describe("a run", () => {
  it("tells what areas that keep their pages held, and how long it took to take them back", async () => {
    const run = await resultUnder("gcma-frontswap");
    const guests = run.guests!;
    expect(guests.fileKept).toBeGreaterThan(0);
    expect(guests.swapKept).toBeGreaterThan(0);
    expect(guests.longestNs).toBeGreaterThan(0);
    expect(guests.longestNs).toBeLessThanOrEqual(guests.boundNs);
    const last = (name: string) => run.series.columns.find((column) => column.name === name)?.values.at(-1);
    for (const name of ["fileKept", "fileBack", "swapKept", "written"] as const)
      expect(last(`copies.${name}`)).toBe(guests[name]);
    expect(run.requests.reduce((sum, { pagesWritten = 0 }) => sum + pagesWritten, 0)).toBe(guests.written);
    const [row] = rowsOf(0, runOutcome(run));
    expect(row).toMatchObject({
      written: guests.written,
      boundNs: guests.boundNs,
      copiedBack: guests.fileBack + guests.swapBack,
    });
    const refaults = run.actors.reduce((sum, { counters }) => sum + (counters["refaults"] ?? 0), 0);
    expect(Number(row?.refaults) + guests.fileBack + guests.swapBack).toBe(refaults);
    expect(renderSeries(run)).toMatch(
      /file copies in .*\n[\s\S]*the longest request that succeeded took .* of at most/,
    );
  });

  it("tells nothing of them where areas lend their pages", async () => {
    const run = await resultUnder("mainline");
    expect(run.guests).toBeUndefined();
    expect(run.series.columns.some(({ name }) => name.startsWith("copies."))).toBe(false);
    const [row] = rowsOf(0, runOutcome(run));
    expect(row).toMatchObject({ copied: 0, written: 0 });
    expect(row?.boundNs).toBeUndefined();
  });
});
