// Knows: every decision in which kernels differ, one row each: what 6.12 does, what 6.1 does, and the name by which the rooms
// ask. Open this file to see what a kernel does differently; bindings/device/kernel has the values of each kernel.
// Must not know: how a decision is carried out.
//
//   ConfigWord            name here                6.12                                     6.1
//   RULE_LIST_TYPE        LISTS_FOLLOW_PAGEBLOCK   a free block's list is its pageblock's   the caller's; a per-CPU page carries one
//   RULE_PCP              AUTO_TUNES_PCP           high moves, BELOW_HIGH is watched        fixed high, free_factor
//                         ACCOUNTS_AT_TAKE         each block as it leaves its list         the caller, a refill at its end
//   RULE_FALLBACK         CLAIMS_OR_STEALS         claim a pageblock or steal a block       move blocks over, then take
//   RULE_RESERVE          KEEPS_WHOLE_RESERVE      free HIGHATOMIC pages are not usable     all pages reserved are not
//   RULE_RESERVE_SIZE     RESERVES_ONE_MORE        1 % rounded up, none below a pageblock   1 % and a pageblock
//   RULE_BOOST            ATOMIC_IGNORES_BOOST     __GFP_HIGH ignores a boost               __GFP_ATOMIC, of those that cannot reclaim
//   RULE_WAKE             ANYONE_WAKES_KSWAPD      who has ALLOC_KSWAPD, where BOOSTED      anyone
//   RULE_PCP_CMA          PCP_NEEDS_CMA            movable requests use per-CPU lists       only those with ALLOC_CMA
//   RULE_ISOLATION        ISOLATES_BY_PAGEBLOCK    each pageblock splits what crosses it    only the range's borders split
//   RULE_MIGRATION        MIGRATES_IN_BATCHES      all targets, then the moves              page by page, ten passes
//   RULE_CMA_ERROR        CMA_STARTS_EBUSY         -ENOMEM until a window was tried         as 6.12; 6.15: -EBUSY
//   RULE_CMA_LOCK         CMA_LOCK                 cma_mutex                                as 6.12; 6.15: one lock an area
//
// And two in which none of them differs but proposals do, which hold from boot on:
//
//   RULE_CMA_OWNER        AREAS_KEEP_PAGES         areas lend to the buddy lists            the same
//   RULE_CMA_ZONE         CMA_ZONE                 areas lie in the zones of their pfns     the same
//
// Constant after init; written by bindRules only.

import { CmaOwnerRule, CmaZoneRule } from "./abi/proposals";
import {
  BoostRule,
  CmaErrorRule,
  CmaLockRule,
  FallbackRule,
  IsolationRule,
  ListTypeRule,
  MigrationRule,
  PcpCmaRule,
  PcpRule,
  ReserveRule,
  ReserveSizeRule,
  WakeRule,
} from "./abi/vocabulary";
import { ConfigWord } from "./abi/words";
import { config } from "./memory/regions";

export let LISTS_FOLLOW_PAGEBLOCK: bool = false;
export let AUTO_TUNES_PCP: bool = false;
export let ACCOUNTS_AT_TAKE: bool = false;
export let CLAIMS_OR_STEALS: bool = false;
export let KEEPS_WHOLE_RESERVE: bool = false;
export let RESERVES_ONE_MORE: bool = false;
export let ATOMIC_IGNORES_BOOST: bool = false;
export let ANYONE_WAKES_KSWAPD: bool = false;
export let PCP_NEEDS_CMA: bool = false;
export let ISOLATES_BY_PAGEBLOCK: bool = false;
export let MIGRATES_IN_BATCHES: bool = false;
export let CMA_STARTS_EBUSY: bool = false;
export let AREAS_KEEP_PAGES: bool = false;
/** A CmaLockRule: the one decision with three answers. */
export let CMA_LOCK: i32 = CmaLockRule.GLOBAL;

/** A CmaZoneRule: in which zone areas lie. */
export let CMA_ZONE: i32 = CmaZoneRule.IN_PLACE;

export function bindRules(): void {
  LISTS_FOLLOW_PAGEBLOCK = config(ConfigWord.RULE_LIST_TYPE) == ListTypeRule.PAGEBLOCK;
  AUTO_TUNES_PCP = config(ConfigWord.RULE_PCP) == PcpRule.AUTO_TUNED;
  ACCOUNTS_AT_TAKE = AUTO_TUNES_PCP;
  CLAIMS_OR_STEALS = config(ConfigWord.RULE_FALLBACK) == FallbackRule.CLAIM_STEAL;
  KEEPS_WHOLE_RESERVE = config(ConfigWord.RULE_RESERVE) == ReserveRule.WHOLE_RESERVE;
  RESERVES_ONE_MORE = config(ConfigWord.RULE_RESERVE_SIZE) == ReserveSizeRule.ONE_MORE;
  ATOMIC_IGNORES_BOOST = config(ConfigWord.RULE_BOOST) == BoostRule.ATOMIC;
  ANYONE_WAKES_KSWAPD = config(ConfigWord.RULE_WAKE) == WakeRule.ANYONE;
  PCP_NEEDS_CMA = config(ConfigWord.RULE_PCP_CMA) == PcpCmaRule.ONLY_WITH_CMA;
  ISOLATES_BY_PAGEBLOCK = config(ConfigWord.RULE_ISOLATION) == IsolationRule.PAGEBLOCK;
  MIGRATES_IN_BATCHES = config(ConfigWord.RULE_MIGRATION) == MigrationRule.BATCHED;
  CMA_STARTS_EBUSY = config(ConfigWord.RULE_CMA_ERROR) == CmaErrorRule.STARTS_EBUSY;
  AREAS_KEEP_PAGES = config(ConfigWord.RULE_CMA_OWNER) == CmaOwnerRule.AREA;
  CMA_LOCK = config(ConfigWord.RULE_CMA_LOCK);
  CMA_ZONE = config(ConfigWord.RULE_CMA_ZONE);
}
