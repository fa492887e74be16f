// Knows: watermarks, the path of one allocation and of one free, in the rules of Linux 6.12 alone.
// Must not know: slots, commands. The C twin of assembly/buddy/{watermark,highatomic,allocate,free_pages}.
#ifndef PAGEBLOCK_ALLOCATE_H
#define PAGEBLOCK_ALLOCATE_H

#include "pcp.h"

static int32_t NORMAL_ZONE, MOVABLE_ZONE, HAS_DMA32, TYPE_BITS;

static inline void bindAllocate(void) {
  NORMAL_ZONE = CONFIG[ConfigWord_NORMAL_ZONE];
  MOVABLE_ZONE = CONFIG[ConfigWord_MOVABLE_ZONE];
  HAS_DMA32 = CONFIG[ConfigWord_HAS_DMA32];
  TYPE_BITS = CONFIG[ConfigWord_MOBILITY_DISABLED] ? 0 : Gfp_MOVABLE | Gfp_RECLAIMABLE;
}

// ---- buddy/watermark

static inline int32_t markOf(int zone, int index) {
  const int32_t *at = zoneAt(zone);
  return at[ZoneWord_WMARK_MIN + index] + at[ZoneWord_WATERMARK_BOOST];
}
static inline int32_t lowmemReserve(int zone, int highestZone) {
  return zoneAt(zone)[ZoneWord_LOWMEM_RESERVE + highestZone];
}

static inline int32_t unusable(int zone, int order, int allocFlags) {
  int32_t pages = (1 << order) - 1;
  if (!(allocFlags & AllocFlag_RESERVES)) pages += zoneAt(zone)[ZoneWord_NR_FREE_HIGHATOMIC];
  if (!(allocFlags & AllocFlag_CMA)) pages += freeCmaOf(zone);
  return pages;
}

static inline int32_t reducedMark(int32_t mark, int allocFlags) {
  int32_t least = mark;
  if (allocFlags & AllocFlag_MIN_RESERVE) {
    least -= least / 2;
    if (allocFlags & AllocFlag_NON_BLOCK) least -= least / 4;
  }
  if (allocFlags & AllocFlag_OOM) least -= least / 2;
  return least;
}

static inline bool hasBlock(int zone, int order, int allocFlags) {
  for (int o = order; o <= MAX_ORDER; o++) {
    if (*nrFreeAt(zone, o) == 0) continue;
    for (int type = 0; type <= Migratetype_RECLAIMABLE; type++) {
      if (hasFree(zone, o, type)) return true;
    }
    if ((allocFlags & AllocFlag_CMA) != 0 && hasFree(zone, o, Migratetype_CMA)) return true;
    if ((allocFlags & (AllocFlag_HIGHATOMIC | AllocFlag_OOM)) != 0 && hasFree(zone, o, Migratetype_HIGHATOMIC)) {
      return true;
    }
  }
  return false;
}

static inline bool isMet(int zone, int order, int32_t mark, int highestZone, int allocFlags) {
  int32_t usable = freePagesOf(zone) - unusable(zone, order, allocFlags);
  if (usable <= reducedMark(mark, allocFlags) + lowmemReserve(zone, highestZone)) return false;
  return order == 0 || hasBlock(zone, order, allocFlags);
}

static inline bool ignoresBoost(int zone, int order, int allocFlags) {
  if (order != 0 || (allocFlags & AllocFlag_WMARK_MASK) != AllocFlag_WMARK_MIN) return false;
  if (zoneAt(zone)[ZoneWord_WATERMARK_BOOST] == 0) return false;
  return (allocFlags & AllocFlag_MIN_RESERVE) != 0;
}

static inline bool isPlenty(int zone, int order, int highestZone, bool mayUseCma) {
  const int32_t *at = zoneAt(zone);
  int32_t free = at[ZoneWord_FREE_PAGES] - at[ZoneWord_NR_FREE_HIGHATOMIC] - (mayUseCma ? 0 : freeCmaOf(zone));
  int32_t mark = at[ZoneWord_WMARK_HIGH] + at[ZoneWord_WATERMARK_BOOST];
  return free - ((1 << order) - 1) > mark + lowmemReserve(zone, highestZone);
}

