// Knows: the hot loop of a simulation: events by time, an actor that frees a page of its own and allocates another, its
// slots, the LRU lists, its counters. The C twin of time/queue, time/cpus, frames/lru, frames/owner and workload/actors/resident.
// Must not know: reclaim, kswapd, pins, CMA: they stay outside of what is compared; a page that is not to be had ends it.
#ifndef PAGEBLOCK_TURNOVER_H
#define PAGEBLOCK_TURNOVER_H

#include "allocate.h"

static const int ANON_GFP = Gfp_HIGHMEM | Gfp_MOVABLE | Gfp_IO | Gfp_FS | Gfp_HARDWALL | Gfp_DIRECT_RECLAIM |
                            Gfp_KSWAPD_RECLAIM | Gfp_CMA;
static const int FILE_GFP =
    Gfp_HIGHMEM | Gfp_MOVABLE | Gfp_IO | Gfp_FS | Gfp_HARDWALL | Gfp_DIRECT_RECLAIM | Gfp_KSWAPD_RECLAIM;

static uint8_t *QUEUE, *SIMULATION;
static uint32_t *SLOTS, *ACTORS;
static double *PARAMETERS, *COUNTERS, *COSTS;
static uint32_t LRU_HEADS;

static void bindTurnover(uint8_t *image, uint32_t table) {
  QUEUE = region(image, table, Region_QUEUE);
  SIMULATION = region(image, table, Region_SIMULATION);
  SLOTS = region(image, table, Region_SLOTS);
  ACTORS = region(image, table, Region_ACTORS);
  PARAMETERS = region(image, table, Region_ACTOR_PARAMETERS);
  COUNTERS = region(image, table, Region_ACTOR_COUNTERS);
  COSTS = region(image, table, Region_COSTS);
  LRU_HEADS = PCP_HEADS + (uint32_t)((CONFIG[ConfigWord_NR_CPUS] * MAX_ZONES * MAX_PCP_LISTS) << FRAME_SHIFT);
}

static inline uint32_t *simulationWord(int word) { return (uint32_t *)SIMULATION + word; }
static inline double *spentAt(void) { return (double *)(SIMULATION + SimulationWord_SPENT_LOW * 4); }
static inline uint64_t *clockAt(void) { return (uint64_t *)(LEVELS + LevelWord_CLOCK_LOW); }
static inline uint32_t *actorAt(int actor) { return ACTORS + actor * ActorWord_COUNT; }
static inline double parameterOf(int actor, int index) { return PARAMETERS[actor * Parameter_COUNT + index]; }
static inline void addCounter(int actor, int index, double delta) { COUNTERS[actor * Counter_COUNT + index] += delta; }

// ---- memory/prng on an actor's streams

static inline uint32_t next32(void *stream) {
  uint64_t state;
  memcpy(&state, stream, sizeof state);
  state += 0x9e3779b97f4a7c15u;
  memcpy(stream, &state, sizeof state);
  uint64_t z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ (z >> 31)) >> 32);
}
static inline uint32_t nextBelow(void *stream, uint32_t bound) {
  return (uint32_t)(((uint64_t)next32(stream) * bound) >> 32);
}

// ---- time/queue: a heap of four children a node, records of QUEUE_WORDS words

typedef struct {
  uint64_t time;
  uint32_t sequence, actorAndTag;
  uint64_t payload;
} Event;

static inline Event *eventAt(uint32_t index) { return (Event *)(QUEUE + (size_t)index * sizeof(Event)); }

static inline bool isBefore(const Event *a, const Event *b) {
  if (a->time != b->time) return a->time < b->time;
  return (int32_t)(a->sequence - b->sequence) < 0;
}

static void schedule(uint64_t time, int actor, int tag, uint32_t payload) {
  uint32_t hole = *simulationWord(SimulationWord_PENDING) + 1;
  uint32_t *most = simulationWord(SimulationWord_MOST_PENDING);
  uint32_t sequence = (*simulationWord(SimulationWord_SEQUENCE))++;
  *simulationWord(SimulationWord_PENDING) = hole;
  if (hole > *most) *most = hole;
  while (hole > 1) {
    uint32_t parent = (hole + 2) >> 2;
    if (eventAt(parent)->time <= time) break;
    *eventAt(hole) = *eventAt(parent);
    hole = parent;
  }
  *eventAt(hole) = (Event){time, sequence, (uint32_t)actor | ((uint32_t)tag << 16), payload};
}

