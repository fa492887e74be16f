// Knows: what each actor got done, waited for and had moved on its account, and what a policy changes in that.
// Must not know: how a figure is shown.
//
// What an actor does is charged to it (assembly/workload): reclaim and compaction that its allocations enter, migrations that
// its pins wait for or carry out, pages under I/O that its requests wait for, the whole of its cma_alloc calls.

import { policiesOf } from "./clients.js";
import type { RunOutcome } from "./outcome.js";

/** One actor in one run, or the mean of many. */
export interface LedgerEntry {
  /** Its name in the scenario; "kswapd0" is the kernel's own. */
  readonly actor: string;
  /** Its kind. */
  readonly kind: string;
  /** Units of work that its plan had come to. */
  readonly planned: number;
  /** Of these: done as planned. */
  readonly served: number;
  /** CPU time, nanoseconds. */
  readonly busyNs: number;
  /** Direct reclaim and compaction. */
  readonly reclaimNs: number;
  /** Its pins, for migrations. */
  readonly pinWaitNs: number;
  /** Its requests, for pages under I/O. */
  readonly ioWaitNs: number;
  /** In cma_alloc, sleeps included. */
  readonly cmaNs: number;
  /** Pages that its requests and its pins had moved. */
  readonly moved: number;
  /** Pages that its requests had reclaimed. */
  readonly reclaimed: number;
  /** Pages that it read back. */
  readonly refaults: number;
  /** Pages that it wanted at the end and had not got. */
  readonly lacking: number;
  /** Its applications and processes that were killed. */
  readonly killed: number;
}

/** One actor under one policy: means over the seeds. */
export interface LedgerRow extends LedgerEntry {
  /** Name of the policy. */
  readonly policy: string;
  /** What it waited for altogether, nanoseconds. */
  readonly waitedNs: number;
  /** What this policy costs it against the first one, seed by seed: nanoseconds of waiting, pages moved, work not done. */
  readonly cost: { readonly waitedNs: number; readonly moved: number; readonly served: number };
}

/** Units of work not done: one that asks for many buffers fails once, however many of them it did not get. */
function undone(counters: RunOutcome["actors"][number]["counters"], own: RunOutcome["requests"]): number {
  const failed = own.filter(({ errno }) => errno !== 0).map(({ ordinal }) => ordinal);
  const dropped = (counters["dropped"] ?? 0) - failed.length + new Set(failed).size;
  const open = (counters["planned"] ?? 0) - (counters["skipped"] ?? 0) - (counters["lacking"] ?? 0);
  return Math.min(Math.max(dropped, 0), open);
}

/** Every actor of one run, in the order of the scenario. */
export function ledgerOf({ actors, requests }: RunOutcome): LedgerEntry[] {
  return actors
    .filter(({ name }) => name !== "vmstat")
    .map(({ name, kind, counters }) => {
      const of = (counter: string) => counters[counter] ?? 0;
      const own = requests.filter(({ client }) => client === name);
      const sum = (pick: (request: (typeof own)[number]) => number) =>
        own.reduce((total, request) => total + pick(request), 0);
      return {
        actor: name,
        kind,
        planned: of("planned"),
        served: of("planned") - of("skipped") - of("lacking") - undone(counters, own),
        busyNs: of("busyTime"),
        reclaimNs: of("reclaimTime"),
        pinWaitNs: of("pinWaitTime"),
        ioWaitNs: of("ioWaitTime"),
        cmaNs: sum(({ latencyNs }) => latencyNs),
        moved: of("moved") + sum(({ pagesMigrated }) => pagesMigrated),
        reclaimed: sum(({ pagesReclaimed }) => pagesReclaimed),
        refaults: of("refaults"),
        lacking: of("lacking"),
        killed: of("killed"),
      };
    });
}

/** A request's waits for I/O lie within its cma_alloc; kswapd works, it does not wait. */
function waited({ actor, reclaimNs, pinWaitNs, ioWaitNs, cmaNs }: LedgerEntry): number {
  return actor === "kswapd0" ? 0 : reclaimNs + pinWaitNs + Math.max(ioWaitNs, cmaNs);
}

type Figure = Exclude<keyof LedgerEntry, "actor" | "kind">;
const FIGURES: readonly Figure[] = [
  ...(["planned", "served", "busyNs", "reclaimNs", "pinWaitNs", "ioWaitNs", "cmaNs"] as const),
  ...(["moved", "reclaimed", "refaults", "lacking", "killed"] as const),
];

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Every actor under every policy, actors outermost. */
export function ledgerRows(runs: readonly RunOutcome[]): LedgerRow[] {
  const policies = policiesOf(runs);
  const entries = runs.map(({ policy, seed, ...run }) => ({
    policy,
    seed,
    entries: new Map(ledgerOf({ policy, seed, ...run }).map((entry) => [entry.actor, entry])),
  }));
  const actors = [...new Set(entries.flatMap((run) => [...run.entries.keys()]))];
  return actors.flatMap((actor) =>
    policies.map((policy) => {
      const own = entries.filter((run) => run.policy === policy);
      const all = own.flatMap((run) => run.entries.get(actor) ?? []);
      const pairs = own.flatMap(({ seed, entries: here }) => {
        const there = entries.find((run) => run.policy === policies[0] && run.seed === seed)?.entries;
        const [a, b] = [here.get(actor), there?.get(actor)];
        return a === undefined || b === undefined ? [] : [[a, b] as const];
      });
      const change = (figure: (entry: LedgerEntry) => number) =>
        mean(pairs.map(([a, b]) => figure(a) - figure(b)));
      const means = Object.fromEntries(FIGURES.map((name) => [name, mean(all.map((entry) => entry[name]))]));
      return {
        ...{ actor, kind: all[0]?.kind ?? "", policy },
        ...(means as Record<Figure, number>),
        waitedNs: mean(all.map(waited)),
        cost: {
          waitedNs: change(waited),
          moved: change((entry) => entry.moved),
          served: change((entry) => entry.served),
        },
      };
    }),
  );
}
