import { beforeAll, describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { LevelWord, ScratchWord, StatWord } from "../../../assembly/abi/words.js";
import { type Policy, policies, policyNames, policyOf } from "../../../bindings/policy/index.js";
import { PAGE_KINDS, type RunResult } from "../../../bindings/scenario/result.js";
import { camelCaseOfEnum } from "../../../bindings/scenario/simulation.js";
import { runScenario } from "../../../bindings/sweep/index.js";
import { smallScenario } from "../../support/small_scenario.js";
import { crowded } from "../simulation/machines.js";

const small = smallScenario();

function named(name: string): Policy {
  return policyOf(policies.get(name)!);
}

function run(seed: number, more: Partial<Parameters<typeof runScenario>[1]> = {}): Promise<RunResult> {
  return runScenario(small, { seed, core: "checked", ...more });
}

let first: RunResult;

beforeAll(async () => {
  first = await run(1);
});

describe("one run", () => {
  it("the same seed gives the same bytes, another seed does not", async () => {
    expect(JSON.stringify(await run(1))).toBe(JSON.stringify(first));
    expect((await run(2)).digest).not.toBe(first.digest);
  });

  it("any slicing gives the same bytes", async () => {
    for (const sliceNs of [20e6, 7.3e6, 1e5]) {
      expect(JSON.stringify(await run(1, { sliceNs })), `${sliceNs} ns`).toBe(JSON.stringify(first));
    }
  });

  it("both builds of the core agree", async () => {
    expect((await run(1, { core: "release" })).digest).toBe(first.digest);
  });

  it("every page of an area is exactly one kind of page in every sample", () => {
    const { areas, series } = first;
    expect(series.timeNs).toEqual(Array.from({ length: 21 }, (_, i) => i * 20e6));
    for (const area of areas) {
      const columns = PAGE_KINDS.map(
        (kind) => series.columns.find(({ name }) => name === `area.${area.name}.${kind}`)?.values ?? [],
      );
      for (const row of series.timeNs.keys())
        expect(columns.reduce((sum, values) => sum + (values[row] ?? 0), 0)).toBe(area.pages);
    }
  });

  it("running totals never fall", () => {
    for (const { name, kind, values } of first.series.columns) {
      expect(values, name).toHaveLength(first.series.timeNs.length);
      if (kind === "sum")
        expect(
          [...values].sort((a, b) => a - b),
          name,
        ).toEqual(values);
    }
  });

  it("totals are totals: every one of them, none that falls, nothing else", async () => {
    const names = Object.keys(StatWord).filter((name) => Number.isNaN(Number(name)) && name !== "COUNT");
    expect(Object.keys(first.totals)).toEqual(names.map(camelCaseOfEnum));
    for (const other of [LevelWord, ScratchWord])
      for (const name of Object.keys(other))
        expect(first.totals, name).not.toHaveProperty(camelCaseOfEnum(name));
    const simulation = await crowded();
    let before = names.map(() => 0);
    for (let slice = 1; slice <= 40; slice++) {
      simulation.run(slice * 50e6);
      const now = [...simulation.machine.engine.unsigned(Region.STATS).subarray(0, names.length)];
      for (const [word, value] of now.entries())
        expect(value, names[word]).toBeGreaterThanOrEqual(before[word] ?? 0);
      before = now;
    }
    expect(before.filter((value) => value > 0).length).toBeGreaterThan(12);
    simulation.dispose();
  });

  it("requests fail here, and each failure says what was in the way", () => {
    const failed = first.requests.filter(({ errno }) => errno !== 0);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(first.requests.length);
    expect(first.failures.map(({ request }) => request)).toEqual(failed);
    expect(first.totals["cmaAllocFail"]).toBe(failed.length);
    for (const { request, windows, map, distinctBlockers } of first.failures) {
      expect(windows).toHaveLength(request.windows);
      expect(windows.every(({ errno }) => errno === -16 || errno === -12)).toBe(true);
      expect(windows.some(({ holder }) => holder === "direct-io")).toBe(true);
      expect(distinctBlockers).toBeGreaterThan(0);
      expect(request.missedDeadline).toBe(true);
      const cells = map.counts[0]?.length ?? 0;
      for (let cell = 0; cell < cells; cell++)
        expect(map.counts.reduce((sum, counts) => sum + (counts[cell] ?? 0), 0)).toBe(map.pagesPerCell);
    }
  });

  it("keeps no more failures than asked for, and counts the others", async () => {
    const few = await runScenario({ ...small, record: { failures: 1 } }, { seed: 1, core: "checked" });
    expect(few.failures).toHaveLength(1);
    expect(few.failuresNotKept).toBe(first.failures.length - 1);
  });

  it("ends where it is told to, and gives up at a signal", async () => {
    expect((await run(1, { untilNs: 110e6 })).durationNs).toBe(110e6);
    const controller = new AbortController();
    const stopped = run(1, {
      signal: controller.signal,
      sliceNs: 1e6,
      onProgress: (doneNs) => {
        if (doneNs >= 50e6) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("policies", () => {
  // No THP, no hole of another size, no zone below its mark, no second in which a worker comes; and who measures changes nothing.
  const idle = [
    "mainline",
    "thp-no-cma",
    "thp-one-list",
    "best-fit",
    "watermark",
    "cma-balance",
    "pin-lengths",
  ];

  it.each(policyNames.filter((name) => !idle.includes(name)))("%s changes the run", async (name) => {
    const other = await run(1, { policy: named(name) });
    const { policy: _, digest: __, ...with_ } = other;
    const { policy: ___, digest: ____, ...without } = first;
    expect(JSON.stringify(with_)).not.toBe(JSON.stringify(without));
    expect(other.digest).not.toBe(first.digest);
  });

  it("strict leaves the area to its client", async () => {
    const strict = await run(1, { policy: named("strict") });
    expect(strict.failures).toEqual([]);
    const used = strict.series.columns.find(({ name }) => name === "area.reserved.anon")?.values ?? [];
    expect(Math.max(...used)).toBe(0);
  });
});