static uint32_t firstChild(uint32_t hole, uint32_t count) {
  uint32_t first = (hole << 2) - 2;
  if (first > count) return 0;
  uint32_t best = first;
  for (uint32_t child = first + 1; child <= first + 3 && child <= count; child++) {
    if (isBefore(eventAt(child), eventAt(best))) best = child;
  }
  return best;
}

static void takeNext(void) {
  uint32_t count = *simulationWord(SimulationWord_PENDING) - 1;
  *eventAt(0) = *eventAt(1);
  *simulationWord(SimulationWord_PENDING) = count;
  if (count == 0) return;
  const Event *last = eventAt(count + 1);
  uint32_t hole = 1;
  for (;;) {
    uint32_t child = firstChild(hole, count);
    if (child == 0 || !isBefore(eventAt(child), last)) break;
    *eventAt(hole) = *eventAt(child);
    hole = child;
  }
  *eventAt(hole) = *last;
}

// ---- frames/lru, frames/owner

static inline int lruListOf(uint32_t word) {
  if (lifeOf(word) == PageLife_ZRAM) return LruList_ZRAM;
  if (word & PageFlag_UNEVICTABLE) return LruList_UNEVICTABLE;
  int list = lifeOf(word) == PageLife_FILE ? LruList_INACTIVE_FILE : LruList_INACTIVE_ANON;
  return list + ((word & PageFlag_ACTIVE) ? 1 : 0);
}

static inline int countedOnLru(uint32_t word, int sign) {
  int list = lruListOf(word);
  zoneAt(zoneOf(word))[ZoneWord_NR_LRU + list] += sign * (1 << orderOf(word));
  return list;
}

static inline void setOwner(uint32_t link, uint32_t owner) { AT(OWNER, link) = owner; }

// What it was freed for the caller counts, by the batch.
static inline void release(int cpu, uint32_t slot) {
  uint32_t link = (SLOTS[slot] - 1 - (uint32_t)START_PFN) << FRAME_SHIFT;
  uint32_t word = wordOf(link);
  if (isOnLru(word)) {
    countedOnLru(word, -1);
    unlinkFrame(link);
  }
  setOwner(link, 0);
  SLOTS[slot] = 0;
  setWord(link, word & 0x1ff);
  freePages(cpu, link, 0);
}

// ---- time/cpus

static inline double *busyAt(int cpu) { return (double *)(SIMULATION + (SimulationWord_CPU_BUSY + 2 * cpu) * 4); }

static inline double elapsed(double start, double nanoseconds) {
  double *at = busyAt(0);
  for (int cpu = 1; cpu < CONFIG[ConfigWord_NR_CPUS] && *at > start; cpu++) {
    if (*busyAt(cpu) < *at) at = busyAt(cpu);
  }
  double others = *at > start ? *at - start : 0;
  *at = start + others + nanoseconds;
  return nanoseconds + (others < nanoseconds ? others : nanoseconds);
}

static inline void charge(int actor, double nanoseconds) {
  if (nanoseconds > 0) *spentAt() += elapsed((double)*clockAt() + *spentAt(), nanoseconds);
  addCounter(actor, Counter_BUSY_TIME, nanoseconds);
}

// ---- workload/actors/resident: anonymous and file pages

static inline bool isDirty(uint32_t nth, double share) { return (double)(nth * 0x9e3779b1u) < share * 4294967296.0; }

// What is mapped has been used: the accessed bit (abi/frame_word).
static const uint32_t YOUNG_BIT = 0x200;