static inline bool isMetFast(int zone, int order, int32_t mark, int highestZone, int allocFlags) {
  if (order == 0) {
    int32_t free = freePagesOf(zone);
    int32_t usable = free - min32(free, unusable(zone, 0, allocFlags));
    if (usable > mark + lowmemReserve(zone, highestZone)) return true;
  }
  if (isMet(zone, order, mark, highestZone, allocFlags)) return true;
  if (!ignoresBoost(zone, order, allocFlags)) return false;
  return isMet(zone, order, zoneAt(zone)[ZoneWord_WMARK_MIN], highestZone, allocFlags);
}

static inline bool isAboveHigh(int zone, int order, int highestZone, int allocFlags) {
  if (hasFlag(zone, ZoneFlag_BELOW_HIGH)) return false;
  if (isMetFast(zone, order, markOf(zone, AllocFlag_WMARK_HIGH), highestZone, allocFlags)) return true;
  setFlag(zone, ZoneFlag_BELOW_HIGH);
  record(EventKind_BELOW_HIGH, zone, 1, 0, 0, 0);
  return false;
}

static void clearBelowHighIfMet(int zone) {
  if (!hasFlag(zone, ZoneFlag_BELOW_HIGH)) return;
  if (!isMet(zone, 0, markOf(zone, AllocFlag_WMARK_HIGH), MOVABLE_ZONE, 0)) return;
  clearFlag(zone, ZoneFlag_BELOW_HIGH);
  record(EventKind_BELOW_HIGH, zone, 0, 0, 0, 0);
}

// ---- buddy/highatomic with policy/reserve

static int32_t reserveLimit(int32_t managed, int32_t blockPages) {
  int32_t share = managed / 100;
  if (share < blockPages) return 0;
  return (share + blockPages - 1) & ~(blockPages - 1);
}

static void reserveHighatomic(int cpu, int zone, uint32_t link, int order) {
  int32_t pages = (int32_t)blockFrames();
  int32_t *at = zoneAt(zone);
  if (at[ZoneWord_NR_RESERVED_HIGHATOMIC] >= reserveLimit(at[ZoneWord_MANAGED], pages)) return;
  int type = typeOf(link);
  if (!isMergeable(type)) return;
  if (order >= PAGEBLOCK_ORDER) {
    setTypes(link, order, Migratetype_HIGHATOMIC);
    at[ZoneWord_NR_RESERVED_HIGHATOMIC] += 1 << order;
  } else {
    if (!isInsideZone(zone, link)) return;
    moveBlock(cpu, zone, link, type, Migratetype_HIGHATOMIC);
    at[ZoneWord_NR_RESERVED_HIGHATOMIC] += pages;
  }
  count(StatWord_HIGHATOMIC_RESERVES);
  record(EventKind_RESERVE_HIGHATOMIC, zone, pfnOf(link), (uint32_t)order, (uint32_t)type, 0);
}

// ---- buddy/allocate

static inline int typeOfGfp(int gfp) {
  return (gfp & TYPE_BITS) >> 3;
}
static inline int highestZoneOf(int gfp) {
  return CONFIG[ConfigWord_GFP_ZONE + (gfp & (Gfp_DMA | Gfp_HIGHMEM | Gfp_DMA32 | Gfp_MOVABLE))];
}
static inline int preferredZone(int highestZone) {
  for (int zone = highestZone; zone >= 0; zone--) {
    if (isPopulated(zone)) return zone;
  }
  return -1;
}

static inline int fastFlags(int gfp, int preferred, int type) {
  int flags = AllocFlag_WMARK_LOW | (gfp & Gfp_KSWAPD_RECLAIM);
  if (HAS_DMA32 && preferred == NORMAL_ZONE) flags |= AllocFlag_NOFRAGMENT;
  return type == Migratetype_MOVABLE ? flags | AllocFlag_CMA : flags;
}

