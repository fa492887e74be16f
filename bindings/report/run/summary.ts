// Knows: how what happened is told in about ten plain lines.
// Must not know: pictures. Every number is one of the statistics or of the records; nothing is guessed.

import { median } from "../../analysis/index.js";
import { PAGE_KINDS, type RequestRecord, type RunResult } from "../../scenario/result.js";
import { formatBytes, formatCount, formatDuration, formatShare } from "../sizes.js";
import type { ClientStatistics, Comparison } from "./document.js";
import { blockedWindows, blockersOf } from "./failures.js";

const MOST_LINES = 10;
/** Up to so many policies each has lines of its own. */
const FEW_POLICIES = 2;

const ERRORS: Readonly<Record<string, string>> = {
  "-4": "-4 (EINTR)",
  "-12": "-12 (ENOMEM)",
  "-16": "-16 (EBUSY)",
};

export function formatErrno(errno: number | string): string {
  return ERRORS[String(errno)] ?? String(errno);
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function whatRan(runs: readonly RunResult[], policies: readonly string[], seeds: number): string {
  const [first] = runs;
  if (first === undefined) return "";
  const durations = runs.map(({ durationNs }) => durationNs);
  const [least, most] = [Math.min(...durations), Math.max(...durations)];
  const time = least === most ? formatDuration(least) : `${formatDuration(least)} to ${formatDuration(most)}`;
  const many = runs.length === 1 ? "one run" : `${plural(runs.length, "run")}`;
  return `${first.scenario} on ${first.device} (Linux ${first.kernel}): ${many} of ${time} of virtual time, ${plural(policies.length, "policy", "policies")} (${policies.join(", ")}), ${plural(seeds, "seed")}.`;
}

function sizeOf({ pagesMin, pagesMax }: ClientStatistics, pageBytes: number): string {
  const most = formatBytes(pagesMax * pageBytes);
  return pagesMin === pagesMax ? most : `${formatBytes(pagesMin * pageBytes)} to ${most}`;
}

function outcome(row: ClientStatistics, pageBytes: number): string {
  const what = `${row.client} under ${row.policy}: ${formatCount(row.succeeded)} of ${plural(row.requests, "request")} of ${sizeOf(row, pageBytes)} succeeded (${formatShare(row.succeeded, row.requests)})`;
  const errors = Object.entries(row.errors).map(
    ([errno, count]) => `${formatCount(count)} with ${formatErrno(errno)}`,
  );
  const failed = errors.length === 0 ? "" : `; failed: ${errors.join(", ")}`;
  const latency =
    row.medianNs === null
      ? ""
      : `; latency of successes: median ${formatDuration(row.medianNs)}, p95 ${formatDuration(row.p95Ns ?? 0)}, p99 ${formatDuration(row.p99Ns ?? 0)}`;
  const missed = row.missed === 0 ? "" : `; ${formatCount(row.missed)} missed the deadline`;
  return `${what}${failed}${latency}${missed}.`;
}

/** Who stood in the way of one policy's failed requests. */
function blocked(policy: string, runs: readonly RunResult[]): string | undefined {
  const failures = runs.filter((run) => run.policy === policy).flatMap((run) => run.failures);
  const windows = failures.flatMap(blockedWindows);
  if (failures.length === 0) return undefined;
  if (windows.length === 0)
    return `Under ${policy} ${plural(failures.length, "failure")} had no window to try at all.`;
  const most = blockersOf(windows)
    .slice(0, 2)
    .map(({ reason, holder, pinKind, windows: count }) => {
      const who = holder === "" ? "" : ` by ${holder}${pinKind === "" ? "" : ` (${pinKind})`}`;
      return `${reason}${who} ${formatShare(count, windows.length)}`;
    });
  const longest = failures.reduce((held, { longestHeldNs }) => Math.max(held, longestHeldNs), 0);
  const long = failures.filter(({ anyLongPin }) => anyLongPin).length;
  const pins =
    longest === 0
      ? ""
      : long === 0
        ? `; no single pin was long: the oldest that blocked was ${formatDuration(longest)} old`
        : `; ${formatCount(long)} of ${plural(failures.length, "failure")} met a long pin, the oldest ${formatDuration(longest)}`;
  return `What blocked under ${policy}, of ${plural(windows.length, "window")} tried: ${most.join(", ")}${pins}.`;
}

function fullness(policy: string, runs: readonly RunResult[]): string | undefined {
  const failures = runs.filter((run) => run.policy === policy).flatMap((run) => run.failures);
  const kinds = [...new Set(failures.flatMap(({ map }) => map.kinds))];
  if (failures.length === 0) return undefined;
  const shares = kinds
    .map((kind) => {
      const share = failures.map(({ map }) => {
        const of = (k: number) => (map.counts[k] ?? []).reduce((total, count) => total + count, 0);
        const whole = map.kinds.reduce((total, _, k) => total + of(k), 0);
        const at = map.kinds.indexOf(kind);
        return whole === 0 || at < 0 ? 0 : of(at) / whole;
      });
      return { kind, share: median(share) ?? 0 };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, 4);
  return `When a request failed under ${policy}, the area held (median): ${shares.map(({ kind, share }) => `${formatShare(share, 1)} ${kind}`).join(", ")}.`;
}

/** Pages of each kind of the area that was asked most, as a mean over all samples. */
function usage(policy: string, runs: readonly RunResult[]): string | undefined {
  const own = runs.filter((run) => run.policy === policy);
  const asked = new Map<string, number>();
  for (const { requests } of own)
    for (const { area, pages } of requests) asked.set(area, (asked.get(area) ?? 0) + pages);
  const [area] = [...asked].sort(([, a], [, b]) => b - a)[0] ?? [];
  if (area === undefined) return undefined;
  const prefix = `area.${area}.`;
  const means = new Map<string, number>();
  for (const { series } of own)
    for (const { name, values } of series.columns)
      if (name.startsWith(prefix) && values.length > 0)
        means.set(
          name,
          (means.get(name) ?? 0) + values.reduce((sum, value) => sum + value, 0) / values.length,
        );
  const kinds = PAGE_KINDS.map((kind) => ({ kind, pages: means.get(prefix + kind) ?? 0 }));
  const whole = kinds.reduce((sum, { pages }) => sum + pages, 0);
  if (whole === 0) return undefined;
  const shares = kinds.filter(({ pages }) => pages > 0).sort((a, b) => b.pages - a.pages);
  const text = shares.slice(0, 4).map(({ kind, pages }) => `${formatShare(pages, whole)} ${kind}`);
  return `The area ${area} under ${policy}, mean over time: ${text.join(", ")}.`;
}

function work(policy: string, runs: readonly RunResult[]): string | undefined {
  const requests = runs.filter((run) => run.policy === policy).flatMap((run) => run.requests);
  if (requests.length === 0) return undefined;
  const sum = (pick: (request: RequestRecord) => number) =>
    requests.reduce((total, one) => total + pick(one), 0);
  return `Work for requests under ${policy}: ${plural(
    sum(({ windows }) => windows),
    "window",
  )} tried, ${plural(
    sum(({ pagesMigrated }) => pagesMigrated),
    "page",
  )} migrated, ${formatCount(sum(({ pagesReclaimed }) => pagesReclaimed))} reclaimed.`;
}

function faster({ client, policy, against, seeds, median: middle }: Comparison): string {
  const change =
    middle === 0 ? "equal" : `${formatDuration(Math.abs(middle))} ${middle < 0 ? "shorter" : "longer"}`;
  return `${policy} against ${against}, same arrivals: latency of ${client} ${change} (median over ${plural(seeds.length, "seed")} of the difference of medians).`;
}

function compared({
  client,
  policy,
  against,
  seeds,
  values,
  base,
  median: middle,
  interval,
}: Comparison): string {
  const better = values.filter((value, i) => value > (base[i] ?? 0)).length;
  const worse = values.filter((value, i) => value < (base[i] ?? 0)).length;
  const points = (share: number) => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;
  const range =
    interval === null ? "" : ` (95 % interval ${points(interval.low)} to ${points(interval.high)})`;
  return `${policy} against ${against}, same arrivals: success of ${client} ${points(middle)} points in the median of ${plural(seeds.length, "seed")}${range}; better in ${better}, worse in ${worse}.`;
}

/** One client under many policies, the best first. */
function byPolicy(client: string, rows: readonly ClientStatistics[], pageBytes: number): string {
  const [first] = rows;
  const best = rows.toSorted((a, b) => b.succeeded / b.requests - a.succeeded / a.requests);
  const shares = best.map(
    ({ policy, succeeded, requests }) => `${policy} ${formatShare(succeeded, requests)}`,
  );
  const medians = rows.flatMap(({ medianNs }) => (medianNs === null ? [] : [medianNs]));
  const latency =
    medians.length === 0
      ? ""
      : `; median latency ${formatDuration(Math.min(...medians))} to ${formatDuration(Math.max(...medians))}`;
  const size = first === undefined ? "" : ` (${sizeOf(first, pageBytes)})`;
  return `Success of ${client}${size}: ${shares.join(", ")}${latency}.`;
}

function failuresOf(rows: readonly ClientStatistics[]): number {
  return rows.reduce((sum, { requests, succeeded }) => sum + requests - succeeded, 0);
}

/** A line for each client under each policy; with many policies one for each client. The most failures first when not all fit. */
function outcomesOf(
  asked: readonly ClientStatistics[],
  policies: number,
  pageBytes: number,
  most: number,
): string[] {
  if (asked.length === 0) return ["No client asked for contiguous memory."];
  const clients = [...new Set(asked.map(({ client }) => client))];
  const groups = clients.map((client) => asked.filter((row) => row.client === client));
  const rows = policies > FEW_POLICIES ? groups : asked.map((row) => [row]);
  const kept = rows.toSorted((a, b) => failuresOf(b) - failuresOf(a)).slice(0, most);
  const lines = rows
    .filter((row) => kept.includes(row))
    .map((row) => {
      const [first] = row;
      if (first === undefined) return "";
      return policies > FEW_POLICIES ? byPolicy(first.client, row, pageBytes) : outcome(first, pageBytes);
    });
  const more = rows.length - kept.length;
  return more > 0 ? [...lines, `${plural(more, "more row")} in the table of clients.`] : lines;
}

/** About ten lines; with many policies causes are told of the worst and the best of them. */
export function summarize(
  runs: readonly RunResult[],
  policies: readonly string[],
  statistics: readonly ClientStatistics[],
  comparisons: readonly Comparison[],
): string[] {
  const pageBytes = runs[0]?.pageBytes ?? 4096;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const present = (line: string | undefined): line is string => line !== undefined;
  const asked = statistics.filter(({ requests }) => requests > 0);
  const failures = (policy: string) => failuresOf(asked.filter((row) => row.policy === policy));
  const [worst, ...others] = policies.toSorted((a, b) => failures(b) - failures(a));
  const told = policies.length > FEW_POLICIES ? [worst, others.at(-1)].filter(present) : policies;
  const causes = told.map((policy) => blocked(policy, runs)).filter(present);
  const full = told.map((policy) => fullness(policy, runs) ?? usage(policy, runs)).filter(present);
  const differences = comparisons
    .filter((row) => row.metric === "success" && row.median !== 0)
    .toSorted((a, b) => Math.abs(b.median) - Math.abs(a.median))
    .map(compared);
  // Where success does not tell policies apart, latency may.
  const latencies = comparisons
    .filter(({ metric }) => differences.length === 0 && metric === "median")
    .toSorted((a, b) => Math.abs(b.median) - Math.abs(a.median))
    .map(faster);
  const lines = [
    whatRan(runs, policies, seeds),
    ...outcomesOf(
      asked,
      policies.length,
      pageBytes,
      Math.max(2, MOST_LINES - 3 - causes.length - full.length),
    ),
    ...causes,
    ...[...differences, ...latencies].slice(0, policies.length > 2 ? 2 : 1),
    ...full,
    ...told.map((policy) => work(policy, runs)).filter(present),
  ];
  return lines.slice(0, MOST_LINES);
}
