// Knows: the answer of a what-if as rows of text: a branch a line, both columns, what it costs the others.
// Must not know: where the rows go, how an answer is found.

import { blockerName } from "../../analysis/outcomes/index.js";
import type { Column } from "../../report/index.js";
import { formatCount, formatDuration, formatErrno, formatPages } from "../../report/sizes.js";
import {
  OPERATIONS,
  savedIn,
  type WhatIfAnswer,
  type WhatIfBranchAnswer,
  type WhatIfCost,
  type WhatIfEnding,
  type WhatIfRefusal,
} from "../../whatif/index.js";

/** Smaller changes of what is always there are not told in a table; --json has them. */
const WORTH_TELLING = 0.005;
const MOST_COSTS = 4;

export const COLUMNS: readonly Column[] = [
  { header: "changed", align: "left" },
  { header: "switched at this instant", align: "left" },
  { header: "in force from the start", align: "left" },
  { header: "saved it", align: "left" },
  { header: "the others, against what was", align: "left" },
];

/** "on time, 41 ms"; "-16 EBUSY, 957 ms". */
export function endingCell(ending: WhatIfEnding | WhatIfRefusal): string {
  if (ending.kind === "refused") return "-";
  const { request, behindStream } = ending;
  const behind = behindStream ? " (the load had ended)" : "";
  if (request === undefined)
    return { waiting: "still waiting", skipped: "skipped" }[ending.kind as string] ?? "not asked";
  const after = formatDuration(request.latencyNs);
  if (ending.kind === "failed") return `${formatErrno(request.errno)}, ${after}${behind}`;
  return `${ending.kind === "late" ? "late" : "on time"}, ${after}${behind}`;
}

function isWorthTelling({ before, value }: WhatIfCost): boolean {
  return Math.abs(value - before) >= WORTH_TELLING * Math.max(before, value);
}

/** "snapuserd: operations -3.1 %", "pages moved +12 MiB". */
export function costText({ what, unit, before, value }: WhatIfCost, pageShift: number): string {
  const sign = value > before ? "+" : "-";
  const size = Math.abs(value - before);
  if (what.endsWith(OPERATIONS) && before > 0)
    return `${what} ${sign}${Number(((size / before) * 100).toPrecision(2))} %`;
  if (unit === "pages") return `${what} ${sign}${formatPages(size, pageShift)}`;
  return `${what} ${sign}${unit === "ns" ? formatDuration(size) : formatCount(size)}`;
}

/** The column that the costs of a branch are told of. */
function costColumn(branch: WhatIfBranchAnswer): "switched" | "fromStart" {
  return savedIn(branch) ?? (branch.fromStart.kind === "refused" ? "switched" : branch.judgedBy);
}

function costsCell(branch: WhatIfBranchAnswer, pageShift: number): string {
  const all = branch.costs[costColumn(branch)].filter(isWorthTelling);
  const shown = all.slice(0, MOST_COSTS).map((cost) => costText(cost, pageShift));
  const more = all.length > MOST_COSTS ? [`${all.length - MOST_COSTS} more`] : [];
  return [...shown, ...more].join(", ") || "none";
}

function savedCell(branch: WhatIfBranchAnswer): string {
  const column = savedIn(branch);
  if (column === undefined) return "no";
  return column === "switched" ? "yes, switched" : "yes, from the start";
}

/** The first row is what was. */
export function branchRows({ policy, original, branches, pageBytes }: WhatIfAnswer): string[][] {
  const shift = Math.log2(pageBytes);
  const was = endingCell(original);
  return [
    [`(nothing: ${policy})`, was, was, "", ""],
    ...branches.map((branch) => [
      branch.name,
      endingCell(branch.switched),
      endingCell(branch.fromStart),
      savedCell(branch),
      costsCell(branch, shift),
    ]),
  ];
}

/** What stood in the way, why cells are empty, and what the columns mean. */
export function noteLines({ original, branches, horizonNs, request }: WhatIfAnswer): string[] {
  const all = original.blockers.reduce((sum, { windows }) => sum + windows, 0);
  const [chief] = original.blockers;
  const blocked =
    chief === undefined
      ? []
      : [
          `In its way: ${blockerName(chief)} blocked ${formatCount(chief.windows)} of ${formatCount(all)} windows, with ${formatCount(chief.frames)} frames, held for at most ${formatDuration(chief.longestHeldNs)}.`,
        ];
  const refused = new Map<string, string[]>();
  for (const { name, switched, fromStart } of branches)
    for (const { why } of [switched, fromStart].filter((column) => column.kind === "refused"))
      refused.set(why, [...(refused.get(why) ?? []), name]);
  return [
    ...blocked,
    ...[...refused].map(([why, names]) => `- ${names.join(", ")}: ${why}.`),
    `Switched: forked at ${formatDuration(request.beginNs)}, where this very request begins, the identical state. From the start: the same plans and seed, ${request.client}'s opening ${request.ordinal}. What decides where pages go is judged by the second alone.`,
    `Costs are counted up to ${formatDuration(horizonNs)}: of the column that saves it, else of the one that judges it.`,
  ];
}
