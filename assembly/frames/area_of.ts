// Knows: which CMA area a frame lies in. Must not know: what an area is for.

import { MAX_AREAS, MAX_RANGES } from "../abi/limits";
import { AreaWord, RangeWord } from "../abi/words";
import { AREAS, RANGES } from "../memory/regions";

/** The index of the area that the frame lies in, or -1. */
export function areaOfPfn(pfn: u32): i32 {
  for (let area = 0; area < MAX_AREAS; area++) {
    const ranges = load<i32>(AREAS + <usize>(area * (AreaWord.COUNT << 2)), AreaWord.NR_RANGES << 2);
    for (let nth = 0; nth < ranges; nth++) {
      const at = RANGES + <usize>((area * MAX_RANGES + nth) * (RangeWord.COUNT << 2));
      if (pfn - load<u32>(at, RangeWord.BASE_PFN << 2) < load<u32>(at, RangeWord.PAGES << 2)) return area;
    }
  }
  return -1;
}
