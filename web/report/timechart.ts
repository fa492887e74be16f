// Knows: what all plots over time share: the axis, a line at the time that is pointed at, a brush that zooms.
// Must not know: what is plotted.

import type * as Plot from "@observablehq/plot";
import { s } from "../answer/dom.js";
import type { Store } from "./store.js";

export type Figure = (SVGSVGElement | HTMLElement) & Plot.Plot;

export const LEFT = 64;
export const RIGHT = 12;

/** Nothing shorter can be brushed. */
const LEAST_SPAN_NS = 1e6;

/** Seconds of virtual time; the domain is what the reader chose. */
export function timeAxis(store: Store, label: string | null = "virtual time (s)"): Plot.ScaleOptions {
  const [from, to] = store.span;
  return { domain: [from / 1e9, to / 1e9], label, labelAnchor: "right", labelArrow: "none" };
}

/** Indexes of `timeNs` in the span shown, and one more at each end. */
export function visible(timeNs: readonly number[], [from, to]: readonly [number, number]): [number, number] {
  let first = 0;
  while (first + 1 < timeNs.length && (timeNs[first + 1] ?? 0) < from) first += 1;
  let last = timeNs.length;
  while (last - 2 >= first && (timeNs[last - 2] ?? 0) > to) last -= 1;
  return [first, last];
}

/** The index of the last time that is not after `at`, at least 0. */
export function indexAt(timeNs: readonly number[], at: number): number {
  let low = 0;
  let high = timeNs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((timeNs[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function boxOf(svg: SVGSVGElement): { width: number; height: number } {
  const { width, height } = svg.viewBox.baseVal;
  return { width, height };
}

/** Makes a plot hear and tell where the reader points, and zoom where he draws. */
export function attachTime(figure: Figure, store: Store): Figure {
  const svg = (figure instanceof SVGSVGElement ? figure : figure.querySelector("svg")) as SVGSVGElement;
  const x = figure.scale("x");
  if (x?.invert === undefined) return figure;
  const { width, height } = boxOf(svg);
  const line = s("line", { class: "cross", y1: 0, y2: height, visibility: "hidden" });
  const band = s("rect", { class: "brush", y: 0, height, visibility: "hidden" });
  svg.append(band, line);
  store.onHover(svg, (at) => {
    line.setAttribute("visibility", at === null ? "hidden" : "visible");
    if (at === null) return;
    const position = String(x.apply(at / 1e9));
    line.setAttribute("x1", position);
    line.setAttribute("x2", position);
  });
  const place = (event: PointerEvent) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * width;
    return Math.min(width - RIGHT, Math.max(LEFT, at));
  };
  const timeNs = (at: number) => Number(x.invert?.(at)) * 1e9;
  let from: number | null = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0) from = place(event);
  });
  svg.addEventListener("pointermove", (event) => {
    const at = place(event);
    store.hover(timeNs(at));
    if (from === null || Math.abs(at - from) < 4) return;
    svg.setPointerCapture(event.pointerId);
    band.setAttribute("visibility", "visible");
    band.setAttribute("x", String(Math.min(from, at)));
    band.setAttribute("width", String(Math.abs(at - from)));
  });
  svg.addEventListener("pointerup", (event) => {
    const begin = from;
    from = null;
    band.setAttribute("visibility", "hidden");
    if (begin === null) return;
    const ends = [timeNs(begin), timeNs(place(event))].sort((a, b) => a - b) as [number, number];
    if (Math.abs(place(event) - begin) >= 4 && ends[1] - ends[0] >= LEAST_SPAN_NS) store.set({ zoom: ends });
  });
  svg.addEventListener("pointerleave", () => store.hover(null));
  svg.addEventListener("dblclick", () => store.set({ zoom: null }));
  svg.classList.add("time");
  return figure;
}