static inline int slowFlags(int gfp, int order, int type) {
  int flags = AllocFlag_WMARK_MIN | AllocFlag_CPUSET | (gfp & Gfp_KSWAPD_RECLAIM);
  if (gfp & Gfp_HIGH) flags |= AllocFlag_MIN_RESERVE;
  if (!(gfp & Gfp_DIRECT_RECLAIM) && !(gfp & Gfp_NOMEMALLOC)) {
    flags |= AllocFlag_NON_BLOCK;
    if (order > 0 && (gfp & Gfp_HIGH) != 0) flags |= AllocFlag_HIGHATOMIC;
  }
  return type == Migratetype_MOVABLE ? flags | AllocFlag_CMA : flags;
}

static uint32_t takeFromLists(int cpu, int zone, int order, int type, int allocFlags) {
  uint32_t link = NONE;
  if (allocFlags & AllocFlag_HIGHATOMIC) link = takeSmallest(cpu, zone, order, Migratetype_HIGHATOMIC);
  if (link == NONE) {
    setMode(MODE_NORMAL);
    link = takeBlockOf(cpu, zone, order, type, allocFlags);
  }
  if (link == NONE && (allocFlags & (AllocFlag_OOM | AllocFlag_NON_BLOCK)) != 0) {
    link = takeSmallest(cpu, zone, order, Migratetype_HIGHATOMIC);
  }
  return link;
}

static uint32_t takeLarger(int cpu, int zone, int order, int type, int allocFlags) {
  uint32_t link = takeOwn(cpu, zone, order, type);
  return link != NONE ? link : takeFromLists(cpu, zone, order, type, allocFlags);
}

ENTRY uint32_t takeFromBuddy(int cpu, int zone, int order, int type, int allocFlags) {
  if ((allocFlags & AllocFlag_HIGHATOMIC) != 0 || isCmaFirst(zone, allocFlags)) {
    return takeFromLists(cpu, zone, order, type, allocFlags);
  }
  uint32_t link = takeExact(cpu, zone, order, type);
  return link != NONE ? link : takeLarger(cpu, zone, order, type, allocFlags);
}

static inline void wakeIfBoosted(int zone, int order, int allocFlags) {
  if (!hasFlag(zone, ZoneFlag_BOOSTED)) return;
  if (!(allocFlags & AllocFlag_KSWAPD)) return;
  clearFlag(zone, ZoneFlag_BOOSTED);
  record(EventKind_WAKE_KSWAPD, zone, (uint32_t)order, 0, 0, 0);
}

static inline uint32_t rmqueue(int cpu, int zone, int order, int type, int allocFlags) {
  uint32_t link = NONE;
  if (isPcpOrder(order)) {
    noteAllocation(cpu, zone);
    link = takeFromPcp(cpu, zone, order, type, allocFlags);
  }
  if (link == NONE) link = takeFromBuddy(cpu, zone, order, type, allocFlags);
  wakeIfBoosted(zone, order, allocFlags);
  return link;
}

static inline bool mayUse(int zone, int order, int highestZone, int allocFlags) {
  if (isAboveHigh(zone, order, highestZone, allocFlags)) return true;
  int32_t mark = markOf(zone, allocFlags & AllocFlag_WMARK_MASK);
  if (isMetFast(zone, order, mark, highestZone, allocFlags)) return true;
  return (allocFlags & AllocFlag_NO_WATERMARKS) != 0;
}

static inline uint32_t takeFromZones(int cpu, int order, int type, int highestZone, int flags) {
  int allocFlags = flags;
  while (true) {
    for (int zone = highestZone; zone >= 0; zone--) {
      if (!isPopulated(zone) || !mayUse(zone, order, highestZone, allocFlags)) continue;
      uint32_t link = rmqueue(cpu, zone, order, type, allocFlags);
      if (link == NONE) continue;
      setWord(link, pack(FrameKind_ALLOCATED, order, zone));
      if (allocFlags & AllocFlag_HIGHATOMIC) reserveHighatomic(cpu, zone, link, order);
      return link;
    }
    if (!(allocFlags & AllocFlag_NOFRAGMENT)) return NONE;
    allocFlags &= ~AllocFlag_NOFRAGMENT;
  }
}

static inline bool compactsFirst(int gfp, int order, int type) {
  if (!(gfp & Gfp_DIRECT_RECLAIM) || !(gfp & Gfp_IO)) return false;
  if ((gfp & Gfp_MEMALLOC) != 0 && (gfp & Gfp_NOMEMALLOC) == 0) return false;
  return order > COSTLY_ORDER || (order > 0 && type != Migratetype_MOVABLE);
}

