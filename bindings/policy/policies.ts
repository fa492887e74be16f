// Knows: the named policies, one row each: its numbers, its rule, what its source claims, where it comes from.
// Must not know: what a scenario does with them, nor how the core decides (assembly/policy).

import { CmaErrorRule } from "../../assembly/abi/vocabulary.js";
import { MAINLINE, numbersOf, type PolicyNumbers, type PolicyWords, policyFromWords } from "./policy.js";

/** A proposal of the package: its numbers, what it does, where it comes from. */
export interface PolicyRow extends PolicyNumbers {
  /** The word that a scenario names it by. */
  readonly name: string;
  /** Its rule, exactly. */
  readonly doc: string;
  /** What its source says of it, in one sentence. */
  readonly claim: string;
  /** Thread, commit or kernel. */
  readonly source: string;
  /** live: a machine that runs can be switched to it; boot: it changes rules of the kernel, and holds from boot on. */
  readonly switch: "live" | "boot";
}

type Told = Readonly<Record<"doc" | "claim" | "source", string>>;

function row(name: string, words: PolicyWords, told: Told, rules?: PolicyNumbers["rules"]): PolicyRow {
  const policy = policyFromWords(name, MAINLINE, words);
  const boot = rules === undefined ? {} : { rules };
  return { ...policy, ...told, ...boot, switch: rules === undefined ? "live" : "boot" };
}

const LPC = "Yescas and Singh, `CMA allocations fail due to pinned MOVABLE pages`, LPC 2025";
const GOLDSWORTHY = "Goldsworthy, cover.1604282969.git.cgoldswo@codeaurora.org; Android GKI 6.6";
const RETRIES =
  "Goldsworthy, 2020; in raspberrypi/linux and Android GKI 6.6, re-added for several ranges by r.android.com/3616623";
const LSFMM = "Gorman, Zijlstra and Hansen, LSFMM 2015 (LWN)";
const BALANCING = "van der Linden, 20250915195153.462039-1-fvdl@google.com";

