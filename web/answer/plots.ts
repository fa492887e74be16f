// Knows: how success against a cost is drawn, and times on a scale of tens.
// Must not know: policies, searches.

import * as Plot from "@observablehq/plot";
import { largest, smallest } from "../../bindings/engine/extent.js";
import type { AnswerScatter, Block } from "../../bindings/report/answer/document.js";
import { holderColor, policyColor } from "../report/colors.js";
import { formatDuration } from "../report/format.js";
import { h } from "./dom.js";

type Point = AnswerScatter["points"][number];

/** A numbered dot for each row of the table, filled where nothing beats it. */
export function scatterFigure({ title, ends, points }: AnswerScatter): HTMLElement {
  const color = ({ number }: Point) => policyColor(number - 1);
  const plot = Plot.plot({
    width: 280,
    height: 200,
    marginLeft: 34,
    marginRight: 14,
    marginBottom: 28,
    ariaLabel: `% on time against ${title}`,
    x: {
      domain: [-0.05, 1.05],
      ticks: ends[1] === "" ? [0.5] : [0, 1],
      tickFormat: (at: number) => (at === 1 ? ends[1] : ends[0]),
      tickSize: 0,
      label: null,
    },
    y: { domain: [0, 100], ticks: [0, 50, 100], grid: true, label: null, tickSize: 0 },
    marks: [
      Plot.dot(points, {
        x: "cost",
        y: ({ share }: Point) => share * 100,
        r: 7,
        fill: (point: Point) => (point.isUnbeaten ? color(point) : "var(--paper)"),
        stroke: color,
        title: "told",
        tip: true,
      }),
      Plot.text(points, {
        x: "cost",
        y: ({ share }: Point) => share * 100,
        text: ({ number }: Point) => String(number),
        fontSize: 9,
        fill: (point: Point) => (point.isUnbeaten ? "var(--paper)" : color(point)),
      }),
    ],
  });
  return h("figure", { "data-plot": "scatter" }, h("figcaption", {}, title), plot);
}

type Times = Extract<Block, { readonly kind: "times" }>;

interface Timed {
  readonly label: string;
  readonly name: string;
  readonly ns: number;
}

function symbolOf({ marked }: Times): (point: Timed) => "circle" | "square" | "diamond" {
  return ({ name }) => marked[name] ?? "circle";
}

/** A line for each row, a dot for each contestant. */
export function timesFigure(block: Times): HTMLElement {
  const { title, names, rows } = block;
  const points = rows.flatMap(({ label, ns }) =>
    ns.map((value, i): Timed => ({ label, name: names[i] ?? "", ns: Math.max(1, value) })),
  );
  const times = points.map(({ ns }) => ns);
  const [low, high] = [Math.floor(Math.log10(smallest(times))), Math.ceil(Math.log10(largest(times, 10)))];
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const color = ({ name }: Timed) => holderColor(names.indexOf(name));
  const plot = Plot.plot({
    width: 980,
    height: 50 + rows.length * 18,
    marginLeft: 190,
    ariaLabel: title,
    x: {
      type: "log",
      domain: [10 ** low, 10 ** Math.max(high, low + 1)],
      ticks,
      tickFormat: (ns: number) => formatDuration(ns),
      grid: true,
      axis: "top",
      label: null,
    },
    y: { domain: rows.map(({ label }) => label), label: null, tickSize: 0 },
    marks: [
      Plot.dot(points, {
        x: "ns",
        y: "label",
        r: 4,
        symbol: symbolOf(block),
        fill: color,
        title: ({ name, label, ns }: Timed) => `${name}, ${label}: ${formatDuration(ns)}`,
        tip: true,
      }),
    ],
  });
  const legend = names.map((name) =>
    h("span", {}, h("i", { style: `background:${color({ name, label: "", ns: 1 })}` }), name),
  );
  return h(
    "figure",
    { "data-plot": "times" },
    h("figcaption", {}, title),
    h("p", { class: "legend" }, ...legend),
    h("div", { class: "table", tabindex: 0 }, plot),
  );
}
