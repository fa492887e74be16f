// Knows: every key of a policy that is written out: what it means, its limits. For the reader of scenarios, its documentation and
// the JSON Schema.
// Must not know: how a value is read (scenario), what a number does (assembly/policy).

import { policyNames } from "./policies.js";
import {
  BALANCES,
  CMA_FREES,
  CMA_USES,
  EFFORTS,
  GUESTS,
  MOVE_ONS,
  PIN_RULES,
  QUARANTINES,
  THP_CMAS,
  THP_LISTS,
  WINDOW_RULES,
} from "./policy.js";

export const POLICY_FIELDS = {
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
} as const;