static bool acquire(int actor, int cpu, uint32_t slot, uint32_t nth, bool isFile) {
  uint32_t *slow = SCRATCH + ScratchWord_SLOW;
  uint32_t link = allocatePages(cpu, 0, isFile ? FILE_GFP : ANON_GFP, slow);
  if (link == NONE || *slow) return false;
  uint32_t life = isFile ? PageLife_FILE : PageLife_ANON;
  uint32_t flags = isFile ? 0 : PageFlag_MAPPED | YOUNG_BIT;
  if (isFile && isDirty(nth, parameterOf(actor, ResidentParameter_DIRTY_SHARE))) flags = PageFlag_DIRTY;
  uint32_t word = wordOf(link) | (Mobility_LRU << 12) | (life << 14) | flags;
  setWord(link, word);
  addHead(LRU_HEADS + ((uint32_t)countedOnLru(word, 1) << FRAME_SHIFT), link);
  SLOTS[slot] = pfnOf(link) + 1;
  setOwner(link, slot + 1);
  return true;
}

// frames/ahead: what freeing the pages in the slots will need is read for the whole batch first, in passes, so that the
// cache misses overlap. Volatile: nobody looks at what was read.
#define READ(field, link) ((void)*(volatile uint32_t *)&AT(field, link))

static void readNoted(const uint32_t *links, int count) {
  for (int i = 0; i < count; i++) READ(WORD, links[i]);
  for (int i = 0; i < count; i++) {
    READ(PREV, nextOf(links[i]));
    READ(NEXT, prevOf(links[i]));
  }
}

enum { MOST_NOTED = 64 };

static void drawSome(int actor, uint32_t total, uint32_t *drawn, int count) {
  uint32_t *words = actorAt(actor);
  uint32_t links[MOST_NOTED];
  for (int i = 0; i < count; i++) {
    drawn[i] = nextBelow(words + ActorWord_SEED_LOW, total);
    links[i] = (SLOTS[words[ActorWord_FIRST_SLOT] + drawn[i]] - 1 - (uint32_t)START_PFN) << FRAME_SHIFT;
  }
  readNoted(links, count);
}

// Counters and costs by the batch, as the actor of the core has them.
static bool turnOver(int actor) {
  uint32_t *words = actorAt(actor);
  int batch = (int)parameterOf(actor, ResidentParameter_BATCH);
  uint32_t anon = (uint32_t)parameterOf(actor, ResidentParameter_ANON);
  uint32_t total = anon + (uint32_t)parameterOf(actor, ResidentParameter_FILE);
  double interval = parameterOf(actor, ResidentParameter_INTERVAL) * batch;
  schedule(*clockAt() + (uint64_t)interval, actor, 3, 0);
  addCounter(actor, Counter_PLANNED, batch);
  int freeing = (int)nextBelow(words + ActorWord_SIDE_LOW, (uint32_t)CONFIG[ConfigWord_NR_CPUS]);
  int cpu = (int)nextBelow(words + ActorWord_SIDE_LOW, (uint32_t)CONFIG[ConfigWord_NR_CPUS]);
  uint32_t drawn[MOST_NOTED];
  for (int i = 0; i < batch; i++) {
    if (i % MOST_NOTED == 0) drawSome(actor, total, drawn, min32(batch - i, MOST_NOTED));
    uint32_t nth = drawn[i % MOST_NOTED];
    uint32_t slot = words[ActorWord_FIRST_SLOT] + nth;
    release(freeing, slot);
    if (!acquire(actor, cpu, slot, nth, nth >= anon)) return false;
  }
  addCounter(actor, Counter_FREED, batch);
  charge(actor, batch * COSTS[Cost_RELEASE]);
  charge(actor, batch * COSTS[Cost_ALLOCATE]);
  addCounter(actor, Counter_ALLOCATED, batch);
  addCounter(actor, Counter_OPERATIONS, batch);
  return true;
}

// 1 when all events have been performed; 0 when a page was not to be had, or another actor's event came.
static uint32_t turnovers(int events) {
  for (int i = 0; i < events; i++) {
    takeNext();
    const Event *event = eventAt(0);
    int actor = (int)(event->actorAndTag & 0xffff);
    if (event->time > *clockAt()) *clockAt() = event->time;
    *spentAt() = 0;
    if (actorAt(actor)[ActorWord_KIND] != ActorKind_RESIDENT || !turnOver(actor)) return 0;
    *(uint64_t *)simulationWord(SimulationWord_EVENTS_LOW) += 1;
  }
  return 1;
}

#endif
