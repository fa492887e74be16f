// Knows: whether a movable request may take pages of CMA areas. Pure numbers.
// Sources: Goldsworthy, "Redirect to CMA" (Android, restrict_cma_redirect); Yescas and Singh, LPC 2025 (MIGRATE_CMA_STRICT,
// quarantine of direct I/O and of file system metadata).

import { CmaUse, Quarantine, ThpCma } from "../abi/proposals";
import { Gfp } from "../abi/vocabulary";

/**
 * gfp_to_alloc_flags_cma() of a MOVABLE request: is it given ALLOC_CMA? `missed`: the request belongs to a use that is kept
 * out of CMA, and nobody has seen it; `thp`: what its size says, 0 for others.
 */
export function mayUseCma(use: i32, quarantine: i32, missed: bool, thp: i32, gfp: i32): bool {
  if (use == CmaUse.STRICT) return false;
  if (thp == ThpCma.NEVER) return false;
  if (!missed && (quarantine & Quarantine.DIRECT_IO) != 0 && (gfp & Gfp.USE_DIRECT_IO) != 0) return false;
  if (!missed && (quarantine & Quarantine.METADATA) != 0 && (gfp & Gfp.USE_METADATA) != 0) return false;
  if (use == CmaUse.GFP_CMA && (gfp & Gfp.CMA) == 0) return false;
  return true;
}

/** Uses that a quarantine is for, of which the kernel must guess when a page is asked for. */
export function isQuarantined(gfp: i32): bool {
  return (gfp & (Gfp.USE_DIRECT_IO | Gfp.USE_METADATA)) != 0;
}

/** Is the nth of these requests one that is not recognised? Of any 100 in a row `percent` are, evenly spread. */
export function isMissed(nth: i32, percent: i32): bool {
  return ((nth % 100) * 61) % 100 < percent;
}

/** May a per-CPU list of MOVABLE hold CMA pages, so that a request without ALLOC_CMA must not look there? */
export function mixesLists(use: i32, quarantine: i32, thp: i32): bool {
  if (use == CmaUse.GFP_CMA || use == CmaUse.STRICT) return false;
  return quarantine != 0 || thp == ThpCma.NEVER;
}
