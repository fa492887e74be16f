// Knows: what rows of runs come to in cells, who is beaten by whom, and what an actor's account says.
// Must not know: real runs.

import { describe, expect, it } from "vitest";
import {
  Matrix,
  outcomesOf,
  paretoFront,
  type RunRow,
  rowsOf,
} from "../../../bindings/analysis/outcomes/index.js";
import { matrixCsv, matrixSentence, renderMatrix, renderRuns } from "../../../bindings/report/index.js";
import type { RequestRecord, RunResult } from "../../../bindings/scenario/result.js";
import { makeResults } from "../../support/run_results.js";

function row(policy: string, seed: number, onTime: number, moved: number, io = 100): RunRow {
  const rest = { late: 0, failed: 10 - onTime, skipped: 0, p50Ns: 1e6, stalledNs: 0, reclaimed: 0 };
  return {
    ...{ scenario: "s", device: "d", kernel: "6.12", client: "camera", policy, seed, asked: 10, onTime },
    ...{ ...rest, moved, io, refaults: 0, idlePages: 5, kills: 0 },
  };
}

function cellsOf(rows: readonly RunRow[]) {
  const matrix = new Matrix();
  for (const one of rows) matrix.add(one);
  return matrix.cells();
}

describe("cells", () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const rows = seeds.flatMap((seed) => [
    row("mainline", seed, 4 + (seed % 2), 100),
    row("dear", seed, 9 - (seed % 3 === 0 ? 1 : 0), 900, 80),
    row("worse", seed, 1, 900),
  ]);

  it("hold a policy against the first one of their block, seed by seed, with an interval", () => {
    const [mainline, dear, worse] = cellsOf(rows);
    expect(mainline).toMatchObject({ policy: "mainline", seeds: 6, difference: undefined });
    expect(mainline?.share).toBeCloseTo(0.45);
    expect(mainline?.openings).toMatchObject({ asked: 60, onTime: 27, failed: 33 });
    expect(dear?.difference).toMatchObject({ against: "mainline", onTime: { seeds: 6, isSure: true } });
    expect(dear?.difference?.onTime?.mean).toBeCloseTo((4 + 5 + 3 + 5 + 4 + 4) / 60);
    expect(dear?.difference?.costs.io?.mean).toBe(-20);
    expect(dear?.difference?.bases).toMatchObject({ io: 100, moved: 100, p50Ns: 1e6 });
    expect(worse?.difference?.onTime?.mean).toBeLessThan(0);
    expect(matrixSentence(cellsOf(rows))).toMatch(/^Of 2 comparisons 1 show more .* and 1 fewer .*dear \+/);
  });

  it("name what a difference is a share of: the mean of the same seeds, where the cell tells a median", () => {
    const skewed = [1, 1, 10].map((ms, i) => ({ ...row("mainline", i + 1, 1, 1), p50Ns: ms * 1e6 }));
    const [first, quick] = cellsOf([
      ...skewed,
      ...[1, 2, 3].map((seed) => ({ ...row("b", seed, 1, 1), p50Ns: 0 })),
    ]);
    expect(first?.costs.p50Ns).toBe(1e6);
    expect(quick?.difference?.costs.p50Ns?.mean).toBe(-4e6);
    expect(quick?.difference?.bases.p50Ns).toBe(4e6);
  });

  it("are unbeaten where no other is as good and as cheap", () => {
    const names = (cost: "moved" | "io") => paretoFront(cellsOf(rows), cost).map(({ policy }) => policy);
    expect(names("moved")).toEqual(["mainline", "dear"]);
    // More I/O is better: what the first policy serves is more than the dear one does.
    expect(names("io")).toEqual(["mainline", "dear"]);
    expect(paretoFront(cellsOf([row("a", 1, 5, 10), row("b", 1, 5, 10)]), "moved")).toHaveLength(2);
  });

  it("do not tell policies apart where too few seeds differ, and count runs that failed", () => {
    const few = [
      row("mainline", 1, 4, 1),
      row("mainline", 2, 5, 1),
      row("other", 1, 6, 1),
      row("other", 2, 5, 1),
    ];
    const cells = cellsOf([...few, { ...row("other", 3, 0, 0), error: "FAULT: it broke" }]);
    expect(cells[1]).toMatchObject({ seeds: 2, errors: 1, difference: { onTime: { isSure: false } } });
    expect(renderMatrix(cells)).toMatch(/other .*\(50 % to 60 %\) .*not told apart/);
    let csv = "";
    matrixCsv(cells, (text) => {
      csv += text;
    });
    expect(csv.trim().split("\n")).toHaveLength(3);
    expect(csv).toMatch(/^scenario,device,kernel,policy,client,seeds,asked,/);
  });
});

describe("the account of an actor", () => {
  const [base] = makeResults({ policies: ["one"], seeds: 1, seconds: 4 });
  const request = { ...base!.requests[0]!, client: "camera", errno: 0 } satisfies RequestRecord;
  const run = (policy: string, seed: number, latencyNs: number, moved: number): RunResult => ({
    ...base!,
    ...{ policy, seed, clients: ["camera"], failures: [] },
    requests: [{ ...request, latencyNs, pagesMigrated: moved, pagesReclaimed: 3 }],
    actors: [
      { name: "camera", kind: "camera", counters: { planned: 4, skipped: 1, ioWaitTime: 5 } },
      {
        name: "io",
        kind: "direct-io",
        counters: { planned: 10, dropped: 2, reclaimTime: 7, pinWaitTime: 2, moved: 8 },
      },
      { name: "kswapd0", kind: "kswapd", counters: { busyTime: 11, reclaimTime: 11 } },
    ],
  });
  const { ledger } = outcomesOf([
    run("a", 1, 100, 40),
    run("a", 2, 200, 60),
    run("b", 1, 400, 45),
    run("b", 2, 300, 55),
  ]);
  const of = (actor: string, policy: string) =>
    ledger.find((entry) => entry.actor === actor && entry.policy === policy);

  it("says what it got done, waited for and had moved, and what a policy costs it", () => {
    expect(of("camera", "a")).toMatchObject({ planned: 4, served: 3, cmaNs: 150, moved: 50, waitedNs: 150 });
    expect(of("camera", "b")?.cost).toEqual({ waitedNs: 200, moved: 0, served: 0 });
    expect(of("io", "a")).toMatchObject({ served: 8, reclaimNs: 7, pinWaitNs: 2, moved: 8, waitedNs: 9 });
    expect(of("kswapd0", "a")).toMatchObject({ busyNs: 11, waitedNs: 0 });
    expect(renderRuns(outcomesOf([run("a", 1, 100, 40), run("b", 1, 400, 40)]))).toMatch(
      /camera +b +4 +3 +75 % .*\+300 ns/,
    );
  });

  it("is what a row of a grid tells of the whole run", () => {
    const [outcome] = outcomesOf([run("a", 1, 100, 40)]).runs;
    const [found] = rowsOf(7, outcome!);
    expect(found).toMatchObject({ run: 7, client: "camera", asked: 4, io: 8, stalledNs: 14, kswapdNs: 11 });
  });
});
