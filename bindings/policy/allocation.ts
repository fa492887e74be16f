// Knows: the named policies of allocation, one row each: who takes CMA pages and when, and the per-CPU lists.
// Must not know: how the core decides (assembly/policy).

import { CmaZoneRule } from "../../assembly/abi/proposals.js";
import { BALANCING, GOLDSWORTHY, LPC, row } from "./row.js";

/** Who takes CMA pages, and when. */
export const USES = [
  row(
    "mainline",
    {},
    {
      doc: "movable requests take CMA first while more than half of the free memory is CMA, else before they fall back to other types; cma_alloc searches once",
      claim:
        "CMA is used evenly with the rest of memory, and kswapd is not woken while most of what is free is CMA",
      source: "Linux 6.12; the half rule is 16867664936e (Gushchin, 5.7)",
    },
  ),
  row(
    "original",
    { cmaUse: "last" },
    {
      doc: "movable requests take CMA only once their own lists are empty",
      claim: "pages of an area are the last to be used, so that there is little to migrate",
      source: "Linux 3.5 to 5.6; 47118af0 (Nazarewicz, 2012)",
    },
  ),
  row(
    "cma-first",
    { cmaUse: "first" },
    {
      doc: "every movable request takes CMA first: the area is filled before anything else, and nothing of it lies idle",
      claim: "with CMA used up first, free memory that only movable requests can use does not fool reclaim",
      source:
        "Weiner, 20230726145304.1319046-1-hannes@cmpxchg.org; measured on a patched Linux 6.12 (docs/validation.md)",
    },
  ),
  row(
    "cma-limit-25",
    { cmaUse: "percent", cmaLimit: 25 },
    {
      doc: "movable requests take CMA first while more than 25 per cent of the free memory is CMA; 0 is always, 50 mainline, 100 never",
      claim: "one number lets the owner of a system choose between first, half and last",
      source: `${BALANCING} (vm.cma_first_limit)`,
    },
  ),
  row(
    "raspberry-pi",
    { cmaUse: "sixteenths", cmaLimit: 12, cmaRetries: 5 },
    {
      doc: "movable requests take CMA first while free CMA is more than 12 times a sixteenth of the free memory, divided first; five retries of 100 ms",
      claim: "CMA stays free for its clients until three quarters of what is free is CMA",
      source:
        "raspberrypi/linux PR 4964 (alloc_in_cma_threshold, 2022), in its 6.6 line; retries as mainline-retry",
    },
  ),
  row(
    "watermark",
    { cmaUse: "watermark" },
    {
      doc: "movable requests take CMA first where the zone without its free CMA is not above its low mark, else by the half rule",
      claim:
        "the half rule lets unmovable requests starve while CMA is free, and the low mark tells when that begins",
      source: "Huang (Unisoc), use_cma_first, 2023; in linux-mm unstable until late 2024, never merged",
    },
  ),
  row(
    "watermark-share",
    { cmaUse: "share" },
    {
      doc: "movable requests take CMA first while its share of the free memory is above its share of the managed memory",
      claim: "CMA and the rest are used up together, whatever their sizes",
      source: "Huang (Unisoc), use_cma_first, second version, 2024",
    },
  ),
  row(
    "ratio",
    { cmaUse: "ratio" },
    {
      doc: "movable requests take turns: a pageblock of pages from the smaller kind of memory, and as many more from the larger as it is larger",
      claim: "CMA memory that lay free while kswapd worked is used, and builds are faster",
      source: "Kim, `CMA: aggressively allocate the pages on cma reserved memory when not used`, 2014",
    },
  ),
  row(
    "ratio-all",
    { cmaUse: "ratio", cmaLimit: 1 },
    {
      doc: "as ratio; requests that cannot use CMA take of the turn of the other memory too",
      claim: "turns count everything that takes of the other memory, so that CMA is used sooner",
      source: "Zhu (Xiaomi), 2014, on top of Kim's turns",
    },
  ),
  row(
    "aggressive",
    { cmaUse: "aggressive", cmaLimit: 500 },
    {
      doc: "movable requests take CMA first while more than 500 pages of it are free, else last; the number is from memory",
      claim: "memory reserved for CMA is as good as other memory for movable requests",
      source: "Zhu (Xiaomi), CMA_AGGRESSIVE, October 2014 (lkml 1410.2/00134)",
    },
  ),
  row(
    "strict",
    { cmaUse: "strict", cmaFree: "buddy" },
    {
      doc: "no movable request ever takes CMA (MIGRATE_CMA_STRICT), not even what waits on a per-CPU list after cma_release",
      claim: "what is never lent need not be taken back",
      source: `an idea of ${LPC}; no code`,
    },
  ),
  row(
    "quarantine",
    { quarantine: ["direct-io", "metadata"], quarantineMiss: 30 },
    {
      doc: "processes that do direct I/O and mappings of file systems are kept out of CMA by the class of the caller; 30 in 100 of their requests come before the class is known (chosen) and are not",
      claim: "what will be pinned is kept out of CMA without being FOLL_LONGTERM",
      source: `an idea of ${LPC}; no code; nobody knows the use of a page when it is allocated`,
    },
  ),
  row(
    "quarantine-oracle",
    { quarantine: ["direct-io", "metadata"] },
    {
      doc: "as quarantine with no miss: the use of each page is known in advance, which no kernel can; an upper bound",
      claim: "what will be pinned is kept out of CMA without being FOLL_LONGTERM",
      source: `an idea of ${LPC}, taken to its end`,
    },
  ),
];

