// Knows: what is left of a run of a grid: a row for each of its clients, small enough for tens of thousands of runs.
// Must not know: files, how a row is written.

import { nameBlockers } from "../analysis/outcomes/blockers.js";
import { clientRun } from "../analysis/outcomes/clients.js";
import type { RunOutcome } from "../analysis/outcomes/outcome.js";
import type { PlainError } from "../engine/errors.js";
import type { RunTask } from "./sweep.js";

/** Columns in their order; a value that a run does not have is null. */
export const ROW_COLUMNS = [
  { name: "run", type: "DOUBLE", doc: "place in the grid's canonical order" },
  { name: "scenario", type: "STRING", doc: "its name" },
  { name: "device", type: "STRING", doc: "its name" },
  { name: "kernel", type: "STRING", doc: "whose rules it follows" },
  { name: "policy", type: "STRING", doc: "its name" },
  { name: "seed", type: "DOUBLE", doc: "" },
  { name: "client", type: "STRING", doc: "who asked; empty where a scenario has no client" },
  { name: "requests", type: "DOUBLE", doc: "cma_alloc calls" },
  { name: "succeeded", type: "DOUBLE", doc: "of them" },
  { name: "missed", type: "DOUBLE", doc: "late or failed" },
  { name: "eintr", type: "DOUBLE", doc: "failed with -4" },
  { name: "enomem", type: "DOUBLE", doc: "failed with -12" },
  { name: "ebusy", type: "DOUBLE", doc: "failed with -16" },
  { name: "p50Ns", type: "DOUBLE", doc: "latency of successes, nanoseconds" },
  { name: "p95Ns", type: "DOUBLE", doc: "" },
  { name: "p99Ns", type: "DOUBLE", doc: "" },
  { name: "maxNs", type: "DOUBLE", doc: "" },
  { name: "failedP50Ns", type: "DOUBLE", doc: "median time until a failed request gave up" },
  { name: "windows", type: "DOUBLE", doc: "tried, sum over requests" },
  { name: "busyRetries", type: "DOUBLE", doc: "sum" },
  { name: "pagesMigrated", type: "DOUBLE", doc: "sum" },
  { name: "pagesReclaimed", type: "DOUBLE", doc: "sum" },
  { name: "sleeps", type: "DOUBLE", doc: "sum" },
  { name: "blocker", type: "STRING", doc: "what blocked most windows of kept failures" },
  { name: "blockerWindows", type: "DOUBLE", doc: "windows that it blocked" },
  { name: "longestHeldNs", type: "DOUBLE", doc: "the oldest pin that blocked" },
  { name: "durationNs", type: "DOUBLE", doc: "virtual time" },
  { name: "events", type: "DOUBLE", doc: "of the simulation" },
  { name: "digest", type: "STRING", doc: "over the machine's state and all results" },
  {
    name: "error",
    type: "STRING",
    doc: "what a run that failed said, with its code; nothing else is known of it",
  },
] as const;

export type RowColumn = (typeof ROW_COLUMNS)[number]["name"];
export type SweepRow = Readonly<Partial<Record<RowColumn, string | number>>>;

/** One row for each client, one for a run without any. */
export function rowsOf(run: number, outcome: RunOutcome): SweepRow[] {
  const { scenario, device, kernel, policy, seed, durationNs, events, digest } = outcome;
  const clients = outcome.clients.length === 0 ? [""] : outcome.clients;
  return clients.map((client) => {
    const { errors, ...requests } = clientRun(outcome, client);
    const failures = outcome.failures.filter(({ request }) => request.client === client);
    const [chief] = nameBlockers(failures.flatMap(({ blockers }) => blockers));
    const { pagesMin: _, pagesMax: __, ...sums } = requests;
    return {
      ...{ run, scenario, device, kernel, policy, seed, client },
      ...sums,
      eintr: errors["-4"] ?? 0,
      enomem: errors["-12"] ?? 0,
      ebusy: errors["-16"] ?? 0,
      ...(chief === undefined ? {} : { blocker: chief.name, blockerWindows: chief.windows }),
      longestHeldNs: failures.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0),
      ...{ durationNs, events, digest },
    } as SweepRow;
  });
}

/** The row of a run that failed. */
export function errorRow(run: number, { scenario, policy, seed }: RunTask, error: PlainError): SweepRow {
  const what = `${error.code || error.name}: ${error.message}`;
  const { device } = scenario;
  return {
    ...{ run, scenario: scenario.name, device: device.name, policy: policy.name, seed, client: "" },
    error: what,
  };
}
