// Knows: every other column as a small plot over time, one line for each policy: pins first, then by unit.
// Must not know: areas by kind, requests.

import * as Plot from "@observablehq/plot";
import { PAGE_KINDS } from "../../bindings/scenario/result.js";
import { h, section, widthOf } from "../answer/dom.js";
import { BAD } from "./colors.js";
import { formatDuration, formatShort } from "./format.js";
import { overlaid, policyMark } from "./marks.js";
import type { Run, Series } from "./model.js";
import type { Store } from "./store.js";
import { attachTime, indexAt, timeAxis, visible } from "./timechart.js";

interface Group {
  /** Stands behind the name of a column. */
  readonly note: string;
  belongs(column: Series): boolean;
}

/** In the order of the page; a column belongs to the first that takes it. */
const GROUPS: readonly Group[] = [
  { note: "", belongs: ({ name }) => /\bpin(s|ned)?\b/i.test(name) },
  { note: "pages", belongs: ({ unit, kind }) => unit === "pages" && kind === "level" },
  { note: "pages per second", belongs: ({ unit, kind }) => unit === "pages" && kind === "sum" },
  { note: "share of one CPU", belongs: ({ unit, kind }) => unit === "ns" && kind === "sum" },
  { note: "", belongs: ({ unit }) => unit === "ns" },
  { note: "", belongs: ({ unit }) => unit === "share" },
  { note: "per second", belongs: ({ kind }) => kind === "sum" },
  { note: "", belongs: () => true },
];

/** More marks of failed requests than this would cover a plot. */
const MOST_RULES = 80;

function isOccupancy({ name }: Series): boolean {
  const kind = name.split(".").at(-1) ?? "";
  return name.startsWith("area.") && (PAGE_KINDS as readonly string[]).includes(kind);
}

/** A running total becomes what is added per second; time becomes a share of one CPU. */
function drawn({ kind, unit, values }: Series, timeNs: readonly number[]): number[] {
  if (kind === "level") return [...values];
  return values.map((value, i) => {
    const before = Math.max(0, i - 1);
    const seconds = ((timeNs[i] ?? 0) - (timeNs[before] ?? 0)) / 1e9;
    const rate = seconds > 0 ? (value - (values[before] ?? 0)) / seconds : 0;
    return unit === "ns" ? rate / 1e9 : rate;
  });
}

function formatValue(series: Series, value: number): string {
  if (unitIsTime(series)) return formatDuration(value);
  if (series.unit === "ns") return `${Number((value * 100).toPrecision(3))} %`;
  return formatShort(value);
}

function unitIsTime({ unit, kind }: Series): boolean {
  return unit === "ns" && kind === "level";
}

interface Line {
  readonly run: Run;
  readonly series: Series;
  readonly values: readonly number[];
}

function small(
  store: Store,
  name: string,
  note: string,
  lines: readonly Line[],
  width: number,
  height: number,
): HTMLElement {
  const [like] = lines;
  const points = lines.flatMap(({ run, values }) => {
    const timeNs = run.timeNs();
    const [first, last] = visible(timeNs, store.span);
    const i = store.model.policyIndex(run.policy);
    return values.slice(first, last).map((value, k) => ({ t: (timeNs[first + k] ?? 0) / 1e9, value, i }));
  });
  const most = points.reduce((high, { value }) => Math.max(high, value), 0);
  const least = points.reduce((low, { value }) => Math.min(low, value), 0);
  const figure = Plot.plot({
    width,
    height,
    ariaLabel: `${name} over time`,
    marginLeft: 64,
    marginRight: 12,
    marginTop: 6,
    marginBottom: 26,
    x: { ...timeAxis(store, null), ticks: width / 80 },
    y: {
      domain: [least, most > least ? most : least + 1],
      nice: true,
      label: null,
      grid: true,
      ticks: 4,
      tickFormat: (value: number) => (like === undefined ? "" : formatValue(like.series, value)),
    },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      Plot.ruleX(failedTimes(store), { stroke: BAD, strokeOpacity: 0.3, clip: true }),
      ...overlaid(points, store.model.document.policies.length, {
        x: "t",
        y: "value",
        strokeWidth: 1.3,
        curve: like?.series.kind === "sum" ? "step-before" : "linear",
        clip: true,
      }),
    ],
  });
  const said = h("span", { class: "said" });
  store.onHover(said, (timeNs) => {
    said.textContent =
      timeNs === null
        ? ""
        : lines
            .map(({ run, series, values }) => formatValue(series, values[indexAt(run.timeNs(), timeNs)] ?? 0))
            .join(" | ");
  });
  return h(
    "figure",
    { "data-plot": "series" },
    h("figcaption", {}, h("code", {}, name), h("small", {}, ` ${note} `), said),
    attachTime(figure, store),
  );
}

