// Knows: which per-CPU list a page belongs to. Must not know: limits and refills.
// Models order_to_pindex, pindex_to_order, pcp_allowed_order (mm/page_alloc.c, Linux 6.12 and 6.1):
// order * 3 + type for orders 0..3, then one list for non-movable and one for movable THP-sized pages. Android has a
// fourth type, CMA, among the orders 0..3 (CmaFree.OWN_LIST).

import { MAX_PCP_LISTS, MAX_ZONES } from "../abi/limits";
import { CmaFree } from "../abi/proposals";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { config, PCP_HEADS } from "../memory/regions";

/** Written by bindPcpLists only. */
let PCP_TYPES: i32 = 3;
export let HAS_CMA_LISTS: bool = false;
/** The fourth kind of list. */
export const CMA_LIST: i32 = 3;
export let COSTLY_ORDER: i32 = 0;
export let THP_ORDER: i32 = 0;
export let NR_LISTS: i32 = 0;
let LOW_ORDER_LISTS: i32 = 0;

export function bindPcpLists(): void {
  COSTLY_ORDER = config(ConfigWord.COSTLY_ORDER);
  THP_ORDER = config(ConfigWord.PCP_THP_ORDER);
  NR_LISTS = config(ConfigWord.NR_PCP_LISTS);
  HAS_CMA_LISTS = config(ConfigWord.CMA_FREE) == CmaFree.OWN_LIST;
  PCP_TYPES = HAS_CMA_LISTS ? 4 : 3;
  LOW_ORDER_LISTS = PCP_TYPES * (COSTLY_ORDER + 1);
}

export function pcpHead(cpu: i32, zone: i32, pindex: i32): u32 {
  return PCP_HEADS + ((<u32>((cpu * MAX_ZONES + zone) * MAX_PCP_LISTS + pindex)) << 2);
}

export function isPcpOrder(order: i32): bool {
  return order <= COSTLY_ORDER || (order == THP_ORDER && THP_ORDER != 0);
}

/** The type whose list a request or a freed page of this block type uses; what has no lists goes with the movable ones. */
export function listType(type: i32): i32 {
  if (type <= Migratetype.RECLAIMABLE) return type;
  return HAS_CMA_LISTS && type == Migratetype.CMA ? CMA_LIST : <i32>Migratetype.MOVABLE;
}

/** `type`: UNMOVABLE, MOVABLE, RECLAIMABLE or CMA_LIST. */
export function pindexOf(type: i32, order: i32): i32 {
  if (order == 0) return type;
  if (order > COSTLY_ORDER)
    return LOW_ORDER_LISTS + (type == Migratetype.MOVABLE || type == CMA_LIST ? 1 : 0);
  return order * PCP_TYPES + type;
}

export function orderOfPindex(pindex: i32): i32 {
  return pindex >= LOW_ORDER_LISTS ? THP_ORDER : pindex / PCP_TYPES;
}
