// Knows: a machine that performs a random walk, its requests interleaved with everything else; after each step the answer
// is checked, and now and then everything.
// Must not know: which walks are worth taking.

import { CommandFlag } from "../../assembly/abi/command_word.js";
import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { contentOf, kindOf, orderOf } from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { WINDOW_CAPACITY } from "../../assembly/abi/limits.js";
import { WindowWord } from "../../assembly/abi/records.js";
import { CmaLockRule, Op, Status } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, RequestWord, StatWord } from "../../assembly/abi/words.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { fieldOf } from "../support/fields.js";
import { Book, type Buffer } from "./book.js";
import { CONTENT } from "./small.js";
import type { Step } from "./walk_ops.js";
import { PageWalk, type Tally } from "./walk_pages.js";

export class Walk extends PageWalk {
  private readonly areas: number;
  private readonly underPressure: boolean;
  private windows = 0;

  private constructor(machine: Machine, book: Book, tally: Tally) {
    super(machine, book, tally);
    this.areas = machine.cma.names.length;
    this.underPressure = machine.views.config(ConfigWord.RECLAIM) !== 0;
  }

  static begin(machine: Machine, tally: Tally = new Map()): Walk {
    const book = new Book();
    book.adopt(machine);
    return new Walk(machine, book, tally);
  }

  /** An independent copy of the machine and of the book. */
  fork(): Walk {
    return new Walk(this.machine.fork(), this.book.clone(), this.tally);
  }

  /** Performs a step. Answers what is wrong, if anything. */
  perform(step: Step): string | undefined {
    const wrong = this.act(step);
    if (wrong !== undefined) return wrong;
    return this.hasMoved() ? this.book.follow(this.machine) : undefined;
  }

  /** Everything: the machine by its own rules, the pages in use by the book. */
  check(): string | undefined {
    const { fault, name, pfn, expected, got } = this.machine.validate();
    if (fault !== 0) return `${name} at ${pfn}: expected ${expected}, got ${got}`;
    return this.book.compare(this.machine);
  }

  private act(step: Step): string | undefined {
    switch (step.kind) {
      case "allocate":
        return this.allocate(step);
      case "release":
      case "direct":
      case "split":
        return this.release(step);
      case "pin":
        return this.pin(step);
      case "unpin":
        return this.unpin(step);
      case "content":
        return this.setContent(step);
      case "begin":
        return this.begin(step);
      case "step":
      case "until":
      case "kill":
        return this.advance(step);
      case "at_once":
        return this.atOnce(step);
      case "give_back":
      case "give_back_part":
        return this.giveBack(step);
      case "drain":
        return this.expectOk(this.command(Op.DRAIN_ALL, step.cpu, 0));
      case "tick":
        return this.expectOk(this.command(Op.TICK, step.cpu, 0));
      case "fold":
        return this.expectOk(this.command(Op.FOLD, step.cpu, 0, 0, 1));
      case "misuse":
        return this.misuse(step);
      case "fork":
        return undefined;
    }
  }

  private asked({ pick, what, size }: Step): { area: number; pages: number; align: number } {
    const area = pick % this.areas;
    const { pages } = this.machine.cma.area(area);
    const most = size % 5 === 0 ? pages : Math.max(1, pages >> (1 + (size % 5)));
    return { area, pages: 1 + ((size >> 4) % most), align: what % 7 };
  }

  private begin(step: Step): string | undefined {
    const { area, pages, align } = this.asked(step);
    const status = this.command(Op.CMA_BEGIN, step.cpu, align, area, pages);
    if (status === Status.NO_REQUEST_FREE)
      return this.book.requests.length === 64 ? undefined : "no request is free";
    if (status !== Status.OK) return `cma_alloc refused: ${Status[status]}`;
    this.book.requests.push({ id: this.pfn, area, pages, align, killed: false });
    return undefined;
  }

