// Knows: whether policies served their workloads different amounts, so that success alone is no verdict.
// Must not know: what clients were served (openings), how a figure is shown.

import type { LedgerRow } from "./ledger.js";

/** Policies whose loads differ by more than this part served different amounts. */
export const EQUAL_WITHIN = 0.01;

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

/** The kernel's own thread has no plan. */
const KERNEL = "kswapd0";

/** The most different first. @param clients whose success is what is compared */
export function unequalLoads(ledger: readonly LedgerRow[], clients: readonly string[]): UnequalLoad[] {
  const rows = ledger.filter(({ actor }) => actor !== KERNEL && !clients.includes(actor));
  return rows
    .flatMap((row) => {
      const first = rows.find(({ actor }) => actor === row.actor);
      if (first === undefined || first === row || first.planned === 0) return [];
      const ratio = row.served / Math.max(first.served, 1);
      const isEqual =
        Math.abs(row.served - first.served) <= EQUAL_WITHIN * Math.max(first.planned, row.planned);
      return isEqual ? [] : [{ workload: row.actor, policy: row.policy, against: first.policy, ratio }];
    })
    .sort((a, b) => Math.abs(Math.log(b.ratio || 1e-9)) - Math.abs(Math.log(a.ratio || 1e-9)));
}
