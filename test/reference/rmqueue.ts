// Knows: in which order a zone's lists are tried for one block, and how a refill remembers where it found one.
// Must not know: watermarks, per-CPU lists.
// Kernel: __rmqueue, rmqueue_mode, rmqueue_buddy; 6.12.y and 6.1.

import { AllocFlag, FallbackRule, ListTypeRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import { type Taken, takeSmallest } from "./buddy.js";
import { claim, moveFromDonor, steal } from "./fallback.js";
import type { Machine } from "./machine.js";
import { account, type Zone } from "./zone.js";

/** The step of the 6.12 search to start with; a refill keeps one from page to page. */
export enum StartAt {
  OWN_TYPE,
  CMA,
  CLAIM,
  STEAL,
}

export interface Search {
  startAt: StartAt;
}

/** More than half of the zone's free pages are CMA pages: movable requests take those first. */
function cmaFirst(zone: Zone, flags: number): boolean {
  return (flags & AllocFlag.CMA) !== 0 && zone.visibleCma > Math.floor(zone.visibleFree / 2);
}

/** One block of the order for the type, from any list that the flags allow. In 6.1 the caller accounts. */
export function takeAny(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
  search: Search,
): Taken | undefined {
  if (cmaFirst(zone, flags)) {
    const taken = takeSmallest(machine, zone, order, Migratetype.CMA);
    if (taken !== undefined) return taken;
  }
  const claims = machine.rules.fallback === FallbackRule.CLAIM_STEAL;
  if (claims) return takeInSteps(machine, zone, order, type, flags, search);
  return takeAfterMoves(machine, zone, order, type, flags);
}

/** 6.12.y: own type, CMA, claim, steal; the search starts where the previous page of the refill was found. */
function takeInSteps(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
  search: Search,
): Taken | undefined {
  let taken: Taken | undefined;
  if (search.startAt <= StartAt.OWN_TYPE) {
    taken = takeSmallest(machine, zone, order, type);
    if (taken !== undefined) return taken;
  }
  if (search.startAt <= StartAt.CMA && flags & AllocFlag.CMA) {
    taken = takeSmallest(machine, zone, order, Migratetype.CMA);
    if (taken !== undefined) {
      search.startAt = StartAt.CMA;
      return taken;
    }
  }
  if (search.startAt <= StartAt.CLAIM) {
    taken = claim(machine, zone, order, type, flags);
    if (taken !== undefined) {
      search.startAt = StartAt.OWN_TYPE;
      return taken;
    }
  }
  if (flags & AllocFlag.NOFRAGMENT) return undefined;
  taken = steal(machine, zone, order, type);
  if (taken !== undefined) search.startAt = StartAt.STEAL;
  return taken;
}

/** 6.1: own type, CMA, then move blocks over from a donor and look again. */
function takeAfterMoves(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
): Taken | undefined {
  for (;;) {
    let taken = takeSmallest(machine, zone, order, type);
    if (taken === undefined && flags & AllocFlag.CMA) {
      taken = takeSmallest(machine, zone, order, Migratetype.CMA);
    }
    if (taken !== undefined) return taken;
    if (!moveFromDonor(machine, zone, order, type, flags)) return undefined;
  }
}

/** One block for a request that the per-CPU lists do not serve: HIGHATOMIC lists before and after, as allowed. */
export function takeFromBuddy(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
): number | undefined {
  let taken: Taken | undefined;
  if (flags & AllocFlag.HIGHATOMIC) taken = takeSmallest(machine, zone, order, Migratetype.HIGHATOMIC);
  taken ??= takeAny(machine, zone, order, type, flags, { startAt: StartAt.OWN_TYPE });
  if (taken === undefined && flags & (AllocFlag.OOM | AllocFlag.NON_BLOCK)) {
    taken = takeSmallest(machine, zone, order, Migratetype.HIGHATOMIC);
  }
  if (taken === undefined) return undefined;
  if (machine.rules.listType === ListTypeRule.CALLER) account(machine, zone, -(2 ** order), taken.type);
  return taken.pfn;
}
