// Knows: free lists, merging, splitting, claiming and stealing, in the rules of Linux 6.12 alone.
// Must not know: per-CPU lists, watermarks. The C twin of assembly/buddy/{freelist,release,smallest,block,boost,
// claim,highatomic,rmqueue}: the choice between kernels, which the core makes at run time, is made here in advance.
#ifndef PAGEBLOCK_BUDDY_H
#define PAGEBLOCK_BUDDY_H

#include "machine.h"

// ---- buddy/freelist

#define ORDER_STEP (MIGRATE_TYPES << FRAME_SHIFT)

static inline uint32_t freeHead(int zone, int order, int type) {
  return FREE_HEADS + (uint32_t)(zone * MAX_ORDERS * ORDER_STEP + (type << FRAME_SHIFT) + order * ORDER_STEP);
}
static inline bool hasFree(int zone, int order, int type) { return !isEmpty(freeHead(zone, order, type)); }
static inline uint32_t firstFree(int zone, int order, int type) {
  uint32_t head = freeHead(zone, order, type);
  uint32_t link = nextOf(head);
  return link == head ? NONE : link;
}
static inline int32_t *nrFreeAt(int zone, int order) { return zoneAt(zone) + ZoneWord_NR_FREE + order; }

static inline void insertFree(int zone, uint32_t link, int order, int type, bool toTail) {
  setWord(link, withType(pack(FrameKind_BUDDY, order, zone), type));
  uint32_t head = freeHead(zone, order, type);
  if (toTail) addTail(head, link);
  else addHead(head, link);
  *nrFreeAt(zone, order) += 1;
}

static inline void insertFirst(uint32_t head, int zone, uint32_t link, int order, int type) {
  setWord(link, withType(pack(FrameKind_BUDDY, order, zone), type));
  addHead(head, link);
  *nrFreeAt(zone, order) += 1;
}

static inline void removeFirst(uint32_t head, int zone, uint32_t link, int order) {
  unlinkFirst(head, link);
  *nrFreeAt(zone, order) -= 1;
}

static inline void removeFree(int zone, uint32_t link, int order) {
  unlinkFrame(link);
  *nrFreeAt(zone, order) -= 1;
}

static inline void moveFree(int zone, uint32_t link, int order, int type) {
  unlinkFrame(link);
  setWord(link, withType(pack(FrameKind_BUDDY, order, zone), type));
  addTail(freeHead(zone, order, type), link);
}

// ---- buddy/release

static inline bool mergesAcrossTypes(uint32_t buddy, int order, int type) {
  int buddyType = typeOf(buddy);
  if (buddyType == type) return true;
  if (!isMergeable(type) || !isMergeable(buddyType)) return false;
  setTypes(buddy, order, type);
  return true;
}

static inline bool mergeLikely(int zone, uint32_t link, int order, uint32_t size) {
  return order < MAX_ORDER - 1 && isFreeBlock((link & ~size) ^ (size << 1), order + 1, zone);
}

static void join(int zone, uint32_t link, int order, int type, bool toTail) {
  uint32_t size = FRAME_BYTES << order;
  while (order < MAX_ORDER) {
    uint32_t buddy = link ^ size;
    if (!isFreeBlock(buddy, order, zone)) break;
    if (order >= PAGEBLOCK_ORDER && !mergesAcrossTypes(buddy, order, type)) break;
    removeFree(zone, buddy, order);
    setWord(link | buddy, FrameKind_BODY);
    link &= buddy;
    order += 1;
    size <<= 1;
  }
  insertFree(zone, link, order, type, toTail || mergeLikely(zone, link, order, size));
}

static void freeOne(int cpu, int zone, uint32_t link, int order, int type, bool toTail) {
  accountFree(cpu, zone, 1 << order, type);
  join(zone, link, order, type, toTail);
}

static inline void freeBlock(int cpu, int zone, uint32_t link, int order, int type, bool toTail) {
  if (!isMergeable(type)) {
    freeOne(cpu, zone, link, order, type, toTail);
    return;
  }
  modFreePages(cpu, zone, 1 << order);
  uint32_t size = FRAME_BYTES << order;
  if (order < MAX_ORDER && isFreeBlock(link ^ size, order, zone)) join(zone, link, order, type, toTail);
  else insertFree(zone, link, order, type, toTail || mergeLikely(zone, link, order, size));
}

