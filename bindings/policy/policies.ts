// Knows: the named policies, one row each: its numbers, what it is, and where it comes from.
// Must not know: what a scenario does with them, nor how the core decides (assembly/policy).

import { CmaFree, CmaUse, PinRule } from "../../assembly/abi/proposals.js";
import { type PolicyNumbers, type PolicyWords, policyFromWords } from "./policy.js";

/** A proposal of the package: its numbers, what it does, where it comes from. */
export interface PolicyRow extends PolicyNumbers {
  /** The word that a scenario names it by. */
  readonly name: string;
  /** One sentence: what it does differently. */
  readonly doc: string;
  /** Thread, commit or kernel. */
  readonly source: string;
}

/** The sleep of every retrying kernel (CONFIG_CMA_RETRY_SLEEP_DURATION, msecs_to_jiffies(100)). */
const SLEEP_NS = 100_000_000;

/** Linux 6.12. */
const MAINLINE: PolicyNumbers = {
  cmaUse: CmaUse.HALF,
  cmaFree: CmaFree.MOVABLE_LIST,
  quarantine: 0,
  pinRule: PinRule.ALLOW,
  cmaRetries: 0,
  cmaSleepNs: SLEEP_NS,
};

function row(name: string, words: PolicyWords, doc: string, source: string): PolicyRow {
  return { ...policyFromWords(name, MAINLINE, words), doc, source };
}

const ROWS = [
  row(
    "mainline",
    {},
    "movable requests take CMA first while more than half of the free memory is CMA, else before they fall back to other types; cma_alloc searches once",
    "Linux 6.12; the half rule is 16867664936e (Gushchin, 5.7)",
  ),
  row(
    "original",
    { cmaUse: "last" },
    "movable requests take CMA only once their own lists are empty",
    "Linux 3.5 to 5.6; 47118af0 (Nazarewicz, 2012)",
  ),
  row(
    "android",
    { cmaUse: "gfp-cma", cmaFree: "own-list", cmaRetries: 5 },
    "user memory and zram (__GFP_CMA) take CMA first, everything else never; per-CPU lists of their own for CMA pages; five retries of 100 ms",
    "Android GKI 6.6 (restrict_cma_redirect, CMA pcp list); Goldsworthy, cover.1604282969.git.cgoldswo@codeaurora.org; retries: r.android.com/3616623",
  ),
  row(
    "android-no-retry",
    { cmaUse: "gfp-cma", cmaFree: "own-list" },
    "android without the retries: what __GFP_CMA alone does",
    "Android GKI 6.6; Goldsworthy, cover.1604282969.git.cgoldswo@codeaurora.org",
  ),
  row(
    "cma-first",
    { cmaUse: "first" },
    "every movable request takes CMA first: the area is filled before anything else, and nothing of it lies idle",
    "the other end of what `original` and the half rule choose between; measured on a patched Linux 6.12 (docs/validation.md)",
  ),
  row(
    "mainline-retry",
    { cmaRetries: 5 },
    "mainline with five retries of 100 ms: what the retries alone do",
    "raspberrypi/linux 6.6 to 6.12 carries the retries on mainline's rules",
  ),
  row(
    "free-to-buddy",
    { cmaFree: "buddy" },
    "a freed page of an area goes to the buddy lists and never waits on a per-CPU list",
    "Abbott, `mm: cma: free cma page to buddy instead of being cpuhot page`, 2013",
  ),
  row(
    "strict",
    { cmaUse: "strict", cmaFree: "buddy" },
    "no movable request ever takes CMA (MIGRATE_CMA_STRICT), not even what waits on a per-CPU list after cma_release",
    "an idea of Yescas and Singh, `CMA allocations fail due to pinned MOVABLE pages`, LPC 2025; no code",
  ),
  row(
    "quarantine",
    { quarantine: ["direct-io", "metadata"] },
    "direct I/O and file system metadata stay out of CMA without being FOLL_LONGTERM",
    "an idea of Yescas and Singh, LPC 2025; no code",
  ),
  row(
    "gup-wait",
    { pinRule: "wait" },
    "get_user_pages waits while the page's pageblock is isolated, until the migration has ended",
    "Hildenbrand, cd013218-7735-4bc1-b6b6-80d1129e2b76@redhat.com; no code",
  ),
  row(
    "dio-longterm",
    { pinRule: "migrate" },
    "direct I/O pins as FOLL_LONGTERM does: the page is moved out of CMA first",
    "Suk, 20250306074056.246582-1-s.suk@samsung.com; rejected upstream",
  ),
];

/** Every proposal of the package by name, mainline first. */
export const policies: ReadonlyMap<string, PolicyRow> = new Map(ROWS.map((policy) => [policy.name, policy]));

/** Names of all proposals of the package. */
export const policyNames: readonly string[] = ROWS.map(({ name }) => name);
