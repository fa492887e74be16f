// Knows: one map on the page: a canvas, which part of memory it shows, keys and pointer.
// Must not know: where the class map comes from, time.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { cellOf, frameAt, type Layout, type View, wholeView } from "./layout.js";
import { COLOURS, paint } from "./paint.js";

const HEIGHT = 0.5;
/** Pixels for a cell: the whole phone, and single frames. */
const NEAREST = 24;
/** Where a marked frame is looked at. */
const MARKED = 8;

export class MapView {
  readonly canvas: HTMLCanvasElement;
  readonly #layout: Layout;
  readonly #onView: (view: View) => void;
  #view: View;
  readonly #label: string;
  #marked: number | undefined;
  /** The map that the label speaks of. */
  #tells: Uint8Array | undefined;
  #map: Uint8Array | undefined;
  #other: Uint8Array | undefined;

  constructor(layout: Layout, label: string, onView: (view: View) => void, onFrame: (frame: number) => void) {
    this.#layout = layout;
    this.#label = label;
    this.#onView = onView;
    this.canvas = document.createElement("canvas");
    this.canvas.width = 1152;
    this.canvas.height = Math.round(1152 * HEIGHT);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.#view = wholeView(layout, this.canvas.width, this.canvas.height);
    this.canvas.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.canvas.addEventListener("click", (event) => {
      const { x, y } = this.#pixelOf(event);
      const frame = frameAt(
        layout,
        Math.floor(this.#view.left + x / this.#view.across),
        Math.floor(this.#view.top + y / this.#view.down),
      );
      if (frame >= 0) onFrame(frame);
    });
  }

  get view(): View {
    return this.#view;
  }

  #pixelOf(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoom(event.deltaY < 0 ? 1.25 : 0.8, this.#pixelOf(event));
  }

  #onKey(event: KeyboardEvent): void {
    const step = 64;
    const middle = { x: this.canvas.width / 2, y: this.canvas.height / 2 };
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (event.key === "+" || event.key === "=") this.#zoom(1.25, middle);
    else if (event.key === "-") this.#zoom(0.8, middle);
    else if (move !== undefined) this.#pan(move[0], move[1]);
    else return;
    event.preventDefault();
  }

  #pan(x: number, y: number): void {
    const { left, top, across, down } = this.#view;
    this.#onView({ left: left + x / across, top: top + y / down, across, down });
  }

  #zoom(by: number, at: { readonly x: number; readonly y: number }): void {
    const { left, top, across, down } = this.#view;
    const whole = wholeView(this.#layout, this.canvas.width, this.canvas.height);
    const next = Math.min(Math.max(across * by, whole.across), NEAREST);
    const scale = next / across;
    this.#onView({
      left: left + at.x / across - at.x / (across * scale),
      top: top + at.y / down - at.y / (down * scale),
      across: next,
      down: down * scale,
    });
  }

  /** Moves a frame into the middle, near enough to be seen, and marks it; undefined: no mark. */
  mark(frame: number | undefined): void {
    this.#marked = frame;
    if (frame === undefined) return;
    const { x, y } = cellOf(this.#layout, frame);
    const across = Math.max(this.#view.across, MARKED);
    const down = (this.#view.down / this.#view.across) * across;
    const [left, top] = [x - this.canvas.width / across / 2, y - this.canvas.height / down / 2];
    this.#onView({ left, top, across, down });
  }

  #drawMark(context: CanvasRenderingContext2D): void {
    if (this.#marked === undefined) return;
    const { left, top, across, down } = this.#view;
    const { x, y } = cellOf(this.#layout, this.#marked);
    context.strokeStyle = "#000000";
    context.lineWidth = 6;
    const box = [(x - left) * across - 4, (y - top) * down - 4, across + 8, down + 8] as const;
    context.strokeRect(...box);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 2;
    context.strokeRect(...box);
  }

  /** What the map shows, for those who do not see it. */
  #told(map: Uint8Array): string {
    const counts = new Uint32Array(256);
    for (const byte of map) counts[byte] = (counts[byte] as number) + 1;
    const sums = new Map<string, number>();
    let pinned = 0;
    for (const [byte, count] of counts.entries()) {
      const name = COLOURS[byte & 15]?.[0];
      if (name !== undefined && count > 0) sums.set(name, (sums.get(name) ?? 0) + count);
      if ((byte & ClassFlag.PINNED) !== 0) pinned += count;
    }
    const shares = [...sums]
      .sort((a, b) => b[1] - a[1])
      .map(([name, n]) => `${name} ${((n / map.length) * 100).toFixed(1)} %`);
    return `${shares.join(", ")}; ${pinned} frames are pinned`;
  }

  /** Draws a class map, or the part of it that differs from another. */
  show(map: Uint8Array, view: View = this.#view, other?: Uint8Array): void {
    [this.#map, this.#view, this.#other] = [map, view, other];
    const context = this.canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    const image = context.createImageData(this.canvas.width, this.canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    paint(pixels, this.canvas.width, view, this.#layout, this.#map, this.#other);
    context.putImageData(image, 0, 0);
    this.#drawMark(context);
    if (this.#tells !== map) this.canvas.setAttribute("aria-label", `${this.#label}: ${this.#told(map)}`);
    this.#tells = map;
  }
}
