// Knows: success and latency of each client: a strip of every request, and the share that had its memory in time.
// Must not know: areas, failures.

import * as Plot from "@observablehq/plot";
import { h, section, widthOf } from "../answer/dom.js";
import { statisticsTable } from "./clienttable.js";
import { BAD, GOOD } from "./colors.js";
import { formatBytes, formatCount, formatDuration, formatErrno } from "./format.js";
import { lanesOf, overlaid, policyMark } from "./marks.js";
import type { Model, Request } from "./model.js";
import type { Store } from "./store.js";

/** Dots of one client under one policy that ended one way. */
const MOST_DOTS = 500;

interface Dot {
  readonly ms: number;
  readonly y: number;
  readonly failed: boolean;
  readonly text: string;
}

/** Dots lie in the lane of their policy, spread by the golden ratio: even, and the same each time. */
function dotsOf(model: Model, client: string): Dot[] {
  return model.document.policies.flatMap((policy, lane) => {
    const all = model.runs
      .filter((run) => run.policy === policy)
      .flatMap((run) =>
        run
          .requests()
          .filter((request) => request.client === client)
          .map((request) => ({ request, run })),
      );
    return [true, false].flatMap((failed) => {
      const group = all.filter(({ request }) => (request.errno !== 0) === failed);
      const every = Math.max(1, Math.ceil(group.length / MOST_DOTS));
      return group
        .filter((_, i) => i % every === 0)
        .map(({ request, run }, i) => ({
          ms: milliseconds(request.latencyNs),
          y: lane + (((i * 0.618_034) % 1) - 0.5) * 0.56,
          failed,
          text: describe(request, policy, run.seed, model),
        }));
    });
  });
}

function describe(request: Request, policy: string, seed: number, model: Model): string {
  const what = request.errno === 0 ? "succeeded" : formatErrno(request.errno);
  return [
    `${policy}, seed ${seed}, at ${(request.beginNs / 1e9).toFixed(3)} s`,
    `${formatBytes(request.pages * model.document.pageBytes)}: ${what} after ${formatDuration(request.latencyNs)}`,
    `${formatCount(request.windows)} windows, ${formatCount(request.migrated)} pages migrated${request.missed ? ", late" : ""}`,
  ].join("\n");
}

/** A logarithmic axis begins at a microsecond. */
function milliseconds(nanoseconds: number): number {
  return Math.max(nanoseconds, 1e3) / 1e6;
}

/** Whole decades around all values. */
function latencyDomain(values: readonly number[]): [number, number] {
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  if (most === 0) return [1, 10];
  const low = 10 ** Math.floor(Math.log10(least));
  const high = 10 ** Math.ceil(Math.log10(most));
  return [low, high === low ? low * 10 : high];
}

