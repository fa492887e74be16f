// Knows: what each actor got done, waited for and had moved on its account, as a table.
// Must not know: plots, single runs.

import type { LedgerRow } from "../../bindings/analysis/outcomes/index.js";
import { h, section, type TableColumn, table } from "../answer/dom.js";
import { formatCount, formatDuration, formatShare } from "./format.js";
import { policyMark } from "./marks.js";
import type { Model } from "./model.js";

function time(ns: number): string {
  return ns === 0 ? "–" : formatDuration(ns);
}

function whole(value: number): string {
  return value === 0 ? "–" : formatCount(Math.round(value));
}

function signed(value: number, text: (size: number) => string): string {
  if (Math.abs(value) < 0.5) return "–";
  return `${value > 0 ? "+" : "−"}${text(Math.abs(value))}`;
}

function column(title: string, hint: string, cell: (row: LedgerRow) => string): TableColumn<LedgerRow> {
  return { title, hint, number: true, cell };
}

export function ledger(model: Model): HTMLElement | null {
  const { ledger: rows, policies } = model.document;
  const shown = rows.filter(({ actor }) =>
    rows.some((row) => row.actor === actor && (row.planned > 0 || row.waitedNs > 0 || row.busyNs > 0)),
  );
  if (shown.length === 0) return null;
  const isFirst = ({ policy }: LedgerRow) => policy === policies[0];
  const against =
    policies.length < 2
      ? []
      : [
          column("waits more", `nanoseconds against ${policies[0]}, same seeds`, ({ cost }) =>
            signed(cost.waitedNs, formatDuration),
          ),
          column("moves more", `pages against ${policies[0]}`, ({ cost }) =>
            signed(Math.round(cost.moved), formatCount),
          ),
          column("does more", `units of work against ${policies[0]}`, ({ cost }) =>
            signed(Math.round(cost.served), formatCount),
          ),
        ];
  return section(
    "ledger",
    "Who did what, waited for what, and paid",
    h(
      "p",
      { class: "note" },
      "Means of a run. Everything is charged where it is done: reclaim and compaction to whose allocation entered it, a migration to the pin that waited for it or carried it out, the whole of cma_alloc to its client.",
    ),
    table<LedgerRow>(
      [
        { title: "who", cell: (row) => (isFirst(row) ? h("b", {}, row.actor) : "") },
        { title: "policy", cell: ({ policy }) => policyMark(model, policy) },
        column("planned", "units of work", ({ planned }) => whole(planned)),
        column("plan met", "done as planned", ({ served, planned }) => formatShare(served, planned)),
        column("CPU", "time", ({ busyNs }) => time(busyNs)),
        column("reclaim", "direct reclaim and compaction", ({ reclaimNs }) => time(reclaimNs)),
        column("pins waited", "for migrations", ({ pinWaitNs }) => time(pinWaitNs)),
        column("I/O waited", "requests, for pages under I/O", ({ ioWaitNs }) => time(ioWaitNs)),
        column("cma_alloc", "sleeps included", ({ cmaNs }) => time(cmaNs)),
        column("moved", "pages, by its requests and pins", ({ moved }) => whole(moved)),
        column("refaults", "pages read back", ({ refaults }) => whole(refaults)),
        column("killed", "applications", ({ killed }) => whole(killed)),
        ...against,
      ],
      shown,
      (row) => ({ class: isFirst(row) ? "first" : null }),
    ),
  );
}
