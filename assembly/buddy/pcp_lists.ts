// Knows: which per-CPU list a page belongs to, and which list follows which. Must not know: limits and refills.
// Models order_to_pindex, pindex_to_order, pcp_allowed_order (mm/page_alloc.c, Linux 6.12 and 6.1):
// order * 3 + type for orders 0..3, then one list for non-movable and one for movable THP-sized pages. Android has a
// fourth type, CMA, among the orders 0..3 (CmaFree.OWN_LIST): its lists are there on every machine, behind those of the
// kernel, so that policies may change while it runs; they are empty unless they are used.
//
//   pindex   0 .. order * 3 + type | non-movable, movable THP | CMA of order 0 .. COSTLY_ORDER, of THP size
//            <------- NR_LISTS, the kernel's ---------------> | <------ up to ALL_LISTS ------------------>

import { FRAME_SHIFT } from "../abi/layout";
import { MAX_PCP_LISTS, MAX_ZONES } from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { policy } from "../memory/policies";
import { config, PCP_HEADS } from "../memory/regions";
import { hasOwnLists, hasOwnThpList, splitsThpLists } from "../policy/free_target";

const TYPES: i32 = 3;

/** Written by bindPcpLists only. */
export let HAS_CMA_LISTS: bool = false;
let HAS_THP_CMA_LIST: bool = false;
export let COSTLY_ORDER: i32 = 0;
export let THP_ORDER: i32 = 0;
/** Lists of the kernel, and with those that policies add. */
export let NR_LISTS: i32 = 0;
export let ALL_LISTS: i32 = 0;
let LOW_ORDER_LISTS: i32 = 0;
/** How many of these are in use, and where the movable THP list lies behind the other. */
let USED_LISTS: i32 = 0;
let MOVABLE_THP: i32 = 1;

export function bindPcpLists(): void {
  COSTLY_ORDER = config(ConfigWord.COSTLY_ORDER);
  THP_ORDER = config(ConfigWord.PCP_THP_ORDER);
  NR_LISTS = config(ConfigWord.NR_PCP_LISTS);
  ALL_LISTS = NR_LISTS + COSTLY_ORDER + 2;
  LOW_ORDER_LISTS = TYPES * (COSTLY_ORDER + 1);
  const free = policy(PolicyWord.CMA_FREE);
  const thp = policy(PolicyWord.THP_LISTS);
  HAS_CMA_LISTS = hasOwnLists(free);
  HAS_THP_CMA_LIST = THP_ORDER != 0 && hasOwnThpList(free, thp);
  MOVABLE_THP = splitsThpLists(thp) ? 1 : 0;
  USED_LISTS = NR_LISTS + (HAS_CMA_LISTS ? COSTLY_ORDER + 1 : 0) + (HAS_THP_CMA_LIST ? 1 : 0);
}

export function pcpHead(cpu: i32, zone: i32, pindex: i32): u32 {
  return PCP_HEADS + ((<u32>((cpu * MAX_ZONES + zone) * MAX_PCP_LISTS + pindex)) << FRAME_SHIFT);
}

export function isPcpOrder(order: i32): bool {
  return order <= COSTLY_ORDER || (order == THP_ORDER && THP_ORDER != 0);
}

/** Is it a list that pages may be on under this policy? */
export function isList(pindex: u32): bool {
  return pindex < <u32>USED_LISTS;
}

/** The list of a request of type U, M or R. */
export function pindexOf(type: i32, order: i32): i32 {
  if (order == 0) return type;
  if (order > COSTLY_ORDER) return LOW_ORDER_LISTS + (type == Migratetype.MOVABLE ? MOVABLE_THP : 0);
  return order * TYPES + type;
}

/** Where CMA pages have lists of their own: has this order one? Else they go with the movable ones. */
export function hasCmaList(order: i32): bool {
  return order <= COSTLY_ORDER || HAS_THP_CMA_LIST;
}

function cmaPindexOf(order: i32): i32 {
  if (!hasCmaList(order)) return pindexOf(Migratetype.MOVABLE, order);
  return NR_LISTS + min(order, COSTLY_ORDER + 1);
}

/** The list of a freed page of this block type; what has no lists goes with the movable ones. */
export function pindexOfBlock(type: i32, order: i32): i32 {
  if (type <= Migratetype.RECLAIMABLE) return inline.always(pindexOf(type, order));
  if (HAS_CMA_LISTS && type == Migratetype.CMA) return cmaPindexOf(order);
  return inline.always(pindexOf(Migratetype.MOVABLE, order));
}

export function orderOfPindex(pindex: i32): i32 {
  if (pindex >= NR_LISTS) return pindex - NR_LISTS > COSTLY_ORDER ? THP_ORDER : pindex - NR_LISTS;
  return pindex >= LOW_ORDER_LISTS ? THP_ORDER : pindex / TYPES;
}

/** The list that a bulk free goes on with. */
export function listBehind(pindex: i32): i32 {
  if (HAS_CMA_LISTS) return behindWithCma(pindex);
  return pindex + 1 == NR_LISTS ? 0 : pindex + 1;
}

/** The same where the list of CMA follows those of its order. */
function behindWithCma(pindex: i32): i32 {
  if (pindex > NR_LISTS + COSTLY_ORDER) return 0;
  if (pindex >= NR_LISTS) {
    const next = (pindex - NR_LISTS + 1) * TYPES;
    return next == NR_LISTS ? 0 : next;
  }
  if (pindex < LOW_ORDER_LISTS && pindex % TYPES == TYPES - 1) return NR_LISTS + pindex / TYPES;
  if (pindex + 1 < NR_LISTS) return pindex + 1;
  return HAS_THP_CMA_LIST ? NR_LISTS + COSTLY_ORDER + 1 : 0;
}
