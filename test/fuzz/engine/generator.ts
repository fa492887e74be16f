// Knows: which command a life gives next, from what is owned now: every kind of page, in slots and without, pins on any
// frame, requests under way, upkeep, and now and then nonsense.
// Must not know: what comes out of it.
//
// A batch begins with the commands that name a frame by what it is at that moment: none of them moves a page, so all of them
// mean what was seen. Behind them come the others, which name slots, or blocks that do not move.

import { CommandFlag } from "../../../assembly/abi/command_word.js";
import { RequestState } from "../../../assembly/abi/findings.js";
import { Region } from "../../../assembly/abi/layout.js";
import {
  Migratetype,
  Mobility,
  Op,
  PageFlag,
  PageLife,
  PinKind,
  ZoneFlag,
} from "../../../assembly/abi/vocabulary.js";
import { ConfigWord, LevelWord } from "../../../assembly/abi/words.js";
import type { Machine } from "../../../bindings/machine/machine.js";
import type { Random } from "../../support/random.js";
import type { Book } from "./book.js";
import { type Draw, GFPS, Mix, MOVABLE_GFPS } from "./weights.js";
import type { Script } from "./words.js";

/** Commands that change nothing wherever they are misused, or only what the book can follow. */
const HARMLESS: readonly Op[] = [
  Op.NOP,
  Op.RELEASE_SLOT,
  Op.DRAIN_ALL,
  Op.FOLD,
  Op.TICK,
  Op.DECAY,
  Op.COMPACT,
  Op.UNPIN,
  Op.CMA_BEGIN,
  Op.CMA_ALLOCATE,
];
const SETTABLE = [PageFlag.ACTIVE, PageFlag.DIRTY, PageFlag.WRITEBACK, PageFlag.MAPPED, PageFlag.UNEVICTABLE];
/** What a caller's own pages may be used for. */
const LIVES = [
  PageLife.KERNEL,
  PageLife.ANON,
  PageLife.FILE,
  PageLife.SLAB,
  PageLife.PAGE_TABLE,
  PageLife.ZRAM,
  PageLife.BALLOON,
  PageLife.CMA,
];
const USER_LIVES = [PageLife.ANON, PageLife.ANON, PageLife.ANON, PageLife.FILE, PageLife.FILE];

export class Generator {
  #mix: Mix;
  #emptying = false;
  #untilTurn = 0;
  #favourite: { gfp: number; order: number };
  readonly #cpus: number;
  readonly #zones: readonly number[];
  readonly #maxOrder: number;
  readonly #slots: number;

  constructor(
    private readonly random: Random,
    machine: Machine,
  ) {
    this.#mix = new Mix(random, false);
    this.#cpus = machine.views.config(ConfigWord.NR_CPUS);
    this.#maxOrder = machine.views.config(ConfigWord.MAX_PAGE_ORDER);
    this.#slots = machine.views.config(ConfigWord.SLOTS);
    this.#zones = machine.views.populatedZones();
    this.#favourite = this.#someRequest();
  }

  /** The next commands, at most `most`. */
  batch(script: Script, machine: Machine, book: Book, most: number): void {
    const { random } = this;
    if (random.oneIn(2)) this.#seen(script, machine, book);
    const count = 1 + random.below(most);
    const loose = [...book.loose.keys()];
    const taken = new Set<number>();
    for (let i = 0; i < count; i++) {
      if (this.#untilTurn-- <= 0) this.#turn();
      this.#push(this.#mix.draw(random), script, machine, book, loose, taken);
    }
  }

  #turn(): void {
    const { random } = this;
    this.#emptying = !this.#emptying && !random.oneIn(3);
    this.#untilTurn = random.below(random.pick([100, 2_000, 40_000]));
    this.#mix = new Mix(random, this.#emptying);
    this.#favourite = this.#someRequest();
  }

