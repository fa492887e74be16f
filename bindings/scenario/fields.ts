// Knows: every key of a scenario that is not a workload's: what it means, its default, its limits. One table for the
// reader, the documentation and the JSON Schema.
// Must not know: how a value is read, where it goes.

import { POLICY_FIELDS } from "../policy/index.js";
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

/** Of `policy`, where it is written out. */
export const policyFields = POLICY_FIELDS satisfies FieldTable;

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
