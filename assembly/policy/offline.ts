// Knows: what keeps a range from being taken offline, before anything is moved and at its end. Must not know: frames, lists.
// Pure numbers. Sources: has_unmovable_pages (mm/page_isolation.c), offline_pages (mm/memory_hotplug.c), Linux 6.12; that memory
// of ZONE_CMA must not be unplugged: Kim, LSFMM 2015 (LWN 636234).

import { CmaZoneRule } from "../abi/proposals";
import { FrameKind, Migratetype, Mobility } from "../abi/vocabulary";

/** May a pageblock be isolated for that at all? Those of type CMA never, nor where its zone is that of the areas. */
export function mayGoOffline(rule: i32, type: i32, zone: i32, last: i32): bool {
  if (type == Migratetype.CMA) return false;
  return !(rule == CmaZoneRule.OWN && zone == last);
}

/** Is this frame's page one that refuses it? In ZONE_MOVABLE all but reserved ones are taken as movable. */
export function isUnmovable(kind: i32, mobility: i32, inMovableZone: bool): bool {
  if (kind == FrameKind.RESERVED) return true;
  if (kind != FrameKind.ALLOCATED || inMovableZone) return false;
  return mobility == Mobility.FIXED;
}
