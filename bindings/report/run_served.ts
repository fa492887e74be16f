// Knows: how it is told what clients asked for and were served, how sure that is, and whether the policies' loads were equal.
// Must not know: how any figure is worked out (analysis/outcomes).

import type {
  ClientSummary,
  Kill,
  LedgerRow,
  OnTime,
  OnTimeDifference,
  Openings,
  RequestSummary,
  UnequalLoad,
} from "../analysis/outcomes/index.js";
import { howSure, percent, points } from "./certainty.js";
import { formatCount, formatDuration, formatErrno, formatShare } from "./sizes.js";
import { renderTable } from "./table.js";

/** Lines of the table of kills. */
const MOST_KILLS = 5;

function parts({ onTime, late, failed, skipped }: Openings): string {
  const names = [
    [onTime, "on time"],
    [late, "late"],
    [failed, "failed"],
    [skipped, "skipped"],
  ] as const;
  return names
    .filter(([count], i) => i === 0 || count > 0)
    .map(([count, name]) => `${formatCount(count)} ${name}`)
    .join(", ");
}

/** "camera under mainline: asked 25 times in the stream: 5 on time, 19 failed, 1 skipped; outside of it 8 of 9 on time." */
export function servedLine(
  { client, policy, openings, share, certainty }: OnTime,
  seeds: number,
  all?: RequestSummary,
): string {
  const { inStream, outside } = openings;
  if (inStream.asked + outside.asked === 0) return `${client} under ${policy} did not ask.`;
  const where = outside.asked === 0 ? "" : " in the stream";
  const sure =
    share === undefined ? "" : ` (${percent(share)} a seed; ${howSure(certainty, seeds, percent)})`;
  const rest =
    outside.asked === 0
      ? ""
      : `; outside of the stream ${formatCount(outside.onTime)} of ${formatCount(outside.asked)} on time`;
  const errors = Object.entries(all?.errors ?? {}).map(
    ([errno, count]) => `${formatCount(count)} x ${formatErrno(errno)}`,
  );
  const failed = errors.length === 0 ? "" : `; errors: ${errors.join(", ")}`;
  const latency =
    all?.p50Ns === undefined ? "" : `; median latency of those served ${formatDuration(all.p50Ns)}`;
  return `${client} under ${policy}: asked ${formatCount(inStream.asked)} times${where}: ${parts(inStream)}${sure}${rest}${failed}${latency}.`;
}

/** A difference that these seeds do not tell from none is not stated; one under unequal loads is no verdict. */
export function differenceLine(row: OnTimeDifference, unequal: readonly UnequalLoad[]): string {
  const { client, policy, against, seeds, mean, certainty, isSure } = row;
  const head = `${policy} against ${against}, same arrivals: `;
  const verdict = unequal.some((load) => load.policy === policy)
    ? "; the loads were not equal: no verdict"
    : "";
  if (!isSure && certainty.kind === "same" && certainty.value !== 0)
    return `${head}${client} is served on time ${points(mean)} points of its openings in each of ${formatCount(seeds)} seeds, too few for an interval: a hint${verdict}.`;
  if (!isSure)
    return `${head}${formatCount(seeds)} ${seeds === 1 ? "seed does" : "seeds do"} not tell apart how often ${client} is served on time (${howSure(certainty, seeds, points)}${certainty.kind === "same" || seeds === 1 ? "" : " points"}).`;
  return `${head}${client} is served on time ${points(mean)} points of its openings (mean of ${formatCount(seeds)} seeds; ${howSure(certainty, seeds, points)}${verdict}).`;
}

/** The first line of a comparison whose policies served different amounts. */
export function unequalLine(unequal: readonly UnequalLoad[]): string[] {
  const [first] = unequal;
  if (first === undefined) return [];
  const change = formatShare(Math.abs(first.ratio - 1), 1);
  const others = unequal.length === 1 ? "" : `, and ${unequal.length - 1} more such differences`;
  return [
    `Unequal loads: ${first.workload} got ${change} ${first.ratio < 1 ? "less" : "more"} done under ${first.policy} than under ${first.against}${others} (table of who did what): success alone is no verdict.`,
  ];
}