static void freePieces(int cpu, int zone, uint32_t link, int order, bool toTail) {
  uint32_t step = FRAME_BYTES << PAGEBLOCK_ORDER;
  uint32_t end = link + (FRAME_BYTES << order);
  for (uint32_t at = link; at < end; at += step) freeOne(cpu, zone, at, PAGEBLOCK_ORDER, typeOf(at), toTail);
}

ENTRY void freeDirect(int cpu, int zone, uint32_t link, int order, bool toTail) {
  if (order > PAGEBLOCK_ORDER) freePieces(cpu, zone, link, order, toTail);
  else freeBlock(cpu, zone, link, order, typeOf(link), toTail);
}

// ---- buddy/smallest

static inline int32_t expand(int zone, uint32_t link, int low, int high, int type) {
  int32_t all = 1 << high;
  uint32_t half = FRAME_BYTES << high;
  uint32_t head = freeHead(zone, high, type);
  while (high > low) {
    high -= 1;
    half >>= 1;
    head -= ORDER_STEP;
    insertFirst(head, zone, link + half, high, type);
  }
  return all - (1 << low);
}

static inline void splitFirst(int zone, uint32_t link, int order, int current, int type) {
  removeFirst(freeHead(zone, current, type), zone, link, current);
  if (current > order) expand(zone, link, order, current, type);
  setWord(link, withType(pack(FrameKind_DETACHED, order, zone), type));
}

static void takeBlock(int cpu, int zone, uint32_t link, int order, int current, int type) {
  splitFirst(zone, link, order, current, type);
  accountFree(cpu, zone, -(1 << order), type);
}

static inline void takeOwnBlock(int cpu, int zone, uint32_t link, int order, int current, int type) {
  splitFirst(zone, link, order, current, type);
  modFreePages(cpu, zone, -(1 << order));
}

static inline int smallestOrder(int zone, int order, int type) {
  uint32_t head = freeHead(zone, order, type);
  for (int current = order; current <= MAX_ORDER; current++) {
    if (!isEmpty(head)) return current;
    head += ORDER_STEP;
  }
  return -1;
}

static uint32_t takeSmallest(int cpu, int zone, int order, int type) {
  int current = smallestOrder(zone, order, type);
  if (current < 0) return NONE;
  uint32_t link = nextOf(freeHead(zone, current, type));
  takeBlock(cpu, zone, link, order, current, type);
  return link;
}

static inline uint32_t takeExact(int cpu, int zone, int order, int type) {
  uint32_t head = freeHead(zone, order, type);
  uint32_t link = nextOf(head);
  if (link == head) return NONE;
  removeFirst(head, zone, link, order);
  setWord(link, withType(pack(FrameKind_DETACHED, order, zone), type));
  modFreePages(cpu, zone, -(1 << order));
  return link;
}

static inline uint32_t takeOwn(int cpu, int zone, int order, int type) {
  int current = smallestOrder(zone, order, type);
  if (current < 0) return NONE;
  uint32_t link = nextOf(freeHead(zone, current, type));
  takeOwnBlock(cpu, zone, link, order, current, type);
  return link;
}

// ---- buddy/block (a hint of a trace's movable count never occurs here)

static inline bool isInsideZone(int zone, uint32_t link) {
  uint32_t start = pfnOf(blockStart(link));
  return spans(zone, start) && spans(zone, start + blockFrames() - 1);
}

static int32_t countFree(uint32_t link) {
  uint32_t start = blockStart(link);
  uint32_t end = start + (blockFrames() << FRAME_SHIFT);
  int32_t free = 0;
  for (uint32_t at = start; at < end;) {
    uint32_t word = wordOf(at);
    int32_t frames = kindOf(word) == FrameKind_BUDDY ? 1 << orderOf(word) : 0;
    free += frames;
    at += frames ? (uint32_t)frames << FRAME_SHIFT : FRAME_BYTES;
  }
  return free;
}

