// Knows: saving and restoring what a machine of the core is, in place: many times faster than a snapshot.
// Must not know: what the regions mean; only which of them are not part of the allocator's state.

import { Region } from "../../assembly/abi/layout.js";
import { PinWord } from "../../assembly/abi/records.js";
import type { Machine } from "../../bindings/machine/machine.js";

/** Buffers and scratch: the same operations give the same results whatever they hold. LEVELS has heads of free lists. */
const NOT_STATE = new Set<Region>([
  Region.CONFIG,
  Region.SLOTS,
  Region.COMMANDS,
  Region.EVENTS,
  Region.HINTS,
  Region.SCRATCH,
  Region.WORKLOAD,
  Region.AUDIT,
  Region.RANGES,
  Region.REQUESTS,
  Region.BATCHES,
  Region.WINDOWS,
  Region.POLICIES,
  Region.CLASSES,
  Region.CLASS_COUNTS,
]);

/** Records are used from the first on; no test of a small machine pins more pages than this holds. */
const MOST_PIN_BYTES = 256 * PinWord.COUNT * 4;

export type CoreImage = readonly Uint8Array[];

export class CoreImages {
  private readonly regions: readonly Uint8Array[];

  constructor({ engine }: Machine) {
    const all = Array.from({ length: Region.COUNT }, (_, region) => region as Region);
    this.regions = all
      .filter((region) => !NOT_STATE.has(region))
      .map((region) => {
        const isBytes = region === Region.PAGEBLOCKS;
        const view = isBytes ? engine.bytes(region) : engine.words(region);
        const length = region === Region.PINS ? MOST_PIN_BYTES : view.byteLength;
        return new Uint8Array(view.buffer, view.byteOffset, Math.min(length, view.byteLength));
      });
  }

  save(): CoreImage {
    return this.regions.map((region) => region.slice());
  }

  restore(image: CoreImage): void {
    this.regions.forEach((region, i) => {
      region.set(image[i] as Uint8Array);
    });
  }
}
