// Knows: PageBitmap, the public face of the search: a map of taken and free bits that answers where a run fits.
// Must not know: machines, areas, files.

import { IndexPart, Placement, SearchStrategy } from "../../assembly/abi/findings.js";
import { type FreeRun, type RunStatistics, runStatistics } from "../analysis/index.js";
import { UnitError } from "../engine/errors.js";
import { type CoreBuild, type CoreSource, loadCore } from "../engine/load.js";
import { BitmapCore, NONE, STRATEGIES } from "./core.js";
import { formatDebugfsBitmap, parseDebugfsBitmap } from "./debugfs.js";
import { type RunRequest, rawRequest } from "./request.js";

/** What is kept beside the map: nothing, what the default strategy needs, or what all of them need. */
export type BitmapIndex = "none" | "default" | "all";

const PARTS: Readonly<Record<BitmapIndex, number>> = {
  none: 0,
  default: IndexPart.RUN_TREE,
  all: IndexPart.RUN_TREE | IndexPart.SUMMARY | IndexPart.PYRAMID,
};

/** How a bitmap is made. */
export interface BitmapOptions {
  /** "default" when absent. */
  readonly index?: BitmapIndex;
  /** With a second map of bits to keep away from, for findAvoiding(). */
  readonly avoid?: boolean;
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
}

/** How a window is searched. */
export interface FindOptions {
  /** COMPOSITE when absent; all strategies answer alike. */
  readonly strategy?: SearchStrategy;
  /** FIRST_FIT when absent. */
  readonly placement?: Placement;
}

/** `pages` and the histogram count bits here. */
export interface BitmapStats extends RunStatistics {
  /** Length of the map. */
  readonly bits: number;
  /** Bits that are taken. */
  readonly set: number;
  /** Bits that are free. */
  readonly clear: number;
}

const MOST_BITS = 0x7fff_ffff;

/** A map of bits, 1 = taken. Searches answer a place, or undefined when there is none. */
export class PageBitmap {
  readonly #core: BitmapCore;
  /** By SearchStrategy: is its index kept? */
  readonly #has: readonly boolean[];

  private constructor(core: BitmapCore) {
    this.#core = core;
    this.#has = STRATEGIES.map((strategy) => core.has(strategy));
  }

  /**
   * A map with all bits clear.
   * @throws UnitError for a length that is none, StateError when there is not enough memory
   */
  static async create(bits: number, options: BitmapOptions = {}): Promise<PageBitmap> {
    if (!Number.isInteger(bits) || bits < 1 || bits > MOST_BITS) {
      throw new UnitError(`a bitmap has from 1 to ${MOST_BITS} bits, not ${bits}`);
    }
    const { index = "default", avoid = false, core = "release", wasm } = options;
    return new PageBitmap(BitmapCore.create(await loadCore(core, wasm, "bitmap"), bits, PARTS[index], avoid));
  }

  /** A map of `bits` bits from words, LSB first; bits behind the end are ignored. */
  static async fromWords(
    words: Uint32Array,
    bits = words.length * 32,
    options: BitmapOptions = {},
  ): Promise<PageBitmap> {
    const needed = Math.ceil(bits / 32);
    if (words.length < needed)
      throw new UnitError(`${bits} bits are ${needed} words, and there are ${words.length}`);
    const bitmap = await PageBitmap.create(bits, options);
    const target = bitmap.#core.words;
    target.set(words.subarray(0, needed));
    if (bits % 32 !== 0) target[needed - 1] = (target[needed - 1] ?? 0) & (2 ** (bits % 32) - 1);
    bitmap.#core.build();
    return bitmap;
  }

  /** The text of /sys/kernel/debug/cma/<area>/bitmap; `bits` is the area's count >> order_per_bit. */
  static async fromDebugfs(text: string, bits?: number, options: BitmapOptions = {}): Promise<PageBitmap> {
    return PageBitmap.fromWords(parseDebugfsBitmap(text), bits, options);
  }

  /** Length of the map. */
  get bits(): number {
    return this.#core.bits;
  }

  /** Memory of the index, beside bits / 8 for the map. */
  get indexBytes(): number {
    return this.#core.indexBytes;
  }

