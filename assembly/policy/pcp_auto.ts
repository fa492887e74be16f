// Knows: the self-tuning limits of a per-CPU list set: how many pages to refill, to keep, to free.
// Must not know: lists. Reads and writes the words of one PcpWord record; `belowHigh`, `reclaimActive` are the
// zone's flags. Models nr_pcp_alloc, nr_pcp_high, nr_pcp_free, decay_pcp_high (mm/page_alloc.c, Linux 6.12).

import { PcpFlag } from "../abi/vocabulary";
import { PcpWord } from "../abi/words";
import { clamp } from "./clamp";
import { word } from "./pcp_word";

function setHigh(pcp: usize, high: i32): i32 {
  store<i32>(pcp, high, PcpWord.HIGH << 2);
  return high;
}

/** Stores `high` brought into [high_min, high_max]. */
function clampHigh(pcp: usize, high: i32): i32 {
  return setHigh(pcp, inline.always(clamp(high, word(pcp, PcpWord.HIGH_MIN), word(pcp, PcpWord.HIGH_MAX))));
}

/** Blocks of `order` to refill with. Grows with consecutive allocations (alloc_factor) for order 0. */
export function refillCount(pcp: usize, order: i32, belowHigh: bool, scaleMax: i32): i32 {
  const base = word(pcp, PcpWord.BATCH);
  const highMax = word(pcp, PcpWord.HIGH_MAX);
  let high = clampHigh(pcp, word(pcp, PcpWord.HIGH));
  if (high < base) return 1;
  const factor = word(pcp, PcpWord.ALLOC_FACTOR);
  let batch = order ? base : base << factor;
  if (word(pcp, PcpWord.HIGH_MIN) != highMax && !belowHigh) high = setHigh(pcp, min(high + batch, highMax));
  if (!order) {
    const most = max(high - word(pcp, PcpWord.COUNT_PAGES) - base, base);
    if (batch <= most && factor < scaleMax) store<i32>(pcp, factor + 1, PcpWord.ALLOC_FACTOR << 2);
    batch = min(batch, most);
  }
  return batch > 1 ? max(batch >> order, 2) : batch;
}

/** Bookkeeping of one free of 2^order pages, before the limit is looked at; answers whether to free high orders at once. */
export function noteFree(pcp: usize, order: i32, costly: i32, scaleMax: i32): bool {
  const batch = word(pcp, PcpWord.BATCH);
  const flags = word(pcp, PcpWord.FLAGS);
  const freeCount = word(pcp, PcpWord.FREE_COUNT);
  let freeHigh = false;
  if (order && order <= costly) {
    freeHigh =
      freeCount >= batch &&
      (flags & PcpFlag.PREV_FREE_HIGH_ORDER) != 0 &&
      ((flags & PcpFlag.FREE_HIGH_BATCH) == 0 || word(pcp, PcpWord.COUNT_PAGES) >= batch);
    store<i32>(pcp, flags | PcpFlag.PREV_FREE_HIGH_ORDER, PcpWord.FLAGS << 2);
  } else if (flags & PcpFlag.PREV_FREE_HIGH_ORDER) {
    store<i32>(pcp, flags & ~PcpFlag.PREV_FREE_HIGH_ORDER, PcpWord.FLAGS << 2);
  }
  if (freeCount < batch << scaleMax) store<i32>(pcp, freeCount + (1 << order), PcpWord.FREE_COUNT << 2);
  return freeHigh;
}

/** The high that a free is judged by, stored. Below it, and without a flag of the zone, nothing is to be done. */
export function currentHigh(pcp: usize): i32 {
  return inline.always(clampHigh(pcp, word(pcp, PcpWord.HIGH)));
}

/** The limit at which pages go back to the buddy lists, from currentHigh(); adjusts the stored high on the way. */
export function keepLimit(
  pcp: usize,
  high: i32,
  freeHigh: bool,
  reclaimActive: bool,
  belowHigh: bool,
  scaleMax: i32,
): i32 {
  const batch = word(pcp, PcpWord.BATCH);
  const highMin = word(pcp, PcpWord.HIGH_MIN);
  const highMax = word(pcp, PcpWord.HIGH_MAX);
  if (high == 0) return 0;
  if (freeHigh) {
    setHigh(pcp, max(high - (batch << scaleMax), highMin));
    return 0;
  }
  const freeCount = word(pcp, PcpWord.FREE_COUNT);
  if (reclaimActive) return min(batch << 2, setHigh(pcp, max(high - max(freeCount, batch), highMin)));
  if (highMin == highMax) return high;
  const count = word(pcp, PcpWord.COUNT_PAGES);
  if (belowHigh) {
    setHigh(pcp, max(high - max(freeCount, batch), highMin));
    return max(count, highMin);
  }
  if (count >= high && high < freeCount + batch) clampHigh(pcp, freeCount + batch);
  return high;
}

/** Pages to free once the limit is reached. */
export function drainCount(pcp: usize, limit: i32, freeHigh: bool, scaleMax: i32): i32 {
  const batch = word(pcp, PcpWord.BATCH);
  if (freeHigh) return min(word(pcp, PcpWord.COUNT_PAGES), batch << scaleMax);
  if (limit < batch) return 1;
  return clamp(word(pcp, PcpWord.FREE_COUNT), batch, limit - batch);
}

/** decay_pcp_high(): an idle list set shrinks by an eighth; answers the pages above the new limit. */
export function decayHigh(pcp: usize, scaleMax: i32): i32 {
  const count = word(pcp, PcpWord.COUNT_PAGES);
  const high = word(pcp, PcpWord.HIGH);
  const highMin = word(pcp, PcpWord.HIGH_MIN);
  if (high > highMin) {
    const batch = word(pcp, PcpWord.BATCH);
    setHigh(pcp, max(max(count - (batch << scaleMax), high - (high >> 3)), highMin));
  }
  return count - word(pcp, PcpWord.HIGH);
}
