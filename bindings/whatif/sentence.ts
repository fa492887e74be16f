// Knows: the one sentence that says what would have saved a request, for somebody tired.
// Must not know: how branches are run, tables.

import { formatBytes, formatDuration, formatErrno } from "../report/sizes.js";
import { KILLED, OPERATIONS } from "./costs.js";
import type { WhatIfAnswer, WhatIfBranchAnswer, WhatIfCost, WhatIfEnding, WhatIfRefusal } from "./result.js";

type Told = Omit<WhatIfAnswer, "sentence">;

/** Names in one list: "a, b and c"; of many the first, and how many more. */
function listed(names: readonly string[], most = 4): string {
  const shown =
    names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** Has its memory, and in time where that matters. */
export function isSaved(ending: WhatIfEnding | WhatIfRefusal): ending is WhatIfEnding {
  return ending.kind === "on-time" && !ending.behindStream;
}

function latency({ request }: WhatIfEnding): number {
  return request?.latencyNs ?? Number.POSITIVE_INFINITY;
}

/** What became of the request, in words: "failed with -16 EBUSY after 957 ms". */
export function endingText(ending: WhatIfEnding | WhatIfRefusal): string {
  switch (ending.kind) {
    case "refused":
      return ending.why;
    case "waiting":
      return "had not ended";
    case "skipped":
      return "was not asked: the buffer before was still wanted or held";
    case "not-asked":
      return "was not asked: its client had not come so far";
    default: {
      const after = formatDuration(latency(ending));
      const behind = ending.behindStream ? ", when the load had ended" : "";
      if (ending.kind === "failed")
        return `failed with ${formatErrno(ending.request?.errno ?? 0)} after ${after}${behind}`;
      return `had its memory after ${after}${ending.kind === "late" ? ", too late" : ""}${behind}`;
    }
  }
}

/** In which column it may be said that a branch saves the request; undefined: in none. */
export function savedIn({
  judgedBy,
  switched,
  fromStart,
}: WhatIfBranchAnswer): "switched" | "fromStart" | undefined {
  if (judgedBy === "switched" && isSaved(switched)) return "switched";
  return isSaved(fromStart) ? "fromStart" : undefined;
}

/** Losses of work that are told in the sentence. */
const WORTH_TELLING = 0.0005;

/** Whom it costs most, in words. */
function costOf(costs: readonly WhatIfCost[]): string {
  const killed = costs.find(({ what }) => what === KILLED);
  if (killed !== undefined && killed.value > killed.before)
    return `${killed.value - killed.before} more applications are killed`;
  const losses = costs
    .filter(({ what, before }) => what.endsWith(OPERATIONS) && before > 0)
    .map(({ what, before, value }) => ({
      name: what.slice(0, -OPERATIONS.length),
      share: 1 - value / before,
    }))
    .sort((a, b) => b.share - a.share);
  const [most] = losses;
  if (most === undefined || most.share < WORTH_TELLING) return "no workload does less";
  return `${most.name} does ${Number((most.share * 100).toPrecision(2))} % less`;
}

/** What saves it in one column, the quickest first. */
function savedText(branches: readonly WhatIfBranchAnswer[], column: "switched" | "fromStart"): string {
  const saved = branches
    .filter((branch) => savedIn(branch) === column)
    .sort((a, b) => latency(a[column] as WhatIfEnding) - latency(b[column] as WhatIfEnding));
  const [best] = saved;
  if (best === undefined) return "";
  const when = column === "switched" ? "switched at this instant" : "in force from the start";
  const after = formatDuration(latency(best[column] as WhatIfEnding));
  const first = `${best.name} would have saved it after ${after} (${when}; ${costOf(best.costs[column])})`;
  const others = saved.slice(1).map(({ name }) => name);
  return others.length === 0 ? first : `${first}, and so would ${listed(others)}`;
}

/** The columns that count. */
function judgedOf({ judgedBy, switched, fromStart }: WhatIfBranchAnswer): (WhatIfEnding | WhatIfRefusal)[] {
  return judgedBy === "switched" ? [switched, fromStart] : [fromStart];
}

function request({ request: asked, pageBytes }: Told): string {
  return `${asked.client}'s request for ${formatBytes(asked.pages * pageBytes)} at ${formatDuration(asked.beginNs)}`;
}

/** One sentence: what was, and what would have been. */
export function sentenceOf(answer: Told): string {
  const { original, branches } = answer;
  const was = `${request(answer)} ${endingText(original)}`;
  if (branches.length === 0) return `${was}.`;
  if (isSaved(original)) {
    const lost = branches
      .filter((branch) =>
        judgedOf(branch).some((ending) => ending.kind === "failed" || ending.kind === "late"),
      )
      .map(({ name }) => name);
    const all =
      lost.length === 0 ? "so it would under everything tried" : `it would not under ${listed(lost)}`;
    return `${was}; ${all}.`;
  }
  const found = (["switched", "fromStart"] as const)
    .map((column) => savedText(branches, column))
    .filter((text) => text !== "");
  if (found.length > 0) return `${was}; ${found.join("; ")}.`;
  const late = branches
    .filter((branch) => judgedOf(branch).some(({ kind }) => kind === "late"))
    .map(({ name }) => name);
  const none =
    branches.length === 1
      ? `${branches[0]?.name} would not have saved it`
      : `none of the ${branches.length} things tried would have saved it`;
  return `${was}; ${none}${late.length === 0 ? "" : `, though it would have come late under ${listed(late)}`}.`;
}
