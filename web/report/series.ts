// Knows: every other column as a small plot over time, one line for each policy: pins first, then by unit.
// Must not know: areas by kind, requests.

import * as Plot from "@observablehq/plot";
import { PAGE_KINDS } from "../../bindings/scenario/result.js";
import { policyColor } from "./colors.js";
import { h, section, widthOf } from "./dom.js";
import { formatDuration, formatShort } from "./format.js";
import { policyMark } from "./marks.js";
import type { Run, Series } from "./model.js";
import type { Store } from "./store.js";
import { attachTime, indexAt, timeAxis, visible } from "./timechart.js";

interface Group {
  readonly title: string;
  readonly note: string;
  belongs(column: Series): boolean;
}

const GROUPS: readonly Group[] = [
  { title: "Pins", note: "", belongs: ({ name }) => /\bpin(s|ned)?\b/i.test(name) },
  {
    title: "Memory",
    note: "levels, in pages",
    belongs: ({ unit, kind }) => unit === "pages" && kind === "level",
  },
  {
    title: "Pages moved",
    note: "pages per second",
    belongs: ({ unit, kind }) => unit === "pages" && kind === "sum",
  },
  {
    title: "Time spent",
    note: "share of one CPU",
    belongs: ({ unit, kind }) => unit === "ns" && kind === "sum",
  },
  { title: "Times", note: "", belongs: ({ unit }) => unit === "ns" },
  { title: "Shares and indexes", note: "", belongs: ({ unit }) => unit === "share" },
  { title: "Events", note: "per second", belongs: ({ kind }) => kind === "sum" },
  { title: "Counts", note: "", belongs: () => true },
];

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
      Plot.line(points, {
        x: "t",
        y: "value",
        z: "i",
        stroke: ({ i }: { i: number }) => policyColor(i),
        strokeWidth: 1.4,
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
    h("figcaption", {}, h("code", {}, name), " ", said),
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

function drawGroups(store: Store, width: number): HTMLElement[] {
  const names = [...linesByName(store.runs)];
  const isQuiet = ([, lines]: (typeof names)[number]) =>
    lines.every(({ values }) => values.every((v) => v === 0));
  const loud = names.filter((entry) => !isQuiet(entry));
  const groups = GROUPS.map((group) => ({
    group,
    members: loud.filter(
      ([, [line]]) => line !== undefined && GROUPS.find((g) => g.belongs(line.series)) === group,
    ),
  })).filter(({ members }) => members.length > 0);
  const quiet = names.filter(isQuiet).map(([name]) => name);
  return [
    ...groups.map(({ group, members }) => {
      const isWide = group.title === "Pins";
      const columns = Math.max(1, Math.min(isWide ? 2 : 3, members.length, Math.floor(width / 300)));
      const each = Math.floor((width - (columns - 1) * 16) / columns);
      return h(
        "div",
        {},
        h("h3", {}, group.title, group.note === "" ? "" : h("small", {}, ` ${group.note}`)),
        h(
          "div",
          { class: "grid", style: `grid-template-columns:repeat(${columns},minmax(0,1fr))` },
          ...members.map(([name, lines]) => small(store, name, lines, each, isWide ? 170 : 120)),
        ),
      );
    }),
    ...(quiet.length === 0 ? [] : [h("p", { class: "note" }, `Zero all the time: ${quiet.join(", ")}.`)]),
  ];
}

export function series(store: Store): HTMLElement {
  const body = h("div", {});
  const legend = h("p", { class: "legend" });
  const element = section("series", "Pins, memory and work over time", legend, body);
  store.watch(["seed", "policy", "zoom"], () => {
    legend.replaceChildren(
      ...store.runs.map((run) => policyMark(store.model, run.policy)),
      h("span", {}, `seed ${store.choice.seed}`),
    );
    body.replaceChildren(...drawGroups(store, widthOf(element)));
  });
  return element;
}
