// Knows: who holds which frames, written down outside of the machine: slots, buffers given out by cma_alloc, pages that
// wait for their last pin; and how a machine's own frames are compared with that.
// Must not know: which operations come next.

import {
  contentOf,
  kindOf,
  lifeIn,
  lifeOf,
  mobilityIn,
  mobilityOf,
  orderOf,
  pinsOf,
} from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { LACKING } from "../../assembly/abi/slot.js";
import { FrameKind, Mobility, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { LevelWord } from "../../assembly/abi/words.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { fieldOf } from "../support/fields.js";
import { setOwner } from "../support/owners.js";

export interface Held {
  readonly slot: number;
  readonly order: number;
  content: number;
  pins: number;
  /** Where it was when it was last looked at; 0: swapped out. */
  pfn: number;
}

export interface Buffer {
  readonly area: number;
  readonly pfn: number;
  readonly pages: number;
}

export interface HeldPin {
  readonly id: number;
  readonly pfn: number;
}

export interface UnderWay {
  readonly id: number;
  readonly area: number;
  readonly pages: number;
  readonly align: number;
  /** A fatal signal is pending: it waits for the lock. */
  readonly killed: boolean;
}

const DROPPABLE = contentOf(Mobility.LRU, PageLife.FILE, 0);

/** May reclaim, or cma_alloc, drop such a page? */
function isDroppable({ content, pins }: Held): boolean {
  const keeps = PageFlag.DIRTY | PageFlag.UNEVICTABLE;
  return (content & 0xf03) === DROPPABLE && (content & keeps) === 0 && pins === 0;
}

export class Book {
  readonly held: Held[] = [];
  readonly buffers: Buffer[] = [];
  readonly pins: HeldPin[] = [];
  readonly requests: UnderWay[] = [];
  /** Freed while pinned: first frame, and order. */
  readonly orphans = new Map<number, number>();
  private readonly freeSlots: number[] = [];
  private nextSlot = 0;
  /** Pages that were dropped or swapped out, so far. */
  dropped = 0;

  clone(): Book {
    const copy = new Book();
    copy.held.push(...this.held.map((each) => ({ ...each })));
    copy.buffers.push(...this.buffers);
    copy.pins.push(...this.pins);
    copy.requests.push(...this.requests);
    for (const [pfn, order] of this.orphans) copy.orphans.set(pfn, order);
    copy.freeSlots.push(...this.freeSlots);
    copy.nextSlot = this.nextSlot;
    copy.dropped = this.dropped;
    return copy;
  }

  takeSlot(): number {
    return this.freeSlots.pop() ?? this.nextSlot++;
  }

  returnSlot(slot: number): void {
    this.freeSlots.push(slot);
  }

  /** Every page that is in use gets a slot, as if it had been allocated for one. */
  adopt(machine: Machine): void {
    const words = fieldOf(machine);
    const slots = machine.engine.unsigned(Region.SLOTS);
    words.forEach((word, frame) => {
      if (kindOf(word) !== FrameKind.ALLOCATED) return;
      const slot = this.takeSlot();
      const pfn = frame + machine.views.startPfn;
      slots[slot] = pfn + 1;
      setOwner(machine, pfn, slot + 1);
      const content = contentOf(mobilityOf(word), lifeOf(word), 0);
      this.held.push({ slot, order: orderOf(word), content, pins: 0, pfn });
    });
  }

  /** Looks where the slots' pages are now. Answers what must not have happened. */
  follow(machine: Machine): string | undefined {
    const slots = machine.engine.unsigned(Region.SLOTS);
    for (let i = this.held.length - 1; i >= 0; i--) {
      const held = this.held[i] as Held;
      const now = slots[held.slot] ?? 0;
      if (now === held.pfn + 1) continue;
      if (held.pins > 0) return `slot ${held.slot}: a pinned page moved from ${held.pfn} to ${now - 1}`;
      if (now > LACKING) {
        if (lifeIn(held.content) === PageLife.FILE)
          return `slot ${held.slot}: a page of a file was swapped out`;
        if (held.pfn !== 0) this.dropped += 1;
        held.pfn = 0;
      } else if (now === 0) {
        if (!isDroppable(held)) return `slot ${held.slot}: its page, at ${held.pfn}, is lost`;
        this.held[i] = this.held.at(-1) as Held;
        this.held.pop();
        this.returnSlot(held.slot);
        this.dropped += 1;
      } else held.pfn = now - 1;
    }
    return undefined;
  }

  /** The machine's pages in use are exactly those of the book, each frame once, and what the book says. */
  compare(machine: Machine): string | undefined {
    const words = fieldOf(machine);
    const base = machine.views.startPfn;
    const owner = new Uint8Array(words.length);
    let wrong: string | undefined;
    const claim = (pfn: number, order: number, what: string) => {
      const word = words[pfn - base] ?? 0;
      if (kindOf(word) !== FrameKind.ALLOCATED || orderOf(word) !== order)
        wrong ??= `${what}: ${pfn} is no page in use of order ${order}`;
      for (let frame = pfn - base; frame < pfn - base + 2 ** order; frame++) {
        if (owner[frame] !== 0) wrong ??= `${what}: frame ${frame + base} is given twice`;
        owner[frame] = 1;
      }
      return word;
    };
    for (const { slot, pfn, order, content, pins } of this.held) {
      if (pfn === 0) continue;
      const word = claim(pfn, order, `slot ${slot}`);
      if (mobilityOf(word) !== mobilityIn(content)) wrong ??= `slot ${slot}: mobility of ${pfn}`;
      if (lifeOf(word) !== lifeIn(content)) wrong ??= `slot ${slot}: life of ${pfn}`;
      if (pinsOf(word) !== pins) wrong ??= `slot ${slot}: pins of ${pfn}`;
    }
    for (const { area, pfn, pages } of this.buffers) {
      for (let i = 0; i < pages; i++) {
        const word = claim(pfn + i, 0, `buffer of area ${area}`);
        if (lifeOf(word) !== PageLife.CMA) wrong ??= `buffer of area ${area}: ${pfn + i} is something else`;
      }
    }
    for (const [pfn, order] of this.orphans) claim(pfn, order, "orphan");
    if (wrong !== undefined) return wrong;
    let zram = 0;
    for (let frame = 0; frame < words.length; frame++) {
      const word = words[frame] ?? 0;
      if (kindOf(word) !== FrameKind.ALLOCATED || owner[frame] === 1) continue;
      if (lifeOf(word) !== PageLife.ZRAM) return `frame ${frame + base} is in use and nobody's`;
      zram += 1;
    }
    const expected = machine.views.level(LevelWord.ZRAM_FRAMES);
    return zram === expected ? undefined : `${zram} pages of zram, ${expected} counted`;
  }
}