function linesByName(runs: readonly Run[]): Map<string, Line[]> {
  const found = new Map<string, Line[]>();
  for (const run of runs)
    for (const series of run.series()) {
      if (isOccupancy(series)) continue;
      const line = { run, series, values: drawn(series, run.timeNs()) };
      const lines = found.get(series.name);
      if (lines === undefined) found.set(series.name, [line]);
      else lines.push(line);
    }
  return found;
}

/** Failed requests of the chosen area; none where they would cover the plot. */
function failedTimes(store: Store): number[] {
  const failed = store.runs.flatMap((run) =>
    run.requests().filter(({ errno, area }) => errno !== 0 && area === store.choice.area),
  );
  return failed.length > MOST_RULES ? [] : failed.map(({ beginNs }) => beginNs / 1e9);
}

function grid(width: number, most: number, draw: (each: number) => HTMLElement[]): HTMLElement {
  const columns = Math.max(1, Math.min(most, Math.floor(width / 330)));
  const each = Math.floor((width - (columns - 1) * 16) / columns);
  return h(
    "div",
    { class: "grid", style: `grid-template-columns:repeat(${columns},minmax(0,1fr))` },
    ...draw(each),
  );
}

function isQuiet(lines: readonly Line[]): boolean {
  return lines.every(({ values }) => values.every((value) => value === 0));
}

function drawAll(store: Store, width: number): HTMLElement[] {
  const names = [...linesByName(store.runs)];
  const members = GROUPS.map((group) =>
    names.filter(
      ([, [line, ...more]]) =>
        line !== undefined &&
        !isQuiet([line, ...more]) &&
        GROUPS.find((of) => of.belongs(line.series)) === group,
    ),
  );
  const draw = (i: number, each: number, height: number) =>
    (members[i] ?? []).map(([name, lines]) => small(store, name, GROUPS[i]?.note ?? "", lines, each, height));
  const quiet = names.filter(([, lines]) => isQuiet(lines)).map(([name]) => name);
  return [
    grid(width, Math.min(2, members[0]?.length ?? 0), (each) => draw(0, each, 170)),
    grid(width, 3, (each) => GROUPS.slice(1).flatMap((_, i) => draw(i + 1, each, 120))),
    ...(quiet.length === 0 ? [] : [h("p", { class: "note" }, `Zero all the time: ${quiet.join(", ")}.`)]),
  ];
}

export function series(store: Store): HTMLElement {
  const body = h("div", {});
  const legend = h("p", { class: "legend" });
  const element = section("series", "Pins, memory and work over time", legend, body);
  store.watch(["seed", "policy", "area", "zoom"], () => {
    const mark = h("span", {}, h("i", { class: "failed" }), `a request to ${store.choice.area} failed`);
    legend.replaceChildren(
      ...store.runs.map((run) => policyMark(store.model, run.policy)),
      h("span", {}, `seed ${store.choice.seed}`),
      ...(failedTimes(store).length === 0 ? [] : [mark]),
    );
    body.replaceChildren(...drawAll(store, widthOf(element)));
  });
  return element;
}
