// Knows: what stood in the way of failed requests: blocked windows added up by reason, holder and kind of pin.
// Must not know: requests, policies, how it is shown.

import type { WindowRecord } from "../../scenario/result.js";
import { median } from "../bootstrap.js";

/** What blocked windows, by reason, holder and kind of pin. */
export interface Blocker {
  /** Name of a BlockReason. */
  readonly reason: string;
  /** The workload that held the pin, "" where it was no pin. */
  readonly holder: string;
  /** "SHORT", "LONGTERM", "PAGE_CACHE" or "". */
  readonly pinKind: string;
  /** Windows that it blocked. */
  readonly windows: number;
  /** Different frames. */
  readonly frames: number;
  /** Median time that the pins had been held, nanoseconds; 0 where there was none. */
  readonly medianHeldNs: number;
  /** Longest time that one of the pins had been held, nanoseconds. */
  readonly longestHeldNs: number;
}

export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** NUL cannot stand in a name. */
export function blockerKey({ reason, holder, pinKind }: WindowRecord): string {
  return `${reason}\0${holder}\0${pinKind}`;
}

/** A window that was tried and not blocked says nothing about a failure. */
export function blockedWindows(windows: readonly WindowRecord[]): WindowRecord[] {
  return windows.filter(({ errno }) => errno !== 0);
}

/** The most windows first; equal ones in the order in which they were met. */
export function blockersOf(windows: readonly WindowRecord[]): Blocker[] {
  return groupBy(windows, blockerKey)
    .map((group) => ({
      reason: group[0]?.reason ?? "",
      holder: group[0]?.holder ?? "",
      pinKind: group[0]?.pinKind ?? "",
      windows: group.length,
      frames: new Set(group.map(({ blockerPfn }) => blockerPfn)).size,
      medianHeldNs: median(group.map(({ heldNs }) => heldNs)) ?? 0,
      longestHeldNs: group.reduce((most, { heldNs }) => Math.max(most, heldNs), 0),
    }))
    .sort((a, b) => b.windows - a.windows);
}

/** A workload's name where a pin blocked, else the reason in words. */
export function blockerName({ reason, holder }: Pick<Blocker, "reason" | "holder">): string {
  return holder === "" ? reason.toLowerCase().replaceAll("_", " ") : holder;
}

/** Windows by name of what blocked them, over many failures. */
export interface NamedBlocker {
  /** The holder, or the reason where there is none. */
  readonly name: string;
  /** Windows that it blocked. */
  readonly windows: number;
}

/** The most windows first, equal ones by name. */
export function nameBlockers(blockers: Iterable<Blocker>): NamedBlocker[] {
  const counts = new Map<string, number>();
  for (const blocker of blockers) {
    const name = blockerName(blocker);
    counts.set(name, (counts.get(name) ?? 0) + blocker.windows);
  }
  return [...counts]
    .map(([name, windows]) => ({ name, windows }))
    .sort((a, b) => b.windows - a.windows || (a.name < b.name ? -1 : 1));
}
