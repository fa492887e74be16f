// Knows: /proc/kpageflags and /proc/kpagecount: one little-endian 64-bit word per frame, and how to tell the two apart.
// Must not know: what lies in an area.
//
// Models: fs/proc/page.c, include/uapi/linux/kernel-page-flags.h, all versions. BUDDY stands on every page of a free block
// since 4.7, on its first page alone before.
//
//   bit 31        26        20   16  12 11 10    7 6 5 4
//       RESERVED* PGTABLE   NOPAGE  TAIL ANON MMAP BUDDY SLAB ACTIVE LRU DIRTY     * kernel bit 32, see facts.PageTable

import { IMPORT } from "../../engine/limits.js";
import type { PageTable } from "../facts.js";
import type { ReaderContext } from "../importer.js";

export enum KpageFlag {
  DIRTY = 4,
  LRU = 5,
  ACTIVE = 6,
  SLAB = 7,
  WRITEBACK = 8,
  BUDDY = 10,
  MMAP = 11,
  ANON = 12,
  SWAPBACKED = 14,
  COMPOUND_HEAD = 15,
  COMPOUND_TAIL = 16,
  UNEVICTABLE = 18,
  NOPAGE = 20,
  PGTABLE = 26,
  RESERVED = 31,
}

const MOST_FRAMES = IMPORT.frames;
/** A flag that only kpageflags can show: kpagecount would have to count a thousand mappings of the page. */
const FLAG_VALUE = 2 ** KpageFlag.BUDDY;

/** The kernel uses bits below 48. */
const KNOWN_HIGH = 2 ** 16;

export class KpageReader {
  private words = new Uint32Array(1 << 16);
  private count = 0;
  private high = 0;
  private flagged = 0;
  private used = 0;
  private readonly rest = new Uint8Array(8);
  private restLength = 0;
  /** Words with bits that no kernel has given a meaning: other binary files have many. */
  private odd = 0;
  private full = false;

  constructor(private readonly context: ReaderContext) {}

  push(bytes: Uint8Array): void {
    let at = 0;
    while (this.restLength > 0 && at < bytes.length) {
      this.rest[this.restLength++] = bytes[at++]!;
      if (this.restLength === 8) {
        this.take(new DataView(this.rest.buffer), 0);
        this.restLength = 0;
      }
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + 8 <= bytes.length; at += 8) this.take(view, at);
    while (at < bytes.length) this.rest[this.restLength++] = bytes[at++]!;
  }

  /** Frames beyond the limit are not looked at. */
  get isFull(): boolean {
    return this.full;
  }

  /** undefined when this was neither of the two. */
  finish(): PageTable | undefined {
    const { context, count } = this;
    if (this.used + this.high === 0 || this.restLength > 0 || this.odd * 1000 > count) {
      context.issue(
        "error",
        1,
        "binary-unknown",
        "a binary file that is neither kpageflags nor kpagecount (8 bytes per frame)",
      );
      return undefined;
    }
    if (this.full)
      context.issue("warning", 1, "kpage-too-long", `frames beyond the first ${MOST_FRAMES} are left aside`);
    const kind = this.high > 0 || this.flagged * 50 > this.used ? "flags" : "count";
    const words = new Uint32Array(count);
    words.set(this.words.subarray(0, count));
    const table: PageTable = { file: context.file, kind, words };
    if (context.facts.tables.length < IMPORT.tables) context.facts.tables.push(table);
    return table;
  }

  private take(view: DataView, from: number): void {
    const low = view.getUint32(from, true);
    const high = view.getUint32(from + 4, true);
    if (this.count >= MOST_FRAMES) {
      this.full = true;
      return;
    }
    const at = this.count++;
    if (low === 0 && high === 0) return;
    if (at >= this.words.length) {
      const larger = new Uint32Array(Math.min(MOST_FRAMES, Math.max(at + 1, this.words.length * 2)));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[at] = (high & 1) === 0 ? low : (low | (1 << KpageFlag.RESERVED)) >>> 0;
    this.odd += high >= KNOWN_HIGH ? 1 : 0;
    this.high += high === 0 ? 0 : 1;
    this.used += low === 0 ? 0 : 1;
    this.flagged += low >= FLAG_VALUE ? 1 : 0;
  }
}
