// Knows: the colours of migratetypes, and how a share of free memory turns into lightness.
// Must not know: cells, zones, layout.
//
// Seven hues that stay apart for colour-blind readers: each has its own darkness besides its own hue, and the
// free end of every ramp is pale but never white.

import { Migratetype } from "../../assembly/abi/vocabulary.js";

type Rgb = readonly [number, number, number];

export interface Ramp {
  /** Nothing free. */
  readonly full: Rgb;
  /** Everything free. */
  readonly free: Rgb;
}

export const typeRamps: Readonly<Record<Migratetype, Ramp>> = {
  [Migratetype.UNMOVABLE]: { full: [168, 41, 31], free: [248, 219, 213] },
  [Migratetype.MOVABLE]: { full: [31, 84, 158], free: [216, 230, 247] },
  [Migratetype.RECLAIMABLE]: { full: [186, 122, 8], free: [251, 236, 200] },
  [Migratetype.HIGHATOMIC]: { full: [104, 52, 148], free: [232, 219, 244] },
  [Migratetype.CMA]: { full: [8, 112, 84], free: [201, 236, 223] },
  [Migratetype.ISOLATE]: { full: [20, 20, 24], free: [214, 214, 220] },
};

export const RESERVED_COLOR = "#9aa1ab";
export const INK = "#1c2330";
export const QUIET_INK = "#667085";

/** Steps of lightness: 0 = nothing free, LEVELS - 1 = everything free. */
export const LEVELS = 7;

/** Both ends mean exactly nothing and exactly everything; the steps between share the rest evenly. */
export function freeLevel(free: number, total: number): number {
  if (free <= 0 || total <= 0) return 0;
  if (free >= total) return LEVELS - 1;
  return Math.min(1 + Math.floor((free / total) * (LEVELS - 2)), LEVELS - 2);
}

function hex(channel: number): string {
  return Math.round(channel).toString(16).padStart(2, "0");
}

export function rampColor(ramp: Ramp, level: number): string {
  const share = level / (LEVELS - 1);
  const mix = (i: 0 | 1 | 2) => hex(ramp.full[i] + (ramp.free[i] - ramp.full[i]) * share);
  return `#${mix(0)}${mix(1)}${mix(2)}`;
}
