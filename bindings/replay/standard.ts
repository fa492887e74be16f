// Knows: following a workload with nothing but the standard tracepoints, and how often the machine foresaw the frame.
// Must not know: LAB lines; how files are read or the result printed.
//
// What tracepoints hide (bulk allocations, counter folds, decay, kswapd's flags) makes the machine miss. It foresees
// each frame from its own lists and rules; sizes of refills and the pages of drains it takes from the trace, which
// has them before (mm_page_alloc_zone_locked) and after (mm_page_pcpu_drain). After a miss it is brought to what the
// trace proves:
// - the frame is further down in the same per-CPU list: the pages before it went to alloc_pages_bulk, unseen;
// - a refill brought other pages than foreseen: the list becomes what the trace shows;
// - otherwise the frame is taken from wherever it is, and the foreseen page goes back to the head of its list;
// - a page freed that the machine thinks free was allocated unseen.

import { CommandFlag } from "../../assembly/abi/command_word.js";
import { FrameKind, Gfp, Migratetype, Op, Status } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Capture } from "../importers/capture/capture.js";
import type { CaptureTrace } from "../importers/capture/trace/columns.js";
import { FIRST_LAB_KIND, TraceKind } from "../importers/capture/trace/kinds.js";
import { type CreateOptions, Machine } from "../machine/machine.js";
import { Commit, commitPoints } from "./commits.js";
import { SAMPLE } from "./result.js";
import { TraceReader } from "./trace_reader.js";

/** Share of allocations whose frame was foreseen. */
export interface StandardResult {
  /** Name of the capture. */
  readonly capture: string;
  /** `uname -r` of the kernel that it is of. */
  readonly kernel: string;
  /** Allocations with a frame in the trace. */
  readonly allocations: number;
  /** Those whose frame was foreseen. */
  readonly predicted: number;
  /** predicted / allocations; 1 for a trace without allocations. */
  readonly share: number;
  /** Misses that were put right by taking the frame, by kind. */
  readonly missed: {
    /** Further down in the same per-CPU list. */
    readonly hiddenBulk: number;
    /** In the free lists, or on another per-CPU list. */
    readonly elsewhere: number;
    /** The machine had it allocated. */
    readonly held: number;
    /** The machine found no page at all. */
    readonly failed: number;
  };
  /** Frees of pages that the machine thought free. */
  readonly unseenAllocations: number;
  /** Time inside the core per operation; depends on the machine it runs on. */
  readonly nsPerOperation: number;
}

/** How far down a per-CPU list a frame may be for the pages before it to count as taken in bulk. */
const BULK_LIMIT = 512;

/**
 * The pages taken from the free lists since the last allocation of a CPU. Claims and steals of fallbacks have their
 * own event (mm_page_alloc_extfrag) and, except for claims below a pageblock, no mm_page_alloc_zone_locked.
 */
class Refills {
  readonly #pages = new Map<number, number[]>();
  readonly #pindex = new Map<number, number>();

  constructor(
    readonly trace: CaptureTrace,
    readonly reader: TraceReader,
  ) {}

  note(i: number): void {
    const cpu = this.trace.cpu[i] ?? 0;
    const isFallback = this.trace.kind[i] === TraceKind.MM_PAGE_ALLOC_EXTFRAG;
    const order = this.reader.number(i, isFallback ? "alloc_order" : "order");
    const type = this.reader.number(i, isFallback ? "alloc_migratetype" : "migratetype");
    if (order > 3) return;
    const pfn = this.reader.number(i, "pfn");
    const pages = this.#pages.get(cpu) ?? [];
    if (pages.at(-1) !== pfn) pages.push(pfn);
    this.#pages.set(cpu, pages);
    this.#pindex.set(cpu, order * 3 + (type > 2 ? 1 : type));
  }

  /** The pages in the order obtained; forgets them. */
  take(cpu: number): readonly number[] {
    const pages = this.#pages.get(cpu) ?? [];
    if (pages.length > 0) this.#pages.set(cpu, []);
    return pages;
  }

  /** The list that the last noted page belongs to. */
  pindex(cpu: number): number {
    return this.#pindex.get(cpu) ?? 0;
  }
}

/**
 * Follows a trace of the standard tracepoints alone: takes the frames that the kernel took, and counts how
 * many it foresaw.
 */
