// Knows: reading zones, lists, per-CPU sets, pageblocks and frames out of a machine's memory.
// Must not know: how they got there. Nothing here writes; everything copies out but `pageblocks`, a live view.

import {
  flagsOf,
  isOrphan,
  kindOf,
  lifeOf,
  mobilityOf,
  orderOf,
  pinsOf,
  typeIn,
  zoneOf,
} from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import {
  freeHeadIndex,
  MAX_ORDERS,
  MAX_PCP_LISTS,
  MAX_ZONES,
  MIGRATE_TYPES,
  pcpHeadIndex,
} from "../../assembly/abi/limits.js";
import { CmaFree, PolicyWord, ThpLists } from "../../assembly/abi/proposals.js";
import {
  FrameKind,
  type Migratetype,
  type Mobility,
  type PageLife,
  ZoneFlag,
} from "../../assembly/abi/vocabulary.js";
import { ConfigWord, type LevelWord, PcpWord, type StatWord, ZoneWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import { argument, type Order, type Pages, type Pfn, type ZoneIndex } from "../engine/units.js";
import { classCounts, classMap } from "./classes.js";
import { type PageGroups, pageGroups } from "./groups.js";
import { type GuestView, readGuests } from "./guests.js";

/** One zone. Pages unless said otherwise; freePages and freeCma are the zone-global, stale counters. */
export interface ZoneView {
  /** Its place in the node's zones. */
  readonly index: number;
  /** First frame. */
  readonly startPfn: Pfn;
  /** Frames from its first to its last, holes included. */
  readonly spanned: Pages;
  /** Pages that memory is behind. */
  readonly present: Pages;
  /** Pages that the allocator manages. */
  readonly managed: Pages;
  /** Pages of CMA areas in it. */
  readonly cmaPages: Pages;
  /** The marks, without boost. */
  readonly watermark: {
    readonly min: number;
    readonly low: number;
    readonly high: number;
    readonly promo: number;
  };
  /** watermark_boost: added to every mark. */
  readonly boost: number;
  /** ZONE_BOOSTED_WATERMARK: kswapd is to be woken for the boost. */
  readonly boosted: boolean;
  /** ZONE_RECLAIM_ACTIVE: kswapd works on it. */
  readonly reclaimActive: boolean;
  /** ZONE_BELOW_HIGH (6.7+): free pages are below the high mark. */
  readonly belowHigh: boolean;
  /** Pages of HIGHATOMIC pageblocks. */
  readonly nrReservedHighatomic: number;
  /** Free pages among them (6.12). */
  readonly nrFreeHighatomic: number;
  /** Pageblocks of type ISOLATE. */
  readonly nrIsolatePageblock: number;
  /** NR_FREE_PAGES of the zone; the per-CPU differentials are not in it. */
  readonly freePages: Pages;
  /** NR_FREE_CMA_PAGES of the zone, likewise. */
  readonly freeCma: number;
  /** lowmem_reserve by the highest zone index of a request. */
  readonly lowmemReserve: readonly number[];
  /** Free blocks of each order, all migratetypes. */
  readonly nrFree: readonly number[];
}

/** One per-CPU list set. */
export interface PcpView {
  /** Whose lists. */
  readonly cpu: number;
  /** Zone index. */
  readonly zone: number;
  /** Pages on all of its lists. */
  readonly count: number;
  /** Pages from which on it gives back. */
  readonly high: number;
  /** Lower limit of high. */
  readonly highMin: number;
  /** Upper limit of high. */
  readonly highMax: number;
  /** Pages moved at a time. */
  readonly batch: number;
  /** PcpFlag bits. */
  readonly flags: number;
  /** alloc_factor: a refill takes batch << this (6.7+). */
  readonly allocFactor: number;
  /** free_count: pages freed in a row (6.7+). */
  readonly freeCount: number;
  /** free_factor: a drain gives back batch << this (6.1). */
  readonly freeFactor: number;
  /** How far its counters may be ahead of the zone's. */
  readonly statThreshold: number;
  /** NR_FREE_PAGES of this CPU not yet in the zone's counter. */
  readonly diffFree: number;
  /** NR_FREE_CMA_PAGES of this CPU not yet in the zone's counter. */
  readonly diffCma: number;
}

/** One frame, decoded. `type` is the list type of a free block, or the cached type of a per-CPU page in 6.1. */
export interface FrameView {
  /** Which frame. */
  readonly pfn: Pfn;
  /**
   * Where it is: on a buddy list, a per-CPU list, allocated, reserved, a hole, or behind another frame's
   * head.
   */
  readonly kind: FrameKind;
  /** Of the block that it heads. */
  readonly order: Order;
  /** Its zone. */
  readonly zone: ZoneIndex;
  /** List type of a free block, or the cached type of a per-CPU page in 6.1. */
  readonly type: Migratetype;
  /** Whether and how an allocated page can move. */
  readonly mobility: Mobility;
  /** What an allocated page is used for. */
  readonly life: PageLife;
  /** PageFlag bits. */
  readonly flags: number;
  /** References that no page table knows. */
  readonly pins: number;
  /** Freed while pinned: the page goes with its last pin. */
  readonly orphan: boolean;
}

/** Read access to one machine. */
export class MachineViews {
  readonly #engine: Engine;
  readonly #frames: number;

  /** @internal */
  constructor(engine: Engine) {
    this.#engine = engine;
    const config = engine.unsigned(Region.CONFIG);
    this.#frames = (config[ConfigWord.END_PFN] ?? 0) - (config[ConfigWord.START_PFN] ?? 0);
  }

  /** One word of the machine's configuration. */
  config(word: ConfigWord): number {
    return this.#engine.words(Region.CONFIG)[word] ?? 0;
  }

  /** First frame of the flat array. */
  get startPfn(): number {
    return this.config(ConfigWord.START_PFN) >>> 0;
  }

  /** Frames of the flat array, holes included. */
  get frameCount(): number {
    return this.#frames;
  }

  /** One zone as it is now, by index. */
  zone(index: number): ZoneView {
    const words = this.#engine.words(Region.ZONES);
    const at = index * ZoneWord.COUNT;
    const word = (w: ZoneWord) => words[at + w] ?? 0;
    const flags = word(ZoneWord.FLAGS);
    return {
      index,
      startPfn: (word(ZoneWord.START_PFN) >>> 0) as Pfn,
      spanned: (word(ZoneWord.SPANNED) >>> 0) as Pages,
      present: word(ZoneWord.PRESENT) as Pages,
      managed: word(ZoneWord.MANAGED) as Pages,
      cmaPages: word(ZoneWord.CMA_PAGES) as Pages,
      watermark: {
        min: word(ZoneWord.WMARK_MIN),
        low: word(ZoneWord.WMARK_LOW),
        high: word(ZoneWord.WMARK_HIGH),
        promo: word(ZoneWord.WMARK_PROMO),
      },
      boost: word(ZoneWord.WATERMARK_BOOST),
      boosted: (flags & ZoneFlag.BOOSTED) !== 0,
      reclaimActive: (flags & ZoneFlag.RECLAIM_ACTIVE) !== 0,
      belowHigh: (flags & ZoneFlag.BELOW_HIGH) !== 0,
      nrReservedHighatomic: word(ZoneWord.NR_RESERVED_HIGHATOMIC),
      nrFreeHighatomic: word(ZoneWord.NR_FREE_HIGHATOMIC),
      nrIsolatePageblock: word(ZoneWord.NR_ISOLATE_PAGEBLOCK),
      freePages: word(ZoneWord.FREE_PAGES) as Pages,
      freeCma: word(ZoneWord.FREE_CMA),
      lowmemReserve: Array.from(words.subarray(at + ZoneWord.LOWMEM_RESERVE, at + ZoneWord.NR_FREE)),
      nrFree: Array.from(
        words.subarray(
          at + ZoneWord.NR_FREE,
          at + ZoneWord.NR_FREE + this.config(ConfigWord.MAX_PAGE_ORDER) + 1,
        ),
      ),
    };
  }

  /** Indexes of the zones that have memory, low to high. */
  populatedZones(): number[] {
    const words = this.#engine.words(Region.ZONES);
    const indexes = Array.from({ length: this.config(ConfigWord.NR_ZONES) }, (_, index) => index);
    return indexes.filter((index) => words[index * ZoneWord.COUNT + ZoneWord.PRESENT] !== 0);
  }

  /** One CPU's lists of one zone as they are now. */
  pcp(cpu: number, zone: number): PcpView {
    const words = this.#engine.words(Region.PCPS);
    const at = (cpu * MAX_ZONES + zone) * PcpWord.COUNT;
    const word = (w: PcpWord) => words[at + w] ?? 0;
    return {
      cpu,
      zone,
      count: word(PcpWord.COUNT_PAGES),
      high: word(PcpWord.HIGH),
      highMin: word(PcpWord.HIGH_MIN),
      highMax: word(PcpWord.HIGH_MAX),
      batch: word(PcpWord.BATCH),
      flags: word(PcpWord.FLAGS),
      allocFactor: word(PcpWord.ALLOC_FACTOR),
      freeCount: word(PcpWord.FREE_COUNT),
      freeFactor: word(PcpWord.FREE_FACTOR),
      statThreshold: word(PcpWord.STAT_THRESHOLD),
      diffFree: word(PcpWord.DIFF_FREE),
      diffCma: word(PcpWord.DIFF_CMA),
    };
  }

  #list(head: number): Uint32Array {
    const found: number[] = [];
    const start = this.startPfn;
    const { frames } = this.#engine;
    for (let at = frames.next(head); at !== head; at = frames.next(at)) {
      found.push(at + start);
      if (found.length > this.#frames) throw new Error("a list of the machine does not end");
    }
    return Uint32Array.from(found);
  }

  /** Head to tail. */
  freeList(zone: number, order: number, type: number): Uint32Array {
    argument("freeList", "zone", zone, MAX_ZONES);
    argument("freeList", "order", order, MAX_ORDERS);
    argument("freeList", "type", type, MIGRATE_TYPES);
    return this.#list(this.#frames + freeHeadIndex(zone, order, type));
  }

  /** Per-CPU lists that pages may be on: those of the kernel, and those of the policy in force. */
  get pcpLists(): number {
    const kernel = this.config(ConfigWord.NR_PCP_LISTS);
    const policy = this.#engine.words(Region.POLICIES);
    if (policy[PolicyWord.CMA_FREE] !== CmaFree.OWN_LIST) return kernel;
    const thp =
      this.config(ConfigWord.PCP_THP_ORDER) !== 0 && policy[PolicyWord.THP_LISTS] === ThpLists.OWN_LIST;
    return kernel + this.config(ConfigWord.COSTLY_ORDER) + (thp ? 2 : 1);
  }

  /**
   * Head to tail. pindex = order * 3 + type for orders 0 to 3, then non-movable and movable THP; behind them the lists of
   * CMA pages of these orders and of THP size, which are in use under CmaFree.OWN_LIST and ThpLists.OWN_LIST.
   */
  pcpList(cpu: number, zone: number, pindex: number): Uint32Array {
    argument("pcpList", "cpu", cpu, this.config(ConfigWord.NR_CPUS));
    argument("pcpList", "zone", zone, MAX_ZONES);
    argument("pcpList", "pindex", pindex, MAX_PCP_LISTS);
    return this.#list(this.#frames + pcpHeadIndex(cpu, zone, pindex));
  }

  /** The members before `pfn` in a per-CPU list; undefined when it is not among the first `limit`. */
  pcpListUntil(cpu: number, zone: number, pindex: number, pfn: number, limit: number): number[] | undefined {
    const head = this.#frames + pcpHeadIndex(cpu, zone, pindex);
    const ahead: number[] = [];
    const { frames } = this.#engine;
    for (let at = frames.next(head); at !== head && ahead.length <= limit; at = frames.next(at)) {
      if (at + this.startPfn === pfn) return ahead;
      ahead.push(at + this.startPfn);
    }
    return undefined;
  }

  /** Migratetype per pageblock of the frame array, NO_MEMORY_MAP where none exists. A live view: do not write. */
  get pageblocks(): Uint8Array {
    return this.#engine.bytes(Region.PAGEBLOCKS);
  }

  /** One frame, decoded; a HOLE outside of the machine. */
  frame(pfn: number): FrameView {
    const word = this.#engine.frames.word(pfn - this.startPfn) ?? FrameKind.HOLE;
    return {
      pfn: pfn as Pfn,
      kind: kindOf(word),
      order: orderOf(word) as Order,
      zone: zoneOf(word) as ZoneIndex,
      type: kindOf(word) === FrameKind.ALLOCATED ? 0 : typeIn(word),
      mobility: mobilityOf(word),
      life: lifeOf(word),
      flags: flagsOf(word),
      pins: pinsOf(word),
      orphan: isOrphan(word),
    };
  }

  /** The class byte (PageClass | ClassFlag) of every frame, in `out` where given; `out` has frameCount bytes. */
  classMap(out?: Uint8Array): Uint8Array {
    return classMap(this.#engine, this.#frames, out);
  }

  /**
   * [startPfn, startPfn + pages) by class: CLASS_BINS numbers for each cell of `perCell` pages, by PageClass, with
   * ClassFlag.PINNED added where a page has a pin. With `map`, a class map that is brought up to date there as well.
   * @throws UnitError when the machine has no such frames
   */
  classCounts(startPfn: number, pages: number, perCell: number, map?: Uint8Array): Uint32Array {
    return classCounts(this.#engine, startPfn - this.startPfn, pages, perCell, map);
  }

  /**
   * Groups of 2^order pages, aligned to their size: which hold memory that cannot be moved, which are free.
   * @param order of a group's pages, at least that of a pageblock; default 1 GiB
   * @throws UnitError when it is no such order
   */
  groups(order?: number): PageGroups {
    return pageGroups(this, order);
  }

  /** Slot + 1 of the allocation that this frame heads, 0 without one. */
  owner(pfn: number): number {
    return this.#engine.frames.owner(pfn - this.startPfn);
  }

  /** One of the machine's running totals, modulo 2^32. */
  stat(word: StatWord): number {
    return this.#engine.unsigned(Region.STATS)[word] ?? 0;
  }

  /** What areas that keep their pages hold; undefined: areas lend them to the allocator. */
  guests(): GuestView | undefined {
    return readGuests(this.#engine);
  }

  /** Where the machine stands: one of its levels or cursors, modulo 2^32. */
  level(word: LevelWord): number {
    return this.#engine.unsigned(Region.LEVELS)[word] ?? 0;
  }
}