static int32_t coveringMovable(uint32_t start) {
  if (kindOf(wordOf(start)) != FrameKind_BODY) return 0;
  for (int order = 1; order < 16; order++) {
    uint32_t word = wordOf(start & ~((FRAME_BYTES << order) - 1));
    if (kindOf(word) == FrameKind_BODY) continue;
    return mobilityOf(word) != Mobility_FIXED ? 1 << orderOf(word) : 0;
  }
  return 0;
}

static int32_t countMovable(uint32_t link) {
  uint32_t start = blockStart(link);
  uint32_t end = start + (blockFrames() << FRAME_SHIFT);
  int32_t movable = coveringMovable(start);
  for (uint32_t at = start; at < end; at += FRAME_BYTES) {
    uint32_t word = wordOf(at);
    if (mobilityOf(word) != Mobility_FIXED) movable += 1 << orderOf(word);
  }
  return min32(movable, (int32_t)blockFrames());
}

static int32_t moveBlock(int cpu, int zone, uint32_t link, int oldType, int newType) {
  uint32_t start = blockStart(link);
  uint32_t end = start + (blockFrames() << FRAME_SHIFT);
  int32_t moved = 0;
  for (uint32_t at = start; at < end;) {
    uint32_t word = wordOf(at);
    if (kindOf(word) != FrameKind_BUDDY) {
      at += FRAME_BYTES;
      continue;
    }
    int order = orderOf(word);
    int32_t pages = 1 << order;
    moveFree(zone, at, order, newType);
    accountFree(cpu, zone, -pages, oldType);
    accountFree(cpu, zone, pages, newType);
    moved += pages;
    at += (uint32_t)pages << FRAME_SHIFT;
  }
  setType(link, newType);
  return moved;
}

// ---- buddy/boost

static void boostWatermark(int zone, int allocFlags) {
  int32_t factor = CONFIG[ConfigWord_WATERMARK_BOOST_FACTOR];
  if (factor == 0) return;
  int32_t *at = zoneAt(zone);
  uint32_t block = blockFrames();
  if (block * 4 > (uint32_t)at[ZoneWord_MANAGED]) return;
  uint64_t high = (uint32_t)at[ZoneWord_WMARK_HIGH];
  uint32_t most = (uint32_t)((high * (uint64_t)factor) / 10000);
  if (most == 0) return;
  if (most < block) most = block;
  uint32_t boost = (uint32_t)at[ZoneWord_WATERMARK_BOOST] + block;
  if (boost > most) boost = most;
  at[ZoneWord_WATERMARK_BOOST] = (int32_t)boost;
  count(StatWord_BOOSTS);
  record(EventKind_BOOST, zone, boost, 0, 0, 0);
  if (allocFlags & AllocFlag_KSWAPD) setFlag(zone, ZoneFlag_BOOSTED);
}

// ---- buddy/claim with policy/fallback

static int donor(int type, int nth) {
  if (nth > 1 || type > Migratetype_RECLAIMABLE) return -1;
  if (type == Migratetype_RECLAIMABLE) return nth == 0 ? Migratetype_UNMOVABLE : Migratetype_MOVABLE;
  if (nth == 0) return Migratetype_RECLAIMABLE;
  return type == Migratetype_UNMOVABLE ? Migratetype_MOVABLE : Migratetype_UNMOVABLE;
}

static bool mayClaim(int order, int type) {
  if (order >= PAGEBLOCK_ORDER / 2) return true;
  return type == Migratetype_UNMOVABLE || type == Migratetype_RECLAIMABLE || CONFIG[ConfigWord_MOBILITY_DISABLED];
}

static bool isClaimable(int type, int blockType, int32_t pages, int32_t free, int32_t movable) {
  int32_t others = blockType == Migratetype_MOVABLE ? pages - (free + movable) : 0;
  int32_t alike = type == Migratetype_MOVABLE ? movable : others;
  return free + alike >= pages >> 1 || CONFIG[ConfigWord_MOBILITY_DISABLED];
}

static int findDonor(int zone, int order, int type) {
  if (*nrFreeAt(zone, order) == 0) return -1;
  int nth = 0;
  int from = donor(type, nth);
  while (from >= 0 && !hasFree(zone, order, from)) {
    nth += 1;
    from = donor(type, nth);
  }
  return from;
}

