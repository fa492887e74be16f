// Knows: whether a movable request may take pages of CMA areas, and whether it takes them before its own. Pure numbers.
// Sources: mainline 47118af0 (3.5), 16867664936e (5.7); Goldsworthy, "Redirect to CMA" (Android, restrict_cma_redirect);
// Yescas and Singh, LPC 2025 (MIGRATE_CMA_STRICT, quarantine of direct I/O and of file system metadata).

import { CmaUse, Quarantine } from "../abi/proposals";
import { Gfp } from "../abi/vocabulary";

/** gfp_to_alloc_flags_cma() of a MOVABLE request: is it given ALLOC_CMA? */
export function mayUseCma(use: i32, quarantine: i32, gfp: i32): bool {
  if (use == CmaUse.STRICT) return false;
  if ((quarantine & Quarantine.DIRECT_IO) != 0 && (gfp & Gfp.USE_DIRECT_IO) != 0) return false;
  if ((quarantine & Quarantine.METADATA) != 0 && (gfp & Gfp.USE_METADATA) != 0) return false;
  return use != CmaUse.GFP_CMA || (gfp & Gfp.CMA) != 0;
}

/** With ALLOC_CMA: do CMA lists come before the request's own? Half of the free memory counts in the half rule. */
export function takesCmaFirst(use: i32, freeCma: i32, freePages: i32): bool {
  if (use == CmaUse.HALF) return freeCma > freePages >> 1;
  return use == CmaUse.GFP_CMA || use == CmaUse.FIRST;
}

/** May a per-CPU list of MOVABLE hold CMA pages, so that a request without ALLOC_CMA must not look there? */
export function mixesLists(use: i32, quarantine: i32): bool {
  return quarantine != 0 && use != CmaUse.GFP_CMA && use != CmaUse.STRICT;
}
