// Knows: the steps of a walk that concern single pages: allocations, frees, pins, contents; with the book of who holds what.
// Must not know: areas and requests (walk.ts), which walks are worth taking.

import { contentOf } from "../../assembly/abi/frame_word.js";
import { Gfp, Mobility, Op, PageFlag, PageLife, PinKind, Status } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, StatWord } from "../../assembly/abi/words.js";
import { GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_NOWAIT } from "../../bindings/engine/gfp.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { Book, Held } from "./book.js";
import { CONTENT } from "./small.js";
import type { Step } from "./walk_ops.js";

/** Words of a content as one number, the command's argument. */
function contentNumber({
  mobility = Mobility.FIXED,
  life = PageLife.KERNEL,
  flags = 0,
}: {
  mobility?: Mobility;
  life?: PageLife;
  flags?: number;
}): number {
  return contentOf(mobility, life, flags);
}

const MOVABLE = [
  CONTENT.anon,
  CONTENT.anon,
  CONTENT.active,
  CONTENT.file,
  CONTENT.mapped,
  CONTENT.dirty,
  CONTENT.writeback,
  CONTENT.locked,
  CONTENT.balloon,
  CONTENT.balloon,
].map(contentNumber);
const FIXED_MASKS = [GFP_KERNEL, GFP_KERNEL | Gfp.RECLAIMABLE, GFP_ATOMIC, GFP_NOWAIT];
/** Random numbers tell which of these a large movable page is. */
const LARGE = [CONTENT.anon, CONTENT.active, CONTENT.dirty].map(contentNumber);

/** How often each answer came: what a walk must have met to be worth anything. */
export type Tally = Map<string, number>;

export abstract class PageWalk implements Disposable {
  private readonly cpus: number;
  private seen = -1;

  protected constructor(
    readonly machine: Machine,
    readonly book: Book,
    readonly tally: Tally,
  ) {
    this.cpus = machine.views.config(ConfigWord.NR_CPUS);
  }

  [Symbol.dispose](): void {
    this.machine.dispose();
  }

  protected count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  /** Has the machine freed or moved pages since it was last asked? */
  protected hasMoved(): boolean {
    const { views } = this.machine;
    const sum =
      views.stat(StatWord.RELEASES) +
      views.stat(StatWord.PAGES_MIGRATED) +
      views.stat(StatWord.PAGES_SWAPPED_OUT);
    const moved = sum !== this.seen;
    this.seen = sum;
    return moved;
  }

  protected command(op: Op, cpu: number, order: number, a = 0, b = 0, c = 0, flags = 0): Status {
    const { commands } = this.machine;
    commands.clear();
    commands.append(op, cpu % this.cpus, order, flags, a, b, c);
    commands.execute();
    return commands.status(0);
  }

  protected get detail(): number {
    return this.machine.commands.detail(0) | 0;
  }

  protected get pfn(): number {
    return this.machine.commands.pfn(0);
  }

  protected expectOk(status: Status): string | undefined {
    return status === Status.OK ? undefined : `refused: ${Status[status]}`;
  }

  protected allocate({ cpu, pick, order, what }: Step): string | undefined {
    const movable = pick % 4 !== 0;
    const slot = this.book.takeSlot();
    const large =
      order > 0 ? (LARGE[what % LARGE.length] as number) : (MOVABLE[what % MOVABLE.length] as number);
    const content = movable ? large : 0;
    const fixed = FIXED_MASKS[what % FIXED_MASKS.length] as number;
    const gfp = (movable ? GFP_HIGHUSER_MOVABLE : fixed) | (order > 0 && movable ? Gfp.COMP : 0);
    const status = this.command(Op.ALLOCATE, cpu, order, gfp, slot + 1, content);
    if (status === Status.OK) {
      this.count(`allocate order ${Math.min(order, 1)}`);
      this.book.held.push({ slot, order, content, pins: 0, pfn: this.pfn });
      return undefined;
    }
    this.book.returnSlot(slot);
    this.count(`allocate: ${Status[status]}`);
    return status < Status.BAD_COMMAND ? undefined : `allocate refused: ${Status[status]}`;
  }

