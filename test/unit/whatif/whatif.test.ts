// Knows: that a what-if repeats what was to the nanosecond, that its two columns are what they say, and what it refuses.

import { beforeAll, describe, expect, it } from "vitest";
import { blockersOf } from "../../../bindings/analysis/outcomes/index.js";
import { type Policy, policies, policyOf } from "../../../bindings/policy/index.js";
import { formatDuration } from "../../../bindings/report/sizes.js";
import { scenario } from "../../../bindings/scenario/index.js";
import type { RunResult } from "../../../bindings/scenario/result.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";
import { runScenario } from "../../../bindings/sweep/index.js";
import {
  savedIn,
  type WhatIfAnswer,
  type WhatIfBranchAnswer,
  type WhatIfEnding,
  whatIf,
} from "../../../bindings/whatif/index.js";
import { smallScenario } from "../../support/small_scenario.js";

const small = smallScenario();
const HORIZON = { horizonNs: 250e6 };
const MAINLINE = policies.get("mainline") as Policy;

let run: RunResult;
let answer: WhatIfAnswer;

function branch(name: string): WhatIfBranchAnswer {
  return answer.branches.find((each) => each.name === name) as WhatIfBranchAnswer;
}

function ended(column: WhatIfBranchAnswer["switched"]): WhatIfEnding {
  expect(column.kind).not.toBe("refused");
  return column as WhatIfEnding;
}

beforeAll(async () => {
  run = await runScenario(small, { seed: 1 });
  answer = await whatIf(
    small,
    ["mainline", "strict", { retries: 5 }, { align: 2 }, { align: 0 }, { area: 1.5 }, { area: 0.1 }],
    { seed: 1, ...HORIZON },
  );
}, 60_000);

describe("what was", () => {
  it("is the first failure of the run, to the nanosecond and window by window", () => {
    const [failure] = run.failures;
    expect(answer.original.request).toEqual(failure?.request);
    expect(answer.original.blockers).toEqual(
      blockersOf((failure?.windows ?? []).filter(({ errno }) => errno)),
    );
    expect(answer.original.map).toEqual(failure?.map);
    expect(answer.original.kind).toBe("failed");
  });

  it("is what the policy in force gives in both columns, at no cost", () => {
    const { switched, fromStart, costs } = branch("mainline");
    expect(switched).toEqual(answer.original);
    expect(ended(fromStart).request).toEqual(answer.original.request);
    expect(ended(fromStart).map).toEqual(answer.original.map);
    expect(costs).toEqual({ switched: [], fromStart: [] });
  });

  it("goes on to the horizon as the run does", async () => {
    const whole = await runScenario(small, { seed: 1, untilNs: answer.horizonNs });
    const { ledger } = ended(branch("mainline").fromStart);
    expect(ledger.toNs).toBe(whole.durationNs);
    // Boot releases memory too, before anybody acts.
    const boot = { releases: 0, pcpDrains: 0 };
    expect({ ...ledger.totals, ...boot }).toEqual({ ...whole.totals, ...boot });
    expect(ledger.actors).toEqual(whole.actors);
    const others = whole.requests.filter(({ ordinal }) => ordinal !== answer.request.ordinal);
    expect(ledger.others).toEqual(others);
  });
});

describe("in force from the start", () => {
  it("is a run of its own: the request of the same client and ordinal", async () => {
    const policy = policyOf(policies.get("strict")!);
    const strict = await runScenario(small, { seed: 1, policy });
    const same = strict.requests.find(({ ordinal }) => ordinal === answer.request.ordinal);
    expect(ended(branch("strict").fromStart).request).toEqual(same);
    expect(branch("strict").judgedBy).toBe("fromStart");
  });

  it("costs what the others lose, over the same time", () => {
    const costs = new Map(branch("strict").costs.fromStart.map((cost) => [cost.what, cost]));
    const work = costs.get("direct-io: operations");
    expect(work?.value).toBeLessThan(work?.before ?? 0);
    expect(costs.get("pages moved")?.value).toBe(0);
    expect(costs.get("pages swapped out")?.value).toBeGreaterThan(
      costs.get("pages swapped out")?.before ?? 0,
    );
  });

  it("may be another size of the area", () => {
    expect(ended(branch("area x1.5").fromStart).kind).toBe("on-time");
    expect(branch("area x1.5").switched).toEqual({
      kind: "refused",
      why: "the size of an area is decided at boot",
    });
    expect(branch("area x0.1").fromStart).toMatchObject({
      kind: "refused",
      why: expect.stringMatching(/never fit/),
    });
  });
});