export class StandardReplay {
  readonly #machine: Machine;
  readonly #capture: Capture;
  readonly #trace: CaptureTrace;
  readonly #reader: TraceReader;
  readonly #commits: Uint8Array;
  readonly #refills: Refills;
  readonly #missed = { hiddenBulk: 0, elsewhere: 0, held: 0, failed: 0 };
  #allocations = 0;
  #predicted = 0;
  #unseenAllocations = 0;
  #operations = 0;
  #milliseconds = 0;

  private constructor(machine: Machine, capture: Capture, trace: CaptureTrace) {
    this.#machine = machine;
    this.#capture = capture;
    this.#trace = trace;
    this.#reader = new TraceReader(trace);
    this.#commits = commitPoints(trace, this.#reader, false);
    this.#refills = new Refills(trace, this.#reader);
  }

  /** Replays `trace`, the capture's own, from the state before it. @throws CaptureError when the kernel is not modelled */
  static async run(
    capture: Capture,
    trace: CaptureTrace,
    options: CreateOptions = {},
    progress: (done: number) => void = () => {},
  ): Promise<StandardResult> {
    using machine = await Machine.fromState(capture.before, options);
    return new StandardReplay(machine, capture, trace).#run(progress);
  }

  #run(progress: (done: number) => void): StandardResult {
    for (let i = 0; i < this.#trace.length; i++) {
      const kind = this.#trace.kind[i] as TraceKind;
      if (kind === TraceKind.MM_PAGE_ALLOC) this.#allocate(i);
      else if (kind === TraceKind.MM_PAGE_ALLOC_ZONE_LOCKED) this.#taken(i);
      else if (kind === TraceKind.MM_PAGE_ALLOC_EXTFRAG) this.#refills.note(i);
      else if (kind === TraceKind.MM_PAGE_PCPU_DRAIN) this.#drain(i);
      else if (kind < FIRST_LAB_KIND && this.#commits[i] !== Commit.NONE) this.#release(i);
      if ((i & 0x3fff) === 0) progress(i);
    }
    return {
      capture: this.#capture.name,
      kernel: this.#capture.before.release,
      allocations: this.#allocations,
      predicted: this.#predicted,
      share: this.#allocations > 0 ? this.#predicted / this.#allocations : 1,
      missed: { ...this.#missed },
      unseenAllocations: this.#unseenAllocations,
      nsPerOperation: this.#operations > 0 ? (this.#milliseconds * 1e6) / this.#operations : 0,
    };
  }

  #perform(op: Op, cpu: number, order: number, flags: number, a: number, b = 0): Status {
    const commands = this.#machine.commands;
    commands.clear();
    commands.append(op, cpu, order, flags, a, b, 0);
    if (this.#operations % SAMPLE === 0) {
      const begin = performance.now();
      commands.execute();
      this.#milliseconds += (performance.now() - begin) * SAMPLE;
    } else commands.execute();
    this.#operations += 1;
    return commands.status(0);
  }

