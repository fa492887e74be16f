// Knows: the sentence about a request that failed: what was asked for, when it gave up, who stood in the way.
// Must not know: where it is shown, what would have helped.

import { formatBytes } from "../../bindings/engine/units.js";
import { formatDuration, formatErrno } from "../../bindings/report/sizes.js";
import type { Request, WindowsTried } from "./protocol.js";

/** Who blocked most windows: their number, and the longest time that one of their pages had been held. */
function chiefOf({ windows }: WindowsTried): { who: string; count: number; heldNs: number } | undefined {
  const all = new Map<string, { who: string; count: number; heldNs: number }>();
  for (const { errno, holder, reason, heldNs } of windows) {
    if (errno === 0) continue;
    const who = holder === "" ? reason.toLowerCase().replaceAll("_", " ") : `pages pinned by ${holder}`;
    const { count = 0, heldNs: longest = 0 } = all.get(who) ?? {};
    all.set(who, { who, count: count + 1, heldNs: Math.max(longest, heldNs) });
  }
  return [...all.values()].sort((a, b) => b.count - a.count)[0];
}

/** One sentence for somebody who has seen nothing yet. */
export function failureSentence(request: Request, tried: WindowsTried, pageSize: number): string {
  const { client, pages, errno, beginNs, endNs } = request;
  const asked = `${client} asked for ${formatBytes(pages * pageSize)} at ${formatDuration(beginNs)} and failed with ${formatErrno(errno)} after ${formatDuration(endNs - beginNs)}`;
  const chief = chiefOf(tried);
  if (chief === undefined) return `${asked}.`;
  const held = chief.heldNs === 0 ? "" : `, none for longer than ${formatDuration(chief.heldNs)}`;
  return `${asked}: ${chief.who} stood in the way of ${chief.count} of the ${tried.windows.length} windows tried${held}.`;
}
