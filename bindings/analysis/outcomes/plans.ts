// Knows: how far each workload came with its plan under each policy, and whether policies served different amounts.
// Must not know: clients, whose success is what is compared; how a figure is shown.

import { policiesOf } from "./clients.js";
import type { RunOutcome } from "./outcome.js";

/** Policies whose loads differ by more than this part served different amounts. */
export const EQUAL_WITHIN = 0.01;

/** One workload under one policy; means over the seeds. */
export interface PlanRow {
  /** Its name in the scenario. */
  readonly workload: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Units of work that its plan had come to: of a closed loop, how far it came. */
  readonly planned: number;
  /** Of these: done as planned. */
  readonly served: number;
  /** Pages that it wanted at the end and had not got. */
  readonly lacking: number;
  /** Its applications and processes that were killed. */
  readonly killed: number;
}

/** A workload that did more under one policy than under the first. */
export interface UnequalLoad {
  /** Its name in the scenario. */
  readonly workload: string;
  /** Name of the policy. */
  readonly policy: string;
  /** The first policy. */
  readonly against: string;
  /** served under the policy / served under the other. */
  readonly ratio: number;
}

const KERNEL = new Set(["kswapd0", "vmstat"]);

function rowOf(workload: string, policy: string, runs: readonly RunOutcome[]): PlanRow {
  const counters = runs.flatMap(({ actors }) => actors.filter(({ name }) => name === workload));
  const mean = (...names: readonly string[]) =>
    counters.reduce(
      (sum, actor) => sum + names.reduce((all, name) => all + (actor.counters[name] ?? 0), 0),
      0,
    ) / Math.max(counters.length, 1);
  const planned = mean("planned");
  return {
    workload,
    policy,
    planned,
    served: planned - mean("dropped", "skipped", "lacking"),
    lacking: mean("lacking"),
    killed: mean("killed"),
  };
}

/** Every workload under every policy, workloads outermost; without clients and the kernel's own threads. */
export function planRows(runs: readonly RunOutcome[]): PlanRow[] {
  const names = new Set(
    runs.flatMap(({ actors, clients }) =>
      actors.map(({ name }) => name).filter((name) => !clients.includes(name) && !KERNEL.has(name)),
    ),
  );
  return [...names].flatMap((name) =>
    policiesOf(runs).map((policy) =>
      rowOf(
        name,
        policy,
        runs.filter((run) => run.policy === policy),
      ),
    ),
  );
}

/** The most different first. */
export function unequalLoads(rows: readonly PlanRow[]): UnequalLoad[] {
  return rows
    .flatMap((row) => {
      const first = rows.find(({ workload }) => workload === row.workload);
      if (first === undefined || first === row || first.planned === 0) return [];
      const ratio = row.served / Math.max(first.served, 1);
      const isEqual =
        Math.abs(row.served - first.served) <= EQUAL_WITHIN * Math.max(first.planned, row.planned);
      return isEqual ? [] : [{ workload: row.workload, policy: row.policy, against: first.policy, ratio }];
    })
    .sort((a, b) => Math.abs(Math.log(b.ratio || 1e-9)) - Math.abs(Math.log(a.ratio || 1e-9)));
}
