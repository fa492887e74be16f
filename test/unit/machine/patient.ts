// Knows: a machine in which there is something of everything, and how its memory is damaged on purpose.
// Must not know: what validate() should say about it.

import { pack, withKind, withOrder, withType } from "../../../assembly/abi/frame_word.js";
import { FrameField, Region } from "../../../assembly/abi/layout.js";
import { freeHeadIndex } from "../../../assembly/abi/limits.js";
import { FrameKind, Migratetype, Mobility, Op, PageLife } from "../../../assembly/abi/vocabulary.js";
import { ZoneWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { type Field, liveField } from "../../support/fields.js";
import { headsOf } from "./steps.js";

/** tiny: DMA32, one CPU. */
export const ZONE = 1;

/** A live machine with everything in it, and its memory. */
export class Patient {
  readonly words: Field;
  readonly next: Field;
  readonly prev: Field;
  readonly zones: Int32Array;
  readonly pcps: Int32Array;

  /** @param user a page on an LRU list */
  private constructor(
    readonly machine: Machine,
    readonly user: number,
  ) {
    const { engine } = machine;
    this.words = liveField(machine);
    this.next = liveField(machine, FrameField.NEXT);
    this.prev = liveField(machine, FrameField.PREV);
    this.zones = engine.words(Region.ZONES);
    this.pcps = engine.words(Region.PCPS);
  }

  static async create(): Promise<Patient> {
    const machine = await Machine.create("tiny");
    machine.churn({ steps: 30_000, seed: 3 });
    machine.commands.push(Op.ALLOCATE, { a: GFP_KERNEL, b: 1 });
    machine.commands.flush("filling slot 0");
    machine.allocate({ gfp: GFP_KERNEL, order: 3 });
    machine.release(headsOf(machine, FrameKind.ALLOCATED, 0).at(-1) ?? 0);
    const user = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON });
    const pinned = machine.allocate({ gfp: GFP_KERNEL, direct: true });
    if (!user.ok || !pinned.ok) throw new Error("tiny has no memory left");
    machine.pin(pinned.pfn);
    machine.cma.begin({ area: 0, pages: 64 });
    return new Patient(machine, user.pfn);
  }

  /** tiny begins at pfn 0: a pfn is an index. */
  first(kind: FrameKind, order: number, from = 4096): number {
    const found = headsOf(this.machine, kind, order).find((pfn) => pfn >= from);
    if (found === undefined) throw new Error(`no ${FrameKind[kind]} of order ${order}`);
    return found;
  }

  /** An allocated page whose buddy is one too. */
  pair(): number {
    const pages = new Set(headsOf(this.machine, FrameKind.ALLOCATED, 0));
    const found = [...pages].find((pfn) => pfn >= 4096 && pfn % 2 === 0 && pages.has(pfn + 1));
    if (found === undefined) throw new Error("no two pages side by side");
    return found;
  }

  /** A free list with at least two members: its head's element and the members. */
  list(): { head: number; pfns: Uint32Array } {
    for (let order = 0; order <= 10; order++) {
      const pfns = this.machine.freeList(ZONE, order, Migratetype.MOVABLE);
      const head = this.words.length + freeHeadIndex(ZONE, order, Migratetype.MOVABLE);
      if (pfns.length >= 3) return { head, pfns };
    }
    throw new Error("no list is long enough");
  }

  setKind(pfn: number, kind: FrameKind): void {
    this.words[pfn] = withKind(this.words[pfn] ?? 0, kind);
  }

  setOrder(pfn: number, order: number): void {
    this.words[pfn] = withOrder(this.words[pfn] ?? 0, order);
  }

  /** A frame becomes the head of a free block that is on no list. */
  pretendFree(pfn: number): void {
    const type = this.machine.views.pageblocks[pfn >> 9] ?? 0;
    this.words[pfn] = withType(pack(FrameKind.BUDDY, 0, ZONE), type);
  }

  addZone(word: ZoneWord, change: number): void {
    this.zones[ZONE * ZoneWord.COUNT + word]! += change;
  }
}
