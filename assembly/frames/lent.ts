// Knows: as which migratetype a page in use counts for those who ask whether it is lent. Must not know: who asks, and why.

import { zoneOf } from "../abi/frame_word";
import { lentAs } from "../policy/cma_zone";
import { CMA_ZONE } from "../rules";
import { wordOf } from "./frame";
import { typeOf } from "./pageblock";
import { lastZone } from "./zone";

/** The type of its pageblock; where areas are a zone of their own, what lies there counts as CMA. */
export function typeLent(head: u32): i32 {
  return lentAs(CMA_ZONE, typeOf(head), zoneOf(wordOf(head)), lastZone());
}
