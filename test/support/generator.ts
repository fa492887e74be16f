// Knows: which operation a random run does next: weights, phases of filling and emptying, arguments.
// Must not know: how operations are performed, what comes out of them.

import { Gfp, Migratetype, Mobility, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import type { NthFree, Operation, ReleaseHow } from "./operations.js";
import type { Random } from "./random.js";
import type { SmallMachine } from "./small_state.js";
import type { Block } from "./twins.js";
import type { Window } from "./twins_cma.js";

const KERNEL = Gfp.IO | Gfp.FS | Gfp.KSWAPD_RECLAIM;
const USER = KERNEL | Gfp.MOVABLE | Gfp.HIGHMEM;

/** Request classes: each combination of flags that takes another way through the allocator. */
const CLASSES: readonly number[] = [
  USER,
  USER,
  USER | Gfp.DIRECT_RECLAIM,
  Gfp.MOVABLE | Gfp.HIGHMEM,
  Gfp.MOVABLE,
  KERNEL,
  KERNEL,
  KERNEL | Gfp.DIRECT_RECLAIM,
  KERNEL | Gfp.RECLAIMABLE,
  KERNEL | Gfp.RECLAIMABLE | Gfp.DIRECT_RECLAIM,
  Gfp.FS | Gfp.DIRECT_RECLAIM,
  0,
  Gfp.HIGH | Gfp.KSWAPD_RECLAIM,
  Gfp.HIGH | Gfp.KSWAPD_RECLAIM | Gfp.ATOMIC,
  Gfp.HIGH | Gfp.ATOMIC | Gfp.DIRECT_RECLAIM,
  Gfp.HIGH | Gfp.RECLAIMABLE | Gfp.ATOMIC,
  Gfp.HIGH | Gfp.NOMEMALLOC | Gfp.KSWAPD_RECLAIM,
  Gfp.MEMALLOC | Gfp.KSWAPD_RECLAIM,
  Gfp.MEMALLOC | Gfp.MOVABLE | Gfp.DIRECT_RECLAIM | Gfp.IO,
  Gfp.MEMALLOC | Gfp.NOMEMALLOC | Gfp.HIGH,
  KERNEL | Gfp.DMA,
  KERNEL | Gfp.DMA32,
  KERNEL | Gfp.DMA32 | Gfp.MOVABLE,
  USER | Gfp.COMP | Gfp.NORETRY,
];
const HIGH_CLASSES = CLASSES.filter((gfp) => (gfp & Gfp.HIGH) !== 0);

/** Relative frequencies of the operations while memory is being filled, and while it is being emptied. */
const FILLING = {
  allocate: 600,
  release: 250,
  release_loose: 20,
  bulk: 25,
  drain_all: 6,
  drain_pcp: 6,
  decay: 6,
  fold: 8,
  tick: 6,
  set_boost: 6,
  set_flag: 8,
  rotate: 10,
  detach: 10,
  attach: 14,
  unreserve: 6,
  set_mobility: 12,
  hint_movable: 4,
  cma_allocate: 16,
  cma_release: 14,
  pin: 14,
  cma_begin: 0,
  cma_step: 0,
  cma_kill: 0,
  set_file: 0,
  fork: 0,
} as const satisfies Record<Operation["op"], number>;
const EMPTYING = { ...FILLING, allocate: 250, release: 600, release_loose: 40 } as const;
/** What is added to these where contiguous allocations are the subject. */
const CMA = { cma_allocate: 120, cma_release: 100, pin: 80, set_mobility: 2, set_boost: 0 } as const;
/** And where they are under way together, step by step. */
const REQUESTS = {
  ...CMA,
  cma_allocate: 6,
  detach: 0,
  cma_release: 60,
  cma_begin: 40,
  pin: 200,
  cma_step: 600,
  cma_kill: 3,
  set_file: 90,
  fork: 1,
} as const;

/** What the generator must know of the run so far. */
export interface Progress {
  readonly held: ReadonlyMap<number, Block>;
  readonly detached: ReadonlyMap<number, Block>;
  readonly windows: ReadonlyMap<number, Window>;
  readonly requests: ReadonlyMap<number, unknown>;
  /** Pages of each CMA area. */
  readonly areas: readonly number[];
  /** A range of pages in use since the beginning, if there is one of this order. */
  loose(order: number): number | undefined;
}

export class Generator {
  private nextId = 0;
  private filling = true;
  private untilTurn = 0;
  /** Most requests of a phase are of one class and order: that is how lists run dry. */
  private favourite = { gfp: 0, order: 0 };
  /** Ids in no particular order, with the dead ones removed when met. */
  private readonly ids: number[] = [];

  constructor(
    private readonly machine: SmallMachine,
    private readonly random: Random,
  ) {}

  next(progress: Progress): Operation {
    const { random } = this;
    if (this.untilTurn-- <= 0) this.turn();
    const cpu = random.below(this.machine.cpus);
    const zone = random.pick(this.machine.zones).index;
    const weights: Record<Operation["op"], number> = { ...(this.filling ? FILLING : EMPTYING) };
    if (this.machine.focus === "cma") Object.assign(weights, CMA);
    if (this.machine.focus === "requests") Object.assign(weights, REQUESTS);
    const op = random.weighted(weights);
    switch (op) {
      case "allocate":
        return this.allocate(progress, cpu);
      case "release":
        return { op, of: this.someHeld(progress), cpu, how: this.how() };
      case "release_loose": {
        const order = random.below(this.machine.maxOrder + 1);
        const pfn = progress.loose(order);
        return pfn === undefined ? this.allocate(progress, cpu) : { op, pfn, order, cpu };
      }
      case "bulk": {
        const id = this.newId();
        return { op, id, cpu, zone, gfp: random.pick(CLASSES) };
      }
      case "rotate":
        return { op, ...this.nthFree(zone), toHead: random.oneIn(2) };
      case "detach":
        // Without grouping the kernel itself puts such blocks on lists of a type that no pageblock can have.
        if (this.machine.mobilityDisabled === true) return { op: "tick", cpu };
        return { op, ...this.nthFree(zone), id: this.nextId++, cpu };
      case "attach":
        return { op, of: random.pick([...progress.detached.keys(), -1]), cpu };
      case "set_mobility":
        return {
          op,
          of: this.someHeld(progress, progress.areas.length > 0),
          mobility: random.below(3) as Mobility,
        };
      case "cma_allocate":
        return progress.areas.length === 0 ? { op: "tick", cpu } : this.cmaAllocate(progress, cpu);
      case "cma_release":
        return { op, of: random.pick([...progress.windows.keys(), -1]), cpu };
      case "cma_begin":
        return { ...this.cmaAllocate(progress, cpu), op };
      case "cma_step":
      case "cma_kill":
        return { op, of: random.pick([...progress.requests.keys(), -1]) };
      case "set_file":
        return { op, of: this.someHeld(progress, true) };
      case "fork":
        return { op };
      case "pin":
        return { op, of: this.someHeld(progress), on: random.oneIn(2) };
      default:
        return this.maintain(op, cpu, zone);
    }
  }

  /** A phase ends: fill or empty, with other favourites. */
  private turn(): void {
    const { random } = this;
    this.filling = !this.filling || random.oneIn(3);
    this.untilTurn = 20 + random.below(random.pick([60, 400, 1500]));
    this.favourite = { gfp: random.pick(CLASSES), order: this.someOrder() };
    if (this.machine.focus !== undefined && !random.oneIn(4)) this.favourite = { gfp: USER, order: 0 };
  }

  private someOrder(): number {
    const { costlyOrder, maxOrder } = this.machine;
    return this.random.oneIn(3)
      ? this.random.below(maxOrder + 1)
      : this.random.below(Math.min(costlyOrder, 2) + 1);
  }

  private newId(): number {
    this.ids.push(this.nextId);
    return this.nextId++;
  }

  /** Where there are CMA areas only single pages are movable: the reference moves no larger ones. */
  private allocate({ areas }: Progress, cpu: number): Operation {
    const { random } = this;
    let { gfp, order } = this.favourite;
    if (random.oneIn(this.machine.focus === undefined ? 2 : 6)) {
      gfp = random.pick(random.oneIn(8) ? HIGH_CLASSES : CLASSES);
      order = this.someOrder();
    }
    if (areas.length > 0) gfp &= ~Gfp.COMP;
    const movable = (gfp & Gfp.MOVABLE) !== 0 && (order === 0 || areas.length === 0);
    const kinds = [
      Mobility.LRU,
      Mobility.LRU,
      Mobility.DRIVER,
      this.machine.focus === undefined ? Mobility.FIXED : Mobility.DRIVER,
    ];
    const mobility = movable ? random.pick(kinds) : Mobility.FIXED;
    return { op: "allocate", id: this.newId(), cpu, order, gfp, mobility };
  }

  private how(): ReleaseHow {
    const draw = this.random.below(20);
    return draw === 0 ? "direct" : draw < 3 ? "split" : "pages";
  }

  /** Mostly small requests, some for most of an area; alignments from one page to more than a pageblock. */
  private cmaAllocate({ areas }: Progress, cpu: number): Operation & { op: "cma_allocate" } {
    const { random } = this;
    const area = random.below(areas.length);
    const most = areas[area] ?? 1;
    const pages = 1 + random.below(Math.min(random.pick([4, 20, most]), most));
    const align = random.below(random.pick([1, this.machine.pageblockOrder + 3]));
    return { op: "cma_allocate", id: this.nextId++, cpu, area, pages, align };
  }

  /** The id of a held block, -1 when there is none, or none that may be movable where only single pages may. */
  private someHeld({ held }: Progress, onlySingle = false): number {
    while (this.ids.length > 0) {
      const at = this.random.below(this.ids.length);
      const id = this.ids[at] as number;
      const block = held.get(id);
      if (block !== undefined) return onlySingle && block.order > 0 ? -1 : id;
      this.ids[at] = this.ids.at(-1) as number;
      this.ids.pop();
    }
    return -1;
  }

  private nthFree(zone: number): NthFree {
    const { random } = this;
    return {
      zone,
      order: random.below(this.machine.maxOrder + 1),
      type: random.below(Migratetype.ISOLATE + 1),
      nth: random.below(64),
    };
  }

  private maintain(op: MaintenanceOp, cpu: number, zone: number): Operation {
    const { random, machine } = this;
    switch (op) {
      case "drain_all":
        return { op, cpu, zone: random.oneIn(2) ? zone : null };
      case "drain_pcp": {
        const lists = (machine.costlyOrder + 1) * 3 + (machine.thp ? 2 : 0);
        return { op, cpu, zone, pages: random.below(40), pindex: random.below(lists) };
      }
      case "decay":
        return { op, cpu, zone };
      case "fold":
        return { op, cpu, all: random.oneIn(2), zone: random.oneIn(2) ? zone : null };
      case "tick":
        return { op, cpu };
      case "set_boost":
        return { op, zone, pages: random.oneIn(2) ? 0 : random.below(2 ** (machine.pageblockOrder + 1)) };
      case "set_flag": {
        const flag = random.pick([
          ZoneFlag.RECLAIM_ACTIVE,
          ZoneFlag.RECLAIM_ACTIVE,
          ZoneFlag.BELOW_HIGH,
          ZoneFlag.BOOSTED,
        ]);
        return { op, zone, flag, on: random.oneIn(flag === ZoneFlag.RECLAIM_ACTIVE ? 4 : 2) };
      }
      case "unreserve":
        return { op, cpu, gfp: random.pick(CLASSES.filter((gfp) => (gfp & (Gfp.DMA | Gfp.DMA32)) === 0)) };
      case "hint_movable":
        return { op, pages: random.below(2 ** machine.pageblockOrder) };
    }
  }
}

type MaintenanceOp = Exclude<
  keyof typeof FILLING,
  | "allocate"
  | "release"
  | "release_loose"
  | "bulk"
  | "rotate"
  | "detach"
  | "attach"
  | "set_mobility"
  | "cma_allocate"
  | "cma_release"
  | "pin"
  | "cma_begin"
  | "cma_step"
  | "cma_kill"
  | "set_file"
  | "fork"
>;
