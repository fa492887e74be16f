// Knows: latency under each policy against the first one, seed by seed; success is told by served.
// Must not know: single requests.

import * as Plot from "@observablehq/plot";
import { largest } from "../../bindings/engine/extent.js";
import type { Metric, ReportComparison } from "../../bindings/report/run/document.js";
import { h, section, table } from "../answer/dom.js";
import { BAD, GOOD } from "./colors.js";
import { formatDuration } from "./format.js";
import { policyMark } from "./marks.js";
import type { Model } from "./model.js";

interface MetricText {
  readonly name: string;
  readonly moreIsBetter: boolean;
  value(value: number): string;
  difference(value: number): string;
}

function signed(value: number, text: (size: number) => string): string {
  if (value === 0) return "0";
  return `${value > 0 ? "+" : "−"}${text(Math.abs(value))}`;
}

const time = (value: number) => signed(value, formatDuration);

const METRICS: Readonly<Record<Metric, MetricText>> = {
  median: { name: "median latency", moreIsBetter: false, value: formatDuration, difference: time },
  p99: { name: "p99 latency", moreIsBetter: false, value: formatDuration, difference: time },
};

/** A longer table scrolls. */
const MOST_ROWS = 24;

function differencesOf({ values, base }: ReportComparison): number[] {
  return values.map((value, i) => value - (base[i] ?? 0));
}

/** A dot for each seed around "no difference", the median, and its interval where there is one. */
function dots(row: ReportComparison): Element {
  const differences = differencesOf(row);
  const { interval } = row;
  const ends = [...differences, interval?.low ?? 0, interval?.high ?? 0];
  const size = largest(ends.map(Math.abs)) || 1;
  const better = (value: number) => value > 0 === METRICS[row.metric].moreIsBetter;
  const color = (value: number) => (value === 0 ? "var(--quiet)" : better(value) ? GOOD : BAD);
  return Plot.plot({
    width: 220,
    height: 30,
    margin: 3,
    axis: null,
    x: { domain: [-size * 1.08, size * 1.08] },
    y: { domain: [-1, 1] },
    marks: [
      Plot.ruleX([0], { stroke: "var(--quiet)", strokeDasharray: "2,2" }),
      interval === null
        ? null
        : Plot.ruleY([interval], { x1: "low", x2: "high", y: () => 0, strokeWidth: 5, strokeOpacity: 0.25 }),
      Plot.dot(differences, {
        x: (value: number) => value,
        y: (_: number, i: number) => (((i * 0.618_034) % 1) - 0.5) * 1.1,
        r: 2.6,
        fill: color,
        fillOpacity: 0.75,
      }),
      Plot.tickX([row.median], { strokeWidth: 2.4 }),
    ],
  });
}

function count(row: ReportComparison): string {
  const better = differencesOf(row).filter(
    (value) => value !== 0 && value > 0 === METRICS[row.metric].moreIsBetter,
  );
  const equal = differencesOf(row).filter((value) => value === 0).length;
  const rest = row.seeds.length - better.length - equal;
  return `${better.length} / ${equal} / ${rest}`;
}

function range({ metric, interval }: ReportComparison): string {
  if (interval === null) return "–";
  const { difference } = METRICS[metric];
  return `${difference(interval.low)} to ${difference(interval.high)}`;
}

export function compare(model: Model): HTMLElement | null {
  const rows = model.document.comparisons;
  const [against] = model.document.policies;
  if (rows.length === 0 || against === undefined) return null;
  const isLong = rows.length > MOST_ROWS;
  const hasIntervals = rows.some(({ interval }) => interval !== null);
  return section(
    "compare",
    "Latency compared",
    h(
      "p",
      { class: "note" },
      `Each policy against ${against} on the same arrivals: differences of the same seed, their median over seeds and its bootstrap interval. Latencies are those of successes, so a policy that lets more requests succeed may look slower.`,
    ),
    h(
      "div",
      { class: isLong ? "scroll tall" : null },
      table<ReportComparison>(
        [
          { title: "client", cell: ({ client }) => client },
          { title: "policy", cell: ({ policy }) => policyMark(model, policy) },
          { title: "what", cell: ({ metric }) => METRICS[metric].name },
          {
            title: `median, ${against}`,
            number: true,
            cell: ({ metric, baseMedian }) => METRICS[metric].value(baseMedian),
          },
          {
            title: "median, this",
            number: true,
            cell: ({ metric, valueMedian }) => METRICS[metric].value(valueMedian),
          },
          {
            title: "difference",
            number: true,
            cell: ({ metric, median }) => METRICS[metric].difference(median),
          },
          ...(hasIntervals
            ? [{ title: "95 % interval", number: true, hint: "bootstrap over seeds", cell: range }]
            : []),
          { title: "each seed", cell: dots },
          { title: "better / equal / worse", number: true, hint: "seeds", cell: count },
        ],
        rows,
        () => ({ "data-plot": "compare" }),
      ),
    ),
  );
}
