// Knows: how these tests come by a bitmap of either build, and how answers become one number.
// Must not know: what is tested.

import { IndexPart } from "../../../assembly/abi/findings.js";
import { BitmapCore } from "../../../bindings/bitmap/core.js";
import { type CoreBuild, loadCore } from "../../../bindings/engine/load.js";

export const ALL_PARTS = IndexPart.RUN_TREE | IndexPart.SUMMARY | IndexPart.PYRAMID;
export const BUILDS: readonly CoreBuild[] = ["release", "checked"];

export async function bitmapOf(
  build: CoreBuild,
  bits: number,
  parts = ALL_PARTS,
  second = true,
): Promise<BitmapCore> {
  return BitmapCore.create(await loadCore(build, undefined, "bitmap"), bits, parts, second);
}

/** FNV-1a over 32-bit numbers. */
export class Digest {
  #hash = 0x811c_9dc5;

  add(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) {
      this.#hash = Math.imul(this.#hash ^ ((value >>> shift) & 0xff), 0x0100_0193) >>> 0;
    }
  }

  get value(): string {
    return this.#hash.toString(16).padStart(8, "0");
  }
}
