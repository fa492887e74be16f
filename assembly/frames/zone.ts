// Knows: the words of a zone, which frames are its own, and its free-page counters with their per-CPU differentials.
// Must not know: lists of blocks, watermark policy. Models mm/vmstat.c and account_freepages(), Linux 6.12 and 6.1.
//
//   true free pages of a zone = FREE_PAGES + sum over CPUs of DIFF_FREE        (|diff| <= stat_threshold)
//
// Readers see only the global part (zone_page_state), so watermarks and the CMA balance act on a stale number.

import { MAX_ZONES } from "../abi/limits";
import { CmaZoneRule } from "../abi/proposals";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord, PcpWord, ZoneWord } from "../abi/words";
import { config, PCPS, ZONES } from "../memory/regions";
import { zoneOfFrame } from "../policy/cma_zone";
import { CMA_ZONE, KEEPS_WHOLE_RESERVE } from "../rules";
import { areaOfPfn } from "./area_of";

export function zoneAt(zone: i32): usize {
  return ZONES + <usize>zone * (ZoneWord.COUNT << 2);
}

export function pcpAt(cpu: i32, zone: i32): usize {
  return PCPS + <usize>(cpu * MAX_ZONES + zone) * (PcpWord.COUNT << 2);
}

export function isPopulated(zone: i32): bool {
  return load<i32>(zoneAt(zone), ZoneWord.PRESENT << 2) != 0;
}

/** Does the frame lie between the zone's ends? Where areas are a zone of their own, its ends may reach over other zones. */
export function spans(zone: i32, pfn: u32): bool {
  const at = zoneAt(zone);
  return pfn - load<u32>(at, ZoneWord.START_PFN << 2) < load<u32>(at, ZoneWord.SPANNED << 2);
}

/** The highest zone, which areas lie in where they are a zone of their own. */
export function lastZone(): i32 {
  return config(ConfigWord.NR_ZONES) - 1;
}

/** The index of the zone that this frame belongs to, or -1. */
export function zoneOfPfn(pfn: u32): i32 {
  for (let zone = 0; zone <= lastZone(); zone++) {
    if (!spans(zone, pfn)) continue;
    const inArea = CMA_ZONE != CmaZoneRule.IN_PLACE && areaOfPfn(pfn) >= 0;
    return zoneOfFrame(CMA_ZONE, zone, lastZone(), inArea);
  }
  return -1;
}

/** zone_page_state(NR_FREE_PAGES): never negative. */
export function freePages(zone: i32): i32 {
  return max(load<i32>(zoneAt(zone), ZoneWord.FREE_PAGES << 2), 0);
}

export function freeCma(zone: i32): i32 {
  return max(load<i32>(zoneAt(zone), ZoneWord.FREE_CMA << 2), 0);
}

/** has_isolate_pageblock() */
export function hasIsolatedBlock(zone: i32): bool {
  return load<i32>(zoneAt(zone), ZoneWord.NR_ISOLATE_PAGEBLOCK << 2) != 0;
}

export function hasFlag(zone: i32, flag: i32): bool {
  return (load<i32>(zoneAt(zone), ZoneWord.FLAGS << 2) & flag) != 0;
}

export function setFlag(zone: i32, flag: i32): void {
  const at = zoneAt(zone);
  store<i32>(at, load<i32>(at, ZoneWord.FLAGS << 2) | flag, ZoneWord.FLAGS << 2);
}

export function clearFlag(zone: i32, flag: i32): void {
  const at = zoneAt(zone);
  store<i32>(at, load<i32>(at, ZoneWord.FLAGS << 2) & ~flag, ZoneWord.FLAGS << 2);
}

/** __mod_zone_page_state(): the differential absorbs small changes; past the threshold all of it is folded. */
export function modFreePages(cpu: i32, zone: i32, delta: i32): void {
  const pcp = pcpAt(cpu, zone);
  const sum = load<i32>(pcp, PcpWord.DIFF_FREE << 2) + delta;
  if (abs(sum) <= load<i32>(pcp, PcpWord.STAT_THRESHOLD << 2)) {
    store<i32>(pcp, sum, PcpWord.DIFF_FREE << 2);
    return;
  }
  const at = zoneAt(zone);
  store<i32>(at, load<i32>(at, ZoneWord.FREE_PAGES << 2) + sum, ZoneWord.FREE_PAGES << 2);
  store<i32>(pcp, 0, PcpWord.DIFF_FREE << 2);
}

