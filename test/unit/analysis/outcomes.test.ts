import { describe, expect, it } from "vitest";
import { blockersOf, outcomesOf } from "../../../bindings/analysis/outcomes/index.js";
import { renderBrief, renderRuns } from "../../../bindings/report/index.js";
import type { FailureRecord, RequestRecord, RunResult } from "../../../bindings/scenario/result.js";
import { makeResults } from "../../support/run_results.js";

const base = makeResults({ policies: ["one"], seeds: 1, seconds: 4 })[0]!;

function request(errno: number, latencyNs: number): RequestRecord {
  return { ...base.requests[0]!, client: "camera", errno, latencyNs, missedDeadline: errno !== 0 };
}

function run(policy: string, seed: number, requests: readonly RequestRecord[]): RunResult {
  return { ...base, policy, seed, clients: ["camera"], requests, failures: [] };
}

describe("clients", () => {
  const results = [
    run("a", 1, [request(0, 10), request(0, 30), request(-16, 99)]),
    run("a", 2, [request(-12, 5), request(-16, 7)]),
    run("b", 1, [request(0, 20), request(0, 20), request(0, 20)]),
    run("b", 3, [request(0, 1)]),
  ];

  it("are counted over all seeds, with a row even where nothing succeeded", () => {
    const { summaries, policies } = outcomesOf(results);
    const [a, b] = summaries;
    expect(policies).toEqual(["a", "b"]);
    expect(a).toMatchObject({ client: "camera", policy: "a", runs: 2 });
    expect(a?.all).toMatchObject({
      requests: 5,
      succeeded: 2,
      missed: 3,
      errors: { "-16": 2, "-12": 1 },
      maxNs: 30,
    });
    expect(a?.p50.interval).toBeUndefined();
    expect(b?.all).toMatchObject({ requests: 4, succeeded: 4, errors: {} });
  });

  it("are compared on the seeds that both policies have", () => {
    const { comparisons, onTimeDifferences } = outcomesOf(results);
    const latency = comparisons.find(({ metric }) => metric === "median");
    expect(latency).toMatchObject({ policy: "b", against: "a", seeds: [1], interval: undefined, median: 0 });
    expect(onTimeDifferences).toHaveLength(1);
    expect(onTimeDifferences[0]).toMatchObject({ policy: "b", against: "a", seeds: 1, isSure: false });
    expect(onTimeDifferences[0]?.mean).toBeCloseTo(1 / 3);
  });
});

describe("a difference that is the same in every seed", () => {
  it.each([
    [2, false],
    [5, false],
    [6, true],
  ])("over %i seeds is sure: %s", (seeds, isSure) => {
    const all = Array.from({ length: seeds }, (_, i) => [
      run("a", i + 1, [request(0, 10), request(-16, 10)]),
      run("b", i + 1, [request(0, 10), request(0, 10)]),
    ]).flat();
    const { onTimeDifferences } = outcomesOf(all);
    expect(onTimeDifferences[0]).toMatchObject({ seeds, mean: 0.5, certainty: { kind: "same" }, isSure });
  });
});

describe("many requests", () => {
  /** A call with so many arguments throws a RangeError. */
  const MANY = 200_000;
  const requests = Array.from({ length: MANY }, (_, i) => request(0, i + 1));
  const timeNs = Array.from({ length: MANY }, (_, i) => i);
  const series = {
    timeNs,
    columns: [{ name: "pins", unit: "pages", kind: "level", values: timeNs }],
  } as const;

  it("of one client are summed up, and a long series is drawn", () => {
    const outcomes = outcomesOf([{ ...run("a", 1, requests), series }]);
    expect(outcomes.summaries[0]?.all).toMatchObject({ requests: MANY, maxNs: MANY, p50Ns: MANY / 2 + 1 });
    expect(renderRuns(outcomes)).toContain("pinned");
    expect(renderBrief(outcomes)).toContain("asked 200,000 times: 200,000 on time");
  });
});

describe("results", () => {
  it("are read once, one after the other, and need not be in memory together", () => {
    const results = makeResults({ seeds: 2, seconds: 4 });
    let read = 0;
    const { runs, firsts, ...outcomes } = outcomesOf(
      (function* () {
        for (const result of results) {
          read++;
          yield result;
        }
      })(),
    );
    expect(read).toBe(results.length);
    expect(firsts.map(({ policy, seed }) => [policy, seed])).toEqual(
      outcomes.policies.map((policy) => [policy, 1]),
    );
    expect(outcomesOf(results)).toEqual({ runs, firsts, ...outcomes });
  });
});

describe("failures", () => {
  const window = {
    startPfn: 0,
    errno: -16,
    blockerPfn: 1,
    reason: "PINNED",
    holder: "ota",
    pinKind: "SHORT",
    heldNs: 2e6,
  };
  const failure = (errno: number, windows: FailureRecord["windows"]): FailureRecord => ({
    ...{ distinctBlockers: windows.length, longestHeldNs: 4e6, anyLongPin: false },
    request: { ...request(errno, 1), windows: windows.length },
    windows,
    map: { startPfn: 0, pagesPerCell: 1, kinds: [], counts: [] },
  });

  it("add their blockers up over all windows", () => {
    const [failed] = makeResults({ seeds: 1 })[0]?.failures ?? [];
    const blockers = blockersOf(failed?.windows ?? []);
    expect(blockers.reduce((sum, { windows }) => sum + windows, 0)).toBe(failed?.windows.length);
    const longest = blockers.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0);
    expect(longest).toBe(failed?.longestHeldNs);
  });

  it("of the same cause are one story, most frequent first", () => {
    const ota = failure(-16, [window, window, { ...window, holder: "", reason: "NOT_REACHED" }]);
    const failures = [ota, failure(-12, []), ota];
    const { failures: stories } = outcomesOf([{ ...run("a", 1, []), failures }]);
    expect(stories.map(({ count, errno }) => [count, errno])).toEqual([
      [2, -16],
      [1, -12],
    ]);
    expect(stories[0]).toMatchObject({
      blockers: [
        { name: "ota", windows: 4 },
        { name: "not reached", windows: 2 },
      ],
      heldMedianNs: 2e6,
      heldMostNs: 4e6,
      anyLongPin: false,
      windows: 3,
    });
    expect(stories[1]?.heldMedianNs).toBeUndefined();
  });
});
