// Knows: in which figures two branches differ over the same time: what one costs everybody but the request asked about.
// Must not know: how a branch is run, words of reports.

import { median } from "../analysis/bootstrap.js";
import type { WhatIfCost, WhatIfLedger } from "./result.js";

/** Actors of every simulation: the kernel's own. */
const KERNEL: ReadonlySet<string> = new Set(["kswapd0", "vmstat"]);

/** Totals of the machine that are a cost, in words. */
const TOTALS = [
  ["pagesMigrated", "pages moved", "pages"],
  ["pagesReclaimed", "pages reclaimed", "pages"],
  ["pagesSwappedOut", "pages swapped out", "pages"],
  ["ooms", "allocations that failed for good", "count"],
] as const;

/** Counters of all actors together that are one. */
const SUMS = [
  ["refaults", "pages read again", "pages"],
  ["lacking", "pages wanted and not had", "pages"],
  ["reclaimTime", "waiting in direct reclaim", "ns"],
  ["pinWaitTime", "pins waiting for migrations", "ns"],
] as const;

function sumOf({ actors }: WhatIfLedger, counter: string): number {
  return actors.reduce((sum, { counters }) => sum + (counters[counter] ?? 0), 0);
}

export const KILLED = "applications killed";
/** What stands behind the name of a workload whose work is counted. */
export const OPERATIONS = ": operations";

/** Of each workload: how many units of its work it has done. */
function workOf({ actors }: WhatIfLedger, clients: ReadonlySet<string>): Map<string, number> {
  const own = actors.filter(({ name }) => !KERNEL.has(name) && !clients.has(name));
  return new Map(own.map(({ name, counters }) => [name, counters["operations"] ?? 0]));
}

/** Every figure that differs. @param clients whose work is requests: they are told by their requests */
export function costsAgainst(
  own: WhatIfLedger,
  before: WhatIfLedger,
  clients: ReadonlySet<string>,
): WhatIfCost[] {
  const costs: WhatIfCost[] = [];
  const put = (what: string, unit: WhatIfCost["unit"], was: number, is: number) => {
    if (was !== is) costs.push({ what, unit, before: was, value: is });
  };
  const work = workOf(own, clients);
  for (const [name, was] of workOf(before, clients))
    put(`${name}${OPERATIONS}`, "count", was, work.get(name) ?? 0);
  for (const [key, what, unit] of TOTALS) put(what, unit, before.totals[key] ?? 0, own.totals[key] ?? 0);
  for (const [key, what, unit] of SUMS) put(what, unit, sumOf(before, key), sumOf(own, key));
  put(KILLED, "count", before.kills, own.kills);
  const failed = ({ others }: WhatIfLedger) => others.filter(({ errno }) => errno !== 0).length;
  put("other requests that failed", "count", failed(before), failed(own));
  const latency = ({ others }: WhatIfLedger) =>
    median(others.filter(({ errno }) => errno === 0).map((each) => each.latencyNs));
  // Of requests that all failed there is none.
  const [was, is] = [latency(before), latency(own)];
  if (was !== undefined && is !== undefined) put("median latency of other requests", "ns", was, is);
  return costs;
}
