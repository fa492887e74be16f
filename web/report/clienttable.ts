// Knows: success and latency of each client as a table.
// Must not know: plots.

import type { ClientStatistics } from "../../bindings/report/run/document.js";
import { h, type TableColumn, table } from "./dom.js";
import { formatBytes, formatCount, formatErrno, formatShare, optionalDuration } from "./format.js";
import { policyMark } from "./marks.js";
import type { Model } from "./model.js";

function bar(part: number, whole: number): HTMLElement {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  return h(
    "span",
    { class: "share" },
    h("span", { class: "bar" }, h("i", { style: `width:${percent.toFixed(2)}%` })),
    formatShare(part, whole),
  );
}

function errors({ errors: found }: ClientStatistics): string {
  const rows = Object.entries(found).map(([errno, count]) => `${formatErrno(errno)} × ${formatCount(count)}`);
  return rows.length === 0 ? "–" : rows.join(", ");
}

function sizes({ pagesMin, pagesMax }: ClientStatistics, pageBytes: number): string {
  const most = formatBytes(pagesMax * pageBytes);
  return pagesMin === pagesMax ? most : `${formatBytes(pagesMin * pageBytes)} – ${most}`;
}

function latency(
  title: string,
  hint: string,
  pick: (row: ClientStatistics) => number | null,
): TableColumn<ClientStatistics> {
  return { title, number: true, hint, cell: (row) => optionalDuration(pick(row)) };
}

function counted(
  title: string,
  hint: string,
  pick: (row: ClientStatistics) => number,
): TableColumn<ClientStatistics> {
  return { title, number: true, hint, cell: (row) => formatCount(pick(row)) };
}

export function statisticsTable(model: Model): HTMLElement {
  const { statistics, pageBytes, clients } = model.document;
  const rows = statistics
    .filter(({ requests }) => requests > 0)
    .toSorted((a, b) => clients.indexOf(a.client) - clients.indexOf(b.client));
  const ofSuccesses = "latency of successes";
  return table<ClientStatistics>(
    [
      { title: "client", cell: ({ client }) => client },
      { title: "policy", cell: ({ policy }) => policyMark(model, policy) },
      { title: "size", number: true, cell: (row) => sizes(row, pageBytes) },
      counted("requests", "of all seeds", (row) => row.requests),
      { title: "succeeded", cell: ({ succeeded, requests }) => bar(succeeded, requests) },
      { title: "errors", cell: errors },
      latency("median", ofSuccesses, (row) => row.medianNs),
      latency("p95", ofSuccesses, (row) => row.p95Ns),
      latency("p99", ofSuccesses, (row) => row.p99Ns),
      latency("max", ofSuccesses, (row) => row.maxNs),
      latency("gave up after", "median of failures", (row) => row.failMedianNs),
      counted("late", "missed the deadline, failures included", (row) => row.missed),
      counted("windows", "tried, in all requests", (row) => row.windows),
      counted("migrated", "pages, in all requests", (row) => row.migrated),
    ],
    rows,
  );
}