function decades([low, high]: readonly [number, number]): number[] {
  const from = Math.round(Math.log10(low));
  const to = Math.round(Math.log10(high));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

function latencyAxis(domain: readonly [number, number], label: string | null): Plot.ScaleOptions {
  return {
    type: "log",
    domain: [...domain],
    ticks: decades(domain),
    tickFormat: (ms: number) => formatDuration(ms * 1e6),
    label,
    labelArrow: "none",
    grid: true,
  };
}

const LEFT = 110;
const RIGHT = 24;

function strip(model: Model, client: string, domain: readonly [number, number], width: number): Element {
  const { policies, statistics } = model.document;
  const dots = dotsOf(model, client);
  const marks = policies.flatMap((policy, lane) => {
    const row = statistics.find((found) => found.policy === policy && found.client === client);
    const medianNs = row?.medianNs ?? 0;
    const of = (ns: number | null | undefined, name: string) =>
      ns === null || ns === undefined
        ? []
        : // Names do not stand on each other.
          [{ ms: milliseconds(ns), lane, name, isClear: name === "p50" || ns > medianNs * 1.2 }];
    return [...of(row?.medianNs, "p50"), ...of(row?.p95Ns, "p95"), ...of(row?.p99Ns, "p99")];
  });
  return Plot.plot({
    width,
    ariaLabel: `Latency of each request of ${client}, a lane for each policy`,
    height: 30 + policies.length * 44,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 6,
    marginTop: 18,
    x: { ...latencyAxis(domain, null), axis: null },
    y: lanesOf(policies),
    marks: [
      Plot.gridX({ ticks: decades(domain), strokeOpacity: 0.12 }),
      Plot.dot(
        dots.filter(({ failed }) => !failed),
        {
          x: "ms",
          y: "y",
          r: 2.2,
          fill: GOOD,
          fillOpacity: dots.length > 200 ? 0.55 : 0.85,
          title: "text",
          tip: true,
        },
      ),
      Plot.dot(
        dots.filter(({ failed }) => failed),
        { x: "ms", y: "y", r: 3, symbol: "times", stroke: BAD, strokeWidth: 1.4, title: "text", tip: true },
      ),
      Plot.ruleX(marks, {
        x: "ms",
        y1: (mark: { lane: number }) => mark.lane - 0.36,
        y2: (mark: { lane: number }) => mark.lane + 0.36,
        stroke: "var(--ink)",
        strokeWidth: (mark: { name: string }) => (mark.name === "p50" ? 2.5 : 1.2),
      }),
      Plot.text(
        marks.filter(({ name, isClear }) => name !== "p95" && isClear),
        {
          x: "ms",
          y: (mark: { lane: number }) => mark.lane - 0.42,
          text: "name",
          fontSize: 9,
          fill: "var(--quiet)",
        },
      ),
    ],
  });
}

/** Rises to the share that succeeded: what failed never arrives. */
function curve(model: Model, client: string, domain: readonly [number, number], width: number): Element {
  const { policies, statistics } = model.document;
  const lines = policies.flatMap((policy, i) => {
    const row = statistics.find((found) => found.policy === policy && found.client === client);
    if (row === undefined || row.requests === 0) return [];
    const share = (rank: number) => (rank / row.requests) * 100;
    const points = row.ranks.map(([ns, rank]) => ({ ms: milliseconds(ns), share: share(rank), policy, i }));
    const last = { ms: domain[1], share: share(row.succeeded), policy, i };
    return [{ ms: domain[0], share: 0, policy, i }, ...points, last];
  });
  return Plot.plot({
    width,
    ariaLabel: `Share of requests of ${client} that have their memory, by latency`,
    height: 210,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 36,
    x: latencyAxis(domain, "latency"),
    y: {
      domain: [0, 100],
      label: "% of requests that have their memory",
      labelArrow: "none",
      grid: true,
      ticks: 5,
    },
    marks: [
      Plot.ruleY([0]),
      ...overlaid(lines, policies.length, { x: "ms", y: "share", curve: "step-after", strokeWidth: 2 }),
    ],
  });
}

function clientPlots(model: Model, client: string, width: number): HTMLElement {
  const latencies = model.runs.flatMap((run) =>
    run
      .requests()
      .filter((request) => request.client === client)
      .map(({ latencyNs }) => milliseconds(latencyNs)),
  );
  const domain = latencyDomain(latencies);
  const legend = model.document.policies.map((policy) => policyMark(model, policy));
  return h(
    "figure",
    { class: "client", "data-plot": "latency" },
    h("figcaption", {}, h("b", {}, client), " ", ...legend),
    strip(model, client, domain, width),
    curve(model, client, domain, width),
  );
}

export function clients(store: Store): HTMLElement {
  const { model } = store;
  const asked = model.document.clients.filter((client) =>
    model.document.statistics.some((row) => row.client === client && row.requests > 0),
  );
  const plots = h("div", { class: "grid" });
  const element = section(
    "clients",
    "Success and latency",
    statisticsTable(model),
    h(
      "p",
      { class: "note" },
      "All seeds together. Above: each request, ",
      h("span", { class: "good" }, "●"),
      " succeeded, ",
      h("span", { class: "bad" }, "×"),
      " failed (where it gave up). Below: the share of all requests that have their memory after that time; a curve that ends below 100 % tells how many never got it.",
    ),
    plots,
  );
  store.watch([], () => {
    const columns = asked.length > 1 && widthOf(element, 0) > 1000 ? 2 : 1;
    plots.classList.toggle("two", columns === 2);
    const width = Math.floor(widthOf(element) / columns) - (columns > 1 ? 12 : 0);
    plots.replaceChildren(...asked.map((client) => clientPlots(model, client, width)));
  });
  return element;
}
