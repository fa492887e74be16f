import { describe, expect, it } from "vitest";
import type { FailureRecord, RequestRecord, RunResult } from "../../../bindings/scenario/result.js";
import {
  comparePolicies,
  failureStories,
  policiesOf,
  summarizeClients,
} from "../../../bindings/sweep/index.js";
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
    const [a, b] = summarizeClients(results);
    expect(policiesOf(results)).toEqual(["a", "b"]);
    expect(a).toMatchObject({ client: "camera", policy: "a", runs: 2 });
    expect(a?.all).toMatchObject({
      requests: 5,
      succeeded: 2,
      missed: 3,
      errors: { "-16": 2, "-12": 1 },
      maxNs: 30,
    });
    expect(a?.success.median).toBeCloseTo(1 / 3);
    expect(a?.p50.interval).toBeUndefined();
    expect(b?.all).toMatchObject({ requests: 4, succeeded: 4, errors: {} });
  });

  it("are compared on the seeds that both policies have", () => {
    const success = comparePolicies(results).find(({ metric }) => metric === "success");
    expect(success).toMatchObject({ policy: "b", base: "a", pairs: 1, interval: undefined });
    expect(success?.median).toBeCloseTo(1 / 3);
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

  it("of the same cause are one story, most frequent first", () => {
    const ota = failure(-16, [window, window, { ...window, holder: "", reason: "NOT_REACHED" }]);
    const failures = [ota, failure(-12, []), ota];
    const stories = failureStories([{ ...run("a", 1, []), failures }]);
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
