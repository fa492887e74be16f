// Knows: what the document of a report must hold, whatever the runs were: numbers that agree with the runs, safe
// text, the same bytes, a bounded size.
// Must not know: the page (page.test.ts).

import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomesOf, summarizeRequests } from "../../bindings/analysis/outcomes/index.js";
import { type AnswerDocument, embeddableJson, fillAnswer } from "../../bindings/report/answer/index.js";
import { prepareReport } from "../../bindings/report/run/prepare.js";
import { answerOfRuns, fillRunReport } from "../../bindings/report/run/render.js";
import { decodeSteps, encodeSteps, everyNth } from "../../bindings/report/run/steps.js";
import type { KillRecord, RunResult } from "../../bindings/scenario/result.js";
import { makeResults } from "../support/run_results.js";

const TEMPLATE = '<p><script type="application/json" id="document"></script></p>';
const GOLDEN = new URL("../golden/report/document.golden", import.meta.url);

/** Small enough for a golden file that a person can read. */
function small(): RunResult[] {
  return makeResults({ seeds: 2, seconds: 8, hertz: 1, rate: 0.5 }).map((run) => ({
    ...run,
    failures: run.failures.map((failure) => ({ ...failure, windows: failure.windows.slice(0, 9) })),
  }));
}

/** Lists of numbers on one line each. */
function readable(document: unknown): string {
  const lines = JSON.stringify(document, null, 1);
  return `${lines.replace(/\[[-\d.,\s]+\]/g, (list) => list.replace(/\s+/g, ""))}\n`;
}

describe("columns of numbers", () => {
  it("come back as they were, to the scale", () => {
    const scales = fc.constantFrom(1, 1e3, 1e-4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 })), scales, (numbers, scale) => {
        const values = numbers.map((number) => number * scale);
        const back = decodeSteps(encodeSteps(values, scale));
        expect(back.length).toBe(values.length);
        for (const [i, value] of values.entries())
          expect(Math.abs((back[i] ?? 0) - value)).toBeLessThan(scale);
      }),
    );
    expect(encodeSteps([7, 7, 7], 1)).toEqual({ count: 3, scale: 1, first: 7, steps: [] });
    expect(decodeSteps(encodeSteps([], 1))).toEqual([]);
  });

  it("are thinned evenly, the last one kept", () => {
    expect(everyNth(10, 4)).toEqual([0, 4, 8, 9]);
    expect(everyNth(0, 4)).toEqual([]);
  });
});

describe("statistics", () => {
  const results = makeResults({ seeds: 3 });
  const { statistics, comparisons } = prepareReport(results);

  it("count every request of all seeds", () => {
    for (const row of statistics) {
      const requests = results
        .filter(({ policy }) => policy === row.policy)
        .flatMap((run) => run.requests.filter(({ client }) => client === row.client));
      const latencies = requests
        .filter(({ errno }) => errno === 0)
        .map(({ latencyNs }) => latencyNs)
        .sort((a, b) => a - b);
      const failed = Object.values(row.errors).reduce((sum, count) => sum + count, 0);
      expect(row.requests).toBe(requests.length);
      expect(row.succeeded).toBe(latencies.length);
      expect(failed + row.succeeded).toBe(row.requests);
      expect(row.maxNs).toBe(latencies.at(-1));
      expect(row.ranks.at(-1)?.[1]).toBe(row.succeeded);
      const rank = (latencies.length - 1) * 0.95;
      expect(row.p95Ns).toBeGreaterThanOrEqual(latencies[Math.floor(rank)] ?? 0);
      expect(row.p95Ns).toBeLessThanOrEqual(latencies[Math.ceil(rank)] ?? 0);
    }
  });

  it("compare the same seeds", () => {
    const row = comparisons.find(({ client, metric }) => client === "camera" && metric === "median");
    expect(row).toMatchObject({ policy: "android-retry", against: "mainline", seeds: [1, 2, 3] });
    const middle = (run: RunResult | undefined) => {
      const requests = run?.requests.filter(({ client, errno }) => client === "camera" && errno === 0) ?? [];
      return summarizeRequests(requests).p50Ns ?? 0;
    };
    const of = (policy: string, seed: number) =>
      middle(results.find((run) => run.policy === policy && run.seed === seed));
    const differences = [1, 2, 3].map((seed) => of("android-retry", seed) - of("mainline", seed));
    expect(row?.median).toBe(differences.sort((a, b) => a - b)[1]);
  });

  it("leave out seeds that only one policy has; fewer than six seeds have no interval", () => {
    const cut = (seeds: readonly number[]) =>
      results.filter(({ policy, seed }) => policy === "mainline" || seeds.includes(seed));
    const [row] = prepareReport(cut([1, 3])).comparisons;
    expect(row?.seeds).toEqual([1, 3]);
    expect(row?.interval).toBeNull();
    expect(prepareReport(cut([2])).comparisons[0]?.interval).toBeNull();
  });

  it("are those of the terminal", () => {
    const found = outcomesOf(results).comparisons.find(
      ({ client, metric }) => client === "camera" && metric === "median",
    );
    const row = comparisons.find(({ client, metric }) => client === "camera" && metric === "median");
    expect(row?.median).toBe(found?.median);
    expect(row?.interval ?? undefined).toEqual(found?.interval);
    for (const { client, policy, all } of outcomesOf(results).summaries) {
      const same = statistics.find((of) => of.client === client && of.policy === policy);
      expect(same).toMatchObject({ requests: all.requests, succeeded: all.succeeded, errors: all.errors });
      expect([same?.medianNs, same?.p95Ns, same?.p99Ns, same?.maxNs]).toEqual([
        all.p50Ns,
        all.p95Ns,
        all.p99Ns,
        all.maxNs,
      ]);
    }
  });
});

