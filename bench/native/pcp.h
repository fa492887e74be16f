// Knows: the per-CPU page lists and their self-tuning limits, in the rules of Linux 6.12 alone.
// Must not know: gfp flags. The C twin of assembly/buddy/{pcp_lists,pcp} and assembly/policy/pcp_auto.
#ifndef PAGEBLOCK_PCP_H
#define PAGEBLOCK_PCP_H

#include "buddy.h"

#define PCP_TYPES 3

static int32_t COSTLY_ORDER, THP_ORDER, NR_LISTS, LOW_ORDER_LISTS, SCALE_MAX;

static inline void bindPcp(void) {
  COSTLY_ORDER = CONFIG[ConfigWord_COSTLY_ORDER];
  THP_ORDER = CONFIG[ConfigWord_PCP_THP_ORDER];
  NR_LISTS = CONFIG[ConfigWord_NR_PCP_LISTS];
  SCALE_MAX = CONFIG[ConfigWord_PCP_BATCH_SCALE_MAX];
  LOW_ORDER_LISTS = PCP_TYPES * (COSTLY_ORDER + 1);
}

static void clearBelowHighIfMet(int zone);

// ---- buddy/pcp_lists

static inline uint32_t pcpHead(int cpu, int zone, int pindex) {
  return PCP_HEADS + ((uint32_t)((cpu * MAX_ZONES + zone) * MAX_PCP_LISTS + pindex) << FRAME_SHIFT);
}
static inline bool isPcpOrder(int order) { return order <= COSTLY_ORDER || (order == THP_ORDER && THP_ORDER != 0); }
static inline int pindexOf(int type, int order) {
  if (order == 0) return type;
  if (order > COSTLY_ORDER) return LOW_ORDER_LISTS + (type == Migratetype_MOVABLE ? 1 : 0);
  return order * PCP_TYPES + type;
}
static inline int orderOfPindex(int pindex) { return pindex >= LOW_ORDER_LISTS ? THP_ORDER : pindex / PCP_TYPES; }

// ---- policy/pcp_auto

static inline int32_t clamp32(int32_t value, int32_t low, int32_t high) {
  if (value >= high) return high;
  return value <= low ? low : value;
}
static inline int32_t setHigh(int32_t *pcp, int32_t high) { return pcp[PcpWord_HIGH] = high; }
static inline int32_t clampHigh(int32_t *pcp, int32_t high) {
  return setHigh(pcp, clamp32(high, pcp[PcpWord_HIGH_MIN], pcp[PcpWord_HIGH_MAX]));
}

static inline int32_t refillCount(int32_t *pcp, int order, bool belowHigh) {
  int32_t base = pcp[PcpWord_BATCH];
  int32_t highMax = pcp[PcpWord_HIGH_MAX];
  int32_t high = clampHigh(pcp, pcp[PcpWord_HIGH]);
  if (high < base) return 1;
  int32_t factor = pcp[PcpWord_ALLOC_FACTOR];
  int32_t batch = order ? base : base << factor;
  if (pcp[PcpWord_HIGH_MIN] != highMax && !belowHigh) high = setHigh(pcp, min32(high + batch, highMax));
  if (!order) {
    int32_t most = max32(high - pcp[PcpWord_COUNT_PAGES] - base, base);
    if (batch <= most && factor < SCALE_MAX) pcp[PcpWord_ALLOC_FACTOR] = factor + 1;
    batch = min32(batch, most);
  }
  return batch > 1 ? max32(batch >> order, 2) : batch;
}

static inline bool noteFree(int32_t *pcp, int order) {
  int32_t batch = pcp[PcpWord_BATCH];
  int32_t flags = pcp[PcpWord_FLAGS];
  int32_t freeCount = pcp[PcpWord_FREE_COUNT];
  bool freeHigh = false;
  if (order && order <= COSTLY_ORDER) {
    freeHigh = freeCount >= batch && (flags & PcpFlag_PREV_FREE_HIGH_ORDER) != 0 &&
               ((flags & PcpFlag_FREE_HIGH_BATCH) == 0 || pcp[PcpWord_COUNT_PAGES] >= batch);
    pcp[PcpWord_FLAGS] = flags | PcpFlag_PREV_FREE_HIGH_ORDER;
  } else if (flags & PcpFlag_PREV_FREE_HIGH_ORDER) {
    pcp[PcpWord_FLAGS] = flags & ~PcpFlag_PREV_FREE_HIGH_ORDER;
  }
  if (freeCount < batch << SCALE_MAX) pcp[PcpWord_FREE_COUNT] = freeCount + (1 << order);
  return freeHigh;
}

