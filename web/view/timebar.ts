// Knows: the lanes of a run over time: requests, windows, pins, reclaim, free pages; two handles, and keys from event to event.
// Must not know: how a moment is reached, what the maps show.

import { largest, smallest } from "../../bindings/engine/extent.js";
import { milliseconds } from "./elements.js";
import type { Lanes, Request } from "./protocol.js";

/** Before it lies in a page. */
const USUAL_WIDTH = 1152;
const TOP = 14;
const LANE = 30;
const LANES = ["requests", "windows", "pinned in areas", "reclaimed", "free"] as const;
const HEIGHT = TOP + LANES.length * LANE + 4;
const COLOURS = {
  back: "#12161b",
  line: "#3a444d",
  unknown: "#2a3138",
  good: "#56b4e9",
  bad: "#d55e00",
  step: "#f0e442",
  text: "#ffffff",
} as const;
/** Pixels within which a handle is taken hold of. */
const GRIP = 8;
const SMALL_NS = 1e6;
const LARGE_NS = 1e8;

/** A request whose windows are drawn as a staircase: where each began, as a share of the range that they cover. */
export interface Stairs {
  readonly beginNs: number;
  readonly endNs: number;
  readonly starts: readonly number[];
}

export interface TimeEvents {
  onTime(timeNs: number): void;
  /** The second handle is at another moment. */
  onMark(timeNs: number): void;
  /** A request is asked about. */
  onRequest(nth: number): void;
}

export class TimeBar {
  readonly canvas = document.createElement("canvas");
  readonly #events: TimeEvents;
  readonly #durationNs: number;
  readonly #pageSize: number;
  #lanes: readonly (Lanes | undefined)[] = [];
  #stairs: Stairs | undefined;
  #timeNs = 0;
  #markNs: number | undefined;
  #lane = 0;

  constructor(durationNs: number, pageSize: number, events: TimeEvents) {
    this.#durationNs = durationNs;
    this.#pageSize = pageSize;
    this.#events = events;
    [this.canvas.width, this.canvas.height, this.canvas.className] = [USUAL_WIDTH, HEIGHT, "timebar"];
    new ResizeObserver(() => this.#draw()).observe(this.canvas);
    this.canvas.tabIndex = 0;
    const attributes = { role: "slider", "aria-label": "virtual time", "aria-valuemin": "0" };
    for (const [name, value] of Object.entries(attributes)) this.canvas.setAttribute(name, value);
    this.canvas.setAttribute("aria-valuemax", String(durationNs));
    this.#listen();
  }

  get markNs(): number | undefined {
    return this.#markNs;
  }

  setTime(timeNs: number): void {
    this.#timeNs = timeNs;
    this.canvas.setAttribute("aria-valuenow", String(timeNs));
    this.#draw();
  }

  setMark(timeNs: number | undefined): void {
    this.#markNs = timeNs;
    this.#draw();
  }

  /** What is known of each side. */
  setLanes(lanes: readonly (Lanes | undefined)[]): void {
    this.#lanes = lanes;
    this.#draw();
  }

  setStairs(stairs: Stairs | undefined): void {
    this.#stairs = stairs;
    this.#draw();
  }

  get #width(): number {
    return this.canvas.width;
  }

  #x(timeNs: number): number {
    return (timeNs / this.#durationNs) * this.#width;
  }