  #stretch(from: number, count: number): void {
    const fits = Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 0;
    if (fits && from + count <= this.bits) return;
    throw new UnitError(`bits [${from}, ${from} + ${count}) are not all inside a map of ${this.bits} bits`);
  }

  /** @throws UnitError when a bit lies outside of the map; so do the three below */
  set(from: number, count = 1): this {
    this.#stretch(from, count);
    this.#core.set(from, count);
    return this;
  }

  /** Makes bits free. @throws UnitError when a bit lies outside of the map */
  clear(from: number, count = 1): this {
    this.#stretch(from, count);
    this.#core.clear(from, count);
    return this;
  }

  /** Is the bit taken? @throws UnitError when it lies outside of the map */
  isSet(bit: number): boolean {
    this.#stretch(bit, 1);
    return (((this.#core.words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) !== 0;
  }

  /** How many bits of a stretch are taken; of the whole map by default. @throws UnitError */
  countSet(from = 0, count = this.bits - from): number {
    this.#stretch(from, count);
    return this.#core.count(from, count);
  }

  /** Marks bits for findAvoiding() (pinned pages), or unmarks them. */
  setAvoided(from: number, count = 1, avoided = true): this {
    this.#stretch(from, count);
    if (this.#core.second.length === 0)
      throw new UnitError("create the bitmap with { avoid: true } to mark bits");
    for (let bit = from; bit < from + count; bit++) {
      const word = this.#core.second[bit >>> 5] ?? 0;
      this.#core.second[bit >>> 5] = avoided ? word | (1 << (bit & 31)) : word & ~(1 << (bit & 31));
    }
    return this;
  }

  /** @throws UnitError for what is no number of bits, or a strategy whose index is not kept */
  find(request: RunRequest, options: FindOptions = {}): number | undefined {
    const { strategy = this.#fallback(), placement = Placement.FIRST_FIT } = options;
    if (this.#has[strategy] !== true) {
      throw new UnitError(
        `${SearchStrategy[strategy] ?? strategy} needs an index: create the bitmap with { index: "all" }`,
      );
    }
    const place = this.#core.place(placement, strategy, rawRequest(request));
    return place === NONE ? undefined : place;
  }

  #fallback(): SearchStrategy {
    return this.#has[SearchStrategy.COMPOSITE] ? SearchStrategy.COMPOSITE : SearchStrategy.KERNEL;
  }

  /** The lowest place: what cma_alloc() takes. */
  findFirst(request: RunRequest, strategy?: SearchStrategy): number | undefined {
    return this.find(request, strategy === undefined ? {} : { strategy });
  }

  /** From `start` to the end, then from the beginning. */
  findNext(request: RunRequest): number | undefined {
    return this.find(request, { placement: Placement.NEXT_FIT });
  }

  /** The first place in the shortest run that has room. */
  findBest(request: RunRequest): number | undefined {
    return this.find(request, { placement: Placement.BEST_FIT });
  }

  /** The first place in the longest run. */
  findWorst(request: RunRequest): number | undefined {
    return this.find(request, { placement: Placement.WORST_FIT });
  }

  /** The lowest place without an avoided bit, else the lowest with the fewest. */
  findAvoiding(request: RunRequest): number | undefined {
    return this.find(request, { placement: Placement.PIN_AVOIDING });
  }

  /** Does the request fit exactly at `start`? */
  fitsAt(request: RunRequest): boolean {
    return this.find(request, { placement: Placement.AT }) !== undefined;
  }

  /** Every stretch of clear bits, ascending. */
  runs(): FreeRun[] {
    const runs: FreeRun[] = [];
    let start = this.#core.next(false, 0);
    while (start < this.bits) {
      const end = this.#core.next(true, start);
      runs.push({ start, length: end - start });
      start = this.#core.next(false, end);
    }
    return runs;
  }

  /** The longest stretch of clear bits that begins at a place with this alignment; 0 when there is none. */
  longestRun(align = 0, offset = 0): number {
    const { mask, offset: shift } = rawRequest({ count: 1, align, offset });
    return shift > mask ? 0 : this.#core.longest(mask, shift);
  }

  /** Length, bits taken and free, and the shape of the free runs. */
  stats(): BitmapStats {
    const set = this.countSet();
    return { bits: this.bits, set, clear: this.bits - set, ...runStatistics(this.runs()) };
  }

  /** A copy. */
  toWords(): Uint32Array {
    return this.#core.words.slice();
  }

  /** The text that debugfs would show. */
  toDebugfs(): string {
    return formatDebugfsBitmap(this.#core.words);
  }
}
