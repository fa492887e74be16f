// Knows: the end of a process's memory: pages are unmapped and gathered, up to a number, and freed some time later.
// Must not know: whose memory it is. A gathered page has a reference that no page table knows: it cannot be moved.
// Models tlb_batch_pages_flush, MAX_GATHER_BATCH_COUNT (mm/mmu_gather.c, Linux 6.12): at most about 10,000 pages at once.

import { PinKind } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { hold, letGo } from "./holds";
import { emptySlot, pageIn } from "./pages";

/** Holds the pages of the slots [first, end); answers the chain of what is held. What is swapped out needs no holding. */
export function gather(actor: i32, cpu: i32, first: u32, end: u32): u32 {
  let chain: u32 = 0;
  for (let slot = first; slot < end; slot++) {
    const link = pageIn(slot);
    if (link != NONE) chain = hold(actor, cpu, link, PinKind.GATHER, chain);
  }
  return chain;
}

/** They are freed. */
export function flush(actor: i32, cpu: i32, first: u32, end: u32, chain: u32): void {
  letGo(actor, cpu, chain);
  for (let slot = first; slot < end; slot++) emptySlot(actor, cpu, slot);
}
