// Knows: the one sentence that the runs come to: who failed how often, what stood in the way, what would have helped.
// Must not know: how any figure is worked out (analysis/outcomes).

import type { Cause, OnTime, Summary } from "../analysis/outcomes/index.js";
import { percent, points } from "./certainty.js";
import { formatBytes, formatCount, formatShare } from "./sizes.js";

/** In the stream where there is one. */
function countedOf({ openings }: OnTime): { readonly asked: number; readonly onTime: number } {
  return openings.inStream.asked > 0 ? openings.inStream : openings.outside;
}

function missedOf(row: OnTime): number {
  const { asked, onTime } = countedOf(row);
  return asked - onTime;
}

function inTheWay(cause: Cause | undefined): string {
  const chief = cause?.blockers[0];
  if (cause === undefined || chief === undefined || cause.windows === 0) return "";
  const who = chief.holder === "" ? chief.reason : `pages pinned by ${chief.holder}`;
  const what = chief.reason === "PINNED" ? who : `${chief.reason}${chief.holder === "" ? "" : `, ${who}`}`;
  const long = cause.longPins === 0 && chief.reason === "PINNED" ? ", none of them for long," : "";
  return `; ${what}${long} stood in the way of ${formatShare(chief.windows, cause.windows)} of the windows tried`;
}

/** The policy that these seeds tell to be better, or that there is none. */
function whatHelps({ onTimeDifferences, onTime, unequal, heading }: Summary, base: OnTime): string {
  const others = (heading?.policies ?? []).filter((policy) => policy !== base.policy);
  if (others.length === 0) return "";
  const isFair = (policy: string) => unequal.every((load) => load.policy !== policy);
  const [best] = onTimeDifferences
    .filter((row) => row.client === base.client && row.isSure && row.mean > 0 && isFair(row.policy))
    .toSorted((a, b) => b.mean - a.mean);
  if (best === undefined) {
    const [unsure] = onTimeDifferences
      .filter((row) => row.client === base.client && row.mean > 0)
      .toSorted((a, b) => b.mean - a.mean);
    if (unsure !== undefined)
      return `; ${unsure.policy} was on time ${points(unsure.mean)} points of its openings more, which ${formatCount(unsure.seeds)} ${unsure.seeds === 1 ? "seed does" : "seeds do"} not tell from chance`;
    const tried = others.length > 3 ? `${formatCount(others.length)} other policies` : others.join(", ");
    return `; ${tried}: no better, as far as ${formatCount(heading?.seeds ?? 0)} seeds tell`;
  }
  const share = onTime.find((row) => row.client === base.client && row.policy === best.policy)?.share;
  return `; ${best.policy} would have served ${share === undefined ? "more of them" : percent(share)} on time`;
}

/** One sentence, of the client that was failed most often under the first policy. */
export function runVerdict(summary: Summary): string {
  const { heading, onTime, asked, causes } = summary;
  if (heading === undefined) return "No run was finished.";
  const first = heading.policies[0] ?? "";
  const rows = onTime.filter((row) => row.policy === first && countedOf(row).asked > 0);
  const [worst] = rows.toSorted((a, b) => missedOf(b) - missedOf(a));
  if (worst === undefined) return "No client asked for contiguous memory.";
  const counted = countedOf(worst);
  const size = asked.find(({ client, policy }) => client === worst.client && policy === first)?.all.pagesMax;
  const of = size === undefined ? "" : ` of ${formatBytes(size * heading.pageBytes)}`;
  if (missedOf(worst) === 0)
    return `Under ${first} each of ${worst.client}'s ${formatCount(counted.asked)} requests${of} had its memory on time.`;
  const cause = causes.find(({ policy }) => policy === first);
  return `Under ${first} ${worst.client} had its memory on time in ${formatCount(counted.onTime)} of ${formatCount(counted.asked)} requests${of} (${percent(worst.share ?? 0)})${inTheWay(cause)}${whatHelps(summary, worst)}.`;
}