  #someRequest(): { gfp: number; order: number } {
    const { random } = this;
    // Large ones are rare: each that fails compacts a zone.
    const most = random.oneIn(6) ? this.#maxOrder : Math.min(3, this.#maxOrder);
    const order = random.oneIn(6) ? random.below(most + 1) : 0;
    return { gfp: random.pick(random.oneIn(2) ? MOVABLE_GFPS : GFPS), order };
  }

  #content(movable: boolean): number {
    const { random } = this;
    if (!movable) return Mobility.FIXED | (random.pick(LIVES) << 8);
    const mobility = random.pick([Mobility.LRU, Mobility.LRU, Mobility.LRU, Mobility.DRIVER]);
    const life = mobility === Mobility.LRU ? random.pick(USER_LIVES) : random.pick(LIVES);
    return mobility | (life << 8) | (random.oneIn(4) ? random.pick(SETTABLE) : 0);
  }

  /** Commands that name a frame by what it is now. */
  #seen(script: Script, machine: Machine, book: Book): void {
    const { random } = this;
    const { views, engine } = machine;
    const slots = engine.unsigned(Region.SLOTS);
    const frame = () => views.startPfn + random.below(views.frameCount);
    const held = () => (slots[random.below(slots.length)] ?? 0) - 1;
    for (let i = random.below(8); i > 0; i--) {
      const pfn = held();
      if (pfn >= 0 && pfn < 0xffff_fffe) script.push(Op.SET_CONTENT, 0, 0, 0, pfn, this.#content(true));
    }
    for (let i = random.below(8); i > 0; i--) {
      const pfn = random.oneIn(2) ? held() : frame();
      const kind = random.pick([PinKind.SHORT, PinKind.SHORT, PinKind.PAGE_CACHE]);
      script.push(Op.PIN, this.#cpu(), 0, 0, pfn, kind, random.below(4));
    }
    const zone = random.pick(this.#zones);
    const order = random.below(this.#maxOrder + 1);
    const type = random.below(Migratetype.ISOLATE + 1);
    const block = random.oneIn(3) ? views.freeList(zone, order, type)[random.below(4)] : undefined;
    if (block !== undefined) this.#freeBlock(script, block, order, type);
    for (const [pfn, own] of book.detached) {
      if (!random.oneIn(4)) continue;
      const pageblock = (pfn - views.startPfn) >> views.config(ConfigWord.PAGEBLOCK_ORDER);
      script.push(Op.PUTBACK_FREE, this.#cpu(), own, 0, pfn, views.pageblocks[pageblock] ?? 0);
    }
  }

  #freeBlock(script: Script, pfn: number, order: number, type: Migratetype): void {
    const { random } = this;
    if (type === Migratetype.HIGHATOMIC && random.oneIn(2))
      script.push(Op.UNRESERVE_HIGHATOMIC, this.#cpu(), order, 0, pfn, random.below(3));
    else if (random.oneIn(2)) script.push(Op.ROTATE_FREE, 0, order, 0, pfn, random.below(2));
    else if (type !== Migratetype.ISOLATE) script.push(Op.ISOLATE_FREE, this.#cpu(), order, 0, pfn);
  }

  #cpu(): number {
    return this.random.below(this.#cpus);
  }

  #push(
    draw: Draw,
    script: Script,
    machine: Machine,
    book: Book,
    loose: readonly number[],
    taken: Set<number>,
  ): void {
    const { random } = this;
    const cpu = this.#cpu();
    switch (draw) {
      case "take": {
        const { gfp, order } = random.oneIn(6) ? this.#someRequest() : this.#favourite;
        const slot = random.below(this.#slots);
        script.push(
          Op.ALLOCATE,
          cpu,
          order,
          random.oneIn(16) ? CommandFlag.DIRECT : 0,
          gfp,
          slot + 1,
          this.#content(!random.oneIn(8)),
        );
        return;
      }
      case "takeLoose": {
        const { gfp, order } = random.oneIn(2) ? this.#someRequest() : this.#favourite;
        script.push(
          Op.ALLOCATE,
          cpu,
          order,
          random.oneIn(16) ? CommandFlag.DIRECT : 0,
          gfp,
          0,
          this.#content(false),
        );
        return;
      }
      case "give":
        script.push(Op.RELEASE_SLOT, cpu, 0, 0, random.below(this.#slots));
        return;
      case "giveLoose": {
        const pfn = loose[random.below(loose.length)];
        if (pfn === undefined || taken.has(pfn)) return;
        taken.add(pfn);
        const how = random.pick([Op.RELEASE, Op.RELEASE, Op.RELEASE_DIRECT, Op.SPLIT_RELEASE]);
        const flags =
          how === Op.RELEASE && random.oneIn(8) ? random.pick([CommandFlag.LOOSE, CommandFlag.NO_DRAIN]) : 0;
        script.push(how, cpu, book.loose.get(pfn) ?? 0, flags, pfn);
        return;
      }
      case "bulk":
        script.push(Op.BULK_ALLOCATE, cpu, 0, 0, random.pick(GFPS), random.pick(this.#zones));
        return;
      case "pin":
        script.push(
          Op.PIN,
          cpu,
          0,
          0,
          machine.views.startPfn + random.below(machine.views.frameCount),
          random.below(3),
          9,
        );
        return;
      case "unpin":
        script.push(Op.UNPIN, cpu, 0, 0, 0, 1 + random.below(machine.views.level(LevelWord.PINS_USED) + 1));
        return;
      default:
        this.#rarer(draw, script, machine, book, cpu, taken);
    }
  }

  #rarer(draw: Draw, script: Script, machine: Machine, book: Book, cpu: number, taken: Set<number>): void {
    const { random } = this;
    switch (draw) {
      case "cma":
      case "begin": {
        if (machine.cma.names.length === 0) return;
        const area = random.below(machine.cma.names.length);
        const { pages } = machine.cma.area(area);
        const wanted = 1 + random.below(random.pick([8, 64, pages]));
        script.push(
          draw === "cma" ? Op.CMA_ALLOCATE : Op.CMA_BEGIN,
          cpu,
          random.below(random.pick([1, 6, 12])),
          0,
          area,
          Math.min(wanted, pages),
        );
        return;
      }
      case "cmaRelease": {
        const window = book.windows[random.below(book.windows.length)];
        // Once in a batch: afterwards these pages may be another's.
        if (window === undefined || taken.has(-1 - window.pfn)) return;
        taken.add(-1 - window.pfn);
        const bit = 2 ** machine.cma.area(window.area).orderPerBit;
        const half = Math.floor(window.pages / 2 / bit) * bit;
        const [from, pages] = random.pick([
          [0, window.pages],
          [0, half],
          [half, window.pages - half],
        ] as const);
        script.push(Op.CMA_RELEASE, cpu, 0, 0, window.area, window.pfn + from, pages);
        return;
      }
      case "step": {
        const requests = [...book.requests.keys()];
        if (requests.length === 0) return;
        const until = random.oneIn(3)
          ? random.pick([RequestState.TEST, RequestState.DONE, RequestState.SCAN])
          : 0;
        script.push(Op.CMA_STEP, 0, 0, random.oneIn(40) ? CommandFlag.KILL : 0, random.pick(requests), until);
        return;
      }
      case "compact":
        script.push(
          Op.COMPACT,
          cpu,
          random.below(this.#maxOrder + 1),
          0,
          random.pick(this.#zones),
          random.below(3),
        );
        return;
      case "kswapd":
        script.push(Op.RUN_KSWAPD, cpu);
        return;
      case "misuse":
        script.push(
          random.pick(HARMLESS),
          cpu,
          random.below(20),
          0,
          random.below(1 << 30),
          random.below(70),
          random.below(70),
        );
        return;
      default:
        this.#upkeep(script, cpu);
    }
  }

  #upkeep(script: Script, cpu: number): void {
    const { random } = this;
    const zone = random.pick(this.#zones);
    switch (random.below(9)) {
      case 0:
        script.push(Op.DRAIN_ALL, cpu, 0, 0, random.oneIn(2) ? zone + 1 : 0);
        return;
      case 1:
        script.push(Op.DRAIN_PCP, cpu, 0, 0, zone, random.below(64), random.below(14));
        return;
      case 2:
        script.push(Op.DECAY, cpu, 0, 0, zone);
        return;
      case 3:
        script.push(Op.FOLD, cpu, 0, 0, random.oneIn(2) ? zone + 1 : 0, random.below(2));
        return;
      case 4:
        script.push(Op.SET_BOOST, cpu, 0, 0, zone, random.oneIn(2) ? 0 : random.below(256));
        return;
      case 5: {
        const flag = random.pick([ZoneFlag.BOOSTED, ZoneFlag.RECLAIM_ACTIVE, ZoneFlag.BELOW_HIGH]);
        script.push(Op.SET_ZONE_FLAG, cpu, 0, 0, zone, flag, random.below(2));
        return;
      }
      case 6:
        script.push(Op.HINT_MOVABLE, cpu, 0, 0, random.below(512));
        return;
      default:
        script.push(Op.TICK, cpu);
    }
  }
}
