// Knows: the order of what a page tells of runs, and that it is drawn again when its width changes.
// Must not know: any section from inside.

import type { ReportDocument } from "../../bindings/report/run/document.js";
import { clients } from "./clients.js";
import { compare } from "./compare.js";
import { failures } from "./failures.js";
import { controls, facts, summary } from "./header.js";
import { ledger } from "./ledger.js";
import { modelOf } from "./model.js";
import { occupancy } from "./occupancy.js";
import { series } from "./series.js";
import { served } from "./served.js";
import { Store } from "./store.js";
import { actors, footer, runsTable, totals } from "./tables.js";
import { tornado } from "./tornado.js";

/** Puts the sections into the page: `before` what comes first, then `between`, then the rest. */
export function showRuns(page: HTMLElement, document: ReportDocument, between: readonly Node[]): void {
  const model = modelOf(document);
  const store = new Store(model);
  const fixed = { comparison: compare(model), accounts: ledger(model) };
  page.append(summary(model), ...between);
  for (const make of [
    ...[served, tornado, clients, () => fixed.comparison, () => fixed.accounts, controls],
    ...[occupancy, series, failures, actors, totals],
  ]) {
    const section = make(store);
    if (section !== null) page.append(section);
  }
  page.append(runsTable(model), facts(model), footer(model));
  // Sections draw once they are in the page and know their width.
  let width = page.clientWidth;
  store.drawAll();
  new ResizeObserver(() => {
    if (page.clientWidth === width) return;
    width = page.clientWidth;
    store.drawAll();
  }).observe(page);
}
