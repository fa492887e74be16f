// Knows: every failure of the chosen runs: a list, and of the chosen one its page map, windows and blockers.
// Must not know: how the map is drawn.

import * as Plot from "@observablehq/plot";
import { largest, smallest } from "../../bindings/engine/extent.js";
import type { Blocker, ReportFailure } from "../../bindings/report/run/document.js";
import { LONG_PIN_NS } from "../../bindings/scenario/result.js";
import { h, section, table, widthOf } from "../answer/dom.js";
import { BAD, holderColor } from "./colors.js";
import { formatBytes, formatCount, formatDuration, formatErrno, formatShare } from "./format.js";
import { policyMark } from "./marks.js";
import { decodeWindows, type Model, type Run, type Window } from "./model.js";
import { pageMap } from "./pagemap.js";
import type { Store } from "./store.js";

const MOST_HOLDERS = 6;

function who({ reason, holder, pinKind }: { reason: string; holder: string; pinKind: string }): string {
  return holder === "" ? reason : `${holder}${pinKind === "" ? "" : ` (${pinKind})`}`;
}

interface Listed {
  readonly run: Run;
  readonly failure: ReportFailure;
  readonly number: number;
}

function list(store: Store, rows: readonly Listed[]): HTMLElement {
  const { model, choice } = store;
  const { pageBytes } = model.document;
  const isChosen = ({ run, number }: Listed) =>
    choice.failure?.policy === run.policy && choice.failure.number === number;
  const choose = ({ run, failure, number }: Listed) =>
    store.set({ failure: { policy: run.policy, number }, area: failure.area });
  return table<Listed>(
    [
      {
        title: "at",
        cell: (row) =>
          h(
            "button",
            { type: "button", class: "link", click: () => choose(row) },
            `${(row.failure.beginNs / 1e9).toFixed(3)} s`,
          ),
      },
      { title: "policy", cell: ({ run }) => policyMark(model, run.policy) },
      { title: "client", cell: ({ failure }) => failure.client },
      { title: "area", cell: ({ failure }) => failure.area },
      { title: "size", number: true, cell: ({ failure }) => formatBytes(failure.pages * pageBytes) },
      { title: "error", cell: ({ failure }) => formatErrno(failure.errno) },
      { title: "gave up after", number: true, cell: ({ failure }) => formatDuration(failure.latencyNs) },
      { title: "windows", number: true, cell: ({ failure }) => formatCount(failure.windowsTried) },
      {
        title: "blocking frames",
        number: true,
        hint: "different ones",
        cell: ({ failure }) => formatCount(failure.distinctBlockers),
      },
      {
        title: "oldest pin",
        number: true,
        cell: ({ failure }) => (failure.longestHeldNs === 0 ? "–" : formatDuration(failure.longestHeldNs)),
      },
      { title: "long pin", cell: ({ failure }) => (failure.anyLongPin ? "yes" : "no") },
      { title: "migrated", number: true, cell: ({ failure }) => formatCount(failure.migrated) },
      { title: "reclaimed", number: true, cell: ({ failure }) => formatCount(failure.reclaimed) },
    ],
    rows,
    (row) => ({ class: isChosen(row) ? "chosen" : null }),
  );
}

function blockersTable(failure: ReportFailure): HTMLElement {
  const all = failure.blockers.reduce((sum, { windows }) => sum + windows, 0);
  const held = (ns: number) => (ns === 0 ? "–" : formatDuration(ns));
  return table<Blocker>(
    [
      { title: "reason", cell: ({ reason }) => reason },
      { title: "held by", cell: ({ holder }) => (holder === "" ? "–" : holder) },
      { title: "pin", cell: ({ pinKind }) => (pinKind === "" ? "–" : pinKind) },
      {
        title: "windows",
        number: true,
        cell: ({ windows }) => `${formatCount(windows)} (${formatShare(windows, all)})`,
      },
      { title: "frames", number: true, hint: "different ones", cell: ({ frames }) => formatCount(frames) },
      { title: "held: median", number: true, cell: ({ medianHeldNs }) => held(medianHeldNs) },
      { title: "longest", number: true, cell: ({ longestHeldNs }) => held(longestHeldNs) },
    ],
    failure.blockers,
  );
}

