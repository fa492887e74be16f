// Knows: handles of pages that may be swapped out: each is a slot of the machine, which follows its page through migration and swap.
// Must not know: how pages are allocated and freed (machine).

import { Region } from "../../assembly/abi/layout.js";
import { GONE } from "../../assembly/abi/slot.js";
import { Mobility, PageLife, Status } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import { MachineError } from "../engine/errors.js";
import type { Pfn } from "../engine/units.js";

/** Names a page wherever it is: in memory, moved, or swapped out. */
export type PageHandle = number & { readonly __brand: "PageHandle" };

export class PageHandles {
  readonly #engine: Engine;
  #last = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * A handle for a page that is about to be allocated: undefined for one that reclaim cannot swap out, and where there is none.
   * A simulation's slots are its actors'. From the end, so that callers who number slots themselves begin at the other.
   */
  take(mobility = Mobility.FIXED, life = PageLife.KERNEL): PageHandle | undefined {
    const config = this.#engine.words(Region.CONFIG);
    if (mobility !== Mobility.LRU || life === PageLife.FILE) return undefined;
    if (config[ConfigWord.SWAP_PAGES] === 0 || config[ConfigWord.ACTORS] !== 0) return undefined;
    const slots = this.#engine.unsigned(Region.SLOTS);
    for (let tries = 0; tries < slots.length; tries++) {
      this.#last = (this.#last > 0 ? this.#last : slots.length) - 1;
      if (slots[this.#last] === 0) return this.#last as PageHandle;
    }
    return undefined;
  }

  /** Where its page is now; undefined while it is swapped out. @throws MachineError BAD_SLOT when it was released */
  pageOf(handle: PageHandle): Pfn | undefined {
    const content = this.#engine.unsigned(Region.SLOTS)[handle] ?? 0;
    if (content === 0) throw new MachineError(Status.BAD_SLOT, `pageOf handle ${handle}`);
    return content >= GONE ? undefined : ((content - 1) as Pfn);
  }
}