static uint32_t takeSlowly(int cpu, int order, int gfp, int type, int highestZone) {
  count(StatWord_SLOW_PATHS);
  int flags = slowFlags(gfp, order, type);
  uint32_t link = takeFromZones(cpu, order, type, highestZone, flags);
  if (link != NONE || compactsFirst(gfp, order, type)) return link;
  if ((gfp & Gfp_MEMALLOC) != 0 && (gfp & Gfp_NOMEMALLOC) == 0) {
    flags = AllocFlag_NO_WATERMARKS | (flags & (AllocFlag_KSWAPD | AllocFlag_CMA));
  }
  return takeFromZones(cpu, order, type, highestZone, flags);
}

static uint32_t allocateFully(int cpu, int order, int gfp, uint32_t *slow) {
  int type = typeOfGfp(gfp);
  int highestZone = highestZoneOf(gfp);
  uint32_t link = takeFromZones(cpu, order, type, highestZone, fastFlags(gfp, preferredZone(highestZone), type));
  if (link == NONE) {
    *slow = 1;
    link = takeSlowly(cpu, order, gfp, type, highestZone);
  }
  count(link == NONE ? StatWord_ALLOCATION_FAILURES : StatWord_ALLOCATIONS);
  return link;
}

static inline uint32_t takeQuickly(int cpu, int order, int gfp, uint32_t *slow, int zone, int highestZone) {
  if (hasFlag(zone, ZoneFlag_BOOSTED | ZoneFlag_BELOW_HIGH)) return allocateFully(cpu, order, gfp, slow);
  int type = typeOfGfp(gfp);
  bool movable = type == Migratetype_MOVABLE;
  if (!isPlenty(zone, order, highestZone, movable)) return allocateFully(cpu, order, gfp, slow);
  if (order != 0 && !hasBlock(zone, order, movable ? AllocFlag_CMA : 0)) return allocateFully(cpu, order, gfp, slow);
  int pindex = pindexOf(type, order);
  uint32_t link = firstListed(cpu, zone, pindex);
  if (link >= FREE_HEADS) return allocateFully(cpu, order, gfp, slow);
  takeFirstListed(cpu, zone, pindex, link, order);
  noteAllocation(cpu, zone);
  setWord(link, pack(FrameKind_ALLOCATED, order, zone));
  count(StatWord_ALLOCATIONS);
  return link;
}

static inline uint32_t takeFromPreferred(int cpu, int order, int gfp, uint32_t *slow) {
  int highestZone = highestZoneOf(gfp);
  for (int zone = highestZone; zone >= 0; zone--) {
    if (isPopulated(zone)) return takeQuickly(cpu, order, gfp, slow, zone, highestZone);
  }
  return allocateFully(cpu, order, gfp, slow);
}

ENTRY uint32_t allocatePages(int cpu, int order, int gfp, uint32_t *slow) {
  *slow = 0;
  if (order == 0) return takeFromPreferred(cpu, 0, gfp, slow);
  return isPcpOrder(order) ? takeFromPreferred(cpu, order, gfp, slow) : allocateFully(cpu, order, gfp, slow);
}

// ---- buddy/free_pages

// The pages of the patterns have no content and no slot: leaving an LRU list is left out.
static void freeFully(int cpu, uint32_t link, int order) {
  int zone = zoneOf(wordOf(link));
  int type = typeOf(link);
  setWord(link, FrameKind_BODY);
  count(StatWord_RELEASES);
  if (!isPcpOrder(order) || type == Migratetype_ISOLATE) freeDirect(cpu, zone, link, order, false);
  else giveToPcp(cpu, zone, link, order, type);
}

ENTRY void freePages(int cpu, uint32_t link, int order) {
  uint32_t word = wordOf(link);
  int type = typeOf(link);
  if (order != 0 || !isBare(word) || !isMergeable(type)) {
    freeFully(cpu, link, order);
    return;
  }
  count(StatWord_RELEASES);
  giveSingle(cpu, zoneOf(word), link, type);
}

#endif