/** Names of holders with their colours; the rarest share the last one. */
function holders(failure: ReportFailure): { color(window: Window): string; legend: HTMLElement } {
  const names = [...new Set(failure.blockers.map(who))];
  const index = (window: Window) => Math.min(MOST_HOLDERS - 1, Math.max(0, names.indexOf(who(window))));
  const shown = names.slice(0, MOST_HOLDERS).map((name, i) => {
    const text = i === MOST_HOLDERS - 1 && names.length > MOST_HOLDERS ? "others" : name;
    return h("span", {}, h("i", { style: `background:${holderColor(i)}` }), text);
  });
  return { color: (window) => holderColor(index(window)), legend: h("p", { class: "legend" }, ...shown) };
}

function positions(
  windows: readonly Window[],
  failure: ReportFailure,
  model: Model,
  color: (w: Window) => string,
  width: number,
): Element {
  const mebibytes = model.document.pageBytes / 2 ** 20;
  const pages = model.document.areas.find(({ name }) => name === failure.area)?.pages ?? 0;
  return Plot.plot({
    width,
    ariaLabel: "Where the frame lay that blocked each window",
    height: 220,
    marginLeft: 64,
    marginBottom: 36,
    x: { label: "window, in the order tried", labelArrow: "none", labelAnchor: "center", nice: false },
    y: {
      label: "frame that blocked it: MiB into the area",
      labelArrow: "none",
      grid: true,
      domain: [0, pages * mebibytes],
    },
    marks: [
      Plot.dot(windows, {
        x: (_: Window, i: number) => i * failure.every + 1,
        y: ({ blocker }: Window) => blocker * mebibytes,
        r: 1.8,
        clip: true,
        fill: color,
        title: (window: Window) =>
          `window at +${formatBytes(window.start * model.document.pageBytes)}\n${window.reason} ${who(window)}\nframe +${formatCount(window.blocker)}, held ${formatDuration(window.heldNs)}`,
        tip: true,
      }),
    ],
  });
}

/** Ages of the pins when they blocked, by powers of the square root of two. */
function ages(
  windows: readonly Window[],
  every: number,
  color: (w: Window) => string,
  width: number,
): Element | null {
  const pinned = windows.filter(({ heldNs }) => heldNs > 0);
  if (pinned.length === 0) return null;
  const step = 0.15;
  const bin = ({ heldNs }: Window) => Math.floor(Math.log10(heldNs / 1e6) / step);
  const groups = new Map<string, { low: number; count: number; fill: string }>();
  for (const window of pinned) {
    const key = `${bin(window)} ${color(window)}`;
    const group = groups.get(key) ?? { low: bin(window), count: 0, fill: color(window) };
    group.count += 1;
    groups.set(key, group);
  }
  const bars = [...groups.values()].map(({ low, count, fill }) => ({
    x1: 10 ** (low * step),
    x2: 10 ** ((low + 1) * step),
    count,
    fill,
  }));
  const most =
    largest(
      bars.map(({ x2 }) => x2),
      LONG_PIN_NS / 1e6,
    ) * 1.6;
  const least = smallest(bars.map(({ x1 }) => x1));
  const decades = [1e-3, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4, 1e5].filter(
    (ms) => ms >= least * 0.9 && ms <= most,
  );
  return Plot.plot({
    width,
    ariaLabel: "Ages of the pins that blocked",
    height: 220,
    marginLeft: 56,
    marginBottom: 36,
    x: {
      type: "log",
      domain: [least, most],
      ticks: decades,
      tickFormat: (ms: number) => formatDuration(ms * 1e6),
      label: "age of the pin that blocked",
      labelArrow: "none",
      labelAnchor: "center",
    },
    y: {
      label: every > 1 ? `windows drawn (one in ${every})` : "windows",
      labelArrow: "none",
      grid: true,
      ticks: 5,
    },
    marks: [
      Plot.rectY(bars, { x1: "x1", x2: "x2", y: "count", fill: "fill", insetLeft: 0.5, insetRight: 0.5 }),
      Plot.ruleY([0]),
      Plot.ruleX([LONG_PIN_NS / 1e6], { stroke: BAD, strokeDasharray: "4,3" }),
      Plot.text([LONG_PIN_NS / 1e6], {
        x: (ms: number) => ms,
        frameAnchor: "top",
        text: () => "long from here",
        dx: -4,
        textAnchor: "end",
        fill: BAD,
      }),
    ],
  });
}

