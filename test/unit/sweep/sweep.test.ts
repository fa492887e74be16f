import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { policies, policyOf } from "../../../bindings/policy/index.js";
import { runSweep, type SweepOptions } from "../../../bindings/sweep/index.js";
import { runSweepInThreads, THREAD } from "../../../bindings/sweep/node.js";
import { smallScenario } from "../../support/small_scenario.js";

const small = smallScenario("120ms");
const options: SweepOptions = {
  seeds: [1, 2, 3],
  policies: ["mainline", "strict"].map((name) => {
    const policy = policyOf(policies.get(name)!);
    return policy;
  }),
};

describe("a sweep", () => {
  it("is the same in this thread and in two others, byte by byte and in order", async () => {
    const alone = await runSweep(small, options);
    const progress: number[] = [];
    const together = await runSweepInThreads(small, {
      ...options,
      jobs: 2,
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(alone.results.map(({ policy, seed }) => `${policy} ${seed}`)).toEqual([
      "mainline 1",
      "mainline 2",
      "mainline 3",
      "strict 1",
      "strict 2",
      "strict 3",
    ]);
    expect(JSON.stringify(together)).toBe(JSON.stringify(alone));
    expect(together.missing).toBe(0);
    expect(Math.max(...progress)).toBe(1);
  });

  it.each([1, 2])(
    "%i jobs: interrupted, it answers what is finished and counts what is not",
    async (jobs) => {
      const controller = new AbortController();
      const { results, missing } = await runSweepInThreads(small, {
        ...options,
        jobs,
        signal: controller.signal,
        onResult: () => controller.abort(),
      });
      expect(results.length).toBeGreaterThanOrEqual(1);
      expect(results.length + missing).toBe(6);
      expect(missing).toBeGreaterThan(0);
      expect(results[0]?.durationNs).toBe(120e6);
    },
  );

  // The pool requires it. Node 20.19 aborts the process when a thread ends while require() instantiates an ES module.
  it("what threads load is no ES module", () => {
    const file = fileURLToPath(THREAD);
    const require = createRequire(import.meta.url);
    expect(typeof require(file)).toBe("function");
    expect(require.cache[file]?.loaded).toBe(true);
  });

  it("a failure of our own is not swallowed", async () => {
    const broken = { ...small, device: { ...small.device, cpus: 0 } };
    await expect(runSweep(broken, options)).rejects.toThrow(/cpus/);
    await expect(runSweepInThreads(broken, { ...options, jobs: 2 })).rejects.toThrow(/cpus/);
  });

  it("a thread that runs out of memory is the end of its run alone, and a new one goes on", async () => {
    const { results, failures, missing } = await runSweepInThreads(
      { ...small, sampleNs: 1e3 },
      { ...options, seeds: [1, 2], policies: options.policies!.slice(0, 1), jobs: 2, heapMib: 12 },
    );
    expect([results.length, missing]).toEqual([0, 0]);
    expect(failures.map(({ policy, seed, error }) => [policy, seed, error.code])).toEqual([
      ["mainline", 1, "ERR_WORKER_OUT_OF_MEMORY"],
      ["mainline", 2, "ERR_WORKER_OUT_OF_MEMORY"],
    ]);
  });
});
