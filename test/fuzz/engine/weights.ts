// Knows: how often each command is drawn while memory is being filled and while it is being emptied, and for which requests.
// Must not know: how a command's arguments are drawn.

import { Gfp } from "../../../assembly/abi/vocabulary.js";
import type { Random } from "../../support/random.js";

export type Draw =
  | "take"
  | "takeLoose"
  | "give"
  | "giveLoose"
  | "bulk"
  | "pin"
  | "unpin"
  | "cma"
  | "cmaRelease"
  | "begin"
  | "step"
  | "upkeep"
  | "compact"
  | "kswapd"
  | "misuse";

const FILLING: Readonly<Record<Draw, number>> = {
  take: 600,
  takeLoose: 60,
  give: 250,
  giveLoose: 50,
  bulk: 4,
  pin: 20,
  unpin: 20,
  cma: 6,
  cmaRelease: 6,
  begin: 3,
  step: 60,
  upkeep: 12,
  compact: 1,
  kswapd: 6,
  misuse: 8,
};

/** A table to draw from with one number: 1,024 entries in proportion to the weights. */
export class Mix {
  readonly #table: Draw[] = [];

  /** Each life has weights of its own, so that something is always rare and something frequent. */
  constructor(random: Random, emptying: boolean) {
    const weights = Object.entries(FILLING) as [Draw, number][];
    const own = weights.map(([draw, weight]): [Draw, number] => {
      const flipped = emptying && draw.startsWith("take") ? weight / 3 : weight;
      const turned = emptying && draw.startsWith("give") ? weight * 3 : flipped;
      return [draw, turned * random.pick([0.2, 1, 1, 1, 4])];
    });
    const sum = own.reduce((all, [, weight]) => all + weight, 0);
    for (const [draw, weight] of own) {
      const entries = Math.max(1, Math.round((weight / sum) * 1024));
      for (let i = 0; i < entries; i++) this.#table.push(draw);
    }
  }

  draw(random: Random): Draw {
    return this.#table[random.below(this.#table.length)] as Draw;
  }
}

const KERNEL = Gfp.IO | Gfp.FS | Gfp.KSWAPD_RECLAIM;
const USER = KERNEL | Gfp.MOVABLE | Gfp.HIGHMEM;

/** Masks that take another way through the allocator each. */
export const GFPS: readonly number[] = [
  USER,
  USER | Gfp.DIRECT_RECLAIM,
  USER | Gfp.DIRECT_RECLAIM | Gfp.CMA,
  USER | Gfp.DIRECT_RECLAIM | Gfp.USE_DIRECT_IO,
  USER | Gfp.DIRECT_RECLAIM | Gfp.USE_METADATA | Gfp.CMA,
  USER | Gfp.COMP | Gfp.NORETRY,
  KERNEL,
  KERNEL | Gfp.DIRECT_RECLAIM,
  KERNEL | Gfp.DIRECT_RECLAIM | Gfp.RETRY_MAYFAIL,
  KERNEL | Gfp.DIRECT_RECLAIM | Gfp.NOFAIL,
  KERNEL | Gfp.RECLAIMABLE | Gfp.DIRECT_RECLAIM,
  KERNEL | Gfp.RECLAIMABLE,
  KERNEL | Gfp.COMP | Gfp.DIRECT_RECLAIM,
  Gfp.MOVABLE,
  Gfp.HIGH | Gfp.KSWAPD_RECLAIM | Gfp.ATOMIC,
  Gfp.HIGH | Gfp.NOMEMALLOC | Gfp.KSWAPD_RECLAIM,
  Gfp.HIGH | Gfp.MOVABLE | Gfp.HIGHMEM,
  Gfp.MEMALLOC | Gfp.KSWAPD_RECLAIM,
  KERNEL | Gfp.DMA,
  KERNEL | Gfp.DMA32 | Gfp.DIRECT_RECLAIM,
  0,
];
export const MOVABLE_GFPS: readonly number[] = GFPS.filter((gfp) => (gfp & Gfp.MOVABLE) !== 0);
