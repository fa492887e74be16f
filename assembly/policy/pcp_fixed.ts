// Knows: the limits of a per-CPU list set in Linux 6.1: a fixed high, and free_factor that doubles the pages freed.
// Must not know: lists. Models nr_pcp_high, nr_pcp_free and the refill size of __rmqueue_pcplist, 6.1.192.

import { PcpWord } from "../abi/words";
import { clamp } from "./clamp";
import { word } from "./pcp_word";

/** Blocks of `order` to refill with: constant. */
export function refillCount(pcp: usize, order: i32): i32 {
  const batch = word(pcp, PcpWord.BATCH);
  return batch > 1 ? max(batch >> order, 2) : batch;
}

/** After a bulk free, the first small high-order page empties the whole set. */
export function freesHigh(pcp: usize, order: i32, costly: i32): bool {
  return word(pcp, PcpWord.FREE_FACTOR) != 0 && order > 0 && order <= costly;
}

export function keepLimit(pcp: usize, freeHigh: bool, reclaimActive: bool): i32 {
  const high = word(pcp, PcpWord.HIGH);
  if (high == 0 || freeHigh) return 0;
  return reclaimActive ? min(word(pcp, PcpWord.BATCH) << 2, high) : high;
}

/** Pages to free once the limit is reached; raises free_factor for the next time. */
export function drainCount(pcp: usize, limit: i32, freeHigh: bool, scaleMax: i32): i32 {
  if (freeHigh) return word(pcp, PcpWord.COUNT_PAGES);
  const base = word(pcp, PcpWord.BATCH);
  if (limit < base) return 1;
  const factor = word(pcp, PcpWord.FREE_FACTOR);
  const batch = base << factor;
  const most = limit - base;
  if (batch < most && factor < scaleMax) store<i32>(pcp, factor + 1, PcpWord.FREE_FACTOR << 2);
  return clamp(batch, base, most);
}