/** Openings of every client under every policy, and how long its requests took. */
export function renderServed(rows: readonly OnTime[], summaries: readonly ClientSummary[]): string {
  if (rows.length === 0) return "";
  const headers = ["client", "policy", "part", "asked", "on time", "late", "failed", "skipped"];
  const latency = ["p50", "p95", "p99", "errors"];
  const columns = [...headers, ...latency].map((header, i) => {
    const align = i < 3 || header === "errors" ? "left" : "right";
    return { header, align } as const;
  });
  const cells = rows.flatMap((one) => {
    const { client, policy, openings } = one;
    const all = summaries.find((row) => row.client === client && row.policy === policy)?.all;
    const counts = ({ asked, onTime, late, failed, skipped }: Openings) =>
      [asked, onTime, late, failed, skipped].map(formatCount);
    const times = [all?.p50Ns, all?.p95Ns, all?.p99Ns].map((ns) =>
      ns === undefined ? "-" : formatDuration(ns),
    );
    const first = openings.outside.asked === 0 ? "all" : "in stream";
    const rest =
      openings.outside.asked === 0
        ? []
        : [[client, policy, "outside", ...counts(openings.outside), "", "", "", ""]];
    const errors = Object.entries(all?.errors ?? {}).map(
      ([errno, count]) => `${formatCount(count)} x ${formatErrno(errno)}`,
    );
    return [
      [client, policy, first, ...counts(openings.inStream), ...times, errors.join(", ") || "none"],
      ...rest,
    ];
  });
  return renderTable(columns, cells);
}

function time(ns: number): string {
  return ns === 0 ? "0" : formatDuration(ns);
}

function signed(value: number, format: (size: number) => string): string {
  return value === 0 ? "-" : `${value > 0 ? "+" : "-"}${format(Math.abs(value))}`;
}

/** What each actor got done, waited for and had moved on its account; what a policy costs it against the first. */
export function renderLedger(ledger: readonly LedgerRow[]): string {
  const shown = ledger.filter(({ actor }) =>
    ledger.some((row) => row.actor === actor && (row.planned > 0 || row.waitedNs > 0 || row.busyNs > 0)),
  );
  if (shown.length === 0) return "";
  const headers = ["who, a seed", "policy", "planned", "done", "plan met", "lacking", "killed"];
  const waits = ["CPU", "reclaim", "pins wait", "I/O wait", "cma_alloc", "moved", "refaults"];
  const costs = ["waits more", "moves more"];
  const columns = [...headers, ...waits, ...costs].map(
    (header, i) => ({ header, align: i < 2 ? "left" : "right" }) as const,
  );
  const count = (value: number) => formatCount(Math.round(value));
  const rows = shown.map((row) => [
    ...[row.actor, row.policy, count(row.planned), count(row.served)],
    ...[formatShare(row.served, row.planned), count(row.lacking), count(row.killed)],
    ...[row.busyNs, row.reclaimNs, row.pinWaitNs, row.ioWaitNs, row.cmaNs].map(time),
    ...[count(row.moved), count(row.refaults)],
    ...[signed(row.cost.waitedNs, formatDuration), signed(Math.round(row.cost.moved), formatCount)],
  ]);
  return renderTable(columns, rows);
}

/** The request of a client during which somebody was killed. */
function during({ client, ordinal }: Kill): string {
  return client === "" ? "" : ` during request ${formatCount(ordinal)} of ${client}`;
}

/** Allocations that failed for good and who was killed for them: who, when, why, during which request. */
export function renderTrouble(
  kills: readonly Kill[],
  ooms: readonly { policy: string; ooms: number }[],
): string {
  const lines = ooms
    .filter((row) => row.ooms > 0)
    .map(
      (row) =>
        `Under ${row.policy} ${formatCount(row.ooms)} allocations failed for good (out of memory), all seeds together.`,
    );
  const told = kills
    .slice(0, MOST_KILLS)
    .map(
      (kill) =>
        `  ${formatDuration(kill.timeNs)} (${kill.policy}, seed ${kill.seed}): ${kill.what === "process" ? "a process" : "an application"} of ${kill.victim} with ${formatCount(kill.pages)} pages was killed${during(kill)}; ${kill.cause} had found no block of order ${kill.order}.`,
    );
  const more =
    kills.length > MOST_KILLS ? [`  ${formatCount(kills.length - MOST_KILLS)} more were killed.`] : [];
  return lines.length + told.length === 0 ? "" : `${[...lines, ...told, ...more].join("\n")}\n`;
}