/** Who takes CMA pages, and when. */
const USES = [
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

/** Android, and per-CPU lists. */
const LISTS = [
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

/** What a request does when windows are busy, and which it tries. */
const REQUESTS = [
  row(
    "mainline-retry",
    { cmaRetries: 5 },
    {
      doc: "mainline with five retries of 100 ms after a sweep that met busy windows: what the retries alone do",
      claim: "short pins are gone after 100 ms",
      source: RETRIES,
    },
  ),
  row(
    "retry-multi-range",
    { cmaRetries: 5 },
    {
      doc: "the same on the loop over ranges of 6.15, which begins with -EBUSY: a request that fits nowhere sleeps once, ends with -ENOMEM, and never sees the second range",
      claim: "short pins are gone after 100 ms; that later ranges are lost nobody reports",
      source: `${RETRIES}; c009da4258f9 (6.15)`,
    },
    { cmaError: CmaErrorRule.STARTS_EBUSY },
  ),
  row(
    "wait-refs",
    { waitRefsNs: 1e9 },
    {
      doc: "a window that fails for a page with references waits until the last is put, at most 1 s a page, and goes on from there; its pageblocks stay isolated",
      claim: "waiting for the reference is much better than retrying blindly",
      source:
        "Hubbard, `wait for folio refcount during longterm pin migration`, RFC of April 2026, there for long pins; for contiguous ranges nobody has tried it",
    },
  ),
  row(
    "wait-refs-window",
    { waitRefsNs: 1e9, waitWindow: true },
    {
      doc: "as wait-refs, at most 1 s for all pages of a window together",
      claim: "the reply asks whether 1 s is right for all",
      source: "replies to Hubbard's RFC of April 2026",
    },
  ),
  row(
    "gup-wait",
    { pinRule: "wait" },
    {
      doc: "get_user_pages waits while the page's pageblock is isolated, until the migration has ended; on pages that are pinned already too",
      claim: "new pins cannot come in the way of a migration under way",
      source: "Hildenbrand, cd013218-7735-4bc1-b6b6-80d1129e2b76@redhat.com; no code",
    },
  ),
  row(
    "gup-wait-new",
    { pinRule: "wait", pinAgain: true },
    {
      doc: "as gup-wait, but a page that is pinned already is pinned again at once: it cannot be moved anyway",
      claim: "only the first pin of a page decides whether it can be moved",
      source: "a variant of the same idea; no code",
    },
  ),
  row(
    "gup-wait-refs",
    { pinRule: "wait", waitRefsNs: 1e9 },
    {
      doc: "gup-wait together with wait-refs: new pins wait for the request, and the request for the pins that exist",
      claim: "both halves of a blockade wait for their end instead of failing",
      source: "the two sources together; no code",
    },
  ),
  row(
    "no-retry",
    { effort: "noretry" },
    {
      doc: "a request neither sleeps nor waits for a page, and tries each batch of pages once (__GFP_NORETRY)",
      claim: "a client that can do without fails at once",
      source: "Kim (Minchan), __GFP_NORETRY for CMA, 2021; Android's __cma_alloc()",
    },
  ),
  row(
    "give-up-4",
    { giveUp: 4 },
    {
      doc: "a request gives up after four busy windows (the number is chosen)",
      claim: "a camera that waits for hundreds of busy windows is too late anyway",
      source: "Android's hook android_vh_cma_alloc_set_max_retries lets vendors bound the tries",
    },
  ),
  row(
    "next-fit",
    { window: "next" },
    {
      doc: "a search begins behind the last window that was taken, and comes back to the beginning",
      claim: "first fit fragments the beginning of an area",
      source: "the case of a video decoder on a wandboard; no patch",
    },
  ),
  row(
    "best-fit",
    { window: "best" },
    {
      doc: "the smallest hole that is large enough is tried first, then the next larger",
      claim: "large holes are kept for large requests",
      source: "Nazarewicz, RFCv6 06/13, 2010",
    },
  ),
  row(
    "pin-avoiding",
    { window: "pin-avoiding" },
    {
      doc: "windows with a page that cannot be moved at this moment are passed over, at the cost of looking at each page; without such, first fit",
      claim: "most windows of an area have no pinned page, and the kernel can see which",
      source: "our own, from the count of pins in docs/validation.md; no patch",
    },
  ),
];

/** What happens to a page that would come to stay. */
const PAGES = [
  row(
    "dio-longterm",
    { pinRule: "migrate" },
    {
      doc: "direct I/O pins as FOLL_LONGTERM does: the page is moved out of CMA first",
      claim: "pages of direct I/O no longer keep CMA from its clients",
      source:
        "Suk (Samsung), 20250306074056.246582-1-s.suk@samsung.com, rejected; a vendor hook shipped it on Pixel kernels 5.10 and 5.15",
    },
  ),
  row(
    "migrate-on-pin",
    { pinRule: "migrate-all" },
    {
      doc: "the page of any reference but that of an exiting task is moved out of CMA first",
      claim: "no pinned page is ever in an area",
      source: LSFMM,
    },
  ),
  row(
    "migrate-on-dirty",
    { moveOn: ["dirty", "writeback", "buffer-head"] },
    {
      doc: "a page that becomes dirty, is to be written, or gets a buffer head is moved out of CMA first",
      claim: "a page leaves CMA when it comes to a state in which it cannot be migrated",
      source: LSFMM,
    },
  ),
  row(
    "pin-lengths",
    { pinWarnNs: 10e6 },
    {
      doc: "mainline; each pin is measured when it is put, in a histogram of its holder, and one of more than 10 ms (chosen) is told",
      claim: "who holds pages for long is known, and can be mended",
      source: `${LSFMM}; Android's page_pinner`,
    },
  ),
  row(
    "cma-balance",
    { cmaUse: "percent", cmaLimit: 50, balance: "worker" },
    {
      doc: "vm.cma_first_limit of 50, and a worker that moves movable pages into CMA until it is down to half of the free memory, each second",
      claim: "unmovable requests find room outside of CMA before reclaim begins",
      source: BALANCING,
    },
  ),
  row(
    "cma-balance-kswapd",
    { cmaUse: "percent", cmaLimit: 50, balance: "kswapd" },
    {
      doc: "kswapd moves 32 pages into CMA after a round that freed pages of it; direct reclaim for an unmovable request does where all but two of its pages were CMA",
      claim: "reclaim that frees only CMA does not help who cannot use it",
      source: "van Riel, 20250925181109.11dd36e5@fangorn",
    },
  ),
];

const ROWS = [...USES, ...LISTS, ...REQUESTS, ...PAGES];

/** Every proposal of the package by name, mainline first. */
export const policies: ReadonlyMap<string, PolicyRow> = new Map(ROWS.map((policy) => [policy.name, policy]));

/** Names of all proposals of the package. */
export const policyNames: readonly string[] = ROWS.map(({ name }) => name);

/** A proposal as scenarios carry it: its name and numbers. */
export function policyOf(row: PolicyRow): PolicyNumbers & { readonly name: string } {
  return { ...numbersOf(row), name: row.name };
}
