// Knows: what is drawn over a map: areas with their names, zones, a window and its blocker, and, near enough, each block in words.
// Must not know: how the map below is painted, where facts come from.

import { kindOf, lifeOf, orderOf, pinsOf } from "../../assembly/abi/frame_word.js";
import { FrameKind, PageLife } from "../../assembly/abi/vocabulary.js";
import { largest } from "../../bindings/engine/extent.js";
import { COLUMNS, cellOf, type Layout, type View } from "./layout.js";

/** Pixels of a cell from which on blocks are told in words. */
export const TEXT = 8;
/** A letter of the text, and the height of a line. */
const LETTER = 6.1;
const LINE = 11;

/** Frames by index, from the first of memory. */
export interface Span {
  readonly name: string;
  readonly frame: number;
  readonly frames: number;
}

/** Frame words of some pageblocks, and whose each block is. */
export interface Words {
  readonly startPfn: number;
  readonly blocks: readonly number[];
  /** As many for each pageblock as it has frames. */
  readonly words: Uint32Array;
  /** Index into names; 0: nobody. */
  readonly owners: Uint8Array;
  readonly names: readonly string[];
}

export interface Over {
  readonly areas?: readonly Span[];
  readonly zones?: readonly Span[];
  /** The window that is looked at. */
  readonly window?: Span | undefined;
  /** The frame that was in its way, how large it is drawn: 0 to 1. */
  readonly marked?: { readonly frame: number; readonly pulse: number } | undefined;
  readonly words?: Words | undefined;
}

interface Paper {
  readonly context: CanvasRenderingContext2D;
  readonly layout: Layout;
  readonly view: View;
  /** Pixels of the drawing for one of the page: words are as large as those around. */
  readonly scale: number;
}

export function drawOverlay(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: View,
  { areas = [], zones = [], window, marked, words }: Over,
): void {
  const { width, clientWidth } = context.canvas;
  const paper = { context, layout, view, scale: Math.max(1, width / (clientWidth || width)) };
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  if (words !== undefined && view.across >= TEXT) drawWords(paper, words);
  for (const zone of zones) drawZone(paper, zone);
  for (const area of areas) {
    outline(paper, area, "#3ddc97", 2);
    label(paper, area, area.name);
  }
  if (window !== undefined) outline(paper, window, "#ffffff", 3);
  if (marked !== undefined) drawMark(paper, marked);
}

function halo(context: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  context.lineWidth = 3;
  context.strokeStyle = "#000000";
  context.strokeText(text, x, y);
  context.fillStyle = "#ffffff";
  context.fillText(text, x, y);
}

/** Where a pageblock lies, in pixels. */
function corner({ layout, view }: Paper, block: number): { x: number; y: number } {
  return {
    x: ((block % COLUMNS) * layout.across - view.left) * view.across,
    y: (Math.floor(block / COLUMNS) * layout.down - view.top) * view.down,
  };
}

/** The border of the pageblocks of a span: a line wherever the block beside it is not one of them. */
function outline(paper: Paper, { frame, frames }: Span, colour: string, lineWidth: number): void {
  const { context, layout, view } = paper;
  const size = layout.frameOfCell.length;
  const [first, last] = [Math.floor(frame / size), Math.ceil((frame + frames) / size) - 1];
  const [width, height] = [layout.across * view.across, layout.down * view.down];
  context.beginPath();
  for (let block = first; block <= last; block++) {
    const { x, y } = corner(paper, block);
    const line = (x1: number, y1: number, x2: number, y2: number) => {
      context.moveTo(x + x1 * width, y + y1 * height);
      context.lineTo(x + x2 * width, y + y2 * height);
    };
    if (block - COLUMNS < first) line(0, 0, 1, 0);
    if (block + COLUMNS > last) line(0, 1, 1, 1);
    if (block === first || block % COLUMNS === 0) line(0, 0, 0, 1);
    if (block === last || (block + 1) % COLUMNS === 0) line(1, 0, 1, 1);
  }
  for (const [style, wide] of [
    ["#000000", lineWidth + 2],
    [colour, lineWidth],
  ] as const) {
    [context.strokeStyle, context.lineWidth] = [style, wide];
    context.stroke();
  }
}

