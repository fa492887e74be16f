// Knows: the release core with every load and store counted by the region that it goes to: how much work something is, the
// same on every machine. Must not know: what is done.
//
// binaryen's pass "instrument-memory" calls the host at each access of the very code that the package ships; blocks copied or
// filled at once (memory.copy, memory.fill) are not seen.

import binaryen from "binaryen";
import { readCore } from "#platform";
import { FrameField, Region } from "../../assembly/abi/layout.js";
import type { Engine } from "../../bindings/engine/engine.js";
import { importsOf } from "../../bindings/engine/load.js";

/** Accesses of what a person would count. */
export interface Counts {
  /** Links of lists. */
  readonly nodes: number;
  /** Words of frames. */
  readonly frames: number;
  /** Words of CMA bitmaps and of their indexes. */
  readonly words: number;
  /** Everything else: counters, per-CPU sets, slots, pins, the event queue, commands. */
  readonly other: number;
}

const GROUPS = new Map<Region, keyof Counts>([
  [Region.FRAMES, "frames"],
  [Region.CMA_BITMAPS, "words"],
  [Region.SEARCH_INDEXES, "words"],
]);

/** What a field of a frame's record belongs to; `at`: bytes behind the first record. */
function ofField(at: number): keyof Counts {
  const field: FrameField = (at >> 2) % FrameField.COUNT;
  if (field === FrameField.WORD) return "frames";
  return field === FrameField.OWNER ? "other" : "nodes";
}

/** A module that counts, for as many machines as one likes: one of them is watched at a time. */
export class CountedCore {
  #starts: readonly number[] = [];
  #groups: readonly (keyof Counts)[] = [];
  #counts: Record<keyof Counts, number> = { nodes: 0, frames: 0, words: 0, other: 0 };

  private constructor(readonly module: WebAssembly.Module) {
    const value = (_site: number, read: unknown) => read;
    const access = (_site: number, _bytes: number, offset: number, pointer: number) => {
      this.#access((pointer >>> 0) + offset);
      return pointer;
    };
    const names = WebAssembly.Module.imports(module).map(({ name }) => name);
    const env = Object.fromEntries(names.map((name) => [name, /_ptr$/.test(name) ? access : value]));
    importsOf.set(module, { env: { ...env, memory_grow_pre: (_: number, pages: number) => pages } });
  }

  static async create(name: "core" | "simulation"): Promise<CountedCore> {
    const bytes = new Uint8Array((await readCore("release", name)) as ArrayBuffer);
    const built = binaryen.readBinary(bytes);
    built.runPasses(["instrument-memory"]);
    const module = await WebAssembly.compile(built.emitBinary() as BufferSource);
    built.dispose();
    return new CountedCore(module);
  }

  #access(address: number): void {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const group = this.#groups[low - 1] ?? "other";
    this.#counts[group === "frames" ? ofField(address - (this.#starts[low - 1] as number)) : group] += 1;
  }

  /** What `work` on a machine of this module accesses. */
  count(engine: Engine, work: () => void): Counts {
    const regions = engine.regions().sort((a, b) => a.pointer - b.pointer);
    this.#starts = regions.map(({ pointer }) => pointer);
    this.#groups = regions.map(({ region }) => GROUPS.get(region) ?? "other");
    this.#counts = { nodes: 0, frames: 0, words: 0, other: 0 };
    work();
    return { ...this.#counts };
  }
}