  protected someHeld(pick: number): Held | undefined {
    return this.book.held[pick % this.book.held.length];
  }

  protected forget(held: Held): void {
    const { book } = this;
    const at = book.held.indexOf(held);
    book.held[at] = book.held.at(-1) as Held;
    book.held.pop();
    book.returnSlot(held.slot);
  }

  protected release({ kind, cpu, pick, what }: Step): string | undefined {
    const held = this.someHeld(pick);
    if (held === undefined) return undefined;
    const { pfn, order, slot, pins } = held;
    if (pfn === 0 || kind === "release") {
      const bySlot = pfn === 0 || what % 2 === 0;
      const status = bySlot
        ? this.command(Op.RELEASE_SLOT, cpu, 0, slot)
        : this.command(Op.RELEASE, cpu, order, pfn);
      this.forget(held);
      if (pins > 0) this.book.orphans.set(pfn, order);
      this.count(pins > 0 ? "release of a pinned page" : "release");
      return this.expectOk(status);
    }
    const status = this.command(kind === "direct" ? Op.RELEASE_DIRECT : Op.SPLIT_RELEASE, cpu, order, pfn);
    if (pins > 0)
      return status === Status.BAD_PIN ? undefined : `${kind} release of a pinned page: ${Status[status]}`;
    this.forget(held);
    return this.expectOk(status);
  }

  protected pin({ cpu, pick, what }: Step): string | undefined {
    const buffer = this.book.buffers[pick % this.book.buffers.length];
    const held = what % 8 === 0 && buffer !== undefined ? undefined : this.someHeld(pick);
    const pfn = held?.pfn ?? (buffer === undefined ? 0 : buffer.pfn + (what % buffer.pages));
    if (pfn === 0 || this.book.pins.length > 40) return undefined;
    const kind =
      held === undefined
        ? PinKind.SHORT
        : (what >> 3) % 6 === 0
          ? PinKind.LONGTERM
          : what % 2
            ? PinKind.SHORT
            : PinKind.PAGE_CACHE;
    const status = this.command(Op.PIN, cpu, 0, pfn, kind, what & 0xff);
    if (status === Status.NO_PAGE && kind === PinKind.LONGTERM) return undefined;
    if (status === Status.BAD_PIN) return undefined;
    if (status !== Status.OK) return `pin: ${Status[status]}`;
    const at = this.pfn;
    this.book.pins.push({ id: this.detail, pfn: at });
    this.count(`pin, ${PinKind[kind]}${at === pfn ? "" : ", moved"}`);
    if (held === undefined) return at === pfn ? undefined : "a buffer moved when it was pinned";
    held.pfn = at;
    held.pins += 1;
    return undefined;
  }

  protected unpin({ cpu, pick }: Step): string | undefined {
    const { book } = this;
    const pin = book.pins[pick % book.pins.length];
    if (pin === undefined) return undefined;
    book.pins.splice(book.pins.indexOf(pin), 1);
    const status = this.command(Op.UNPIN, cpu, 0, pin.pfn, pin.id + 1);
    const held = book.held.find(({ pfn }) => pfn === pin.pfn);
    if (held !== undefined) held.pins -= 1;
    else if (book.orphans.has(pin.pfn) && !book.pins.some(({ pfn }) => pfn === pin.pfn)) {
      book.orphans.delete(pin.pfn);
      this.count("last pin frees the page");
    }
    return this.expectOk(status);
  }

  protected setContent({ cpu, pick, what }: Step): string | undefined {
    const held = this.someHeld(pick);
    if (held === undefined || held.pfn === 0 || (held.content & 3) === Mobility.FIXED) return undefined;
    const old = held.content;
    const file = ((old >> 8) & 15) === PageLife.FILE;
    const flags = file
      ? [0, PageFlag.DIRTY, PageFlag.WRITEBACK, PageFlag.MAPPED, PageFlag.UNEVICTABLE]
      : [0, PageFlag.ACTIVE, PageFlag.DIRTY, PageFlag.MAPPED];
    held.content = (old & 0xf03) | (flags[what % flags.length] as number);
    return this.expectOk(this.command(Op.SET_CONTENT, cpu, 0, held.pfn, held.content));
  }
}