/** Where the pages of areas lie. */
export const ZONES = [
  row(
    "zone-cma",
    {},
    {
      doc: "all areas are one more zone, ZONE_CMA, of several spans, with free lists, per-CPU lists and watermarks of its own, and no migratetype CMA; GFP_HIGHUSER_MOVABLE looks there first, as in ZONE_MOVABLE, and nobody else ever",
      claim:
        "accurate statistics without hooks in the fast paths: what is not CMA is counted by itself, so that CMA is used while it is free, kswapd no longer takes it for memory of the kernel, and pages that a file system pins never lie there",
      source:
        "Kim, ZONE_CMA, 2014 to 2017 (v2: lkml 1605.0/00266); the price that Gorman named at LSFMM 2015: page aging with more lists to search (LWN 636234)",
    },
    { cmaZone: CmaZoneRule.OWN },
  ),
  row(
    "zone-cma-movable",
    {},
    {
      doc: "as zone-cma, but the areas lie in ZONE_MOVABLE with what is there already; where that is empty the two do the same",
      claim: "no zone more: ZONE_MOVABLE is meant for memory that can be moved on demand as it is",
      source:
        "Hansen, LSFMM 2015; `mm/cma: manage the memory of the CMA area by using the ZONE_MOVABLE` (bad8c6c0b114, 4.17-rc), taken back before the release by d883c6cf3b39",
    },
    { cmaZone: CmaZoneRule.MOVABLE },
  ),
];

/** Android, and per-CPU lists. */
export const LISTS = [
  row(
    "android",
    { cmaUse: "gfp-cma", cmaFree: "own-list", cmaRetries: 5 },
    {
      doc: "user memory and zram (__GFP_CMA) take CMA first, everything else never; per-CPU lists of their own for CMA pages; five retries of 100 ms",
      claim: "CMA holds only pages that can be migrated or reclaimed soon",
      source: `${GOLDSWORTHY} (restrict_cma_redirect, CMA pcp list); retries: r.android.com/3616623`,
    },
  ),
  row(
    "android-no-retry",
    { cmaUse: "gfp-cma", cmaFree: "own-list" },
    {
      doc: "android without the retries: what __GFP_CMA and the lists alone do",
      claim: "CMA holds only pages that can be migrated or reclaimed soon",
      source: GOLDSWORTHY,
    },
  ),
  row(
    "android-unrestricted",
    { cmaRetries: 5 },
    {
      doc: "android with restrict_cma_redirect=false: the half rule, mainline's lists (one key turns both), five retries; on a 6.6 kernel the same as mainline-retry",
      claim: "boards turn the restriction off to use more of their CMA memory",
      source: "Android GKI 6.6; the command line of a Sony sm6475 board",
    },
  ),
  row(
    "thp-no-cma",
    { thpCma: "never" },
    {
      doc: "requests of THP size never take CMA blocks; all others as mainline",
      claim: "large pages in CMA are the hardest to move",
      source: "the question of whether THP may use CMA at all; Yescas and Tyagi (MediaTek), 2025",
    },
  ),
  row(
    "thp-one-list",
    { thpLists: "shared" },
    {
      doc: "one per-CPU list of THP size for movable and other requests, as before 6.10: CMA blocks reach unmovable users",
      claim:
        "what the split of June 2024 mended: a VM with half of its memory as CMA and devices passed through got stuck",
      source: "before yangge, `Separate THP PCP into movable and non-movable categories`, June 2024",
    },
  ),
  row(
    "thp-cma-list",
    { cmaUse: "gfp-cma", cmaFree: "own-list", thpLists: "own-list" },
    {
      doc: "android-no-retry with a third per-CPU list of THP size, for CMA blocks",
      claim: "THP allocations use CMA blocks from a list that only they see",
      source: "Yescas and Tyagi (MediaTek), RFC of 2025; rejected as Android's alone",
    },
  ),
  row(
    "free-to-buddy",
    { cmaFree: "buddy" },
    {
      doc: "a freed page of an area goes to the buddy lists and never waits on a per-CPU list",
      claim: "cma_alloc fails less often for pages that wait on per-CPU lists",
      source:
        "Abbott, `mm: cma: free cma page to buddy instead of being cpuhot page`, 2013; shipped by Qualcomm for a year and a half",
    },
  ),
  row(
    "free-range",
    { freeRange: true },
    {
      doc: "a range that a client gives back goes to the buddy lists in the largest aligned blocks, not page by page through per-CPU lists",
      claim: "16,384 pages are freed and taken in 402 us instead of 1,406 us",
      source: "Anjum (Arm), v3 of March 2026",
    },
  ),
];