/** A name at the upper left end of a span, inside of the picture. */
function label(paper: Paper, { frame }: Span, name: string): void {
  const { context, layout, scale } = paper;
  const { x, y } = corner(paper, Math.floor(frame / layout.frameOfCell.length));
  if (y > context.canvas.height || y < -LINE * 2) return;
  context.font = `bold ${12 * scale}px system-ui, sans-serif`;
  const room = context.canvas.width - context.measureText(name).width - 6;
  halo(context, name, Math.min(Math.max(x + 4, 4), room), Math.max(y, 0) + 13 * scale);
}

/** A line above a zone, its name at the right. */
function drawZone(paper: Paper, zone: Span): void {
  const { context, layout, scale } = paper;
  const { y } = corner(paper, Math.floor(zone.frame / layout.frameOfCell.length));
  if (y < -1 || y > context.canvas.height) return;
  context.font = `${12 * scale}px system-ui, sans-serif`;
  const text = `zone ${zone.name}`;
  halo(
    context,
    text,
    context.canvas.width - context.measureText(text).width - 6,
    Math.max(y, 0) + 13 * scale,
  );
}

function drawMark({ context, layout, view }: Paper, { frame, pulse }: NonNullable<Over["marked"]>): void {
  const { x, y } = cellOf(layout, frame);
  const grown = 4 + 10 * pulse;
  const box = [
    (x - view.left) * view.across - grown,
    (y - view.top) * view.down - grown,
    view.across + 2 * grown,
    view.down + 2 * grown,
  ] as const;
  for (const [style, wide] of [
    ["#000000", 6],
    ["#ff7a1a", 3],
  ] as const) {
    [context.strokeStyle, context.lineWidth] = [style, wide];
    context.strokeRect(...box);
  }
}

/** What a block is, the most important first: as many of them as its rectangle has room for are shown. */
function linesOf(word: number, pfn: number, owner: string): string[] {
  const kind = kindOf(word);
  const [order, pins] = [orderOf(word), pinsOf(word)];
  const life = kind === FrameKind.ALLOCATED ? (PageLife[lifeOf(word)] ?? "") : (FrameKind[kind] ?? "");
  const held = pins === 0 ? [] : [`pins ${pins}`];
  return [`o${order}`, ...held, String(pfn), life.toLowerCase(), ...(owner === "" ? [] : [owner])];
}

function drawWords(paper: Paper, { startPfn, blocks, words, owners, names }: Words): void {
  const { context, layout, view } = paper;
  const size = layout.frameOfCell.length;
  context.font = "10px ui-monospace, monospace";
  for (const [nth, block] of blocks.entries()) {
    for (let i = 0; i < size; i++) {
      const word = words[nth * size + i] as number;
      const kind = kindOf(word);
      if (kind === FrameKind.BODY || kind === FrameKind.HOLE) continue;
      const order = Math.min(orderOf(word), Math.log2(size));
      const frame = block * size + i;
      const cell = cellOf(layout, frame);
      const x = (cell.x - view.left) * view.across;
      const y = (cell.y - view.top) * view.down;
      const width = 2 ** Math.ceil(order / 2) * view.across;
      const height = 2 ** Math.floor(order / 2) * view.down;
      if (x > context.canvas.width || y > context.canvas.height || x + width < 0 || y + height < 0) continue;
      context.strokeStyle = "#000000";
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
      const room = Math.max(1, Math.floor((height - 2) / LINE));
      const lines = linesOf(word, startPfn + frame, names[owners[nth * size + i] as number] ?? "");
      const fitting = lines.filter((line) => line.length * LETTER <= width - 2).slice(0, room);
      if (fitting.length === 0) continue;
      const longest = largest(fitting.map((line) => line.length));
      context.fillStyle = "rgb(0 0 0 / 62%)";
      context.fillRect(x + 1, y + 1, longest * LETTER + 2, fitting.length * LINE + 1);
      context.fillStyle = "#ffffff";
      for (const [row, line] of fitting.entries()) context.fillText(line, x + 2, y + LINE * (row + 1) - 1);
    }
  }
}