  #allocate(i: number): void {
    const cpu = this.#trace.cpu[i] ?? 0;
    const pfn = this.#reader.number(i, "pfn");
    const order = this.#reader.number(i, "order");
    const gfp = this.#reader.number(i, "gfp_flags");
    const refill = this.#refills.take(cpu);
    if (pfn === 0) return;
    this.#allocations += 1;
    const wasListed = this.#machine.views.frame(pfn).kind === FrameKind.PCP;
    if (refill.length > 0) this.#perform(Op.HINT_REFILL, cpu, 0, 0, refill.length);
    // Only successes are foreseen: where the stale counters say no, the frame is what the lists would have given.
    let status = this.#perform(Op.ALLOCATE, cpu, order, 0, gfp);
    if (status !== Status.OK) status = this.#perform(Op.ALLOCATE, cpu, order, 0, gfp | Gfp.MEMALLOC);
    const got = status === Status.OK ? this.#machine.commands.pfn(0) : 0;
    if (got === pfn) this.#predicted += 1;
    else if (got === 0) this.#missed.failed += 1;
    if (got !== pfn) this.#correct(pfn, order, got, cpu, wasListed);
    if (refill.length > 1) this.#correctRefill(refill, pfn, order, cpu);
  }

  #correct(pfn: number, order: number, got: number, cpu: number, wasListed: boolean): void {
    const ahead = got !== 0 && wasListed ? this.#pagesAhead(pfn, cpu) : undefined;
    if (ahead !== undefined) {
      this.#missed.hiddenBulk += 1;
      for (const page of ahead) this.#perform(Op.TAKE_FREE, cpu, order, 0, page);
      this.#perform(Op.TAKE_FREE, cpu, order, 0, pfn);
      return;
    }
    if (got !== 0) this.#perform(Op.UNTAKE, cpu, order, 0, got);
    const taken = this.#perform(Op.TAKE_FREE, cpu, order, 0, pfn);
    if (taken !== Status.OK) this.#perform(Op.TAKE_FREE, cpu, order, CommandFlag.FORCE, pfn);
    if (got === 0) return;
    if (taken === Status.OK) this.#missed.elsewhere += 1;
    else this.#missed.held += 1;
  }

  /** After a refill the list holds exactly the pages that came with it, in that order, but for the one handed out. */
  #correctRefill(refill: readonly number[], pfn: number, order: number, cpu: number): void {
    const { views } = this.#machine;
    const rest = refill.filter((page) => page !== pfn);
    const sample = views.frame(pfn);
    const pindex = this.#refills.pindex(cpu);
    const list = views.pcpList(cpu, sample.zone, pindex);
    if (list.length === rest.length && rest.every((page, at) => list[at] === page)) return;
    const wanted = new Set(rest);
    for (const page of list) if (!wanted.has(page)) this.#perform(Op.DRAIN_PAGE, cpu, 0, 0, page);
    const own = rest.filter((page) => this.#perform(Op.TAKE_FREE, cpu, order, 0, page) === Status.OK);
    for (const page of own.reverse()) this.#perform(Op.UNTAKE, cpu, order, 0, page);
  }

  /** The pages before `pfn` in its per-CPU list on this CPU; undefined when it is not there, or too far down. */
  #pagesAhead(pfn: number, cpu: number): number[] | undefined {
    const { views } = this.#machine;
    const { kind, zone } = views.frame(pfn);
    if (kind !== FrameKind.PCP) return undefined;
    for (let pindex = 0; pindex < views.pcpLists; pindex++) {
      const ahead = views.pcpListUntil(cpu, zone, pindex, pfn, BULK_LIMIT);
      if (ahead !== undefined) return ahead;
    }
    return undefined;
  }

  #release(i: number): void {
    const r = this.#reader;
    const cpu = this.#trace.cpu[i] ?? 0;
    const pfn = r.number(i, "pfn");
    const isBatched = this.#trace.kind[i] === TraceKind.MM_PAGE_FREE_BATCHED;
    const order = isBatched ? (r.batchedOrder(i) ?? 0) : r.number(i, "order");
    if (this.#perform(Op.RELEASE, cpu, order, CommandFlag.LOOSE | CommandFlag.NO_DRAIN, pfn) === Status.OK)
      return;
    this.#unseenAllocations += 1;
    if (this.#perform(Op.TAKE_FREE, cpu, order, 0, pfn) === Status.OK) {
      this.#perform(Op.RELEASE, cpu, order, CommandFlag.LOOSE | CommandFlag.NO_DRAIN, pfn);
    }
  }

  /** A page leaves a list of another type than HIGHATOMIC: its block was given back by direct reclaim, unseen. */
  #taken(i: number): void {
    this.#refills.note(i);
    const pfn = this.#reader.number(i, "pfn");
    const type = this.#reader.number(i, "migratetype");
    if (type === Migratetype.HIGHATOMIC || this.#typeOf(pfn) !== Migratetype.HIGHATOMIC) return;
    this.#perform(Op.RETYPE, this.#trace.cpu[i] ?? 0, 0, 0, pfn, type);
  }

  #typeOf(pfn: number): number {
    const { views } = this.#machine;
    return (
      views.pageblocks[Math.floor((pfn - views.startPfn) / 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER))] ??
      0
    );
  }

  /** Each drained page names its pageblock's type: the machine believes it, then drains the page. */
  #drain(i: number): void {
    const pfn = this.#reader.number(i, "pfn");
    const type = this.#reader.number(i, "migratetype");
    if (this.#typeOf(pfn) !== type) this.#perform(Op.RETYPE, this.#trace.cpu[i] ?? 0, 0, 0, pfn, type);
    if (this.#machine.views.frame(pfn).kind !== FrameKind.PCP) return;
    this.#perform(Op.DRAIN_PAGE, this.#trace.cpu[i] ?? 0, 0, 0, pfn);
  }
}
