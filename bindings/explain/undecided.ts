// Knows: what remains possible when nothing decides, what the numbers at hand strike out of it, and what to look at next.
// Must not know: how a verdict is shown.

import { guaranteedRun } from "../analysis/runs.js";
import { append, smallest } from "../engine/extent.js";
import type { Answer, Case } from "./case.js";
import { rankingText } from "./cases.js";
import { SEVERAL_RANGES } from "./era.js";
import { whoHolds } from "./space.js";
import { cmaState } from "./totals.js";
import { AREA_COMMAND, firstCommand, LOG_COMMAND, TRACE_COMMAND, type Verdict } from "./verdicts.js";

export const BUSY: readonly Verdict[] = ["PINNED", "ISOLATION-COLLISION", "UNMOVABLE-IN-CMA"];
const WINDOWLESS: readonly Verdict[] = ["EXHAUSTED", "FRAGMENTED", "ALIGNMENT"];
/** The buddy allocator's largest block: a request above it can come from CMA only. */
const LARGEST_ORDER = 10;

export function buddyOrder(pages: number): number {
  return Math.ceil(Math.log2(Math.max(1, pages)));
}

/** Seconds after a failure of CMA within which a failure of the buddy allocator is its consequence. */
const CONSEQUENCE = 2;

/** The buddy allocator was asked after CMA and failed, too. */
export function consequence({ failure, picture }: Case): string | undefined {
  const after = picture.others.find(
    ({ kind, time, place }) =>
      kind === "buddy" &&
      place.file === failure.place.file &&
      place.line > failure.place.line &&
      (time === null || failure.time === null
        ? place.line - failure.place.line <= 24
        : time - failure.time <= CONSEQUENCE),
  );
  if (after === undefined) return undefined;
  const order = after.order === null ? "" : ` of order ${after.order}`;
  return `the page allocation failure${order} after it is a consequence: the DMA layer asked the buddy allocator next, and that failed as well`;
}

/** A small request whose caller said nothing: the DMA layer asks the buddy allocator when CMA has nothing. */
export function harmless(given: Case): string | undefined {
  const { failure, pages } = given;
  if (failure.form !== "cma" || failure.who !== null || pages === null) return undefined;
  if (buddyOrder(pages) > LARGEST_ORDER || consequence(given) !== undefined) return undefined;
  return `it may be harmless: the DMA layer asks the buddy allocator next (order ${buddyOrder(pages)}), and no driver error follows in this log`;
}

/** What the numbers leave of the possible causes. */
export function possibleCauses(given: Case): Verdict[] {
  const { failure, era, pages, align, view } = given;
  const { errno } = failure;
  const possible: Verdict[] = [];
  const noWindow = errno === null || (errno === -12 ? era.from < SEVERAL_RANGES : era.to >= SEVERAL_RANGES);
  if (noWindow) append(possible, ["IMPOSSIBLE", ...WINDOWLESS]);
  if (errno === -12 || errno === null) possible.push("NO-MIGRATION-TARGET");
  // A traced request that met no busy window found none at all.
  if ((errno === -16 && failure.tries !== 0) || errno === null) append(possible, BUSY);
  if (harmless(given) !== undefined) possible.push("BENIGN");
  const struck = new Set<Verdict>();
  if (pages === 1 && align === 0)
    for (const verdict of ["FRAGMENTED", "ALIGNMENT", "IMPOSSIBLE"] as const) struck.add(verdict);
  const room = view.total ?? smallestArea(given);
  if (room !== null && pages !== null && room >= guaranteedRun(pages, align)) struck.add("IMPOSSIBLE");
  if (view.free !== null && pages !== null && view.free >= pages) struck.add("EXHAUSTED");
  const sizes = failure.list?.unplaced === true ? failure.list.entries : [];
  if (pages !== null && sizes.some(({ size }) => size >= pages)) struck.add("FRAGMENTED");
  if (pages !== null && align === 0) struck.add("ALIGNMENT");
  return possible.filter((verdict) => !struck.has(verdict));
}

/** The size that the failing area has at least: several are known, and which one failed is not. */
function smallestArea({ picture, shift }: Case): number | null {
  const { total } = cmaState(picture);
  const areas = picture.reservations.flatMap(({ kind, bytes }) =>
    kind === "reserved" && bytes !== null ? [bytes / 2 ** shift] : [],
  );
  if (areas.length > 1) return smallest(areas);
  return total;
}

function nextFor({ failure, picture }: Case): string {
  if (picture.meminfo.length === 0) return firstCommand(picture.platform);
  if (failure.pages === null) return LOG_COMMAND;
  return failure.errno === -16 ? TRACE_COMMAND : AREA_COMMAND;
}

/** Nothing decides: what is left, and what would. */
export function undecided(given: Case): Answer {
  const { failure, pages, view, picture } = given;
  const { errno } = failure;
  const alsoPossible = possibleCauses(given);
  const { total, lastFree, totalFrom } = cmaState(picture);
  const evidence = [
    view.source === "none"
      ? "no list of free runs and no bitmap of that moment: where the free pages lie is not known"
      : view.remark || "the list does not show where the free pages lie",
  ];
  if (total !== null) evidence.push(totalText(total, lastFree, totalFrom, pages));
  append(evidence, whoHolds(given));
  const possibly = harmless(given);
  if (possibly !== undefined) evidence.push(possibly);
  if (errno === -16 && pages === 1)
    evidence.push(
      "a single page: the DMA layer takes it from elsewhere when CMA fails, so the failure may be harmless",
    );
  const ranking = rankingText(alsoPossible);
  if (ranking !== undefined) evidence.push(ranking);
  return {
    verdict: "UNDECIDED",
    alsoPossible,
    evidence,
    certainty: "undecided",
    nextCommand: nextFor(given),
  };
}

/** Size and free pages of all areas together, and what they say of this request. */
export function totalText(total: number, free: number | null, from: string, pages: number | null): string {
  const now = free === null ? "" : `, ${free} of ${total} are free (CmaFree), the rest is in use or borrowed`;
  const room =
    pages === null || total < pages
      ? ""
      : free !== null && free >= pages
        ? `: room for ${pages} there is, so their number is not what is missing`
        : `: room for ${pages} there is, at least when they are empty`;
  return `the areas have ${total} pages in all (${from})${now}${room}`;
}