/**
 * modFreePages(-pages) `times` times in a row. The first fold comes with the take that passes the threshold, number
 * floor((diff + threshold) / pages) + 1; after it every (floor(threshold / pages) + 1)th folds. What the differential
 * does not hold at the end was folded. Needs |diff| <= threshold.
 */
export function takeFreePages(cpu: i32, zone: i32, pages: i32, times: i32): void {
  const pcp = pcpAt(cpu, zone);
  const diff = load<i32>(pcp, PcpWord.DIFF_FREE << 2);
  const threshold = load<i32>(pcp, PcpWord.STAT_THRESHOLD << 2);
  assert(abs(diff) <= threshold);
  const sum = diff - pages * times;
  const first = (diff + threshold) / pages + 1;
  const left = times < first ? sum : -pages * ((times - first) % (threshold / pages + 1));
  store<i32>(pcp, left, PcpWord.DIFF_FREE << 2);
  const at = zoneAt(zone);
  store<i32>(at, load<i32>(at, ZoneWord.FREE_PAGES << 2) + sum - left, ZoneWord.FREE_PAGES << 2);
}

/** Can the global counter, less this many pages and whatever is not folded yet, be relied on? The lowest it can get. */
export function freePagesAtLeast(cpu: i32, zone: i32, less: i32): i32 {
  return freePages(zone) - less - load<i32>(pcpAt(cpu, zone), PcpWord.STAT_THRESHOLD << 2);
}

export function modFreeCma(cpu: i32, zone: i32, delta: i32): void {
  const pcp = pcpAt(cpu, zone);
  const sum = load<i32>(pcp, PcpWord.DIFF_CMA << 2) + delta;
  if (abs(sum) <= load<i32>(pcp, PcpWord.STAT_THRESHOLD << 2)) {
    store<i32>(pcp, sum, PcpWord.DIFF_CMA << 2);
    return;
  }
  const at = zoneAt(zone);
  store<i32>(at, load<i32>(at, ZoneWord.FREE_CMA << 2) + sum, ZoneWord.FREE_CMA << 2);
  store<i32>(pcp, 0, PcpWord.DIFF_CMA << 2);
}

/** account_freepages(): the pages of U, M and R blocks are just free. */
export function accountFree(cpu: i32, zone: i32, delta: i32, type: i32): void {
  if (type <= Migratetype.RECLAIMABLE) modFreePages(cpu, zone, delta);
  else accountSpecial(cpu, zone, delta, type);
}

/** Pages of ISOLATE blocks are not free pages; CMA and HIGHATOMIC are counted twice. */
function accountSpecial(cpu: i32, zone: i32, delta: i32, type: i32): void {
  if (type == Migratetype.ISOLATE) return;
  modFreePages(cpu, zone, delta);
  if (type == Migratetype.CMA) {
    modFreeCma(cpu, zone, delta);
  } else if (type == Migratetype.HIGHATOMIC && !KEEPS_WHOLE_RESERVE) {
    const at = zoneAt(zone);
    store<i32>(at, load<i32>(at, ZoneWord.NR_FREE_HIGHATOMIC << 2) + delta, ZoneWord.NR_FREE_HIGHATOMIC << 2);
  }
}

/** refresh_cpu_vm_stats() for one zone: the differentials of one CPU go to the global counters. */
export function foldCounters(cpu: i32, zone: i32, free: bool, cma: bool): void {
  const pcp = pcpAt(cpu, zone);
  const at = zoneAt(zone);
  if (free) {
    const sum = load<i32>(at, ZoneWord.FREE_PAGES << 2) + load<i32>(pcp, PcpWord.DIFF_FREE << 2);
    store<i32>(at, sum, ZoneWord.FREE_PAGES << 2);
    store<i32>(pcp, 0, PcpWord.DIFF_FREE << 2);
  }
  if (cma) {
    const sum = load<i32>(at, ZoneWord.FREE_CMA << 2) + load<i32>(pcp, PcpWord.DIFF_CMA << 2);
    store<i32>(at, sum, ZoneWord.FREE_CMA << 2);
    store<i32>(pcp, 0, PcpWord.DIFF_CMA << 2);
  }
}
