// Knows: one map on the page: the picture and what is drawn over it, which part of memory is shown, keys and pointer.
// Must not know: where the class map comes from, time.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { GlPainter } from "./glpaint.js";
import { cellOf, frameAt, type Layout, type View, wholeView } from "./layout.js";
import type { PainterName } from "./link.js";
import { drawOverlay, type Over, TEXT } from "./overlay.js";
import { Painter, type Picture } from "./paint.js";
import { KIND } from "./palette.js";

const WIDTH = 1152;
const HEIGHT = 576;
/** Most pixels for a cell across. */
const NEAREST = 64;
/** Where a marked frame is looked at. */
const MARKED = 10;

export interface MapEvents {
  /** The part that is shown is to be another one. */
  onView(view: View): void;
  /** A frame is asked about. */
  onFrame(frame: number): void;
}

export class MapView {
  /** Both canvases, one over the other. */
  readonly element = document.createElement("div");
  /** The upper one: it has the focus, keys and pointer. */
  readonly canvas = document.createElement("canvas");
  readonly #layout: Layout;
  readonly #events: MapEvents;
  readonly #label: string;
  #base = document.createElement("canvas");
  #gl: GlPainter | undefined;
  readonly #cpu: Painter;
  #view: View;
  #picture: Picture | undefined;
  #over: Over = {};
  /** The map that the label speaks of. */
  #tells: Uint8Array | undefined;

  constructor(layout: Layout, label: string, events: MapEvents, painter: PainterName) {
    this.#layout = layout;
    this.#label = label;
    this.#events = events;
    this.#cpu = new Painter(layout);
    this.#view = wholeView(layout, WIDTH, HEIGHT);
    this.element.className = "frames";
    for (const canvas of [this.#base, this.canvas]) [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    this.#base.className = "base";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.element.append(this.#base, this.canvas);
    if (painter !== "canvas2d") this.#useWebGl(painter === "webgl2");
    this.#listen();
  }

  /** Who paints: a driver may take WebGL away at any time; then the page goes on without it. */
  get painter(): "webgl2" | "canvas2d" {
    return this.#gl === undefined ? "canvas2d" : "webgl2";
  }

  get view(): View {
    return this.#view;
  }

  #useWebGl(anyhow: boolean): void {
    this.#gl = GlPainter.on(this.#base, this.#layout, anyhow);
    // A canvas that was asked for WebGL paints nothing else.
    if (this.#gl === undefined) return this.#withoutWebGl();
    this.#base.addEventListener("webglcontextlost", () => {
      this.#withoutWebGl();
      this.#paint();
    });
  }

