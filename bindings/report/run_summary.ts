// Knows: how the summary of runs is told in about ten plain lines, on a terminal and at the head of a report.
// Must not know: how any figure is worked out (analysis/outcomes), pictures.

import type {
  Cause,
  Heading,
  Held,
  OnTime,
  PolicyComparison,
  RequestSummary,
  Summary,
  Work,
} from "../analysis/outcomes/index.js";
import { FEW_POLICIES, failuresOf } from "../analysis/outcomes/summary.js";
import { largest, smallest } from "../engine/extent.js";
import { percent } from "./certainty.js";
import { differenceLine, servedLine, unequalLine } from "./run_served.js";
import { formatBytes, formatCount, formatDuration, formatShare } from "./sizes.js";

const MOST_LINES = 10;
/** Kinds of page, and of blockers, that a line names. */
const MOST_KINDS = 4;
const MOST_BLOCKERS = 2;

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function whatRan({ leastNs, mostNs, runs, policies, seeds, ...first }: Heading): string {
  const time =
    leastNs === mostNs ? formatDuration(leastNs) : `${formatDuration(leastNs)} to ${formatDuration(mostNs)}`;
  const many = runs === 1 ? "one run" : plural(runs, "run");
  return `${first.scenario} on ${first.device} (Linux ${first.kernel}): ${many} of ${time} of virtual time, ${plural(policies.length, "policy", "policies")} (${policies.join(", ")}), ${plural(seeds, "seed")}.`;
}

function sizeOf({ pagesMin, pagesMax }: RequestSummary, pageBytes: number): string {
  const most = formatBytes(pagesMax * pageBytes);
  return pagesMin === pagesMax ? most : `${formatBytes(pagesMin * pageBytes)} to ${most}`;
}

/** One client under many policies, the most often on time first. */
function byPolicy(client: string, { onTime, asked }: Summary, pageBytes: number): string {
  const rows = asked.filter((row) => row.client === client);
  const [first] = rows;
  const shares = onTime
    .filter((row) => row.client === client)
    .toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1))
    .map(({ policy, share }) => `${policy} ${share === undefined ? "-" : percent(share)}`);
  const medians = rows.flatMap(({ all }) => all.p50Ns ?? []);
  const latency =
    medians.length === 0
      ? ""
      : `; median latency of those served ${formatDuration(smallest(medians))} to ${formatDuration(largest(medians))}`;
  const size = first === undefined ? "" : ` (${sizeOf(first.all, pageBytes)})`;
  return `${client}${size} served on time: ${shares.join(", ")}${latency}.`;
}

/** A line for each client; the most failures first when not all fit. */
function manyPolicies(summary: Summary, most: number): string[] {
  const { heading, asked } = summary;
  const clients = [...new Set(asked.map(({ client }) => client))];
  const failures = (client: string) => failuresOf(asked.filter((row) => row.client === client));
  const kept = clients.toSorted((a, b) => failures(b) - failures(a)).slice(0, most);
  const lines = clients
    .filter((client) => kept.includes(client))
    .map((client) => byPolicy(client, summary, heading?.pageBytes ?? 4096));
  const more = clients.length - kept.length;
  return more > 0 ? [...lines, `${plural(more, "more client")} in the table of clients.`] : lines;
}

function blocked({ policy, failures, windows, blockers, oldestHeldNs, longPins }: Cause): string {
  if (windows === 0) return `Under ${policy} ${plural(failures, "failure")} had no window to try at all.`;
  const most = blockers.slice(0, MOST_BLOCKERS).map(({ reason, holder, pinKind, windows: count }) => {
    const who = holder === "" ? "" : ` by ${holder}${pinKind === "" ? "" : ` (${pinKind})`}`;
    return `${reason}${who} ${formatShare(count, windows)}`;
  });
  const oldest = formatDuration(oldestHeldNs);
  const pins =
    oldestHeldNs === 0
      ? ""
      : longPins === 0
        ? `; no single pin was long: the oldest that blocked was ${oldest} old`
        : `; ${formatCount(longPins)} of ${plural(failures, "failure")} met a long pin, the oldest ${oldest}`;
  return `What blocked under ${policy}, of ${plural(windows, "window")} tried: ${most.join(", ")}${pins}.`;
}

function held({ policy, when, area, contents }: Held): string {
  const shares = contents.slice(0, MOST_KINDS).map(({ kind, share }) => `${formatShare(share, 1)} ${kind}`);
  return when === "at-failure"
    ? `When a request failed under ${policy}, the area held (median): ${shares.join(", ")}.`
    : `The area ${area} under ${policy}, mean over time: ${shares.join(", ")}.`;
}

function cost({ policy, windows, pagesMigrated, pagesReclaimed }: Work): string {
  return `Work for requests under ${policy}: ${plural(windows, "window")} tried, ${plural(pagesMigrated, "page")} migrated, ${formatCount(pagesReclaimed)} reclaimed.`;
}

function faster({ client, policy, against, seeds, median }: PolicyComparison): string {
  const change =
    median === 0 ? "equal" : `${formatDuration(Math.abs(median))} ${median < 0 ? "shorter" : "longer"}`;
  return `${policy} against ${against}, same arrivals: latency of ${client} ${change} (median over ${plural(seeds.length, "seed")} of the difference of medians).`;
}

/** What the requests of a row come to. */
function allOf({ asked }: Summary, { client, policy }: OnTime): RequestSummary | undefined {
  return asked.find((row) => row.client === client && row.policy === policy)?.all;
}

/** A difference of latencies whose interval leaves out 0. */
function isTold({ metric, interval }: PolicyComparison): boolean {
  return metric === "median" && interval !== undefined && (interval.low > 0 || interval.high < 0);
}

/** At most ten lines; one when no run was finished. */
export function summaryLines(summary: Summary): string[] {
  const { heading, differences } = summary;
  if (heading === undefined) return ["No run was finished."];
  const causes = summary.causes.map(blocked);
  const full = summary.held.map(held);
  const few = heading.policies.length <= FEW_POLICIES;
  const served = summary.onTime.filter(
    ({ openings }) => openings.inStream.asked + openings.outside.asked > 0,
  );
  const lines = [
    ...unequalLine(summary.unequal),
    whatRan(heading),
    ...(served.length === 0
      ? ["No client asked for contiguous memory."]
      : few
        ? served
            .slice(0, 2 * heading.policies.length)
            .map((row) => servedLine(row, heading.seeds, allOf(summary, row)))
        : manyPolicies(summary, Math.max(2, MOST_LINES - 3 - causes.length - full.length))),
    ...summary.onTimeDifferences
      .toSorted((a, b) => Number(b.isSure) - Number(a.isSure) || Math.abs(b.mean) - Math.abs(a.mean))
      .map((row) => differenceLine(row, summary.unequal))
      .slice(0, heading.policies.length > 2 ? 2 : 1),
    ...differences.filter(isTold).map(faster).slice(0, 1),
    ...causes,
    ...full,
    ...summary.work.map(cost),
  ];
  return lines.slice(0, MOST_LINES);
}
