// Knows: every key of a scenario that is not a workload's: what it means, its default, its limits. One table for the
// reader, the documentation and the JSON Schema.
// Must not know: how a value is read, where it goes.

import {
  BALANCES,
  CMA_FREES,
  CMA_USES,
  EFFORTS,
  GUESTS,
  MOVE_ONS,
  PIN_RULES,
  policyNames,
  QUARANTINES,
  THP_CMAS,
  THP_LISTS,
  WINDOW_RULES,
} from "../policy/index.js";
import type { Written } from "./kinds/kind.js";
import type { Dimension } from "./quantity.js";

export interface FieldRow {
  /** "text": any words; "word": one of `words`; "words": a list of them; "bytes": a size that is not pages. */
  readonly type: Dimension | "text" | "word" | "words" | "bytes";
  readonly doc: string;
  readonly words?: readonly string[];
  readonly default?: Written;
  readonly min?: number;
  readonly max?: number;
}

export type FieldTable = Readonly<Record<string, FieldRow>>;

export const pressureFields = {
  swap: { type: "size", default: "0", doc: "room for pages swapped out; 0: no swap, anonymous pages stay" },
  zram: {
    type: "share",
    default: "0%",
    doc: "memory that zram takes for what it stores, 35% for instance; 0: the swap is a disk",
  },
  swappiness: { type: "count", default: 60, min: 0, max: 200, doc: "vm.swappiness" },
} as const satisfies FieldTable;

export const recordFields = {
  failures: {
    type: "count",
    default: 100,
    min: 0,
    max: 10_000,
    doc: "most failures that are kept with windows and map; the others are counted",
  },
} as const satisfies FieldTable;

export const policyFields = {
  name: { type: "text", doc: "name in reports" },
  base: { type: "word", words: policyNames, default: "mainline", doc: "the policy that it differs from" },
  "cma-use": { type: "word", words: CMA_USES, doc: "which movable requests take CMA pages, and when" },
  "cma-limit": {
    type: "count",
    min: 0,
    max: 1_000_000_000,
    doc: "the number of `percent` (0 to 100), `sixteenths` (0 to 16), `ratio` (1: requests of other types use up turns too), `aggressive` (pages), and of the balancing worker (per cent)",
  },
  "cma-free": { type: "word", words: CMA_FREES, doc: "where a freed page of an area goes" },
  "free-range": { type: "flag", doc: "a released range goes to the buddy lists in the largest blocks" },
  "thp-cma": { type: "word", words: THP_CMAS, doc: "may THP-sized requests take CMA blocks" },
  "thp-lists": {
    type: "word",
    words: THP_LISTS,
    doc: "the per-CPU lists of THP size; `own-list` needs `cma-free: own-list`",
  },
  "pin-rule": { type: "word", words: PIN_RULES, doc: "what a short pin does with a page of an area" },
  "pin-again": { type: "flag", doc: "under `wait` a page that is pinned already is pinned again at once" },
  "pin-warn": { type: "time", doc: "pins are measured, and longer ones told" },
  "move-on": {
    type: "words",
    words: MOVE_ONS,
    doc: "what a page of an area becomes when it is moved out first",
  },
  quarantine: { type: "words", words: QUARANTINES, doc: "uses that are kept out of CMA" },
  "quarantine-miss": {
    type: "count",
    min: 0,
    max: 100,
    doc: "of 100 such requests so many are not recognised",
  },
  "cma-retries": { type: "count", min: 0, max: 1000, doc: "sleeps before cma_alloc gives up" },
  "cma-sleep": { type: "time", doc: "how long one of them is" },
  "wait-refs": { type: "time", doc: "how long a request waits for the last references of a page" },
  "wait-window": { type: "flag", doc: "that time is for a window as a whole, not for each page" },
  "give-up": {
    type: "count",
    min: 0,
    max: 1_000_000_000,
    doc: "busy windows after which a request gives up; 0: never",
  },
  effort: { type: "word", words: EFFORTS, doc: "how hard a request tries" },
  window: { type: "word", words: WINDOW_RULES, doc: "which free window a request tries" },
  balance: { type: "word", words: BALANCES, doc: "what moves pages into CMA in the background" },
  guests: { type: "word", words: GUESTS, doc: "clean file pages that areas which keep theirs take in" },
  "guest-evict": { type: "count", min: 0, max: 1e9, doc: "copies that make room at once; 0: one" },
  "frontswap-share": { type: "count", min: 0, max: 100, doc: "per cent of them for swapped-out pages" },
  "write-through": { type: "flag", doc: "these are written to storage as they come in" },
} as const satisfies FieldTable;

/** Keys of a scenario with a simple value. The others: device, policy, pressure, costs, vary, record, workloads, clients. */
export const scenarioFields = {
  name: { type: "text", doc: "name in reports" },
  description: { type: "text", doc: "what it shows" },
  validity: {
    type: "text",
    doc: "the region in which what it shows holds: on which inputs it hangs, and where it turns; printed with the results",
  },
  duration: { type: "time", doc: "virtual time to simulate" },
  sample: { type: "time", default: "100ms", doc: "time between two rows of the series" },
  seeds: { type: "count", default: 1, min: 1, max: 100_000, doc: "seeds 1 to this are run" },
} as const satisfies FieldTable;

export const varyFields = {
  range: { type: "text", doc: "both ends, 0..2s, or multiples of what the scenario has, x0.5..x2" },
  source: { type: "text", doc: "where the range comes from; without one the number is a guess" },
} as const satisfies FieldTable;

/** Sections, in the order in which they are documented. */
export const sectionDocs = {
  device:
    "a preset's name, a group of keys (below), or a file beside the scenario: the state of a real device (docs/state.md)",
  policy: "a policy's name, a group of keys (below), or a list of both: each is run on the same arrivals",
  pressure: "what happens when memory is short",
  costs:
    "what work takes in virtual time (3us, or a bare number of nanoseconds), by the names in docs/costs.md; `set`: one of the fitted sets there, which single costs may differ from",
  vary: "the numbers that what it shows hangs on, by name (ACTOR.KEY, costs.NAME, pressure.KEY), each with its plausible range as text or as a group: what `pageblock run --vary` tries",
  record: "what is kept of a run",
  workloads: "what acts, beside the clients",
  clients: "who asks cma_alloc for buffers",
} as const;

export const scenarioKeys: readonly string[] = [...Object.keys(scenarioFields), ...Object.keys(sectionDocs)];
