// Knows: the order of the page, and that it is drawn again when its width changes.
// Must not know: any section from inside.

import "./style.css";
import { clients } from "./clients.js";
import { compare } from "./compare.js";
import { h } from "./dom.js";
import { failures } from "./failures.js";
import { controls, header, summary } from "./header.js";
import { ledger } from "./ledger.js";
import { readModel } from "./model.js";
import { occupancy } from "./occupancy.js";
import { series } from "./series.js";
import { served } from "./served.js";
import { Store } from "./store.js";
import { actors, footer, runsTable, totals } from "./tables.js";
import { tornado } from "./tornado.js";

function build(page: HTMLElement): void {
  const model = readModel();
  const store = new Store(model);
  document.title = `${model.document.scenario}: pageblock report`;
  const fixed = { comparison: compare(model), accounts: ledger(model) };
  page.replaceChildren(header(model), summary(model));
  for (const make of [
    ...[served, tornado, clients, () => fixed.comparison, () => fixed.accounts, controls],
    ...[occupancy, series, failures, actors, totals],
  ]) {
    const section = make(store);
    if (section !== null) page.append(section);
  }
  page.append(runsTable(model), footer(model));
  // Sections draw once they are in the page and know their width.
  let width = page.clientWidth;
  store.drawAll();
  new ResizeObserver(() => {
    if (page.clientWidth === width) return;
    width = page.clientWidth;
    store.drawAll();
  }).observe(page);
}

const page = document.getElementById("report") as HTMLElement;
try {
  build(page);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  page.replaceChildren(h("p", { class: "broken" }, text));
  throw error;
}