  private advance({ kind, pick, what }: Step): string | undefined {
    const { requests } = this.book;
    const request = requests[pick % requests.length];
    if (request === undefined) return undefined;
    const from = this.stateOf(request.id);
    const waits = from === RequestState.WAITING && this.holdsLock(request.area);
    const state = kind === "until" ? 1 + (what % RequestState.DONE) : 0;
    const status = this.command(
      Op.CMA_STEP,
      0,
      0,
      request.id,
      state,
      0,
      kind === "kill" ? CommandFlag.KILL : 0,
    );
    const errno = this.detail;
    if (waits && errno !== RequestState.WAITING) return "a request went on without the lock";
    if (status === Status.OK && errno > 0) {
      this.count(`step to ${RequestState[errno]}`);
      if (kind !== "kill") return undefined;
      requests[requests.indexOf(request)] = { ...request, killed: true };
      return this.holdsLock(request.area) ? undefined : "a signal was not noticed";
    }
    requests.splice(requests.indexOf(request), 1);
    if (kind === "kill") this.count(`killed in ${RequestState[from]}: ${errno}`);
    if (errno === -4 && kind !== "kill" && !request.killed) return "-EINTR without a signal";
    return this.ended(request.area, request.pages, request.align, status, errno, this.pfn);
  }

  private met(what: string): undefined {
    this.count(what);
  }

  /** Has a request under way what one of this area would wait for? */
  private holdsLock(area: number): boolean {
    const rule = this.machine.views.config(ConfigWord.RULE_CMA_LOCK);
    if (rule === CmaLockRule.NONE) return false;
    return this.book.requests.some((request) => {
      const state = this.stateOf(request.id);
      const inside = state >= RequestState.SCAN && state <= RequestState.TEST;
      return inside && (rule === CmaLockRule.GLOBAL || request.area === area);
    });
  }

  private stateOf(request: number): RequestState {
    return this.machine.engine.words(Region.REQUESTS)[request * RequestWord.COUNT + RequestWord.STATE] ?? 0;
  }

  private atOnce(step: Step): string | undefined {
    const { area, pages, align } = this.asked(step);
    const status = this.command(Op.CMA_ALLOCATE, step.cpu, align, area, pages);
    if (status === Status.NO_REQUEST_FREE) return undefined;
    if (status === Status.LOCKED)
      return this.holdsLock(area) ? this.met("at once: LOCKED") : "nobody has the lock";
    return this.ended(area, pages, align, status, this.detail, this.pfn);
  }

  /** A request has answered. */
  private ended(
    area: number,
    pages: number,
    align: number,
    status: Status,
    errno: number,
    pfn: number,
  ): string | undefined {
    this.count(`cma_alloc ${errno}`);
    this.countWindows();
    if (status === Status.NO_PAGE) return [-4, -12, -16].includes(errno) ? undefined : `errno ${errno}`;
    if (status !== Status.OK || errno !== 0) return `cma_alloc: ${Status[status]}, ${errno}`;
    const range = this.machine.cma
      .area(area)
      .ranges.find((each) => pfn >= each.basePfn && pfn < each.basePfn + each.pages);
    if (range === undefined || pfn + pages > range.basePfn + range.pages)
      return `${pfn} is not in area ${area}`;
    if (pfn % 2 ** align !== 0) return `${pfn} is not aligned to ${align}`;
    const other = this.book.buffers.find((each) => pfn < each.pfn + each.pages && each.pfn < pfn + pages);
    if (other !== undefined) return `${pfn} is given out already, as part of ${other.pfn}`;
    this.book.buffers.push({ area, pfn, pages });
    return undefined;
  }

  /** The windows tried since it was last asked, by what was in the way. */
  private countWindows(): void {
    const { engine, views } = this.machine;
    const words = engine.unsigned(Region.WINDOWS);
    const end = views.stat(StatWord.WINDOWS);
    for (let nth = Math.max(this.windows, end - WINDOW_CAPACITY); nth < end; nth++) {
      const reason = words[(nth % WINDOW_CAPACITY) * WindowWord.COUNT + WindowWord.REASON] ?? 0;
      this.count(`window: ${BlockReason[reason]}`);
    }
    this.windows = end;
  }

