import { describe, expect, it } from "vitest";
import { CallError } from "../../../bindings/engine/errors.js";
import { policies, policyOf } from "../../../bindings/policy/index.js";
import {
  canonicalGrid,
  type Grid,
  parseSeeds,
  rangesText,
  runsOf,
  runsOfShard,
  shardOf,
  taskOf,
} from "../../../bindings/sweep/index.js";
import { smallScenario } from "../../support/small_scenario.js";

describe("which part this is", () => {
  const slurm = (id: number, min: number, max: number, count: number) => ({
    SLURM_ARRAY_TASK_ID: `${id}`,
    SLURM_ARRAY_TASK_MIN: `${min}`,
    SLURM_ARRAY_TASK_MAX: `${max}`,
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  });

  it.each([
    ["nobody says anything", {}, {}, undefined],
    ["--shard", { shard: "3/40" }, { PAGEBLOCK_SHARD: "1/2" }, [3, 40]],
    ["PAGEBLOCK_SHARD", {}, { PAGEBLOCK_SHARD: "1/2", JOB_COMPLETION_INDEX: "7" }, [1, 2]],
    ["Slurm, a whole array", {}, slurm(5, 0, 7, 8), [5, 8]],
    ["Slurm, an array that repeats what is missing", { shards: 8 }, slurm(5, 2, 5, 2), [5, 8]],
    ["Grid Engine counts from 1", {}, { SGE_TASK_ID: "1", SGE_TASK_FIRST: "1", SGE_TASK_LAST: "8" }, [0, 8]],
    [
      "Grid Engine, the last one alone",
      { shards: 8 },
      { SGE_TASK_ID: "8", SGE_TASK_FIRST: "8", SGE_TASK_LAST: "8" },
      [7, 8],
    ],
    ["Grid Engine outside of an array", {}, { SGE_TASK_ID: "undefined" }, undefined],
    ["Kubernetes", { shards: 3 }, { JOB_COMPLETION_INDEX: "2" }, [2, 3]],
    ["AWS Batch", {}, { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "9" }, [0, 9]],
    ["HyperQueue", { shards: 4 }, { HQ_TASK_ID: "3" }, [3, 4]],
    ["GNU parallel counts from 1", { shards: 4 }, { PARALLEL_SEQ: "4" }, [3, 4]],
    ["GNU parallel inside of Slurm: Slurm's", {}, { ...slurm(1, 0, 1, 2), PARALLEL_SEQ: "4" }, [1, 2]],
  ])("%s", (_, options, env, expected) => {
    const shard = shardOf(options as { shard?: string; shards?: number }, env as Record<string, string>);
    expect(shard === undefined ? undefined : [shard.index, shard.count]).toEqual(expected);
  });

  it.each([
    [{ shard: "40/40" }, {}, /shard 40 of 40 does not exist; shards count from 0, the last one is 39/],
    [{ shard: "1" }, {}, /expected I\/N such as 0\/40/],
    [{ shard: "0/0" }, {}, /expected 1 to 100000 shards/],
    [{ shards: 8 }, {}, /which of them is this\?/],
    [
      {},
      { JOB_COMPLETION_INDEX: "2" },
      /Kubernetes says that this is shard 2 .*not of how many: give --shards N/,
    ],
    [{}, { PARALLEL_SEQ: "4" }, /not of how many/],
    [{}, slurm(5, 2, 5, 2), /not of how many/],
    [{}, slurm(1, 1, 8, 8), /not of how many/],
    [{}, { SGE_TASK_ID: "8", SGE_TASK_FIRST: "8", SGE_TASK_LAST: "8" }, /not of how many/],
    [{ shards: 2 }, { SGE_TASK_ID: "0" }, /SGE_TASK_ID is 0; Grid Engine counts from 1/],
    [{ shards: 2 }, { JOB_COMPLETION_INDEX: "two" }, /expected a whole number/],
  ])("a guess is an error: %j %j", (options, env, message) => {
    expect(() => shardOf(options, env)).toThrow(message as RegExp);
  });
});

describe("seeds", () => {
  it("are a number of them or a range", () => {
    expect(parseSeeds("3")).toEqual({ seeds: [1, 2, 3] });
    expect(parseSeeds(" 41-43 ")).toEqual({ seeds: [41, 42, 43] });
    for (const text of ["", "0", "-3", "5-4", "1,2", "0-4", "1e3", "4294967296", "1000001"])
      expect(parseSeeds(text), text).toHaveProperty("problem");
    expect(rangesText([1, 2, 3, 7, 9, 10])).toBe("1-3,7,9-10");
  });
});

describe("a grid", () => {
  const policy = (name: string) => {
    const numbers = policyOf(policies.get(name)!);
    return numbers;
  };
  const grid = (scenarios: number, devices = 1, seeds = 12): Grid => ({
    scenarios: Array.from({ length: devices }, (_, d) =>
      Array.from({ length: scenarios }, (_, s) => ({
        ...smallScenario(),
        name: `${s}`,
        description: `${d}`,
      })),
    ),
    policies: ["mainline", "strict"].map(policy),
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    untilNs: Number.POSITIVE_INFINITY,
  });

  it("has each of its runs once, scenarios fastest, then policies, devices, seeds", () => {
    const runs = Array.from({ length: runsOf(grid(3, 2)) }, (_, k) => taskOf(grid(3, 2), k));
    const names = runs.map(({ scenario, policy: { name }, seed }) => [
      scenario.name,
      name,
      scenario.description,
      seed,
    ]);
    expect(new Set(names.map(String)).size).toBe(3 * 2 * 2 * 12);
    expect(names.slice(0, 7)).toEqual([
      ...[
        ["0", "mainline", "0", 1],
        ["1", "mainline", "0", 1],
        ["2", "mainline", "0", 1],
      ],
      ...[
        ["0", "strict", "0", 1],
        ["1", "strict", "0", 1],
        ["2", "strict", "0", 1],
      ],
      ["0", "mainline", "1", 1],
    ]);
    expect(() => taskOf(grid(3, 2), 144)).toThrow(CallError);
  });

  it("is divided without gap or overlap; k mod N where that mixes", () => {
    for (const scenarios of [1, 2, 3, 10])
      for (const count of [1, 2, 3, 7, 10, 40]) {
        const shards = Array.from({ length: count }, (_, index) =>
          runsOfShard(grid(scenarios), { index, count }),
        );
        const all = shards.flat().sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: runsOf(grid(scenarios)) }, (_, k) => k));
      }
    expect(runsOfShard(grid(3), { index: 2, count: 7 })).toEqual([2, 9, 16, 23, 30, 37, 44, 51, 58, 65]);
  });

  it("every part has the same mix of scenarios, also where their numbers have a divisor in common", () => {
    for (const count of [10, 20, 40]) {
      const whole = grid(10, 1, 40);
      for (let index = 0; index < count; index++) {
        const own = runsOfShard(whole, { index, count }).map((k) => k % 10);
        const each = Array.from({ length: 10 }, (_, s) => own.filter((scenario) => scenario === s).length);
        expect(Math.max(...each) - Math.min(...each), `${index}/${count}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it("is known by what it runs, not by how it was written", () => {
    expect(canonicalGrid(grid(2))).toBe(canonicalGrid(grid(2)));
    const others = [grid(3), grid(2, 2), grid(2, 1, 13), { ...grid(2), untilNs: 5e6 }];
    expect(new Set([grid(2), ...others].map(canonicalGrid)).size).toBe(5);
  });
});
