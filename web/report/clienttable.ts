// Knows: success and latency of each client as a table.
// Must not know: plots.

import type { Openings } from "../../bindings/analysis/outcomes/index.js";
import type { ClientStatistics } from "../../bindings/report/run/document.js";
import { h, type TableColumn, table } from "../answer/dom.js";
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

function inStream({ document: doc }: Model, { client, policy }: ClientStatistics): Openings | undefined {
  return doc.served.find((row) => row.client === client && row.policy === policy)?.openings.inStream;
}

function onTime(model: Model, row: ClientStatistics): HTMLElement {
  const openings = inStream(model, row);
  return bar(openings?.onTime ?? 0, openings?.asked ?? 0);
}

export function statisticsTable(model: Model): HTMLElement {
  const part = (title: string, hint: string, pick: (openings: Openings) => number) =>
    counted(title, hint, (row) => {
      const openings = inStream(model, row);
      return openings === undefined ? 0 : pick(openings);
    });
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
      part("asked", "openings of all seeds, while the stream runs where there is one", ({ asked }) => asked),
      { title: "on time", cell: (row) => onTime(model, row) },
      part("late", "had later than the deadline", ({ late }) => late),
      part("failed", "ended with an error", ({ failed }) => failed),
      part("skipped", "not begun, since the one before was not over", ({ skipped }) => skipped),
      counted("requests", "cma_alloc calls of all seeds, at any time", (row) => row.requests),
      { title: "errors", cell: errors },
      latency("median", ofSuccesses, (row) => row.medianNs),
      latency("p95", ofSuccesses, (row) => row.p95Ns),
      latency("p99", ofSuccesses, (row) => row.p99Ns),
      latency("max", ofSuccesses, (row) => row.maxNs),
      latency("gave up after", "median of failures", (row) => row.failMedianNs),
      counted("windows", "tried, in all requests", (row) => row.windows),
      counted("migrated", "pages, in all requests", (row) => row.migrated),
    ],
    rows,
  );
}
