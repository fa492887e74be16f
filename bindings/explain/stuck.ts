// Knows: how many references a page has by itself, and what the dump of a page that would not move shows beyond them.
// Must not know: formats, whose request the page blocked.

import { type Finding, finding } from "./finding.js";
import type { Picture } from "./picture.js";
import { commandFor } from "./verdicts.js";

type Dump = Picture["migrations"][number];

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;

/** References that a page has by itself: one of who isolated it, its mappings, and the caches that it is in. */
function expectedReferences({ mapcount, operations, flags, ret }: Dump): { count: number; cached: boolean } {
  const swap = operations === "swap_aops" || flags.split("|").includes("swapcache");
  const cached = swap || (operations !== null && operations !== "");
  // A page that test_pages_isolated() found is not isolated for moving; a page in use has one reference at least.
  const isolated = ret === null ? 0 : 1;
  const count = isolated + Math.max(0, mapcount ?? 0) + (cached ? 1 : 0);
  return { count: Math.max(1, count), cached: swap };
}

/** Through what it was allocated, when page_owner's stack says so. */
function origin({ stack }: Dump): string {
  if (stack === "") return "";
  const names = stack.split(" < ");
  const direct = names.find((name) => /direct_IO|dio|iomap_dio/.test(name));
  const pinned = names.find((name) => /get_user_pages|pin_user_pages|gup/.test(name));
  const who =
    pinned !== undefined && direct !== undefined
      ? `${pinned} for direct I/O (${direct})`
      : (pinned ?? direct ?? names.slice(0, 2).join(" < "));
  return `; allocated through ${who}`;
}

/** `references` or `reference`, and whether somebody holds the page. */
export function whoKeeps(dump: Dump): string {
  const { refcount, mapcount, order } = dump;
  const what = order > 0 ? `head of a compound page (THP) of order ${order}, ` : "";
  const { count, cached } = expectedReferences(dump);
  const extra = refcount === null ? null : refcount - count;
  if (extra === null) return `${what}its references are not in the log, so who holds it is open`;
  if (extra > 0)
    return `${what}${extra} of its ${refcount} references cannot be accounted for: somebody holds (pins) it${origin(dump)}`;
  if (cached)
    return `${what}${count} references are expected, one of them the swap cache's: nobody pins it, but kernels without the fix of folio_expected_ref_count() (December 2025) take the swap cache's reference for a pin`;
  if (dump.ret === null)
    return `${what}${refcount} reference${refcount === 1 ? "" : "s"}, ${mapcount ?? "?"} mappings: nobody holds it, it was not moved or came back too soon`;
  return `${what}no reference too many at the time of the dump: the pin was gone by then, or the page was under I/O`;
}

function ofDump(dump: Dump): Finding {
  const { pfn, ret, refcount, mapcount, operations, flags, owner, place } = dump;
  const evidence = [
    `${place.file}:${place.line}: ret ${ret ?? "?"}, refcount ${refcount ?? "?"}, mapcount ${mapcount ?? "?"}, ${operations ?? "no aops"}, ${flags}`,
  ];
  if (owner !== null) evidence.push(owner);
  if (dump.stack !== "") evidence.push(`stack: ${dump.stack}`);
  if (ret === -12) {
    const message = `pfn ${hex(pfn)} could not be moved: there was no page to move it to`;
    const nextCommand = commandFor("NO-MIGRATION-TARGET");
    return finding({
      verdict: "NO-MIGRATION-TARGET",
      code: "migration-failed",
      message,
      evidence,
      nextCommand,
    });
  }
  const message = `pfn ${hex(pfn)} would not migrate: ${whoKeeps(dump)}`;
  const nextCommand = commandFor("PINNED-LONG");
  return finding({
    verdict: "PINNED",
    certainty: "likely",
    code: "migration-failed",
    message,
    evidence,
    nextCommand,
  });
}

export function stuckPages(picture: Picture): Finding[] {
  return picture.migrations.slice(0, 50).map(ofDump);
}
