// Knows: the runs of all loads: planned, done over threads, kept in a folder from which they are gone on with; what is
// kept of each. Must not know: what was measured, how anything is compared.

import { Work } from "../../bindings/durable/index.js";
import { digestOf } from "../../bindings/engine/hash.js";
import type { RunResult } from "../../bindings/scenario/result.js";
import type { Scenario } from "../../bindings/scenario/scenario.js";
import { scenarioDigest } from "../../bindings/scenario/scenario.js";
import { type RunTask, runTasks } from "../../bindings/sweep/index.js";
import { withThreads } from "../../bindings/sweep/node.js";
import type { Load } from "./loads.js";
import { meanOver, type Observed, type Request } from "./truth.js";

/** What is kept of a run. */
interface Kept {
  readonly requests: readonly Request[];
  readonly occupancy: readonly { readonly seconds: number; readonly pages: number }[];
}

/** One run of the validation. */
export interface Planned {
  readonly key: string;
  readonly load: string;
  readonly task: RunTask;
}

/** A load with its scenario, and the policies (by measured name) that it was measured under and that exist here. */
export interface Row {
  readonly load: Load;
  readonly scenario: Scenario;
  readonly policies: readonly { readonly measured: string; readonly preset: string }[];
}

/** CPU seconds of a virtual second, about: for the word beforehand. */
const CPU_PER_SECOND = 0.025;

export function planOf(rows: readonly Row[], seeds: number): Planned[] {
  return rows.flatMap(({ load, scenario, policies }) =>
    policies.flatMap(({ measured, preset }) => {
      const policy = scenario.policies.find(({ name }) => name === preset);
      if (policy === undefined) return [];
      const retriesNs = 20 * policy.cmaRetries * (policy.cmaSleepNs + 5e6);
      const untilNs = Math.min(
        scenario.durationNs,
        load.untilS === undefined ? scenario.durationNs : load.untilS * 1e9 + retriesNs,
      );
      return Array.from({ length: seeds }, (_, i) => ({
        key: `${load.name}/${measured}/${i + 1}`,
        load: load.name,
        task: { scenario, policy, seed: i + 1, untilNs, core: "release" as const },
      }));
    }),
  );
}

/** One line: how many runs, and about what they take. */
export function costOf(plan: readonly Planned[], todo: number): string {
  const seconds = plan.reduce((sum, { task }) => sum + task.untilNs, 0) / 1e9;
  const about =
    Math.max(1, Math.round((seconds * CPU_PER_SECOND * todo) / Math.max(plan.length, 1) / 10)) * 10;
  const kept = plan.length - todo;
  return `${todo} runs to do${kept > 0 ? `, ${kept} kept from before` : ""}: about ${about} s of CPU time`;
}

function keptOf(result: RunResult): Kept {
  const [area] = result.areas;
  const used = ["cma", "pinned", "anon", "file", "dirty", "zram", "other"].map(
    (kind) =>
      result.series.columns.find(({ name }) => name === `area.${area?.name ?? ""}.${kind}`)?.values ?? [],
  );
  return {
    requests: result.requests.map(
      ({ client, ordinal, errno, latencyNs, windows, pagesMigrated, pagesReclaimed }) => ({
        seed: String(result.seed),
        errno,
        ms: latencyNs / 1e6,
        windows,
        migrated: pagesMigrated,
        reclaimed: pagesReclaimed,
        kills: result.kills.filter((kill) => kill.client === client && kill.ordinal === ordinal).length,
      }),
    ),
    occupancy: result.series.timeNs.map((ns, i) => ({
      seconds: Math.round(ns / 1e8) / 10,
      pages: used.reduce((sum, values) => sum + (values[i] ?? 0), 0),
    })),
  };
}

export interface RunsOptions {
  readonly folder: string;
  readonly resume: boolean;
  readonly jobs: number;
  readonly seeds: number;
  readonly version: string;
  readonly core: string;
  readonly signal: AbortSignal;
  /** Before the first run, then with the virtual time that is done. */
  readonly onBegin: (cost: string) => void;
  readonly onProgress: (done: number, total: number) => void;
}

/** What all runs came to; undefined where they were interrupted: what is finished is kept. */
export async function runAll(
  rows: readonly Row[],
  options: RunsOptions,
): Promise<readonly Observed[] | undefined> {
  const plan = planOf(rows, options.seeds);
  const identity = {
    work: "validate",
    version: options.version,
    core: options.core,
    scenario: digestOf(rows.map(({ scenario }) => scenarioDigest(scenario))),
    seeds: options.seeds,
  };
  using work = Work.begin<Kept>(options.folder, { resume: options.resume, identity });
  const open = new Set(work.todo(plan.map(({ key }) => key)));
  const todo = plan.filter(({ key }) => open.has(key));
  options.onBegin(costOf(plan, todo.length));
  const threads = Math.max(1, Math.min(options.jobs, todo.length));
  if (todo.length > 0)
    await withThreads(threads, {}, (runner) =>
      runTasks(
        todo.map(({ task }) => task),
        threads,
        runner,
        {
          onProgress: options.onProgress,
          signal: options.signal,
          onEnd: (at, end) => {
            if ("error" in end) throw new Error(`${todo[at]?.key}: ${end.error.message}`);
            work.keep(todo[at]?.key ?? "", { result: keptOf(end.result) });
          },
        },
      ),
    );
  if (work.todo(plan.map(({ key }) => key)).length > 0) return undefined;
  const observed = rows.flatMap(({ load, policies }) =>
    policies.map(({ measured }) => {
      const keys = plan.map(({ key }) => key).filter((key) => key.startsWith(`${load.name}/${measured}/`));
      const kept = [...work.results(keys)];
      return {
        load: load.name,
        policy: measured,
        requests: kept.flatMap(({ requests }) => requests),
        occupancy: meanOver(kept.flatMap(({ occupancy }) => occupancy)),
      };
    }),
  );
  work.finish();
  return observed;
}