static inline int32_t keepLimit(int32_t *pcp, int32_t high, bool freeHigh, bool reclaimActive, bool belowHigh) {
  int32_t batch = pcp[PcpWord_BATCH];
  int32_t highMin = pcp[PcpWord_HIGH_MIN];
  int32_t highMax = pcp[PcpWord_HIGH_MAX];
  if (high == 0) return 0;
  if (freeHigh) {
    setHigh(pcp, max32(high - (batch << SCALE_MAX), highMin));
    return 0;
  }
  int32_t freeCount = pcp[PcpWord_FREE_COUNT];
  if (reclaimActive) return min32(batch << 2, setHigh(pcp, max32(high - max32(freeCount, batch), highMin)));
  if (highMin == highMax) return high;
  int32_t held = pcp[PcpWord_COUNT_PAGES];
  if (belowHigh) {
    setHigh(pcp, max32(high - max32(freeCount, batch), highMin));
    return max32(held, highMin);
  }
  if (held >= high && high < freeCount + batch) clampHigh(pcp, freeCount + batch);
  return high;
}

static inline int32_t drainCount(const int32_t *pcp, int32_t limit, bool freeHigh) {
  int32_t batch = pcp[PcpWord_BATCH];
  if (freeHigh) return min32(pcp[PcpWord_COUNT_PAGES], batch << SCALE_MAX);
  if (limit < batch) return 1;
  return clamp32(pcp[PcpWord_FREE_COUNT], batch, limit - batch);
}

// ---- buddy/pcp

static inline int32_t addCount(int32_t *pcp, int32_t pages) { return pcp[PcpWord_COUNT_PAGES] += pages; }

static void refillRun(int cpu, int zone, int order, int type, int current, uint32_t head) {
  uint32_t link = firstFree(zone, current, type);
  uint32_t word = pack(FrameKind_PCP, order, zone);
  uint32_t step = FRAME_BYTES << order;
  uint32_t end = link + (FRAME_BYTES << current);
  removeFirst(freeHead(zone, current, type), zone, link, current);
  for (uint32_t at = link; at < end; at += step) setWord(at, word);
  addTailRun(head, link, step, 1 << (current - order));
  takeFreePages(cpu, zone, 1 << order, 1 << (current - order));
}

static inline bool staysOwn(int cpu, int zone, int allocFlags, int32_t pages) {
  if ((allocFlags & AllocFlag_CMA) == 0) return true;
  return freeCmaOf(zone) <= (freePagesOf(zone) - pages - pcpAt(cpu, zone)[PcpWord_STAT_THRESHOLD]) >> 1;
}

static inline int32_t refillOwn(int cpu, int zone, int order, int type, int allocFlags, int32_t wanted, uint32_t head) {
  uint32_t word = pack(FrameKind_PCP, order, zone);
  int32_t got = 0;
  while (got < wanted && !isCmaFirst(zone, allocFlags)) {
    int current = smallestOrder(zone, order, type);
    if (current < 0) break;
    int32_t run = 1 << (current - order);
    if (run > 1 && run <= wanted - got && staysOwn(cpu, zone, allocFlags, 1 << current)) {
      refillRun(cpu, zone, order, type, current, head);
      got += run;
      continue;
    }
    uint32_t link = firstFree(zone, current, type);
    takeBlock(cpu, zone, link, order, current, type);
    setWord(link, word);
    addTail(head, link);
    got += 1;
  }
  return got;
}

static int32_t refill(int cpu, int zone, int order, int type, int allocFlags, int32_t wanted, uint32_t head) {
  setMode(MODE_NORMAL);
  int32_t got = refillOwn(cpu, zone, order, type, allocFlags, wanted, head);
  while (got < wanted) {
    uint32_t link = takeBlockOf(cpu, zone, order, type, allocFlags);
    if (link == NONE) break;
    setWord(link, pack(FrameKind_PCP, order, zone));
    addTail(head, link);
    got += 1;
  }
  count(StatWord_PCP_REFILLS);
  record(EventKind_REFILL, zone, (uint32_t)order, (uint32_t)type, (uint32_t)wanted, (uint32_t)got);
  return got;
}