  #withoutWebGl(): void {
    this.#gl = undefined;
    const plain = document.createElement("canvas");
    [plain.width, plain.height, plain.className] = [WIDTH, HEIGHT, "base"];
    this.#base.replaceWith(plain);
    this.#base = plain;
  }

  #listen(): void {
    let dragged: { x: number; y: number; far: boolean } | undefined;
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#zoom(event.deltaY < 0 ? 1.25 : 0.8, this.#pixelOf(event));
    });
    this.canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      dragged = { ...this.#pixelOf(event), far: false };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (dragged === undefined) return;
      const { x, y } = this.#pixelOf(event);
      if (!dragged.far && Math.hypot(x - dragged.x, y - dragged.y) < 4) return;
      this.#pan(dragged.x - x, dragged.y - y);
      dragged = { x, y, far: true };
    });
    this.canvas.addEventListener("pointerup", (event) => {
      const isClick = dragged !== undefined && !dragged.far;
      dragged = undefined;
      const frame = isClick ? this.#frameOf(event) : -1;
      if (frame >= 0) this.#events.onFrame(frame);
    });
  }

  #pixelOf(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  }

  #frameOf(event: MouseEvent): number {
    const { x, y } = this.#pixelOf(event);
    const { left, top, across, down } = this.#view;
    return frameAt(this.#layout, Math.floor(left + x / across), Math.floor(top + y / down));
  }

  #onKey(event: KeyboardEvent): void {
    const step = 64;
    const middle = { x: WIDTH / 2, y: HEIGHT / 2 };
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (event.key === "+" || event.key === "=") this.#zoom(1.25, middle);
    else if (event.key === "-") this.#zoom(0.8, middle);
    else if (event.key === "Enter") this.#events.onFrame(this.#middle());
    else if (event.key === "0") this.#events.onView(wholeView(this.#layout, WIDTH, HEIGHT));
    else if (move !== undefined) this.#pan(move[0], move[1]);
    else return;
    event.preventDefault();
  }

  /** The frame in the middle, or the nearest end of memory. */
  #middle(): number {
    const { left, top, across, down } = this.#view;
    const inside = (cell: number, most: number) => Math.min(Math.max(Math.floor(cell), 0), most - 1);
    const { width, height, frames } = this.#layout;
    const x = inside(left + WIDTH / 2 / across, width);
    const frame = frameAt(this.#layout, x, inside(top + HEIGHT / 2 / down, height));
    return frame < 0 ? frames - 1 : frame;
  }

  #pan(x: number, y: number): void {
    const { left, top, across, down } = this.#view;
    const { width, height } = this.#layout;
    const kept = (cell: number, shown: number, most: number) =>
      Math.min(Math.max(cell, -shown / 2), most - shown / 2);
    this.#events.onView({
      left: kept(left + x / across, WIDTH / across, width),
      top: kept(top + y / down, HEIGHT / down, height),
      across,
      down,
    });
  }

  #zoom(by: number, at: { readonly x: number; readonly y: number }): void {
    const { left, top, across, down } = this.#view;
    const whole = wholeView(this.#layout, WIDTH, HEIGHT);
    const next = Math.min(Math.max(across * by, whole.across), Math.max(NEAREST, whole.across));
    if (next <= whole.across) return this.#events.onView(whole);
    const scale = next / across;
    this.#events.onView({
      left: left + at.x / across - at.x / (across * scale),
      top: top + at.y / down - at.y / (down * scale),
      across: next,
      down: down * scale,
    });
  }

  /** Moves a frame into the middle, near enough to be seen. */
  goTo(frame: number): void {
    const { x, y } = cellOf(this.#layout, frame);
    const across = Math.max(this.#view.across, MARKED);
    const down = (this.#view.down / this.#view.across) * across;
    const [left, top] = [x - WIDTH / across / 2, y - HEIGHT / down / 2];
    this.#events.onView({ left, top, across, down });
  }

  /** Pageblocks of which a part is shown as text: what is drawn there is asked of the machine. */
  get readBlocks(): number[] {
    const { left, top, across, down } = this.#view;
    const { across: cells, down: rows, width, height, frameOfCell, frames } = this.#layout;
    if (across < TEXT) return [];
    const blocks: number[] = [];
    const last = Math.ceil(frames / frameOfCell.length) - 1;
    for (let y = Math.max(top, 0); y < Math.min(top + HEIGHT / down + rows, height); y += rows)
      for (let x = Math.max(left, 0); x < Math.min(left + WIDTH / across + cells, width); x += cells) {
        const frame = frameAt(this.#layout, Math.floor(x), Math.floor(y));
        const block = Math.floor(frame / frameOfCell.length);
        if (frame >= 0 && block <= last) blocks.push(block);
      }
    return blocks;
  }

  /** What the map shows, for those who do not see it. */
  #told(map: Uint8Array): string {
    const counts = new Uint32Array(256);
    for (const byte of map) counts[byte] = (counts[byte] as number) + 1;
    const sums = new Map<string, number>();
    let pinned = 0;
    for (const [byte, count] of counts.entries()) {
      const name = KIND.looks[byte & 15]?.name;
      if (name !== undefined && count > 0) sums.set(name, (sums.get(name) ?? 0) + count);
      if ((byte & ClassFlag.PINNED) !== 0) pinned += count;
    }
    const shares = [...sums]
      .sort((a, b) => b[1] - a[1])
      .map(([name, n]) => `${name} ${((n / map.length) * 100).toFixed(1)} %`);
    return `${shares.join(", ")}; ${pinned} frames are pinned`;
  }

  #paint(): void {
    if (this.#picture === undefined) return;
    if (this.#gl !== undefined && !this.#gl.paint(this.#view, this.#picture)) this.#withoutWebGl();
    if (this.#gl === undefined) this.#paintPlain(this.#picture);
  }

  #paintPlain(picture: Picture): void {
    const context = this.#base.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    const image = context.createImageData(WIDTH, HEIGHT);
    this.#cpu.paint(new Uint32Array(image.data.buffer), WIDTH, this.#view, picture);
    context.putImageData(image, 0, 0);
  }

  /** Draws a picture, and what lies over it. */
  show(picture: Picture, view: View = this.#view, over: Over = this.#over): void {
    [this.#picture, this.#view] = [picture, view];
    this.#paint();
    this.showOver(over);
    const { map } = picture;
    if (this.#tells !== map) this.canvas.setAttribute("aria-label", `${this.#label}: ${this.#told(map)}`);
    this.#tells = map;
  }

  /** Draws what lies over the picture anew. */
  showOver(over: Over): void {
    this.#over = over;
    const context = this.canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    drawOverlay(context, this.#layout, this.#view, over);
  }

  /** The picture as it is painted, RGBA from the top down, without what lies over it. */
  pixels(): Uint8Array {
    this.#paint();
    if (this.#gl !== undefined) return this.#gl.pixels();
    const image = this.#base.getContext("2d")?.getImageData(0, 0, WIDTH, HEIGHT);
    return new Uint8Array(image?.data.buffer ?? new ArrayBuffer(0));
  }
}
