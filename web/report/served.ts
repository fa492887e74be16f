// Knows: which share of its openings each client had on time under each policy, with its interval, as a chart.
// Must not know: single requests.

import * as Plot from "@observablehq/plot";
import type { OnTime, OnTimeDifference } from "../../bindings/analysis/outcomes/index.js";
import type { Served } from "../../bindings/report/run/document.js";
import { h, section, table, widthOf } from "../answer/dom.js";
import { policyColor } from "./colors.js";
import { formatCount } from "./format.js";
import { lanesOf, policyMark } from "./marks.js";
import type { Model } from "./model.js";
import type { Store } from "./store.js";

type Row = Served<OnTime>;
type Difference = Served<OnTimeDifference>;

/** "95 %" only where an interval keeps that promise. */
function span({
  certainty,
}: Pick<Row, "certainty">): { low: number; high: number; isInterval: boolean } | null {
  if (certainty === null || certainty.kind === "same") return null;
  return { ...certainty.interval, isInterval: certainty.kind === "interval" };
}

function howSure(certainty: Row["certainty"], text: (value: number) => string): string {
  if (certainty === null) return "–";
  if (certainty.kind === "same") return "all seeds equal";
  const { low, high } = certainty.interval;
  return `${text(low)} to ${text(high)}${certainty.kind === "interval" ? "" : " (range of the seeds)"}`;
}

const percent = (value: number) => `${Number((value * 100).toFixed(1))} %`;
const points = (value: number) => `${value > 0 ? "+" : ""}${Number((value * 100).toFixed(1))}`;

/** A lane for each policy: the mean over seeds, its interval broad, the mere range of a few seeds thin. */
function chart(model: Model, client: string, width: number): HTMLElement {
  const { policies, served } = model.document;
  const rows = served.filter((row) => row.client === client && row.share !== null);
  const lanes = rows.map((row) => ({
    share: (row.share ?? 0) * 100,
    lane: policies.indexOf(row.policy),
    span: span(row),
    text: `${row.policy}: ${percent(row.share ?? 0)} of ${formatCount(row.openings.inStream.asked)} openings on time\n${howSure(row.certainty, percent)}`,
  }));
  const spans = lanes.flatMap((one) => (one.span === null ? [] : [{ ...one, ...one.span }]));
  const rules = (isInterval: boolean, strokeWidth: number) =>
    Plot.ruleY(
      spans.filter((one) => one.isInterval === isInterval),
      {
        x1: (one: { low: number }) => one.low * 100,
        x2: (one: { high: number }) => one.high * 100,
        y: "lane",
        stroke: (one: { lane: number }) => policyColor(one.lane),
        strokeWidth,
        strokeOpacity: isInterval ? 0.35 : 0.6,
        strokeDasharray: isInterval ? "" : "3,3",
      },
    );
  const plot = Plot.plot({
    width,
    ariaLabel: `Share of openings of ${client} that were served on time, by policy, with its 95 % interval over seeds`,
    height: 46 + policies.length * 26,
    marginLeft: 130,
    marginRight: 24,
    x: { domain: [0, 100], label: "% of openings on time", labelArrow: "none", grid: true },
    y: lanesOf(policies),
    marks: [
      rules(true, 9),
      rules(false, 2),
      Plot.dot(lanes, {
        x: "share",
        y: "lane",
        r: 4.5,
        fill: (one: { lane: number }) => policyColor(one.lane),
        title: "text",
        tip: true,
      }),
    ],
  });
  return h("figure", { "data-plot": "served" }, h("figcaption", {}, h("b", {}, client)), plot);
}

function verdict({ isSure, mean }: Difference): string {
  return isSure ? points(mean) : "not told apart";
}

function differences(model: Model): HTMLElement | null {
  const rows = model.document.servedDifferences;
  if (rows.length === 0) return null;
  return table<Difference>(
    [
      { title: "client", cell: ({ client }) => client },
      { title: "policy", cell: ({ policy }) => policyMark(model, policy) },
      { title: "against", cell: ({ against }) => against },
      { title: "points on time", number: true, hint: "mean over seeds of the difference", cell: verdict },
      { title: "how sure", number: true, cell: ({ certainty }) => howSure(certainty, points) },
      { title: "seeds", number: true, cell: ({ seeds }) => seeds },
    ],
    rows,
  );
}

export function served(store: Store): HTMLElement | null {
  const { model } = store;
  const clients = model.document.clients.filter((client) =>
    model.document.served.some((row) => row.client === client && row.share !== null),
  );
  if (clients.length === 0) return null;
  const plots = h("div", { class: "grid" });
  const table = differences(model);
  const element = section(
    "served",
    "Served on time",
    h(
      "p",
      { class: "note" },
      "Mean over seeds of the share of openings that had their memory within the deadline, while the stream runs where there is one. The broad bar is the 95 % interval over seeds; a thin dashed line is the range of fewer than six seeds, which promises nothing. Skipped openings count as asked.",
    ),
    plots,
    ...(table === null ? [] : [table]),
  );
  store.watch([], () => {
    const columns = clients.length > 1 && widthOf(element, 0) > 1000 ? 2 : 1;
    plots.classList.toggle("two", columns === 2);
    const width = Math.floor(widthOf(element) / columns) - (columns > 1 ? 12 : 0);
    plots.replaceChildren(...clients.map((client) => chart(model, client, width)));
  });
  return element;
}