static void refillList(int cpu, int zone, int order, int type, int allocFlags) {
  int32_t *pcp = pcpAt(cpu, zone);
  int32_t wanted = refillCount(pcp, order, hasFlag(zone, ZoneFlag_BELOW_HIGH));
  uint32_t head = pcpHead(cpu, zone, pindexOf(type, order));
  addCount(pcp, refill(cpu, zone, order, type, allocFlags, wanted, head) << order);
}

static inline uint32_t firstListed(int cpu, int zone, int pindex) { return nextOf(pcpHead(cpu, zone, pindex)); }

static inline void takeFirstListed(int cpu, int zone, int pindex, uint32_t link, int order) {
  unlinkFirst(pcpHead(cpu, zone, pindex), link);
  addCount(pcpAt(cpu, zone), -(1 << order));
}

static inline uint32_t takeListed(int cpu, int zone, int order, int type) {
  int pindex = pindexOf(type, order);
  uint32_t link = firstListed(cpu, zone, pindex);
  if (link >= FREE_HEADS) return NONE;
  takeFirstListed(cpu, zone, pindex, link, order);
  return link;
}

static inline uint32_t takeFromPcp(int cpu, int zone, int order, int type, int allocFlags) {
  uint32_t link = takeListed(cpu, zone, order, type);
  if (link != NONE) return link;
  refillList(cpu, zone, order, type, allocFlags);
  return takeListed(cpu, zone, order, type);
}

static inline void noteAllocation(int cpu, int zone) { pcpAt(cpu, zone)[PcpWord_FREE_COUNT] >>= 1; }

static void drainPcp(int cpu, int zone, int32_t wanted, int pindex) {
  int32_t *pcp = pcpAt(cpu, zone);
  int32_t held = pcp[PcpWord_COUNT_PAGES];
  int32_t left = min32(held, wanted);
  count(StatWord_PCP_DRAINS);
  record(EventKind_DRAIN, zone, (uint32_t)cpu, (uint32_t)pindex, (uint32_t)wanted, (uint32_t)held);
  while (left > 0) {
    uint32_t head = pcpHead(cpu, zone, pindex);
    int order = orderOfPindex(pindex);
    while (left > 0 && !isEmpty(head)) {
      uint32_t link = prevOf(head);
      unlinkLast(head, link);
      left -= 1 << order;
      addCount(pcp, -(1 << order));
      freeBlock(cpu, zone, link, order, typeOf(link), false);
    }
    pindex = pindex + 1 == NR_LISTS ? 0 : pindex + 1;
  }
}

static inline int listType(int blockType) {
  return blockType > Migratetype_RECLAIMABLE ? Migratetype_MOVABLE : blockType;
}

static inline int32_t listPage(int cpu, int zone, uint32_t link, int order, int pindex) {
  setWord(link, pack(FrameKind_PCP, order, zone));
  addHead(pcpHead(cpu, zone, pindex), link);
  return addCount(pcpAt(cpu, zone), 1 << order);
}

static void shorten(int cpu, int zone, int32_t high, bool freeHigh, int pindex) {
  int32_t *pcp = pcpAt(cpu, zone);
  bool reclaim = hasFlag(zone, ZoneFlag_RECLAIM_ACTIVE);
  int32_t limit = keepLimit(pcp, high, freeHigh, reclaim, hasFlag(zone, ZoneFlag_BELOW_HIGH));
  if (pcp[PcpWord_COUNT_PAGES] < limit) return;
  drainPcp(cpu, zone, drainCount(pcp, limit, freeHigh), pindex);
  clearBelowHighIfMet(zone);
}

static inline void keepShort(int cpu, int zone, int order, int32_t held, int pindex) {
  int32_t *pcp = pcpAt(cpu, zone);
  pcp[PcpWord_ALLOC_FACTOR] >>= 1;
  bool freeHigh = noteFree(pcp, order);
  int32_t high = clampHigh(pcp, pcp[PcpWord_HIGH]);
  if (freeHigh || held >= high || hasFlag(zone, ZoneFlag_RECLAIM_ACTIVE | ZoneFlag_BELOW_HIGH)) {
    shorten(cpu, zone, high, freeHigh, pindex);
  }
}

static inline void giveToPcp(int cpu, int zone, uint32_t link, int order, int blockType) {
  int pindex = pindexOf(listType(blockType), order);
  keepShort(cpu, zone, order, listPage(cpu, zone, link, order, pindex), pindex);
}

static inline void giveSingle(int cpu, int zone, uint32_t link, int type) {
  keepShort(cpu, zone, 0, listPage(cpu, zone, link, 0, type), type);
}

#endif
