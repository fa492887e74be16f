// Knows: the machine's memory: where the regions are, lists, frames, pageblocks, zones, counters, totals.
// Must not know: any rule of the allocator. The C twin of assembly/memory, assembly/frames and assembly/record,
// the same algorithm over the same words. abi.h is generated from assembly/abi when the twin is compiled.
#ifndef PAGEBLOCK_MACHINE_H
#define PAGEBLOCK_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"

#define NONE 0xffffffffu

// memory/regions: a frame's record.
#define FRAME_BYTES (1u << FRAME_SHIFT)

// The four functions that a caller of the allocator calls. By default they stay functions with arguments, as they
// are in the core; with FUSED the compiler may dissolve them into the loop that calls them.
#ifdef FUSED
#define ENTRY static inline
#else
#define ENTRY __attribute__((noipa)) static
#endif

// ---- memory/regions: pointers into the image of a machine's memory, set by bindRegions() only.

static int32_t *CONFIG, *ZONES, *PCPS;
static uint32_t *STATS, *LEVELS, *SCRATCH, *EVENTS;
static uint8_t *WORKLOAD;
static uint32_t *WINDOWS;
static uint8_t *PAGEBLOCKS;
static uint8_t *RECORDS;
static uint32_t FREE_HEADS, PCP_HEADS, FRAMES;

static int32_t PAGEBLOCK_ORDER, MAX_ORDER, START_PFN;

static inline void *region(uint8_t *image, uint32_t table, int which) {
  const uint32_t *words = (const uint32_t *)(image + table);
  return image + words[TableWord_FIRST_ENTRY + which * EntryWord_COUNT + EntryWord_POINTER];
}

static inline void bindRegions(uint8_t *image, uint32_t table) {
  CONFIG = region(image, table, Region_CONFIG);
  ZONES = region(image, table, Region_ZONES);
  PCPS = region(image, table, Region_PCPS);
  STATS = region(image, table, Region_STATS);
  LEVELS = region(image, table, Region_LEVELS);
  SCRATCH = region(image, table, Region_SCRATCH);
  EVENTS = region(image, table, Region_EVENTS);
  WORKLOAD = region(image, table, Region_WORKLOAD);
  WINDOWS = region(image, table, Region_WINDOWS);
  PAGEBLOCKS = region(image, table, Region_PAGEBLOCKS);
  RECORDS = region(image, table, Region_FRAMES);
  FRAMES = (uint32_t)(CONFIG[ConfigWord_END_PFN] - CONFIG[ConfigWord_START_PFN]);
  FREE_HEADS = FRAMES << FRAME_SHIFT;
  PCP_HEADS = FREE_HEADS + ((MAX_ZONES * MAX_ORDERS * MIGRATE_TYPES) << FRAME_SHIFT);
  PAGEBLOCK_ORDER = CONFIG[ConfigWord_PAGEBLOCK_ORDER];
  MAX_ORDER = CONFIG[ConfigWord_MAX_PAGE_ORDER];
  START_PFN = CONFIG[ConfigWord_START_PFN];
}