static uint32_t claimWholeBlocks(int cpu, int zone, uint32_t link, int current, int order, int type) {
  removeFree(zone, link, current);
  accountFree(cpu, zone, -(1 << current), typeOf(link));
  setTypes(link, current, type);
  int32_t back = expand(zone, link, order, current, type);
  accountFree(cpu, zone, back, type);
  setWord(link, pack(FrameKind_DETACHED, order, zone));
  return link;
}

static uint32_t tryClaim(int cpu, int zone, uint32_t link, int current, int order, int type, int allocFlags) {
  int blockType = typeOf(link);
  if (blockType == Migratetype_HIGHATOMIC) return NONE;
  if (current >= PAGEBLOCK_ORDER) return claimWholeBlocks(cpu, zone, link, current, order, type);
  boostWatermark(zone, allocFlags);
  if (!isInsideZone(zone, link)) return NONE;
  if (!isClaimable(type, blockType, (int32_t)blockFrames(), countFree(link), countMovable(link))) return NONE;
  moveBlock(cpu, zone, link, blockType, type);
  return takeSmallest(cpu, zone, order, type);
}

static uint32_t claim(int cpu, int zone, int order, int type, int allocFlags) {
  bool whole = order < PAGEBLOCK_ORDER && (allocFlags & AllocFlag_NOFRAGMENT) != 0;
  int lowest = whole ? PAGEBLOCK_ORDER : order;
  for (int current = MAX_ORDER; current >= lowest; current--) {
    int from = findDonor(zone, current, type);
    if (from < 0) continue;
    if (!mayClaim(current, type)) return NONE;
    uint32_t got = tryClaim(cpu, zone, firstFree(zone, current, from), current, order, type, allocFlags);
    if (got == NONE) continue;
    count(StatWord_CLAIMS);
    record(EventKind_CLAIM, zone, pfnOf(got), (uint32_t)current, (uint32_t)type, (uint32_t)from);
    return got;
  }
  return NONE;
}

static uint32_t steal(int cpu, int zone, int order, int type) {
  for (int current = order; current <= MAX_ORDER; current++) {
    int from = findDonor(zone, current, type);
    if (from < 0) continue;
    uint32_t link = firstFree(zone, current, from);
    takeBlock(cpu, zone, link, order, current, from);
    count(StatWord_STEALS);
    record(EventKind_STEAL, zone, pfnOf(link), (uint32_t)current, (uint32_t)type, (uint32_t)from);
    return link;
  }
  return NONE;
}

// ---- buddy/rmqueue

enum Mode { MODE_NORMAL, MODE_CMA, MODE_CLAIM, MODE_STEAL };

static inline bool isCmaFirst(int zone, int allocFlags) {
  return (allocFlags & AllocFlag_CMA) != 0 && freeCmaOf(zone) > freePagesOf(zone) >> 1;
}

static inline void setMode(uint32_t mode) { SCRATCH[ScratchWord_REFILL_MODE] = mode; }

static uint32_t takeBlockOf(int cpu, int zone, int order, int type, int allocFlags) {
  uint32_t link = NONE;
  if (isCmaFirst(zone, allocFlags)) {
    link = takeSmallest(cpu, zone, order, Migratetype_CMA);
    if (link != NONE) return link;
  }
  int start = (int)SCRATCH[ScratchWord_REFILL_MODE];
  if (start == MODE_NORMAL) {
    link = takeSmallest(cpu, zone, order, type);
    if (link != NONE) return link;
  }
  if (start <= MODE_CMA && (allocFlags & AllocFlag_CMA) != 0) {
    link = takeSmallest(cpu, zone, order, Migratetype_CMA);
    if (link != NONE) {
      setMode(MODE_CMA);
      return link;
    }
  }
  if (start <= MODE_CLAIM) {
    link = claim(cpu, zone, order, type, allocFlags);
    if (link != NONE) {
      setMode(MODE_NORMAL);
      return link;
    }
  }
  if (allocFlags & AllocFlag_NOFRAGMENT) return NONE;
  link = steal(cpu, zone, order, type);
  if (link != NONE) setMode(MODE_STEAL);
  return link;
}

#endif