describe("switched at that instant", () => {
  it("begins with the identical state: only what was switched differs", () => {
    const { request } = ended(branch("retries 5").switched);
    const was = answer.original.request;
    expect(request).toMatchObject({ beginNs: was?.beginNs, pages: was?.pages, errno: 0 });
    expect(request?.sleeps).toBeGreaterThan(0);
    // Its first sweep is the one that failed: it sleeps where the other gave up.
    expect(request?.latencyNs).toBeGreaterThan((was?.latencyNs ?? 0) + 100e6);
    expect(branch("retries 5").judgedBy).toBe("switched");
  });

  it("is a request of another alignment", () => {
    expect(ended(branch("align 2").switched).request).toMatchObject({
      align: 2,
      beginNs: answer.request.beginNs,
    });
    expect(ended(branch("align 0").switched).request?.align).toBe(0);
    const { others } = ended(branch("align 2").fromStart).ledger;
    expect(others.length).toBeGreaterThan(0);
    expect(new Set(others.map(({ align }) => align))).toEqual(new Set([2]));
  });

  it("is asked of a simulation that stands there, which stays as it is", async () => {
    using simulation = await Simulation.create(simulationOptions(small, MAINLINE, 1));
    const { ordinal, beginNs } = answer.request;
    while (!simulation.pendingRequests().some((each) => each.ordinal === ordinal)) {
      simulation.run(beginNs, { stopAtBegin: true });
      simulation.takeLog();
    }
    const digest = simulation.digest();
    const own = await whatIf(simulation, ["strict", { retries: 5 }], HORIZON);
    expect(simulation.digest()).toBe(digest);
    const known = { behindStream: expect.anything(), request: expect.objectContaining({ ordinal }) };
    const plain = ({ request, blockers, map }: WhatIfEnding) => ({
      request: { ...request, missedDeadline: false },
      blockers,
      map,
    });
    expect(own.original).toMatchObject(known);
    expect(plain(own.original)).toEqual(plain(answer.original));
    expect(plain(ended(own.branches[1]!.switched))).toEqual(plain(ended(branch("retries 5").switched)));
    expect(own.branches[0]?.fromStart).toMatchObject({ kind: "refused" });
  });
});

describe("the sentence", () => {
  it("says what was, what would have saved it, and in which column", () => {
    const { client, beginNs } = answer.request;
    const was = `${client}'s request for 8 MiB at ${formatDuration(beginNs)} failed with -16 EBUSY after ${formatDuration(answer.original.request?.latencyNs ?? 0)}; `;
    expect(answer.sentence.startsWith(was)).toBe(true);
    // Each that saves it is named, with its column; nobody else is.
    const told = answer.sentence.slice(was.length);
    const saved = answer.branches.filter((each) => savedIn(each) !== undefined);
    expect(saved.length).toBeGreaterThan(1);
    for (const { name } of answer.branches)
      expect(told.includes(name), name).toBe(saved.some((each) => each.name === name));
    expect(told).toMatch(
      /strict would have saved it after .* \(in force from the start; direct-io does [\d.]+ % less\)/,
    );
  });

  it("says so when nothing would", async () => {
    const { sentence } = await whatIf(small, ["mainline"], HORIZON);
    expect(sentence).toMatch(/; mainline would not have saved it\.$/);
  });
});

describe("a request that is named", () => {
  it("may be one that succeeds, and one of several of an opening", async () => {
    const tv = scenario("tv")
      .device("tiny")
      .duration("300ms")
      .workload("resident", { anon: "20%", file: "10%" })
      .client("tv", { area: "reserved", buffers: 3, pages: "256 pages", interval: "80ms", start: "10ms" })
      .build();
    const whole = await runScenario(tv, { seed: 3 });
    const second = whole.requests.filter(({ ordinal }) => ordinal === 2);
    expect(second).toHaveLength(3);
    const found = await Promise.all(
      [0, 1, 2].map((nth) =>
        whatIf(tv, [], { seed: 3, horizonNs: 50e6, request: { client: "tv", ordinal: 2, nth } }),
      ),
    );
    expect(new Set(found.map(({ original }) => original.request?.pfn)).size).toBe(3);
    for (const { original, sentence } of found) {
      expect(second).toContainEqual(original.request);
      expect(sentence).toMatch(/had its memory after/);
    }
  });

  it("must be there", async () => {
    const asked = (request: { client: string; ordinal: number }) => whatIf(small, [], { request });
    await expect(asked({ client: "camera", ordinal: 99 })).rejects.toMatchObject({ code: "NOTHING_FOUND" });
    await expect(asked({ client: "noise", ordinal: 1 })).rejects.toMatchObject({ code: "NOTHING_FOUND" });
    const idle = scenario("idle")
      .device("tiny")
      .duration("20ms")
      .client("camera", { area: "reserved", pages: "1MiB" });
    await expect(whatIf(idle.build(), ["strict"])).rejects.toThrow(/no request fails in idle under mainline/);
  });
});

describe("a branch that cannot be", () => {
  it.each([
    ["stricht", /there is no policy "stricht"; did you mean strict\?/],
    [{ align: 31 }, /an alignment must be a whole number from 0 to 30, got 31/],
    [{ retries: -1 }, /retries must be a whole number from 0 to 1000, got -1/],
    [{ area: 0 }, /the factor of an area must be from .* got 0/],
    [{ area: Number.NaN }, /got NaN/],
  ])("%j is refused before anything runs", async (given, message) => {
    await expect(whatIf(small, [given])).rejects.toThrow(message);
  });

  it("ends when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(whatIf(small, [], { signal })).rejects.toThrow("enough");
  });
});

describe("a fork with a policy", () => {
  it("is a copy that was switched, and leaves the other as it is", async () => {
    using simulation = await Simulation.create(simulationOptions(small, MAINLINE, 1));
    simulation.run(60e6);
    simulation.takeLog();
    using plain = simulation.fork();
    plain.applyPolicy({ cmaRetries: 5 });
    using switched = simulation.fork({ policy: { cmaRetries: 5 } });
    expect(switched.digest()).toBe(plain.digest());
    using again = simulation.fork();
    expect(again.digest()).toBe(simulation.digest());
  });
});
