// Knows: what the pages of an area are over time, by kind, with the requests of its clients above.
// Must not know: other series, page maps.

import * as Plot from "@observablehq/plot";
import { h, section, widthOf } from "../answer/dom.js";
import { BAD, GOOD, KIND_ORDER, kindColor, kindMeaning } from "./colors.js";
import { formatBytes, formatDuration, formatErrno, formatShare, formatTime } from "./format.js";
import { policyMark } from "./marks.js";
import type { Request, Run } from "./model.js";
import type { Store } from "./store.js";
import { attachTime, indexAt, LEFT, RIGHT, timeAxis, visible } from "./timechart.js";

interface Layer {
  readonly kind: string;
  /** Pages. */
  readonly values: readonly number[];
}

/** The columns "area.<name>.<kind>" of a run, from the bottom of the stack to its top; those that stay zero are left out. */
export function layersOf(run: Run, area: string): Layer[] {
  const prefix = `area.${area}.`;
  return KIND_ORDER.flatMap((kind) => {
    const column = run.series().find(({ name }) => name === `${prefix}${kind}`);
    return column?.values.some((value) => value !== 0) ? [{ kind, values: column.values }] : [];
  });
}

function stack(run: Run, layers: readonly Layer[], store: Store, pages: number, width: number): Element {
  const timeNs = run.timeNs();
  const [first, last] = visible(timeNs, store.span);
  const mebibytes = store.model.document.pageBytes / 2 ** 20;
  const points = layers.flatMap(({ kind, values }) =>
    values.slice(first, last).map((value, i) => ({
      t: (timeNs[first + i] ?? 0) / 1e9,
      size: value * mebibytes,
      kind,
    })),
  );
  const figure = Plot.plot({
    width,
    ariaLabel: `Pages of the area by kind over time, ${run.policy}`,
    height: 230,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginTop: 8,
    marginBottom: 34,
    x: timeAxis(store),
    y: { domain: [0, pages * mebibytes], label: "MiB", labelArrow: "none", grid: true },
    marks: [
      Plot.areaY(points, {
        x: "t",
        y: "size",
        z: "kind",
        fill: (point: { kind: string }) => kindColor(point.kind),
        order: layers.map(({ kind }) => kind),
        clip: true,
      }),
      Plot.ruleY([0]),
    ],
  });
  return attachTime(figure, store);
}

function tell(request: Request, pageBytes: number): string {
  const end = request.errno === 0 ? "succeeded" : formatErrno(request.errno);
  return `${request.client}: ${formatBytes(request.pages * pageBytes)} at ${(request.beginNs / 1e9).toFixed(3)} s\n${end} after ${formatDuration(request.latencyNs)}${request.missed ? ", late" : ""}${request.failure >= 0 ? "\nclick: its page map" : ""}`;
}

/** A lane for each client: a bar from begin to end of each request, a cross at the end of those that failed. */
function outcomes(run: Run, store: Store, width: number): Element | null {
  const { area } = store.choice;
  const { pageBytes } = store.model.document;
  const [from, to] = store.span;
  const requests = run
    .requests()
    .filter(
      (request) =>
        request.area === area && request.beginNs <= to && request.beginNs + request.latencyNs >= from,
    );
  const names = [
    ...new Set(
      run
        .requests()
        .filter((request) => request.area === area)
        .map(({ client }) => client),
    ),
  ];
  if (names.length === 0) return null;
  const end = ({ beginNs, latencyNs }: Request) => (beginNs + latencyNs) / 1e9;
  const ends = { x: end, y: "client", title: (request: Request) => tell(request, pageBytes), tip: true };
  const figure = Plot.plot({
    width,
    ariaLabel: `Requests to the area over time, ${run.policy}`,
    height: 8 + names.length * 17,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginTop: 4,
    marginBottom: 4,
    x: { ...timeAxis(store, null), axis: null },
    y: {
      domain: names,
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => (name.length > 9 ? `${name.slice(0, 8)}…` : name),
    },
    marks: [
      Plot.barX(requests, {
        x1: ({ beginNs }: Request) => beginNs / 1e9,
        x2: end,
        y: "client",
        fill: ({ errno }: Request) => (errno === 0 ? GOOD : BAD),
        fillOpacity: 0.5,
        insetTop: 3,
        insetBottom: 3,
        clip: true,
      }),
      Plot.dot(
        requests.filter(({ errno }) => errno === 0),
        { ...ends, r: 2.4, fill: GOOD, clip: true },
      ),
      Plot.dot(
        requests.filter(({ errno }) => errno !== 0),
        { ...ends, r: 3.6, symbol: "times", stroke: BAD, strokeWidth: 1.8, clip: true },
      ),
    ],
  });
  figure.addEventListener("click", () => {
    const picked = figure.value as Request | null;
    if (picked !== null && picked.failure >= 0)
      store.set({ failure: { policy: run.policy, number: picked.failure } });
  });
  return attachTime(figure, store);
}

