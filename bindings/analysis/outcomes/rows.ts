// Knows: what is left of a run among thousands: a row for each of its clients, with what was served and what it cost.
// Must not know: files, how a row is written, what rows come to (matrix).

import type { PlainError } from "../../engine/errors.js";
import { nameBlockers } from "./blockers.js";
import { clientRun } from "./clients.js";
import { ledgerOf } from "./ledger.js";
import { clientOpenings } from "./openings.js";
import type { RunOutcome } from "./outcome.js";

/** Columns in their order; a value that a run does not have is null. */
export const ROW_COLUMNS = [
  { name: "run", type: "DOUBLE", doc: "place in the grid's canonical order" },
  { name: "scenario", type: "STRING", doc: "its name" },
  { name: "device", type: "STRING", doc: "its name" },
  { name: "kernel", type: "STRING", doc: "whose rules it follows" },
  { name: "policy", type: "STRING", doc: "its name" },
  { name: "seed", type: "DOUBLE", doc: "" },
  { name: "client", type: "STRING", doc: "who asked; empty where a scenario has no client" },
  { name: "asked", type: "DOUBLE", doc: "openings of the client, while the stream runs where there is one" },
  { name: "onTime", type: "DOUBLE", doc: "of these: had within the client's deadline" },
  { name: "late", type: "DOUBLE", doc: "had later" },
  { name: "failed", type: "DOUBLE", doc: "ended with an error" },
  { name: "skipped", type: "DOUBLE", doc: "not begun, since the one before was not over" },
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
  { name: "moved", type: "DOUBLE", doc: "pages migrated by anybody, in the whole run as all that follow" },
  { name: "io", type: "DOUBLE", doc: "reads and writes that workloads were served" },
  { name: "reclaimed", type: "DOUBLE", doc: "pages" },
  { name: "refaults", type: "DOUBLE", doc: "pages read back from storage" },
  { name: "stalledNs", type: "DOUBLE", doc: "waits of workloads: reclaim, migrations under their pins, I/O" },
  { name: "kswapdNs", type: "DOUBLE", doc: "CPU time of kswapd" },
  { name: "idlePages", type: "DOUBLE", doc: "pages of CMA areas that nobody used, mean over time" },
  { name: "kills", type: "DOUBLE", doc: "applications killed" },
  { name: "ooms", type: "DOUBLE", doc: "allocations that failed for good" },
  { name: "copied", type: "DOUBLE", doc: "pages copied into areas that keep theirs, and back" },
  { name: "copiedBack", type: "DOUBLE", doc: "of them back: read without storage" },
  { name: "written", type: "DOUBLE", doc: "pages that requests wrote to storage first" },
  { name: "boundNs", type: "DOUBLE", doc: "what the largest request of such areas may take at most" },
  { name: "durationNs", type: "DOUBLE", doc: "virtual time" },
  { name: "events", type: "DOUBLE", doc: "of the simulation" },
  { name: "digest", type: "STRING", doc: "over the machine's state and all results" },
  {
    name: "error",
    type: "STRING",
    doc: "what a run that failed said, with its code; nothing else is known of it",
  },
] as const;

/** Name of a column. */
export type RowColumn = (typeof ROW_COLUMNS)[number]["name"];
/** What is left of a run for one client. */
export type RunRow = Readonly<Partial<Record<RowColumn, string | number>>>;

/** Kinds whose work is reading and writing. */
const IO_KINDS = new Set(["direct-io", "file-read", "file-write"]);

/** What a whole run cost. */
function costsOf(run: RunOutcome): RunRow {
  // The kernel's own thread works, it does not wait.
  const ledger = ledgerOf(run).filter(({ actor }) => actor !== "kswapd0");
  const sum = (pick: (row: (typeof ledger)[number]) => number, of = ledger) =>
    of.reduce((total, row) => total + pick(row), 0);
  const idle = run.areas.reduce((pages, area) => {
    const shares = run.usage.get(area.name) ?? [];
    const unused = shares.filter(({ kind }) => kind === "free" || kind === "pcp");
    return pages + area.pages * unused.reduce((total, { share }) => total + share, 0);
  }, 0);
  const { guests } = run;
  const copiedBack = (guests?.fileBack ?? 0) + (guests?.swapBack ?? 0);
  return {
    moved: run.totals["pagesMigrated"] ?? 0,
    io: sum(
      ({ served }) => served,
      ledger.filter(({ kind }) => IO_KINDS.has(kind)),
    ),
    reclaimed: run.totals["pagesReclaimed"] ?? 0,
    refaults: sum(({ refaults }) => refaults) - copiedBack,
    stalledNs: sum(({ reclaimNs, pinWaitNs, ioWaitNs }) => reclaimNs + pinWaitNs + ioWaitNs),
    kswapdNs: run.actors.find(({ name }) => name === "kswapd0")?.counters["busyTime"] ?? 0,
    idlePages: Math.round(idle),
    kills: run.kills.length,
    ooms: run.ooms,
    copied: copiedBack + (guests?.fileKept ?? 0) + (guests?.swapKept ?? 0),
    copiedBack,
    written: guests?.written ?? 0,
    ...(guests === undefined ? {} : { boundNs: guests.boundNs }),
  };
}

/** One row for each client, one for a run without any. */
export function rowsOf(run: number, outcome: RunOutcome): RunRow[] {
  const { scenario, device, kernel, policy, seed, durationNs, events, digest } = outcome;
  const clients = outcome.clients.length === 0 ? [""] : outcome.clients;
  const costs = costsOf(outcome);
  return clients.map((client) => {
    const { errors, ...requests } = clientRun(outcome, client);
    const failures = outcome.failures.filter(({ request }) => request.client === client);
    const [chief] = nameBlockers(failures.flatMap(({ blockers }) => blockers));
    const { pagesMin: _, pagesMax: __, ...sums } = requests;
    return {
      ...{ run, scenario, device, kernel, policy, seed, client },
      ...clientOpenings(outcome, client).inStream,
      ...sums,
      eintr: errors["-4"] ?? 0,
      enomem: errors["-12"] ?? 0,
      ebusy: errors["-16"] ?? 0,
      ...(chief === undefined ? {} : { blocker: chief.name, blockerWindows: chief.windows }),
      longestHeldNs: failures.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0),
      ...costs,
      ...{ durationNs, events, digest },
    } as RunRow;
  });
}

/** What was to be run. */
export interface WantedRun {
  readonly scenario: {
    readonly name: string;
    readonly device: { readonly name: string; readonly kernel: string };
  };
  readonly policy: { readonly name: string };
  readonly seed: number;
}

/** The row of a run that failed. */
export function errorRow(run: number, { scenario, policy, seed }: WantedRun, error: PlainError): RunRow {
  const what = `${error.code || error.name}: ${error.message}`;
  const { name: device, kernel } = scenario.device;
  return {
    ...{ run, scenario: scenario.name, device, kernel, policy: policy.name, seed, client: "" },
    error: what,
  };
}