describe("failures", () => {
  it("are found by the request that failed, and mark the blocked cells of their map", () => {
    const [run] = prepareReport(makeResults({ seeds: 1 })).runs;
    const numbers = run?.requests.failure.filter((number) => number >= 0) ?? [];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(run?.failures.map((_, i) => i));
    for (const failure of run?.failures ?? []) {
      const windows = failure.blocked.reduce((sum, [, count]) => sum + count, 0);
      expect(windows).toBe(failure.windowsKept);
    }
  });
});

describe("the head of the page", () => {
  it("tells who was killed and where the result holds, as a terminal does", () => {
    const [run] = makeResults({ seeds: 1 });
    const kill: KillRecord = {
      ...{ timeNs: 2e9, victim: "apps", pages: 4321, cause: "camera", order: 3, gfp: 0 },
      ...{ client: "camera", ordinal: 2, what: "application" },
    };
    const { summary } = prepareReport([{ ...run!, kills: [kill] }], { validity: "UNDECIDED. It hangs." });
    expect(summary.at(-1)).toBe("Region of validity: UNDECIDED. It hangs.");
    expect(summary.at(-2)).toMatch(
      /^2 s .*apps with 4,321 pages was killed during request 2 of camera; camera .* order 3\.$/,
    );
    expect(prepareReport([run!]).summary.join()).not.toMatch(/killed;|validity/);
  });
});

describe("the file", () => {
  const HOSTILE = "</script><script>alert(1)</script><!-- \"'&\u2028 $& `";

  it("holds names from a user's files as text only", () => {
    const results = makeResults({
      seeds: 1,
      seconds: 20,
      holder: HOSTILE,
      client: HOSTILE,
      scenario: HOSTILE,
    });
    const html = fillRunReport(TEMPLATE, results, { command: HOSTILE, source: HOSTILE });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<!--|\u2028/);
    const json = html.slice(html.indexOf('">{') + 2, html.indexOf("</script>"));
    const { runs: read } = JSON.parse(json) as Required<AnswerDocument>;
    expect(read.scenario).toBe(HOSTILE);
    expect(read.clients).toContain(HOSTILE);
    expect(read.words).toContain(HOSTILE);
    expect(JSON.parse(embeddableJson(HOSTILE))).toBe(HOSTILE);
  });

  it("is the same bytes for the same runs, in whatever order the seeds ended", () => {
    const html = fillRunReport(TEMPLATE, small());
    expect(fillRunReport(TEMPLATE, small())).toBe(html);
    const [a, b, c, d] = small();
    expect(fillRunReport(TEMPLATE, [b, a, d, c] as RunResult[])).toBe(html);
    // Not a list, but something that can be read again and again.
    const source = { [Symbol.iterator]: () => small().values() };
    expect(fillRunReport(TEMPLATE, source)).toBe(html);
  });

  it("needs a template with a place, and a run", () => {
    expect(() => fillAnswer("<p></p>", answerOfRuns(small()))).toThrow(/no <script type="application\/json"/);
    expect(() => prepareReport([])).toThrow(/at least one run/);
  });

  it("is what the golden file says", () => {
    const written = readable(prepareReport(small()));
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(GOLDEN, written);
    expect(written).toBe(readFileSync(GOLDEN, "utf8"));
  });

  it("stays small: twenty seeds of a minute, two policies, 70 columns, a hundred requests a second", () => {
    const document = prepareReport(makeResults({ seeds: 20, moreColumns: 50, rate: 100 }));
    expect(embeddableJson(document).length).toBeLessThan(4.5e6);
    const text = document.notes.join("\n");
    expect(text).toMatch(/^Series: one sample in \d+ is drawn/m);
    expect(text).toMatch(/^Requests: [\d,]+ are not drawn/m);
    expect(text).toMatch(/^Page maps: /m);
    for (const run of document.runs) expect(run.timeNs.count).toBeGreaterThanOrEqual(120);
  });
});

