// Knows: which window a request of the policy pin-avoiding takes: the first without a page that cannot be moved now.
// Must not know: how the pages are looked at.

import { describe, expect, it } from "vitest";
import { WindowRule } from "../../assembly/abi/proposals.js";
import { Random } from "../support/random.js";
import { AREA, BASE, END, isSound, place, small } from "./small.js";

const PAGES = END - BASE;

/** The first window of whole units that holds none of `kept`; pages behind BASE, or undefined. */
function firstWithout(kept: ReadonlySet<number>, pages: number, unit: number): number | undefined {
  for (let first = 0; first + pages <= PAGES; first += unit) {
    const isFree = Array.from({ length: pages }, (_, i) => first + i).every((page) => !kept.has(page));
    if (isFree) return first;
  }
  return undefined;
}

describe.each([0, 1, 3])("pin-avoiding, order_per_bit %i", (orderPerBit) => {
  it.each([1, 2, 3, 4, 5, 6])(
    "takes the first window without a pinned page, pages of seed %i",
    async (seed) => {
      const random = new Random(seed);
      using machine = await small("6.12", {
        areas: [{ orderPerBit }],
        policy: { window: WindowRule.PIN_AVOIDING },
      });
      const unit = 2 ** orderPerBit;
      const kept = new Set(Array.from({ length: 8 }, () => random.below(PAGES)));
      for (const page of kept) machine.pin(place(machine, BASE + page, "anon"));
      const pages = unit * (1 + random.below(16 / unit));
      const found = firstWithout(kept, pages, unit);
      const result = machine.cma.allocate({ area: AREA, pages });
      expect(result.ok ? result.pfn - BASE : undefined).toBe(found);
      expect(found).toBeDefined();
      expect(isSound(machine)).toBe("sound");
    },
  );
});
