// Knows: the watermark boost after a fallback. Models boost_watermark(), mm/page_alloc.c, Linux 6.12 and 6.1.
// DEVIATION: kdump kernels never boost in 6.12.117; no device here is one.

import { EventKind } from "../abi/events";
import { AllocFlag, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, StatWord, ZoneWord } from "../abi/words";
import { blockFrames } from "../frames/pageblock";
import { setFlag, zoneAt } from "../frames/zone";
import { config } from "../memory/regions";
import { count } from "../memory/stats";
import { record } from "../record/events";

/** Raises the boost by one pageblock, at most to high * factor / 10000; tells kswapd if the caller may wake it. */
export function boostWatermark(zone: i32, allocFlags: i32): void {
  const factor = config(ConfigWord.WATERMARK_BOOST_FACTOR);
  if (factor == 0) return;
  const at = zoneAt(zone);
  const block = blockFrames();
  if (block * 4 > load<u32>(at, ZoneWord.MANAGED << 2)) return;
  const high = <u64>load<u32>(at, ZoneWord.WMARK_HIGH << 2);
  let most = <u32>((high * <u64>factor) / 10000);
  if (most == 0) return;
  most = max(most, block);
  const boost = min(load<u32>(at, ZoneWord.WATERMARK_BOOST << 2) + block, most);
  store<u32>(at, boost, ZoneWord.WATERMARK_BOOST << 2);
  count(StatWord.BOOSTS);
  record(EventKind.BOOST, zone, boost, 0, 0, 0);
  if (allocFlags & AllocFlag.KSWAPD) setFlag(zone, ZoneFlag.BOOSTED);
}
