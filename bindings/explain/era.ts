// Knows: which kernels print which line, and what -12, -16 and -4 mean on each.
// Must not know: free runs, verdicts.
//
// Models: cma_alloc() of mm/cma.c. Up to 6.14: -ENOMEM unless a window was found, then the window's own error. Since 6.15
// (areas of several ranges): -EBUSY from the start, so it also means that there was no window at all.

import type { FailedRequest, Picture } from "./picture.js";

/** Versions as major * 100 + minor: 6.12 is 612. */
export interface Era {
  /** As the user or the log gave it, or deduced, saying so; null when nothing tells. */
  readonly text: string | null;
  readonly from: number;
  readonly to: number;
}

export const MUTEX_GONE = 511;
export const SEVERAL_RANGES = 615;
const ALL = { from: 305, to: 9999 };

/** 612 for "6.12", "v6.12.117-lab"; undefined for what is no version. */
export function versionNumber(text: string): number | undefined {
  const match = /^v?(\d{1,2})\.(\d{1,3})(?:[.\-+_~ ]|$)/.exec(text);
  return match === null || Number(match[2]) > 99 ? undefined : Number(match[1]) * 100 + Number(match[2]);
}

function byForm({ form, source, area }: FailedRequest): Era {
  if (form !== "cma") return { text: null, ...ALL };
  const deduced = (text: string, from: number, to: number): Era => ({
    text: `${text} (by the form of the line)`,
    from,
    to,
  });
  if (source.includes("frozen")) return deduced("7.0 or later", 700, ALL.to);
  if (source === "__cma_alloc") return deduced("6.12 or later", 612, 699);
  return area === null ? deduced("4.9 to 5.14", 409, 514) : deduced("5.15 to 6.11", 515, 611);
}

export function eraOf(failure: FailedRequest, picture: Picture, given: string | undefined): Era {
  const stated = given ?? picture.kernel ?? undefined;
  const version = stated === undefined ? undefined : versionNumber(stated);
  if (stated !== undefined && version !== undefined) return { text: stated, from: version, to: version };
  const era = byForm(failure);
  const { list } = failure;
  if (list === null) return era;
  // A list without runs says nothing: the kernel of 2016 printed it so, and runs are lost when other lines come between.
  if (list.hasRanges) {
    return {
      text: "6.15 or later (by the form of the list)",
      from: Math.max(era.from, SEVERAL_RANGES),
      to: ALL.to,
    };
  }
  if (failure.source !== "__cma_alloc" || list.entries.length === 0) return era;
  return { text: "6.12 to 6.14 (by the form of the lines)", from: era.from, to: SEVERAL_RANGES - 1 };
}

/** What the error says by itself, on these kernels. */
export function meaningOf(errno: number, era: Era): string {
  const single = era.to < SEVERAL_RANGES;
  const several = era.from >= SEVERAL_RANGES;
  if (errno === -4) return "-4 (EINTR): the caller received a fatal signal while it waited";
  if (errno === -12) {
    if (several)
      return "-12 (ENOMEM) on this kernel means only one thing: pages could not be moved out, there was no target for them";
    if (single)
      return "-12 (ENOMEM) on this kernel: no window in the bitmap, or no target for the pages that had to move";
    return "-12 (ENOMEM): before 6.15 no window in the bitmap or no migration target, since 6.15 the latter only";
  }
  if (errno === -16) {
    if (several) return "-16 (EBUSY) on this kernel: every window was busy, or there was no window at all";
    if (single) return "-16 (EBUSY) on this kernel: there were windows, and every one of them was busy";
    return "-16 (EBUSY): every window was busy; since 6.15 also: there was no window at all";
  }
  return `${errno}: not an error that cma_alloc is known to return`;
}
