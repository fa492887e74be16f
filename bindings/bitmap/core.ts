// Knows: the bitmap exports of the core and the addresses of the two maps: the boundary of this room.
// Must not know: what a bit stands for.
//
// An instance of the core holds a machine or a bitmap. Its memory does not grow after create(), so the views stay.

import { type Placement, SearchStrategy } from "../../assembly/abi/findings.js";
import type { InitStatus } from "../../assembly/abi/layout.js";
import { StateError } from "../engine/errors.js";
import { type CoreExports, instantiate } from "../engine/load.js";

/** What a search answers when there is no place. */
export const NONE = 0xffff_ffff;

interface BitmapExports {
  bitmapInit(bits: number, parts: number, second: number): InitStatus;
  bitmapMap(second: number): number;
  bitmapIndexWords(): number;
  bitmapHas(strategy: SearchStrategy): number;
  bitmapBuild(): void;
  bitmapSet(from: number, count: number): void;
  bitmapClear(from: number, count: number): void;
  bitmapCount(from: number, count: number): number;
  bitmapNext(set: number, from: number): number;
  bitmapPlace(
    placement: Placement,
    strategy: SearchStrategy,
    start: number,
    count: number,
    mask: number,
    offset: number,
  ): number;
  bitmapLongest(mask: number, offset: number): number;
  bitmapRepeat(
    strategy: SearchStrategy,
    start: number,
    count: number,
    mask: number,
    offset: number,
    times: number,
  ): number;
  bitmapRepeatUpdate(from: number, count: number, times: number): void;
}

function hasBitmap(exports: CoreExports): exports is CoreExports & BitmapExports {
  return typeof exports["bitmapInit"] === "function";
}

/** A request in the core's terms. */
export interface RawRequest {
  readonly start: number;
  readonly count: number;
  readonly mask: number;
  readonly offset: number;
}

/** One bitmap in one instance. Numbers are unsigned and are not checked here. */
export class BitmapCore {
  readonly bits: number;
  /** The words of the map: after writing them call build(). */
  readonly words: Uint32Array;
  /** The second map; empty unless it was asked for. */
  readonly second: Uint32Array;
  readonly #exports: BitmapExports;
  #broken: Error | undefined;

  private constructor(exports: CoreExports & BitmapExports, bits: number, second: boolean) {
    const length = Math.ceil(bits / 32);
    this.bits = bits;
    this.#exports = exports;
    this.words = new Uint32Array(exports.memory.buffer, exports.bitmapMap(0) >>> 0, length);
    this.second = new Uint32Array(exports.memory.buffer, exports.bitmapMap(1) >>> 0, second ? length : 0);
  }

  /** @throws StateError when the core has no bitmaps, or memory for this one is not to be had */
  static create(module: WebAssembly.Module, bits: number, parts: number, second: boolean): BitmapCore {
    const exports = instantiate(module);
    if (!hasBitmap(exports)) throw new StateError("this build of the core has no bitmaps");
    const status = exports.bitmapInit(bits, parts, second ? 1 : 0);
    if (status !== 0) throw new StateError(`a bitmap of ${bits} bits cannot be built (InitStatus ${status})`);
    return new BitmapCore(exports, bits, second);
  }

  #call<T>(work: (exports: BitmapExports) => T): T {
    if (this.#broken) throw new StateError("the bitmap stopped at an earlier fault", { cause: this.#broken });
    try {
      return work(this.#exports);
    } catch (error) {
      this.#broken = error as Error;
      throw new StateError(`the core stopped: ${(error as Error).message}`, { cause: error });
    }
  }

  get indexBytes(): number {
    return this.#call((core) => core.bitmapIndexWords() >>> 0) * 4;
  }

  has(strategy: SearchStrategy): boolean {
    return this.#call((core) => core.bitmapHas(strategy)) !== 0;
  }

  build(): void {
    this.#call((core) => core.bitmapBuild());
  }

  set(from: number, count: number): void {
    this.#call((core) => core.bitmapSet(from, count));
  }

  clear(from: number, count: number): void {
    this.#call((core) => core.bitmapClear(from, count));
  }

  count(from: number, count: number): number {
    return this.#call((core) => core.bitmapCount(from, count)) >>> 0;
  }

  /** The next bit of that value at or after `from`; `bits` when there is none. */
  next(set: boolean, from: number): number {
    return this.#call((core) => core.bitmapNext(set ? 1 : 0, from)) >>> 0;
  }

  /** A place, or NONE. */
  place(placement: Placement, strategy: SearchStrategy, { start, count, mask, offset }: RawRequest): number {
    return this.#call((core) => core.bitmapPlace(placement, strategy, start, count, mask, offset)) >>> 0;
  }

  longest(mask: number, offset: number): number {
    return this.#call((core) => core.bitmapLongest(mask, offset)) >>> 0;
  }

  /** The same search over and over: a checksum over the answers. */
  repeat(strategy: SearchStrategy, { start, count, mask, offset }: RawRequest, times: number): number {
    return this.#call((core) => core.bitmapRepeat(strategy, start, count, mask, offset, times)) >>> 0;
  }

  /** Sets and clears a stretch over and over, with the index. */
  repeatUpdate(from: number, count: number, times: number): void {
    this.#call((core) => core.bitmapRepeatUpdate(from, count, times));
  }
}

/** Every strategy, in the order of the enumeration. */
export const STRATEGIES: readonly SearchStrategy[] = Object.values(SearchStrategy).filter(
  (value): value is SearchStrategy => typeof value === "number",
);
