// Knows: the CMA areas of one machine: allocate, release, look, and why a window was not to be had.
// Must not know: how the core does it, virtual time.

import { askedOf, CommandFlag } from "../../assembly/abi/command_word.js";
import { type BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { MAX_RANGES, WINDOW_CAPACITY } from "../../assembly/abi/limits.js";
import type { Effort, WindowRule } from "../../assembly/abi/proposals.js";
import { WindowWord } from "../../assembly/abi/records.js";
import { Errno, Op, Status } from "../../assembly/abi/vocabulary.js";
import { AreaWord, CommandWord, RangeWord, RequestWord, StatWord } from "../../assembly/abi/words.js";
import type { CommandBuffer } from "../engine/commands.js";
import type { Engine } from "../engine/engine.js";
import { MachineError } from "../engine/errors.js";
import type { Pfn } from "../engine/units.js";

/** One contiguous range of an area. Frames and pages. */
export interface RangeView {
  /** First frame. */
  readonly basePfn: number;
  /** Length in pages. */
  readonly pages: number;
  /** Bits of its bitmap. */
  readonly bits: number;
}

/** One area as sysfs and debugfs show it. Pages. */
export interface AreaView {
  /** Its place in cma_areas[]. */
  readonly index: number;
  /** As described. */
  readonly name: string;
  /** Size of all ranges. */
  readonly pages: number;
  /** Not given out by cma_alloc; movable pages may live there. */
  readonly available: number;
  /** Pages per bitmap bit as a power of two. */
  readonly orderPerBit: number;
  /** Its contiguous pieces, in the order in which they are searched. */
  readonly ranges: readonly RangeView[];
  /** alloc_pages_success of sysfs: pages that requests got. */
  readonly allocPagesSuccess: number;
  /** alloc_pages_fail of sysfs: pages that requests did not get. */
  readonly allocPagesFail: number;
  /** release_pages_success of sysfs: pages given back. */
  readonly releasePagesSuccess: number;
}

/** One cma_alloc(). */
export interface CmaRequestOptions {
  /** Index or name. */
  readonly area: number | string;
  /** Pages. */
  readonly pages: number;
  /** Order of the alignment, default 0; the DMA layer asks min(get_order(pages), CONFIG_CMA_ALIGNMENT = 8). */
  readonly align?: number;
  /** CPU that asks; 0 when absent. */
  readonly cpu?: number;
  /** Sleeps between sweeps, 0 to 1,000; absent: as the area's policy says. */
  readonly retries?: number;
  /** How hard it tries; absent: as the area's policy says. */
  readonly effort?: Effort;
  /** Which free window it tries; absent: as the area's policy says. */
  readonly window?: WindowRule;
}

/** One window that was tried, in order. */
export interface WindowTried {
  /** First frame of the window. */
  readonly start: number;
  /** Why it was not to be had; NONE for the one that was taken. */
  readonly errno: Errno;
  /** First frame that kept it from being taken; 0 when there is none to name. */
  readonly blocker: number;
  /** What the blocker is. */
  readonly reason: BlockReason;
}

/** A failed request is a measurement, not an exception. */
export interface CmaResult {
  /** The request got its pages. */
  readonly ok: boolean;
  /** First frame; 0 when it failed. */
  readonly pfn: Pfn;
  /**
   * 0; -ENOMEM where no window fitted (up to 6.14) or a page found no target; -EBUSY where windows were busy, from 6.15
   * on also where none fitted; -EINTR where a fatal signal ended it.
   */
  readonly errno: Errno;
  /** Windows that were isolated, or tried to be. */
  readonly windowsTried: number;
  /** Windows given up with -EBUSY, after which the search went on. */
  readonly busyRetries: number;
  /** Pages moved out of the way. */
  readonly pagesMigrated: number;
  /** Clean file pages dropped instead of moved. */
  readonly pagesReclaimed: number;
  /** The windows in the order tried; the last WINDOW_CAPACITY of them. */
  readonly windows: readonly WindowTried[];
}

/** cma_alloc under way: between two steps pages may be pinned, freed, allocated. */
export class CmaRequest {
  readonly #cma: Cma;
  readonly #id: number;
  readonly #firstWindow: number;
  #state = RequestState.SEARCH;
  #result: CmaResult | undefined;

  /** @internal */
  constructor(cma: Cma, id: number, firstWindow: number) {
    this.#cma = cma;
    this.#id = id;
    this.#firstWindow = firstWindow;
  }

  /** Where it stands, after the last step. */
  get state(): RequestState {
    return this.#state;
  }

  /** Set once the state is DONE. */
  get result(): CmaResult | undefined {
    return this.#result;
  }

  /** The window tried at the moment, frames [start, end). Meaningful from ISOLATE on. */
  get window(): { readonly start: number; readonly end: number } {
    return {
      start: this.#cma.requestWord(this.#id, RequestWord.START) >>> 0,
      end: this.#cma.requestWord(this.#id, RequestWord.END) >>> 0,
    };
  }

  /** One step of the state machine; answers the state after it. WAITING, and nothing changed, while cma_mutex is held. */
  step(): RequestState {
    return this.#advance(0, false);
  }

  /** Steps until a state is reached, or the request ends, or has to wait. */
  runUntil(state: RequestState): RequestState {
    return this.#advance(state, false);
  }

  /** Steps to the end. @throws MachineError LOCKED when it has to wait for another request */
  run(): CmaResult {
    if (this.#result === undefined) this.#advance(RequestState.DONE, false);
    if (this.#result === undefined) throw new MachineError(Status.LOCKED, `cma_alloc request ${this.#id}`);
    return this.#result;
  }

  /**
   * A fatal signal, noticed where the kernel looks for one: before it collects or retries pages. The request runs on until
   * there, gives everything back and ends with -EINTR; one that has no pages left to move ends as if there were no signal.
   * Undefined: it sleeps on cma_mutex, where no signal wakes it, and is to be stepped on.
   */
  kill(): CmaResult | undefined {
    if (this.#result === undefined) this.#advance(0, true);
    return this.#result;
  }

  #advance(until: number, kill: boolean): RequestState {
    if (this.#result !== undefined) return RequestState.DONE;
    const step = this.#cma.stepRequest(this.#id, until, kill);
    this.#state = step.state;
    if (step.done) this.#result = this.#cma.resultOf(this.#id, this.#firstWindow);
    return this.#state;
  }
}

/** The areas of a machine. Reached as `machine.cma`. */
export class Cma {
  readonly #engine: Engine;
  readonly #commands: CommandBuffer;
  /** By index. */
  readonly names: readonly string[];

  /** @internal */
  constructor(engine: Engine, commands: CommandBuffer, names: readonly string[]) {
    this.#engine = engine;
    this.#commands = commands;
    this.names = names;
  }

  /** All areas as they are now. */
  get areas(): AreaView[] {
    return this.names.map((_, index) => this.area(index));
  }

  /** @throws MachineError BAD_AREA for an index or a name that no area has */
  indexOf(area: number | string): number {
    const index = typeof area === "string" ? this.names.indexOf(area) : area;
    if (Number.isInteger(index) && index >= 0 && index < this.names.length) return index;
    throw new MachineError(
      Status.BAD_AREA,
      `area ${JSON.stringify(area)} (areas: ${this.names.join(", ") || "none"})`,
    );
  }

  /** One area as it is now, by index or name. @throws MachineError BAD_AREA */
  area(which: number | string): AreaView {
    const index = this.indexOf(which);
    const words = this.#engine.words(Region.AREAS);
    const word = (w: AreaWord) => words[index * AreaWord.COUNT + w] ?? 0;
    return {
      index,
      name: this.names[index] ?? "",
      pages: word(AreaWord.PAGES),
      available: word(AreaWord.AVAILABLE),
      orderPerBit: word(AreaWord.ORDER_PER_BIT),
      ranges: Array.from({ length: word(AreaWord.NR_RANGES) }, (_, nth) => this.#range(index, nth)),
      allocPagesSuccess: word(AreaWord.ALLOC_PAGES_SUCCESS),
      allocPagesFail: word(AreaWord.ALLOC_PAGES_FAIL),
      releasePagesSuccess: word(AreaWord.RELEASE_PAGES_SUCCESS),
    };
  }

  #rangeWord(area: number, nth: number, word: RangeWord): number {
    return this.#engine.unsigned(Region.RANGES)[(area * MAX_RANGES + nth) * RangeWord.COUNT + word] ?? 0;
  }

  #range(area: number, nth: number): RangeView {
    return {
      basePfn: this.#rangeWord(area, nth, RangeWord.BASE_PFN),
      pages: this.#rangeWord(area, nth, RangeWord.PAGES),
      bits: this.#rangeWord(area, nth, RangeWord.BITS),
    };
  }

  /** A copy of a range's bitmap: u32 words, LSB first, 1 = given out. As debugfs `bitmap` prints it. */
  bitmap(which: number | string, nth = 0): Uint32Array {
    const area = this.indexOf(which);
    const first = this.#rangeWord(area, nth, RangeWord.BITMAP);
    const words = Math.ceil(this.#rangeWord(area, nth, RangeWord.BITS) / 32);
    return this.#engine.unsigned(Region.CMA_BITMAPS).slice(first, first + words);
  }

  /**
   * cma_alloc() from beginning to end. @throws MachineError for arguments that mean nothing, and LOCKED where it would
   * sleep, because a request under way holds cma_mutex; nothing changed
   */
  allocate(options: CmaRequestOptions): CmaResult {
    const firstWindow = this.#windowsSoFar();
    return this.resultOf(this.#ask(Op.CMA_ALLOCATE, options, CommandWord.SLOW), firstWindow);
  }

  /** cma_alloc() to be driven step by step. @throws MachineError BAD_AREA, BAD_COUNT, BAD_ALIGN, NO_REQUEST_FREE */
  begin(options: CmaRequestOptions): CmaRequest {
    const firstWindow = this.#windowsSoFar();
    return new CmaRequest(this, this.#ask(Op.CMA_BEGIN, options, CommandWord.PFN), firstWindow);
  }

  /** The number of the request, which is in this word of the answer. */
  #ask(op: Op, options: CmaRequestOptions, answer: CommandWord): number {
    const { area, pages, align = 0, cpu = 0, retries, effort, window } = options;
    const index = this.indexOf(area);
    const isPlain = retries === undefined && effort === undefined && window === undefined;
    const asked = isPlain ? 0 : this.#askedOf(options);
    this.#checkNumber(Status.BAD_COUNT, "pages", pages, 2 ** 31 - 1);
    this.#checkNumber(Status.BAD_ALIGN, "align", align, 30);
    this.#run(op, `cma_alloc of ${pages} pages, align ${align}`, cpu, align, index, pages, asked);
    return this.#engine.unsigned(Region.COMMANDS)[answer] ?? 0;
  }

  #askedOf({ retries, effort, window }: CmaRequestOptions): number {
    this.#checkNumber(Status.BAD_POLICY, "retries", retries ?? 0, 1_000);
    this.#checkNumber(Status.BAD_POLICY, "effort", effort ?? 0, 6);
    this.#checkNumber(Status.BAD_POLICY, "window", window ?? 0, 6);
    return askedOf(retries ?? -1, effort ?? -1, window ?? -1);
  }

  /** cma_release() of exactly what was, or a whole part of what was given out. @throws MachineError NOT_IN_AREA */
  release(area: number | string, pfn: number, pages: number, cpu = 0): void {
    const index = this.indexOf(area);
    this.#checkNumber(Status.BAD_COUNT, "pages", pages, 2 ** 31 - 1);
    this.#checkNumber(Status.BAD_PFN, "pfn", pfn, 2 ** 32 - 1);
    this.#run(Op.CMA_RELEASE, `cma_release of ${pages} pages at pfn ${pfn}`, cpu, 0, index, pfn, pages);
  }

  #checkNumber(status: Status, what: string, value: number, most: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= most) return;
    throw new MachineError(status, `${what} ${String(value)}`);
  }

  #run(op: Op, what: string, cpu: number, order: number, a: number, b: number, c: number): void {
    this.#commands.clear();
    this.#commands.append(op, cpu, order, 0, a, b, c);
    this.#commands.execute();
    const status = this.#commands.status(0);
    this.#commands.clear();
    if (status >= Status.BAD_COMMAND) throw new MachineError(status, what);
  }

  #windowsSoFar(): number {
    return this.#engine.unsigned(Region.STATS)[StatWord.WINDOWS] ?? 0;
  }

  /** @internal */
  requestWord(request: number, word: RequestWord): number {
    return this.#engine.words(Region.REQUESTS)[request * RequestWord.COUNT + word] ?? 0;
  }

  /** @internal */
  stepRequest(
    request: number,
    until: number,
    kill: boolean,
  ): { readonly state: RequestState; readonly done: boolean } {
    this.#commands.clear();
    this.#commands.append(Op.CMA_STEP, 0, 0, kill ? CommandFlag.KILL : 0, request, until, 0);
    this.#commands.execute();
    const status = this.#commands.status(0);
    const detail = this.#commands.detail(0) | 0;
    this.#commands.clear();
    if (status >= Status.BAD_COMMAND) throw new MachineError(status, `cma_alloc request ${request}`);
    const done = status === Status.NO_PAGE || detail <= 0;
    return { state: done ? RequestState.DONE : detail, done };
  }

  /** What an ended request left in its record, which stands until the next request begins. @internal */
  resultOf(request: number, firstWindow: number): CmaResult {
    const word = (w: RequestWord) => this.requestWord(request, w);
    const errno = word(RequestWord.ERROR) as Errno;
    return {
      ok: errno === Errno.NONE,
      pfn: (errno === Errno.NONE ? word(RequestWord.PFN) >>> 0 : 0) as Pfn,
      errno,
      windowsTried: word(RequestWord.WINDOWS),
      busyRetries: word(RequestWord.BUSY_RETRIES),
      pagesMigrated: word(RequestWord.PAGES_MIGRATED),
      pagesReclaimed: word(RequestWord.PAGES_RECLAIMED),
      windows: this.#windows(request, firstWindow),
    };
  }

  #windows(request: number, first: number): WindowTried[] {
    const words = this.#engine.unsigned(Region.WINDOWS);
    const end = this.#windowsSoFar();
    const found: WindowTried[] = [];
    for (let nth = Math.max(first, end - WINDOW_CAPACITY); nth < end; nth++) {
      const at = (nth % WINDOW_CAPACITY) * WindowWord.COUNT;
      if (words[at + WindowWord.REQUEST] !== request) continue;
      found.push({
        start: words[at + WindowWord.START] ?? 0,
        errno: ((words[at + WindowWord.ERROR] ?? 0) | 0) as Errno,
        blocker: words[at + WindowWord.BLOCKER] ?? 0,
        reason: words[at + WindowWord.REASON] ?? 0,
      });
    }
    return found;
  }
}