describe("the sentence", () => {
  it("says who was failed how often, what stood in the way, and what the other policy would have done", () => {
    expect(prepareReport(makeResults()).verdict).toMatch(
      /^Under mainline camera had its memory on time in \d+ of 120 requests of [\d.]+ MiB \([\d.]+ %\); pages pinned by ota-update, none of them for long, stood in the way of [\d.]+ % of the windows tried; android-retry(?:: no better, as far as 4 seeds tell| was on time \+[\d.]+ points of its openings more, which 4 seeds do not tell from chance)\.$/,
    );
    const [run] = makeResults({ seeds: 1, seconds: 20 }) as [RunResult];
    expect(prepareReport([{ ...run, clients: [], requests: [], failures: [] }]).verdict).toBe(
      "No client asked for contiguous memory.",
    );
  });
});

describe("the summary", () => {
  it("says in ten lines who asked, what they got, what blocked, and what the policy changed", () => {
    const { summary } = prepareReport(makeResults());
    expect(summary.length).toBeLessThanOrEqual(10);
    const text = summary.join("\n");
    expect(text).toMatch(/synthetic-blockade on phone-16g \(Linux 6\.12\): 8 runs of 60 s/);
    expect(text).toMatch(
      /camera under mainline: asked 120 times: \d+ on time, \d+ failed \([\d.]+ % a seed; 4 seeds, from [\d.]+ % to [\d.]+ %\); errors: \d+ x -16 EBUSY/,
    );
    expect(text).toMatch(
      /What blocked under mainline, of [\d,]+ windows tried: PINNED by ota-update \(SHORT\)/,
    );
    expect(text).toMatch(/no single pin was long: the oldest that blocked was [\d.]+ ms old/);
    expect(text).toMatch(
      /android-retry against mainline, same arrivals: 4 seeds do not tell apart how often camera is served on time/,
    );
  });

  it("tells many policies in a line for each client, and causes of the worst and the best", () => {
    const policies = ["mainline", "b", "c", "d", "e", "f", "g"];
    const { summary } = prepareReport(makeResults({ seeds: 2, seconds: 20, policies }));
    expect(summary.length).toBeLessThanOrEqual(10);
    expect(summary[1]).toMatch(
      /^camera \(254 MiB\) served on time: (\w+ [\d.]+ %, ){6}\w+ [\d.]+ %; median latency/,
    );
    expect(summary.filter((line) => line.startsWith("What blocked"))).toHaveLength(2);
  });

  it("says what the area held and what requests cost where nothing failed", () => {
    const calm = makeResults({ seeds: 1 }).map((run) => ({
      ...run,
      requests: run.requests.filter(({ errno }) => errno === 0),
      failures: [],
      failuresNotKept: 0,
    }));
    const text = prepareReport(calm).summary.join("\n");
    expect(text).toMatch(/The area camera under mainline, mean over time: [\d.]+ % \w+/);
    expect(text).toMatch(/Work for requests under mainline: [\d,]+ windows tried, [\d,]+ pages migrated/);
    expect(text).toMatch(
      /same arrivals: 1 seed does not tell apart how often camera is served on time \(one seed\)/,
    );
  });

  it("is short where nothing was asked and nothing failed", () => {
    const [run] = small();
    const idle = { ...(run as RunResult), requests: [], failures: [], failuresNotKept: 0 };
    expect(prepareReport([idle]).summary).toHaveLength(2);
  });
});