/** The legend is the read-out too: at the time pointed at, or the mean of what is shown. */
function readout(run: Run, layers: readonly Layer[], store: Store): HTMLElement {
  const timeNs = run.timeNs();
  const [first, last] = visible(timeNs, store.span);
  const at = h("b", {});
  const values = layers.map(() => h("span", {}));
  const { pageBytes } = store.model.document;
  const pages = (i: number) => layers.reduce((sum, { values: column }) => sum + (column[i] ?? 0), 0);
  const write = (time: number | null) => {
    const i = time === null ? 0 : indexAt(timeNs, time);
    const whole = time === null ? pages(first) : pages(i);
    at.textContent = time === null ? "mean" : formatTime(timeNs[i] ?? 0, store.span[1] - store.span[0]);
    for (const [k, { values: column }] of layers.entries()) {
      const shown = column.slice(first, last);
      const mean = shown.reduce((sum, value) => sum + value, 0) / Math.max(1, shown.length);
      const value = time === null ? mean : (column[i] ?? 0);
      const cell = values[k];
      if (cell !== undefined)
        cell.textContent = ` ${formatBytes(Math.round(value) * pageBytes)} (${formatShare(value, whole)})`;
    }
  };
  write(null);
  store.onHover(at, write);
  return h(
    "p",
    { class: "legend" },
    at,
    ...layers
      .map(({ kind }, k) =>
        h(
          "span",
          { title: kindMeaning(kind) },
          h("i", { style: `background:${kindColor(kind)}` }),
          kind,
          values[k] ?? "",
        ),
      )
      .reverse(),
  );
}

export function occupancy(store: Store): HTMLElement {
  const panels = h("div", {});
  const title = h("b", {});
  const element = section(
    "occupancy",
    "The area over time",
    h(
      "p",
      { class: "note" },
      title,
      " What its pages are. Above each stack the requests of its clients: a bar from begin to end, ",
      h("span", { class: "bad" }, "×"),
      " where one failed. Click a cross for its page map.",
    ),
    panels,
  );
  const { document: doc } = store.model;
  store.watch(["seed", "policy", "area", "zoom"], () => {
    const area = doc.areas.find(({ name }) => name === store.choice.area);
    title.textContent =
      area === undefined
        ? "No area."
        : `${area.name}: ${formatBytes(area.pages * doc.pageBytes)} from pfn ${area.basePfn}, seed ${store.choice.seed}.`;
    if (area === undefined) return panels.replaceChildren();
    const width = widthOf(element);
    panels.replaceChildren(
      ...store.runs.map((run) => {
        const layers = layersOf(run, area.name);
        const strip = outcomes(run, store, width);
        return h(
          "figure",
          { "data-plot": "occupancy" },
          h("figcaption", {}, policyMark(store.model, run.policy)),
          readout(run, layers, store),
          strip,
          stack(run, layers, store, area.pages, width),
        );
      }),
    );
  });
  return element;
}