function sentence({ run, failure }: Listed, pageBytes: number): string {
  const pins =
    failure.longestHeldNs === 0
      ? ""
      : failure.anyLongPin
        ? ` At least one pin was long: the oldest had been held for ${formatDuration(failure.longestHeldNs)}.`
        : ` No single pin was long: the oldest had been held for ${formatDuration(failure.longestHeldNs)}.`;
  const sleeps = failure.sleeps === 0 ? "" : ` and ${formatCount(failure.sleeps)} sleeps`;
  return `Under ${run.policy}, ${failure.client} asked the area ${failure.area} for ${formatBytes(failure.pages * pageBytes)} at ${(failure.beginNs / 1e9).toFixed(3)} s and got ${formatErrno(failure.errno)} after ${formatDuration(failure.latencyNs)}, ${formatCount(failure.windowsTried)} windows${sleeps}. ${formatCount(failure.distinctBlockers)} different frames blocked; ${formatCount(failure.migrated)} pages had been migrated in vain.${pins}`;
}

function detail(store: Store, chosen: Listed, width: number): HTMLElement[] {
  const { failure } = chosen;
  const { document: doc } = store.model;
  const windows = decodeWindows(failure.windows, doc.words);
  const { color, legend } = holders(failure);
  const half = width > 820 ? Math.floor((width - 16) / 2) : width;
  const histogram = ages(windows, failure.every, color, half);
  const every = failure.every > 1 ? ` One window in ${failure.every} is drawn.` : "";
  return [
    h("p", { class: "lead" }, sentence(chosen, doc.pageBytes)),
    failure.map === null
      ? h("p", { class: "note" }, "The page map of this failure was not kept.")
      : pageMap(failure, failure.map, doc.pageBytes, width),
    ...(windows.length === 0
      ? [h("p", { class: "note" }, "No window was tried.")]
      : [
          legend,
          h(
            "div",
            { class: `grid${width > 820 ? " two" : ""}` },
            h(
              "figure",
              { "data-plot": "windows" },
              h("figcaption", {}, `What blocked each window.${every}`),
              positions(windows, failure, store.model, color, half),
            ),
            histogram === null
              ? null
              : h(
                  "figure",
                  { "data-plot": "ages" },
                  h("figcaption", {}, "How long those pins had been held."),
                  histogram,
                ),
          ),
          blockersTable(failure),
        ]),
  ];
}

/** Scrolls the list, never the page. */
function showChosen(rows: HTMLElement, above: number): void {
  rows.scrollTop = above;
  const chosen = rows.querySelector<HTMLElement>("tr.chosen");
  if (chosen === null) return;
  const isSeen =
    chosen.offsetTop >= above && chosen.offsetTop + chosen.offsetHeight <= above + rows.clientHeight;
  if (!isSeen) rows.scrollTop = chosen.offsetTop - rows.clientHeight / 2;
}

export function failures(store: Store): HTMLElement {
  const rows = h("div", { class: "scroll" });
  const body = h("div", {});
  const element = section("failures", "Failures", rows, body);
  store.watch(["seed", "policy", "failure"], () => {
    const { seed, failure: chosen } = store.choice;
    const listed = store.runs.flatMap((run) =>
      run.failures.map((failure, number) => ({ run, failure, number })),
    );
    if (listed.length === 0) {
      const others = store.model.runs.filter((run) => run.failures.length > 0).map((run) => run.seed);
      const where =
        others.length === 0 ? "" : ` There are some with seed ${[...new Set(others)].join(", ")}.`;
      rows.replaceChildren(h("p", { class: "note" }, `Nothing failed with seed ${seed}.${where}`));
      return body.replaceChildren();
    }
    const above = rows.scrollTop;
    rows.replaceChildren(list(store, listed));
    showChosen(rows, above);
    const shown = listed.find(({ run, number }) => run.policy === chosen?.policy && number === chosen.number);
    body.replaceChildren(...(shown === undefined ? [] : detail(store, shown, widthOf(element))));
  });
  return element;
}