  #listen(): void {
    let held: "time" | "mark" | undefined;
    const timeAt = (event: PointerEvent) => {
      const box = this.canvas.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      return Math.round(share * this.#durationNs);
    };
    const move = (event: PointerEvent) => {
      if (held === "mark") this.#events.onMark(timeAt(event));
      else if (held === "time") this.#events.onTime(timeAt(event));
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      const scale = this.#width / this.canvas.getBoundingClientRect().width;
      const isNear = (ns: number | undefined) =>
        ns !== undefined && Math.abs(this.#x(timeAt(event)) - this.#x(ns)) < GRIP * scale;
      held = isNear(this.#markNs) && !isNear(this.#timeNs) ? "mark" : "time";
      this.canvas.setPointerCapture(event.pointerId);
      const box = this.canvas.getBoundingClientRect();
      const isRequests = (event.clientY - box.top) * scale < TOP + LANE;
      const nth = isRequests ? this.#requestAt(timeAt(event)) : -1;
      if (nth >= 0) this.#events.onRequest(nth);
      else move(event);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons !== 0 && held !== undefined) move(event);
    });
    this.canvas.addEventListener("pointerup", () => {
      held = undefined;
    });
    this.canvas.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #requestAt(timeNs: number): number {
    const slack = (3 / this.#width) * this.#durationNs;
    const requests = this.#lanes[0]?.requests ?? [];
    return requests.findIndex(({ beginNs, endNs }) => timeNs > beginNs - slack && timeNs < endNs + slack);
  }

  /** Moments of the lane that is chosen, ascending. */
  #moments(): number[] {
    const [lanes] = this.#lanes;
    if (lanes === undefined) return [];
    if (this.#lane === 0)
      return lanes.requests.flatMap(({ beginNs, endNs }) => [beginNs, endNs]).sort((a, b) => a - b);
    if (this.#lane === 1) return this.#stairs === undefined ? [] : [this.#stairs.beginNs, this.#stairs.endNs];
    const values = [lanes.pinned, lanes.reclaimed, lanes.free][this.#lane - 2] ?? [];
    return values.flatMap((value, i) =>
      i > 0 && value !== values[i - 1] ? [lanes.startNs + i * lanes.everyNs] : [],
    );
  }

  #onKey(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const step = (by: number) =>
      this.#events.onTime(Math.min(Math.max(this.#timeNs + by, 0), this.#durationNs));
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const sign = key === "ArrowRight" ? 1 : -1;
      const moments = this.#moments();
      const next =
        sign > 0 ? moments.find((ns) => ns > this.#timeNs) : moments.findLast((ns) => ns < this.#timeNs);
      if (shiftKey) step(sign * SMALL_NS);
      else if (next !== undefined) this.#events.onTime(next);
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      this.#lane = (this.#lane + (key === "ArrowDown" ? 1 : LANES.length - 1)) % LANES.length;
      this.#draw();
    } else if (key === "PageUp" || key === "PageDown") step(key === "PageUp" ? LARGE_NS : -LARGE_NS);
    else if (key === "Home") this.#events.onTime(0);
    else if (key === "End") this.#events.onTime(this.#durationNs);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #draw(): void {
    // As many pixels as it is wide: its words stay as large as those around it.
    this.canvas.width = this.canvas.clientWidth || USUAL_WIDTH;
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    context.fillStyle = COLOURS.back;
    context.fillRect(0, 0, this.#width, HEIGHT);
    const known = smallest([this.#durationNs, ...this.#lanes.map((lanes) => lanes?.knownNs ?? 0)]);
    context.fillStyle = COLOURS.unknown;
    if (this.#lanes.length > 0) context.fillRect(this.#x(known), TOP, this.#width, HEIGHT);
    this.#drawRequests(context);
    if (this.#stairs !== undefined) this.#drawStairs(context, this.#stairs);
    this.#drawSeries(context);
    for (const [nth, name] of LANES.entries()) this.#label(context, nth, name);
    if (this.#markNs !== undefined) this.#handle(context, this.#markNs, COLOURS.bad, "m");
    this.#handle(context, this.#timeNs, COLOURS.text, "");
    const text = `${milliseconds(this.#timeNs)}, lane ${LANES[this.#lane]}`;
    this.canvas.setAttribute("aria-valuetext", text);
  }

  #label(context: CanvasRenderingContext2D, nth: number, name: string): void {
    const y = TOP + nth * LANE;
    context.fillStyle = COLOURS.line;
    context.fillRect(0, y + LANE - 1, this.#width, 1);
    context.font = nth === this.#lane ? "bold 12px system-ui, sans-serif" : "12px system-ui, sans-serif";
    const right = this.#mostText(nth);
    const text = nth === this.#lane ? `▸ ${name}` : name;
    for (const [words, x] of [
      [text, 6],
      [right, this.#width - 6 - context.measureText(right).width],
    ] as const) {
      [context.lineWidth, context.strokeStyle, context.fillStyle] = [3, COLOURS.back, COLOURS.text];
      context.strokeText(words, x, y + 13);
      context.fillText(words, x, y + 13);
    }
  }

  #mostText(nth: number): string {
    const most =
      nth < 2
        ? 0
        : largest(
            this.#lanes.flatMap((lanes) => (lanes ? this.#series(lanes, nth) : [])),
            0,
          );
    return most === 0
      ? ""
      : `up to ${((most * this.#pageSize) / 2 ** 20).toFixed(most * this.#pageSize < 2 ** 24 ? 2 : 0)} MiB`;
  }

  #drawRequests(context: CanvasRenderingContext2D): void {
    const height = (LANE - 8) / Math.max(this.#lanes.length, 1);
    for (const [side, lanes] of this.#lanes.entries())
      for (const request of lanes?.requests ?? [])
        this.#drawRequest(context, request, TOP + 4 + side * height, height - 2);
  }

  #drawRequest(context: CanvasRenderingContext2D, request: Request, y: number, height: number): void {
    const { beginNs, endNs, errno } = request;
    const [from, to] = [this.#x(beginNs), Math.max(this.#x(endNs), this.#x(beginNs) + 2)];
    context.fillStyle = errno === 0 ? COLOURS.good : COLOURS.bad;
    context.fillRect(from, y, to - from, height);
    if (errno === 0) return;
    const size = Math.min(height, 10) / 2;
    for (const [style, width] of [
      ["#000000", 4],
      ["#ffffff", 2],
    ] as const) {
      [context.strokeStyle, context.lineWidth] = [style, width];
      context.beginPath();
      context.moveTo(to - size, y + height / 2 - size);
      context.lineTo(to + size, y + height / 2 + size);
      context.moveTo(to - size, y + height / 2 + size);
      context.lineTo(to + size, y + height / 2 - size);
      context.stroke();
    }
  }

  #drawStairs(context: CanvasRenderingContext2D, { beginNs, endNs, starts }: Stairs): void {
    const y = TOP + LANE + 3;
    context.fillStyle = COLOURS.step;
    for (const [i, start] of starts.entries()) {
      const x = this.#x(beginNs + ((endNs - beginNs) * i) / starts.length);
      context.fillRect(x, y + start * (LANE - 9), Math.max(1, this.#x((endNs - beginNs) / starts.length)), 2);
    }
  }

  #series({ pinned, reclaimed, free }: Lanes, nth: number): readonly number[] {
    if (nth === 3) return reclaimed.map((value, i) => value - (reclaimed[i - 1] ?? value));
    return nth === 2 ? pinned : free;
  }

  #drawSeries(context: CanvasRenderingContext2D): void {
    for (let nth = 2; nth < LANES.length; nth++) {
      const all = this.#lanes.map((lanes) => (lanes === undefined ? [] : this.#series(lanes, nth)));
      const most = largest(all.flat(), 1);
      for (const [side, values] of all.entries()) {
        const lanes = this.#lanes[side] as Lanes;
        context.beginPath();
        for (const [i, value] of values.entries()) {
          const x = this.#x(lanes.startNs + i * lanes.everyNs);
          const y = TOP + (nth + 1) * LANE - 3 - (value / most) * (LANE - 8);
          if (i === 0) context.moveTo(x, y);
          else context.lineTo(x, y);
        }
        [context.strokeStyle, context.lineWidth] = [side === 0 ? COLOURS.good : COLOURS.step, 1.5];
        context.stroke();
      }
    }
  }

  #handle(context: CanvasRenderingContext2D, timeNs: number, colour: string, name: string): void {
    const x = Math.min(Math.max(this.#x(timeNs), 1), this.#width - 1);
    context.fillStyle = colour;
    context.fillRect(x - 1, 0, 2, HEIGHT);
    context.beginPath();
    context.moveTo(x - 7, 0);
    context.lineTo(x + 7, 0);
    context.lineTo(x, 12);
    context.fill();
    context.font = "bold 11px system-ui, sans-serif";
    if (name !== "") context.fillText(name, x + 9, 11);
  }
}