  private giveBack({ kind, cpu, pick, what, size }: Step): string | undefined {
    const { book } = this;
    const buffer = book.buffers[pick % book.buffers.length];
    if (buffer === undefined) return undefined;
    const { area } = buffer;
    const bit = 2 ** this.machine.cma.area(area).orderPerBit;
    let part: Buffer = buffer;
    if (kind === "give_back_part" && buffer.pages > bit) {
      const first = Math.floor((what % buffer.pages) / bit) * bit;
      const whole = Math.ceil((1 + (size % (buffer.pages - first))) / bit) * bit;
      part = { area, pfn: buffer.pfn + first, pages: Math.min(whole, buffer.pages - first) };
    }
    book.buffers.splice(book.buffers.indexOf(buffer), 1);
    const before = part.pfn - buffer.pfn;
    const behind = buffer.pages - before - part.pages;
    if (before > 0) book.buffers.push({ area, pfn: buffer.pfn, pages: before });
    if (behind > 0) book.buffers.push({ area, pfn: part.pfn + part.pages, pages: behind });
    for (const { pfn } of book.pins) {
      if (pfn >= part.pfn && pfn < part.pfn + part.pages) book.orphans.set(pfn, 0);
    }
    this.count(before + behind > 0 ? "part of a buffer given back" : "buffer given back");
    return this.expectOk(this.command(Op.CMA_RELEASE, cpu, 0, area, part.pfn, part.pages));
  }

  /** What means nothing is refused, and changes nothing. */
  private misuse({ cpu, pick, what, size }: Step): string | undefined {
    const { book, machine } = this;
    const digest = machine.digest();
    const area = pick % this.areas;
    const range = machine.cma.area(area).ranges[0];
    const buffer = book.buffers[pick % book.buffers.length];
    const base = range?.basePfn ?? 0;
    const tries: (() => Status)[] = [
      () => this.command(Op.CMA_ALLOCATE, cpu, 0, area, 0),
      () => this.command(Op.CMA_ALLOCATE, cpu, 0, area, machine.cma.area(area).pages + 1 + (size % 99)),
      () => this.command(Op.CMA_ALLOCATE, cpu, 31, area, 1),
      () => this.command(Op.CMA_BEGIN, cpu, 0, this.areas + (size % 70), 1),
      () => this.command(Op.CMA_STEP, cpu, 0, 64 + (size % 99)),
      () => this.command(Op.CMA_RELEASE, cpu, 0, area, base - 1, 1),
      () => this.command(Op.CMA_RELEASE, cpu, 0, area, base, 0),
      () => this.command(Op.CMA_RELEASE, cpu, 0, area, base, (range?.pages ?? 0) + 1),
      () =>
        this.command(
          Op.CMA_RELEASE,
          cpu,
          0,
          ((buffer?.area ?? 0) + 1) % this.areas,
          buffer?.pfn ?? 0,
          this.areas > 1 ? 1 : 0,
        ),
      () => this.command(Op.RELEASE, cpu, 0, [...book.orphans.keys()][0] ?? 0xffff_ffff),
      () => this.command(Op.UNPIN, cpu, 0, 0, 60_000),
      () => this.command(Op.SET_CONTENT, cpu, 0, 0xffff_fff0, contentOf(0, CONTENT.anon.life, 0)),
    ];
    const status = (tries[what % tries.length] as () => Status)();
    if (status < Status.BAD_COMMAND) return `misuse ${what % tries.length}: ${Status[status]}`;
    this.count("misuse");
    return machine.digest() === digest ? undefined : `misuse ${what % tries.length} changed something`;
  }

  /** Everything is given back. Answers what is left over. */
  end(): string | undefined {
    const { book, machine } = this;
    const steps = (kind: Step["kind"]): Step => ({ kind, cpu: 0, pick: 0, order: 0, what: 0, size: 0 });
    const all = [
      ["kill", book.requests],
      ["unpin", book.pins],
      ["give_back", book.buffers],
      ["release", book.held],
    ] as const;
    for (const [kind, list] of all) {
      for (let pick = 0; list.length > 0; pick++) {
        const wrong = this.perform({ ...steps(kind), pick });
        if (wrong !== undefined) return wrong;
      }
    }
    machine.drainAll();
    machine.fold();
    if (this.underPressure) machine.runKswapd();
    const wrong = this.check();
    if (wrong !== undefined) return wrong;
    if (book.orphans.size > 0) return `${book.orphans.size} orphans`;
    const free = machine.views
      .populatedZones()
      .reduce((sum, zone) => sum + machine.views.zone(zone).freePages, 0);
    const managed = fieldOf(machine).filter((word) => kindOf(word) === 3);
    const listed = managed.reduce((sum, word) => sum + 2 ** orderOf(word), 0);
    return free === listed ? undefined : `${free} free pages counted, ${listed} in blocks`;
  }
}
