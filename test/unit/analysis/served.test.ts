// Knows: what is told of openings, how sure it is, and when two policies' loads were not equal.
// Must not know: how runs come about.

import { describe, expect, it } from "vitest";
import { meanInterval, wilson } from "../../../bindings/analysis/bootstrap.js";
import { certaintyOf } from "../../../bindings/analysis/outcomes/certainty.js";
import { outcomesOf } from "../../../bindings/analysis/outcomes/index.js";
import { renderBrief, renderRuns } from "../../../bindings/report/index.js";
import type { KillRecord, RequestRecord, RunResult } from "../../../bindings/scenario/result.js";
import { Random } from "../../support/random.js";
import { makeResults } from "../../support/run_results.js";

function share(random: Random): number {
  return random.below(1_000_000) / 1_000_000;
}

describe("intervals over seeds", () => {
  it.each([6, 8, 12, 30])(
    "of %i seeds hold the true rate in 92 to 97 of 100 cases, though requests depend on their seed",
    (seeds) => {
      const random = new Random(seeds);
      const trials = 600;
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const rates = Array.from({ length: seeds }, () => {
          // What all requests of a seed share, and five of them.
          const own = 0.2 + 0.6 * share(random);
          return Array.from({ length: 5 }, () => share(random) < own).filter(Boolean).length / 5;
        });
        const interval = meanInterval(rates, { rounds: 500, seed: trial + 1 });
        if (interval !== undefined && interval.low <= 0.5 && interval.high >= 0.5) covered++;
      }
      expect(covered / trials).toBeGreaterThan(0.92);
      expect(covered / trials).toBeLessThan(0.97);
    },
  );

  it("are refused below six seeds, and where no seed differs", () => {
    expect(certaintyOf([])).toBeUndefined();
    expect(certaintyOf([0.2, 0.9, 0.4])).toEqual({ kind: "range", interval: { low: 0.2, high: 0.9 } });
    expect(certaintyOf([1, 1, 1, 1, 1, 1, 1])).toEqual({ kind: "same", value: 1 });
    expect(certaintyOf([0.1, 0.3, 0.2, 0.4, 0.5, 0.2])?.kind).toBe("interval");
  });

  it("of single independent outcomes are Wilson's", () => {
    const { low, high } = wilson(34, 200);
    expect(low).toBeCloseTo(0.1243, 3);
    expect(high).toBeCloseTo(0.2282, 3);
  });
});

function request(ordinal: number, beginNs: number, more: Partial<RequestRecord> = {}): RequestRecord {
  const [run] = makeResults({ seeds: 1, seconds: 2 });
  const [some] = run?.requests ?? [];
  if (some === undefined) throw new Error("no request");
  return {
    ...some,
    client: "camera",
    ordinal,
    beginNs,
    latencyNs: 1e6,
    errno: 0,
    missedDeadline: false,
    ...more,
  };
}

/** One run of a camera, whose stream ends after ten seconds. */
function run(
  policy: string,
  seed: number,
  requests: readonly RequestRecord[],
  more: Partial<RunResult> = {},
) {
  const [some] = makeResults({ seeds: 1, seconds: 2 });
  if (some === undefined) throw new Error("no run");
  const actors = [
    { name: "camera", kind: "camera", counters: { planned: 6, skipped: 6 - requests.length } },
    { name: "io", kind: "direct-io", counters: { planned: 1000, dropped: 0, skipped: 0, lacking: 0 } },
  ];
  return {
    ...some,
    ...{ policy, seed, requests, actors, failures: [], failuresNotKept: 0, clients: ["camera"] },
    ...{ stream: { beginNs: 0, endNs: 10e9 }, kills: [] },
    ...more,
  } as RunResult;
}

describe("openings", () => {
  const requests = [
    request(1, 1e9),
    request(2, 2e9, { errno: -16, missedDeadline: true }),
    request(4, 8e9, { missedDeadline: true, latencyNs: 4e9 }),
    request(5, 14e9),
  ];
  const outcomes = outcomesOf([run("mainline", 1, requests)]);

  it("are asked, on time, late, failed or skipped; outside of the stream apart", () => {
    const [row] = outcomes.onTime;
    expect(row?.openings.inStream).toEqual({ asked: 4, onTime: 1, late: 1, failed: 1, skipped: 1 });
    expect(row?.openings.outside).toEqual({ asked: 2, onTime: 1, late: 0, failed: 0, skipped: 1 });
    expect(row?.share).toBe(0.25);
  });

  it("are told so", () => {
    expect(renderBrief(outcomes)).toContain(
      "camera under mainline: asked 4 times in the stream: 1 on time, 1 late, 1 failed, 1 skipped (25 % a seed; one seed); outside of the stream 1 of 2 on time",
    );
    expect(renderRuns(outcomes)).toMatch(/camera +mainline +in stream +4 +1 +1 +1 +1 /);
  });
});