static inline int32_t min32(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t max32(int32_t a, int32_t b) { return a > b ? a : b; }

// ---- memory/list: a link is where a record lies behind the first, in bytes.

#define AT(field, link) (*(uint32_t *)(RECORDS + FrameField_##field * 4 + (link)))

static inline uint32_t nextOf(uint32_t link) { return AT(NEXT, link); }
static inline uint32_t prevOf(uint32_t link) { return AT(PREV, link); }
static inline bool isEmpty(uint32_t head) { return AT(NEXT, head) == head; }

static inline void addHead(uint32_t head, uint32_t link) {
  uint32_t next = AT(NEXT, head);
  AT(NEXT, link) = next;
  AT(PREV, link) = head;
  AT(PREV, next) = link;
  AT(NEXT, head) = link;
}

static inline void addTail(uint32_t head, uint32_t link) {
  uint32_t prev = AT(PREV, head);
  AT(NEXT, link) = head;
  AT(PREV, link) = prev;
  AT(NEXT, prev) = link;
  AT(PREV, head) = link;
}

static inline void addTailRun(uint32_t head, uint32_t first, uint32_t step, int32_t count) {
  uint32_t prev = AT(PREV, head);
  uint32_t link = first;
  for (int32_t i = 0; i < count; i++) {
    AT(NEXT, prev) = link;
    AT(PREV, link) = prev;
    prev = link;
    link += step;
  }
  AT(NEXT, prev) = head;
  AT(PREV, head) = prev;
}

static inline void unlinkFirst(uint32_t head, uint32_t link) {
  uint32_t next = AT(NEXT, link);
  AT(NEXT, head) = next;
  AT(PREV, next) = head;
}

static inline void unlinkLast(uint32_t head, uint32_t link) {
  uint32_t prev = AT(PREV, link);
  AT(NEXT, prev) = head;
  AT(PREV, head) = prev;
}

static inline void unlinkFrame(uint32_t link) {
  uint32_t next = AT(NEXT, link);
  uint32_t prev = AT(PREV, link);
  AT(NEXT, prev) = next;
  AT(PREV, next) = prev;
}

// ---- frames/frame: kind 0..2, order 3..6, zone 7..8, type 9..11, mobility 12..13, life 14..17, PageFlag.

static inline uint32_t wordOf(uint32_t link) { return AT(WORD, link); }
static inline void setWord(uint32_t link, uint32_t word) { AT(WORD, link) = word; }
static inline uint32_t pack(int kind, int order, int zone) {
  return (uint32_t)kind | ((uint32_t)order << 3) | ((uint32_t)zone << 7);
}
static inline uint32_t withType(uint32_t word, int type) { return word | ((uint32_t)type << 9); }
static inline int kindOf(uint32_t word) { return word & 7; }
static inline int orderOf(uint32_t word) { return (word >> 3) & 15; }
static inline int zoneOf(uint32_t word) { return (word >> 7) & 3; }
static inline int typeIn(uint32_t word) { return (word >> 9) & 7; }
static inline int mobilityOf(uint32_t word) { return (word >> 12) & 3; }
static inline int lifeOf(uint32_t word) { return (word >> 14) & 15; }
static inline bool isBare(uint32_t word) { return word >> 12 == 0; }
static inline bool isFreeBlock(uint32_t link, int order, int zone) {
  return (AT(WORD, link) & 0x1ff) == pack(FrameKind_BUDDY, order, zone);
}
static inline uint32_t pfnOf(uint32_t link) { return (link >> FRAME_SHIFT) + (uint32_t)START_PFN; }

// ---- frames/pageblock

static inline uint32_t blockFrames(void) { return 1u << PAGEBLOCK_ORDER; }
static inline uint32_t blockStart(uint32_t link) { return link & ~((FRAME_BYTES << PAGEBLOCK_ORDER) - 1); }
static inline int typeOf(uint32_t link) { return PAGEBLOCKS[link >> (PAGEBLOCK_ORDER + FRAME_SHIFT)]; }
static inline bool isMergeable(int type) { return type < Migratetype_HIGHATOMIC; }
static inline uint8_t stored(int type) {
  return (uint8_t)(CONFIG[ConfigWord_MOBILITY_DISABLED] && isMergeable(type) ? Migratetype_UNMOVABLE : type);
}
static inline void setType(uint32_t link, int type) { PAGEBLOCKS[link >> (PAGEBLOCK_ORDER + FRAME_SHIFT)] = stored(type); }
static inline void setTypes(uint32_t link, int order, int type) {
  int blocks = order > PAGEBLOCK_ORDER ? 1 << (order - PAGEBLOCK_ORDER) : 1;
  memset(PAGEBLOCKS + (link >> (PAGEBLOCK_ORDER + FRAME_SHIFT)), stored(type), (size_t)blocks);
}

// ---- frames/zone

static inline int32_t *zoneAt(int zone) { return ZONES + zone * ZoneWord_COUNT; }
static inline int32_t *pcpAt(int cpu, int zone) { return PCPS + (cpu * MAX_ZONES + zone) * PcpWord_COUNT; }
static inline bool isPopulated(int zone) { return zoneAt(zone)[ZoneWord_PRESENT] != 0; }
static inline bool spans(int zone, uint32_t pfn) {
  const int32_t *at = zoneAt(zone);
  return pfn - (uint32_t)at[ZoneWord_START_PFN] < (uint32_t)at[ZoneWord_SPANNED];
}
static inline int32_t freePagesOf(int zone) { return max32(zoneAt(zone)[ZoneWord_FREE_PAGES], 0); }
static inline int32_t freeCmaOf(int zone) { return max32(zoneAt(zone)[ZoneWord_FREE_CMA], 0); }
static inline bool hasFlag(int zone, int flag) { return (zoneAt(zone)[ZoneWord_FLAGS] & flag) != 0; }
static inline void setFlag(int zone, int flag) { zoneAt(zone)[ZoneWord_FLAGS] |= flag; }
static inline void clearFlag(int zone, int flag) { zoneAt(zone)[ZoneWord_FLAGS] &= ~flag; }

static inline void modCounter(int cpu, int zone, int32_t delta, int diffWord, int zoneWord) {
  int32_t *pcp = pcpAt(cpu, zone);
  int32_t sum = pcp[diffWord] + delta;
  if (abs(sum) <= pcp[PcpWord_STAT_THRESHOLD]) {
    pcp[diffWord] = sum;
    return;
  }
  zoneAt(zone)[zoneWord] += sum;
  pcp[diffWord] = 0;
}

static inline void takeFreePages(int cpu, int zone, int32_t pages, int32_t times) {
  int32_t *pcp = pcpAt(cpu, zone);
  int32_t diff = pcp[PcpWord_DIFF_FREE];
  int32_t threshold = pcp[PcpWord_STAT_THRESHOLD];
  int32_t sum = diff - pages * times;
  int32_t first = (diff + threshold) / pages + 1;
  int32_t left = times < first ? sum : -pages * ((times - first) % (threshold / pages + 1));
  pcp[PcpWord_DIFF_FREE] = left;
  zoneAt(zone)[ZoneWord_FREE_PAGES] += sum - left;
}

static inline void modFreePages(int cpu, int zone, int32_t delta) {
  modCounter(cpu, zone, delta, PcpWord_DIFF_FREE, ZoneWord_FREE_PAGES);
}

static void accountSpecial(int cpu, int zone, int32_t delta, int type) {
  if (type == Migratetype_ISOLATE) return;
  modFreePages(cpu, zone, delta);
  if (type == Migratetype_CMA) modCounter(cpu, zone, delta, PcpWord_DIFF_CMA, ZoneWord_FREE_CMA);
  else if (type == Migratetype_HIGHATOMIC) zoneAt(zone)[ZoneWord_NR_FREE_HIGHATOMIC] += delta;
}

static inline void accountFree(int cpu, int zone, int32_t delta, int type) {
  if (type <= Migratetype_RECLAIMABLE) modFreePages(cpu, zone, delta);
  else accountSpecial(cpu, zone, delta, type);
}

// ---- frames/lru; the twin's machine has no slots (frames/owner)

static inline bool isOnLru(uint32_t word) {
  if (kindOf(word) != FrameKind_ALLOCATED || (word & PageFlag_ISOLATED)) return false;
  return mobilityOf(word) == Mobility_LRU || lifeOf(word) == PageLife_ZRAM;
}

// ---- record/events

static inline void count(int stat) { STATS[stat] += 1; }

static inline void record(int kind, int zone, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  if (!(CONFIG[ConfigWord_RECORD] & 1)) return;
  uint32_t nth = LEVELS[LevelWord_RECORDED];
  uint32_t *at = EVENTS + (nth & (uint32_t)(CONFIG[ConfigWord_EVENT_SLOTS] - 1)) * EventWord_COUNT;
  at[EventWord_KIND] = (uint32_t)kind;
  at[EventWord_ZONE] = (uint32_t)zone;
  at[EventWord_A] = a;
  at[EventWord_B] = b;
  at[EventWord_C] = c;
  at[EventWord_D] = d;
  LEVELS[LevelWord_RECORDED] = nth + 1;
}

#endif
