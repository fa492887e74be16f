// Knows: which of the scenario's numbers move its result how far, and where its verdict turns, as a tornado.
// Must not know: single runs.

import * as Plot from "@observablehq/plot";
import type { Sensitivity } from "../../bindings/analysis/outcomes/index.js";
import { formatInput } from "../../bindings/report/inputs.js";
import { h, section, table, widthOf } from "../answer/dom.js";
import { BAD } from "./colors.js";
import type { Model } from "./model.js";
import type { Store } from "./store.js";

function text(row: Sensitivity, value: number, pageBytes: number): string {
  return formatInput(row.dimension, value, pageBytes);
}

function turns(row: Sensitivity, pageBytes: number): string {
  const places = row.turns.map(
    ({ low, high }) => `${text(row, low, pageBytes)} to ${text(row, high, pageBytes)}`,
  );
  return places.length === 0 ? "–" : places.join(", ");
}

function plot({ document: doc }: Model, width: number): Element {
  const sensitivity = doc.sensitivity;
  const inputs = sensitivity?.inputs ?? [];
  const isDifference = sensitivity?.other !== null;
  const dots = inputs.flatMap((row) =>
    row.points.map(({ value, result }) => ({
      name: row.name,
      result: result * 100,
      text: `${row.name} = ${text(row, value, doc.pageBytes)}: ${Number((result * 100).toFixed(1))}`,
    })),
  );
  return Plot.plot({
    width,
    ariaLabel: "How far each input moves the result over its range, the most moving first",
    height: 50 + inputs.length * 24,
    marginLeft: 200,
    marginRight: 24,
    x: {
      domain: isDifference ? [-100, 100] : [0, 100],
      label: isDifference ? `points on time, ${sensitivity?.other} less ${sensitivity?.policy}` : "% on time",
      labelArrow: "none",
      grid: true,
    },
    y: { domain: inputs.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.ruleY(
        dots,
        Plot.groupY(
          { x1: "min", x2: "max" },
          { x1: "result", x2: "result", y: "name", strokeWidth: 8, strokeOpacity: 0.3 },
        ),
      ),
      Plot.dot(dots, { x: "result", y: "name", r: 3, fill: "var(--ink)", title: "text", tip: true }),
      Plot.ruleX([(sensitivity?.result ?? 0) * 100], { stroke: BAD, strokeDasharray: "4,3" }),
    ],
  });
}

export function tornado(store: Store): HTMLElement | null {
  const { document: doc } = store.model;
  const { sensitivity, pageBytes } = doc;
  if (sensitivity === null) return null;
  const figure = h("figure", { "data-plot": "tornado" });
  const element = section(
    "sensitivity",
    "On which numbers the verdict hangs",
    h("p", {}, sensitivity.sentence),
    h(
      "p",
      { class: "note" },
      `One input at a time on the same arrivals; a dot is a value that was tried, the dashed line the scenario's own result. A turn is found to ${Number((sensitivity.precision * 100).toFixed(1))} % of the input's range; what turns twice in between may be missed.`,
    ),
    figure,
    table<Sensitivity>(
      [
        { title: "input", cell: ({ name }) => name },
        { title: "from", number: true, cell: (row) => text(row, row.low, pageBytes) },
        { title: "scenario", number: true, cell: (row) => text(row, row.base, pageBytes) },
        { title: "to", number: true, cell: (row) => text(row, row.high, pageBytes) },
        { title: "moves, points", number: true, cell: ({ span }) => Number((span * 100).toFixed(1)) },
        { title: "verdict turns between", cell: (row) => turns(row, pageBytes) },
        { title: "where the range comes from", cell: ({ source }) => source ?? "no source" },
      ],
      sensitivity.inputs,
    ),
  );
  store.watch([], () => figure.replaceChildren(plot(store.model, widthOf(element))));
  return element;
}