describe("a client that asks for many buffers at once", () => {
  it("has done what it planned but for the times at which it lacked some", () => {
    const failed = { errno: -16, missedDeadline: true };
    const requests = [
      ...[request(1, 1e9), request(1, 1e9, failed), request(1, 1e9, failed)],
      ...[request(2, 2e9), request(2, 2e9)],
      ...[request(3, 3e9, failed), request(3, 3e9, failed), request(3, 3e9, failed)],
    ];
    const counters = { planned: 4, dropped: 5, skipped: 1 };
    const actors = [{ name: "tv", kind: "tv", counters }];
    const own = requests.map((each) => ({ ...each, client: "tv" }));
    const { ledger } = outcomesOf([run("mainline", 1, own, { actors, clients: ["tv"] })]);
    expect(ledger).toMatchObject([{ actor: "tv", planned: 4, served: 1 }]);
    const refused = [{ name: "tv", kind: "tv", counters: { planned: 2, dropped: 64 } }];
    expect(outcomesOf([run("mainline", 1, [], { actors: refused })]).ledger[0]).toMatchObject({ served: 0 });
  });
});

describe("a comparison", () => {
  const good = [request(1, 1e9), request(2, 2e9), request(3, 3e9)];
  const bad = good.map((one) => ({ ...one, errno: -16, missedDeadline: true }));
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const mixed = (seed: number) => (seed % 2 === 0 ? good : bad);

  it("calls the same difference of a few seeds a hint", () => {
    const few = [1, 2, 3];
    const outcomes = outcomesOf([
      ...few.map((seed) => run("a", seed, bad)),
      ...few.map((seed) => run("b", seed, good)),
    ]);
    expect(renderBrief(outcomes)).toContain(
      "b against a, same arrivals: camera is served on time +50 points of its openings in each of 3 seeds, too few for an interval: a hint.",
    );
  });

  it("states no difference that its seeds do not tell from none", () => {
    const runs = [
      ...seeds.map((seed) => run("a", seed, mixed(seed))),
      ...seeds.map((seed) => run("b", seed, mixed(seed + 1))),
    ];
    const {
      onTimeDifferences: [row],
      ...outcomes
    } = outcomesOf(runs);
    expect([row?.isSure, row?.certainty.kind]).toEqual([false, "interval"]);
    const text = renderBrief({ onTimeDifferences: row === undefined ? [] : [row], ...outcomes });
    expect(text).toContain("8 seeds do not tell apart how often camera is served on time (95 % interval");
    expect(text).not.toMatch(/served on time [+-]/);
  });

  it("says that seeds that differ in nothing give no interval", () => {
    const runs = [...seeds.map((seed) => run("a", seed, bad)), ...seeds.map((seed) => run("b", seed, good))];
    expect(renderBrief(outcomesOf(runs))).toContain(
      "served on time +50 points of its openings (mean of 8 seeds; the same in all 8 seeds: no interval follows from that)",
    );
  });

  it("begins with unequal loads, and gives no verdict on success alone", () => {
    const less = {
      actors: [
        { name: "camera", kind: "camera", counters: { planned: 3, skipped: 0 } },
        { name: "io", kind: "direct-io", counters: { planned: 800, skipped: 0 } },
      ],
    };
    const runs = [
      ...seeds.map((seed) => run("a", seed, bad)),
      ...seeds.map((seed) => run("b", seed, good, less)),
    ];
    const outcomes = outcomesOf(runs);
    expect(outcomes.unequal).toEqual([{ workload: "io", policy: "b", against: "a", ratio: 0.8 }]);
    for (const text of [renderBrief(outcomes), renderRuns(outcomes)]) {
      expect(text.split("\n")[0]).toBe(
        "Unequal loads: io got 20 % less done under b than under a (table of who did what): success alone is no verdict.",
      );
      expect(text).toContain("the loads were not equal: no verdict");
    }
    expect(renderRuns(outcomes)).toMatch(/io +b +800 +800 +100 % +0 +0 /);
  });

  it("tells who was killed, when and why", () => {
    const kill = { timeNs: 2e9, victim: "apps", what: "application", pages: 1664, cause: "noise" } as const;
    const kills: KillRecord[] = [
      { ...kill, order: 2, gfp: 0, client: "", ordinal: 0 },
      { ...kill, what: "process", victim: "fill", order: 0, gfp: 0, client: "cam", ordinal: 3 },
    ];
    const text = renderRuns(outcomesOf([run("a", 1, good, { kills, totals: { ooms: 9 } })]));
    expect(text).toContain("Under a 9 allocations failed for good (out of memory), all seeds together.");
    expect(text).toContain(
      "2 s (a, seed 1): an application of apps with 1,664 pages was killed; noise had found no block of order 2.",
    );
    expect(text).toContain(
      "a process of fill with 1,664 pages was killed during request 3 of cam; noise had",
    );
  });
});
