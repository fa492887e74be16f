// Knows: the shape of what a what-if answers: plain data, the same in Node, a browser, a file and a page.
// Must not know: how it is found, in which words it is told.

import type { Blocker } from "../analysis/outcomes/index.js";
import type { ActorSummary, CellMap, RequestRecord } from "../scenario/result.js";

/** The request that is asked about. */
export interface WhatIfRequest {
  /** Name of its client. */
  readonly client: string;
  /** Name of its area. */
  readonly area: string;
  /** Which of its client's openings it is, from 1: the same under every policy. */
  readonly ordinal: number;
  /** Which of the requests of that opening, from 0: a client may ask for several buffers at once. */
  readonly nth: number;
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment. */
  readonly align: number;
  /** When it began, virtual nanoseconds. */
  readonly beginNs: number;
  /** Time that its client gives it; 0: as long as it takes. */
  readonly deadlineNs: number;
}

/** What everybody did from one moment to another. */
export interface WhatIfLedger {
  /** Virtual nanoseconds. */
  readonly fromNs: number;
  /** Virtual nanoseconds. */
  readonly toNs: number;
  /** Growth of the machine's totals: names of StatWord in lower camel case. */
  readonly totals: Readonly<Record<string, number>>;
  /** Growth of each actor's counters; of `lacking` and `pinned`, which are levels, the value at the end. */
  readonly actors: readonly ActorSummary[];
  /** Applications that were killed. */
  readonly kills: number;
  /** Requests that ended in this time, but for the one that is asked about. */
  readonly others: readonly RequestRecord[];
}

/** How the request ended in one branch. */
export interface WhatIfEnding {
  /**
   * "on-time", "late" (it has its memory, but after the deadline), "failed", "waiting" (it had not ended when the branch
   * was given up), "skipped" (its client still had or wanted the buffer before), "not-asked" (its client has not come so far).
   */
  readonly kind: "on-time" | "late" | "failed" | "waiting" | "skipped" | "not-asked";
  /** Where it has ended. */
  readonly request?: RequestRecord;
  /** It ended after the direct I/O of the scenario: the end of the load may have saved it, not the branch. */
  readonly behindStream: boolean;
  /** What blocked its windows. */
  readonly blockers: readonly Blocker[];
  /** Its area at that moment, a cell for each pageblock of the first range. */
  readonly map?: CellMap;
  /** What everybody did up to the horizon: from the request's begin (switched), or from the start. */
  readonly ledger: WhatIfLedger;
}

/** A branch that cannot be had in this column, and why. */
export interface WhatIfRefusal {
  /** Tells it from an ending. */
  readonly kind: "refused";
  /** In words. */
  readonly why: string;
}

/** A figure in which a branch differs from what was. */
export interface WhatIfCost {
  /** What is counted: "pages moved", "snapuserd: operations". */
  readonly what: string;
  /** Of both values. */
  readonly unit: "pages" | "count" | "ns";
  /** Without the change. */
  readonly before: number;
  /** With it. */
  readonly value: number;
}

/** One branch. */
export interface WhatIfBranchAnswer {
  /** As asked for. */
  readonly name: string;
  /**
   * May "would have saved it" be said of the column `switched`? Not of what decides where pages go, or at boot: only of
   * what decides how a request and the pins around it act. `fromStart` may always be asked.
   */
  readonly judgedBy: "switched" | "fromStart";
  /** Forked where the request begins, and switched there: the identical state. */
  readonly switched: WhatIfEnding | WhatIfRefusal;
  /** In force from the start: the same plans, and the request of the same client and ordinal. */
  readonly fromStart: WhatIfEnding | WhatIfRefusal;
  /** Against what was, over the same time; empty where it was refused. */
  readonly costs: {
    /** From the begin of the request to the horizon. */
    readonly switched: readonly WhatIfCost[];
    /** From the start to the horizon. */
    readonly fromStart: readonly WhatIfCost[];
  };
}

/** What a what-if answers. */
export interface WhatIfAnswer {
  /** For somebody tired. */
  readonly sentence: string;
  /** Name of the scenario; empty where a simulation was asked. */
  readonly scenario: string;
  /** Name of the policy in force. */
  readonly policy: string;
  /** All chance followed from it. */
  readonly seed: number;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** Costs are counted up to here, the same moment in every branch. */
  readonly horizonNs: number;
  /** The request that is asked about. */
  readonly request: WhatIfRequest;
  /** What was: the branch that changes nothing. */
  readonly original: WhatIfEnding;
  /** In the order asked for. */
  readonly branches: readonly WhatIfBranchAnswer[];
}
