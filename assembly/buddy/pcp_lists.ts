// Knows: which per-CPU list a page belongs to. Must not know: limits and refills.
// Models order_to_pindex, pindex_to_order, pcp_allowed_order (mm/page_alloc.c, Linux 6.12 and 6.1):
// order * 3 + type for orders 0..3, then one list for non-movable and one for movable THP-sized pages.

import { MAX_PCP_LISTS, MAX_ZONES } from "../abi/limits";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { config, PCP_HEADS } from "../memory/regions";

const PCP_TYPES: i32 = 3;

/** Written by bindPcpLists only. */
export let COSTLY_ORDER: i32 = 0;
export let THP_ORDER: i32 = 0;
export let NR_LISTS: i32 = 0;
let LOW_ORDER_LISTS: i32 = 0;

export function bindPcpLists(): void {
  COSTLY_ORDER = config(ConfigWord.COSTLY_ORDER);
  THP_ORDER = config(ConfigWord.PCP_THP_ORDER);
  NR_LISTS = config(ConfigWord.NR_PCP_LISTS);
  LOW_ORDER_LISTS = PCP_TYPES * (COSTLY_ORDER + 1);
}

export function pcpHead(cpu: i32, zone: i32, pindex: i32): u32 {
  return PCP_HEADS + ((<u32>((cpu * MAX_ZONES + zone) * MAX_PCP_LISTS + pindex)) << 2);
}

export function isPcpOrder(order: i32): bool {
  return order <= COSTLY_ORDER || (order == THP_ORDER && THP_ORDER != 0);
}

export function pindexOf(type: i32, order: i32): i32 {
  if (order == 0) return type;
  if (order > COSTLY_ORDER) return LOW_ORDER_LISTS + (type == Migratetype.MOVABLE ? 1 : 0);
  return order * PCP_TYPES + type;
}

export function orderOfPindex(pindex: i32): i32 {
  return pindex >= LOW_ORDER_LISTS ? THP_ORDER : pindex / PCP_TYPES;
}
