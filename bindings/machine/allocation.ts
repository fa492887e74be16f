// Knows: what one allocation is asked for with, and what it answers.
// Must not know: how it is performed (machine).

import { contentOf } from "../../assembly/abi/frame_word.js";
import { Mobility, PageLife, type Refusal, type Status } from "../../assembly/abi/vocabulary.js";
import type { Pfn, ZoneIndex } from "../engine/units.js";
import type { PageHandle } from "./handles.js";

/** One alloc_pages(). */
export interface AllocateRequest {
  /** Default 0. */
  readonly order?: number;
  /** `__GFP_*` mask; see gfp in the vocabulary. */
  readonly gfp: number;
  /** CPU that asks; 0 when absent. */
  readonly cpu?: number;
  /** What the page is to a pageblock claim and to migration; default FIXED. */
  readonly mobility?: Mobility;
  /** What it is used for; default KERNEL. */
  readonly life?: PageLife;
  /** PageFlag bits: ACTIVE, DIRTY, WRITEBACK, MAPPED, UNEVICTABLE. */
  readonly flags?: number;
  /** Skip the per-CPU lists, as when their lock is taken. */
  readonly direct?: boolean;
}

/** What an allocated page is: mobility FIXED, life KERNEL and no flags where absent. */
export interface PageContent {
  /** What it is to a pageblock claim and to migration. */
  readonly mobility?: Mobility;
  /** What it is used for. */
  readonly life?: PageLife;
  /** PageFlag bits: ACTIVE, DIRTY, WRITEBACK, MAPPED, UNEVICTABLE. */
  readonly flags?: number;
}

/** The content of a command (abi/frame_word). */
export function contentWord({
  mobility = Mobility.FIXED,
  life = PageLife.KERNEL,
  flags = 0,
}: PageContent): number {
  return contentOf(mobility, life, flags);
}

/** A failed allocation is a measurement, not an exception. */
export type AllocateResult = Allocated | Refused;

/** An allocation that was served. */
export interface Allocated {
  /** Tells the two results apart. */
  readonly ok: true;
  /** First frame. */
  readonly pfn: Pfn;
  /** Zone that it came from. */
  readonly zone: ZoneIndex;
  /** It left the fast path: kswapd was woken, or more was tried. */
  readonly slow: boolean;
  /** Of an anonymous block on a machine with swap: names it after its frames are gone (pageOf, releaseHandle). */
  readonly handle?: PageHandle;
}

/** An allocation that was not served. */
export interface Refused {
  /** Tells the two results apart. */
  readonly ok: false;
  /** NO_PAGE, WOULD_RECLAIM where the kernel would go on, or OUT_OF_MEMORY. */
  readonly status: Status;
  /** What kept the last zone tried from serving it. */
  readonly refusal: Refusal;
  /** Index of that zone. */
  readonly zone: number;
}
