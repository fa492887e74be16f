// Knows: the results of runs in about ten lines, for somebody who sees them for the first time.
// Must not know: how any figure is worked out (sweep), files.

import type { RunResult } from "../scenario/result.js";
import type { ClientSummary, Comparison, FailureStory } from "../sweep/index.js";
import { errnoName, renderOccupancy } from "./run_text.js";
import { formatCount, formatDuration, formatPages, formatShare } from "./sizes.js";

function heading(results: readonly RunResult[]): string {
  const [first] = results;
  if (first === undefined) return "No run was finished.";
  const seeds = new Set(results.map(({ seed }) => seed)).size;
  const events = results.reduce((sum, run) => sum + run.events, 0);
  return (
    `${first.scenario} on ${first.device}, Linux ${first.kernel}: ${formatDuration(first.durationNs)} of virtual time, ` +
    `${seeds} ${seeds === 1 ? "seed" : "seeds"} under each policy, ${formatCount(events)} events.`
  );
}

function clientLine({ client, policy, all }: ClientSummary, results: readonly RunResult[]): string {
  const request = results.flatMap(({ requests }) => requests).find((one) => one.client === client);
  const size =
    request === undefined
      ? ""
      : ` for ${formatPages(request.pages, Math.log2(results[0]?.pageBytes ?? 4096))}`;
  const errors = Object.entries(all.errors).map(
    ([errno, count]) => `${formatCount(count)} failed with ${errnoName(errno)}`,
  );
  const latency = all.p50Ns === undefined ? "" : ` (half of them within ${formatDuration(all.p50Ns)})`;
  const success = `${formatCount(all.succeeded)} succeeded${latency}`;
  return `${policy}: ${client} asked ${formatCount(all.requests)} times${size}: ${[success, ...errors].join(", ")}; ${formatCount(all.missed)} came too late or never.`;
}

function comparisonLine(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .filter(({ metric }) => metric === "success")
    .map(({ client, policy, base, median, interval, pairs }) => {
      const points = (share: number) => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;
      const sure =
        interval === undefined ? "" : `, 95 % between ${points(interval.low)} and ${points(interval.high)}`;
      return `On the same arrivals ${policy} changes ${client}'s success rate by ${points(median)} points against ${base} (median of ${pairs} ${pairs === 1 ? "seed" : "seeds"}${sure}).`;
    });
}

function storyLine(story: FailureStory): string {
  const { policy, client, windows, distinctBlockers, blockers, heldMedianNs, heldMostNs, anyLongPin } = story;
  const total = blockers.reduce((sum, blocker) => sum + blocker.windows, 0);
  const [chief] = blockers;
  const who =
    chief === undefined
      ? "no window fitted"
      : `${formatShare(chief.windows, total)} of them blocked by ${chief.name}`;
  const held =
    heldMedianNs === undefined
      ? ""
      : `; such a pin had been held for ${formatDuration(heldMedianNs)}, the longest for ${formatDuration(heldMostNs)}${anyLongPin ? "" : ", so no pin was long"}`;
  return `Why ${client} failed under ${policy}: ${formatCount(windows)} windows tried, ${formatCount(distinctBlockers)} different blocking pages, ${who}${held}.`;
}

/** About ten lines; the caller adds where the report is. */
export function renderBrief(
  results: readonly RunResult[],
  summaries: readonly ClientSummary[],
  comparisons: readonly Comparison[],
  stories: readonly FailureStory[],
): string {
  const firstOf = (policy: string) => results.find((run) => run.policy === policy);
  const policies = [...new Set(results.map(({ policy }) => policy))];
  const lines = [
    heading(results),
    ...summaries.filter(({ all }) => all.requests > 0).map((summary) => clientLine(summary, results)),
    ...comparisonLine(comparisons),
    ...policies.flatMap((policy) => {
      const story = stories.find((one) => one.policy === policy);
      return story === undefined ? [] : [storyLine(story)];
    }),
    ...renderOccupancy(policies.flatMap((policy) => firstOf(policy) ?? [])),
  ];
  return `${lines.join("\n")}\n`;
}
