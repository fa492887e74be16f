// Knows: where a freed block goes: onto a per-CPU list, or straight to the buddy lists.
// Must not know: who frees, and whether it may.
// Kernel: free_unref_page (6.12), free_the_page and free_unref_page (6.1).

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import { freeToBuddy } from "./buddy.js";
import type { Machine } from "./machine.js";
import { releaseToPcp, servesOrder } from "./pcp.js";
import type { Zone } from "./zone.js";

/** Orders without a per-CPU list and pages of isolated pageblocks bypass the per-CPU lists. */
export function releaseBlock(machine: Machine, zone: Zone, pfn: number, order: number): void {
  const type = zone.typeAt(pfn);
  if (!servesOrder(machine.geometry, order) || type === Migratetype.ISOLATE) {
    freeToBuddy(machine, zone, pfn, order);
  } else releaseToPcp(machine, zone, pfn, order, type);
}
