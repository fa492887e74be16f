// Knows: the named policies of requests and pages, one row each: what a busy request does, which window it tries, what
// becomes of a page that would come to stay.
// Must not know: how the core decides (assembly/policy).

import { CmaErrorRule } from "../../assembly/abi/vocabulary.js";
import { BALANCING, LSFMM, RETRIES, row } from "./row.js";

/** What a request does when windows are busy, and which it tries. */
export const REQUESTS = [
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
export const PAGES = [
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
