// Knows: which colour each pixel of a map has, on the CPU: what a browser without WebGL is shown, and what WebGL is held against.
// Must not know: the page, time, where a map comes from, what a value means.
//
// All of it is whole numbers, so that glpaint.ts can make the very same pixels of the same rules. A pixel shows the frame in
// its middle. Over the colour lie, from below: the pattern of its value, the glow of a page that has just come, the hatch of
// an isolated one, the frame of a pageblock of CMA, the dot of a pin.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { COLUMNS, type Layout, type View } from "./layout.js";
import { Pattern } from "./palette.js";

/** What is to be seen. All maps have a byte for each frame. */
export interface Picture {
  /** Class bytes: their flags are the overlays. */
  readonly map: Uint8Array;
  /** The flags of eight frames together, which in Z-order are a rectangle of four by two: groupsOf(). */
  readonly groups: Uint8Array;
  /** What the palette is asked for; absent: the class. */
  readonly values?: Uint8Array | undefined;
  /** Where given, frames that are equal in both maps fade. */
  readonly other?: Uint8Array | undefined;
  /** paletteOf(). */
  readonly palette: Uint8Array;
}

/** Colours of overlays, red, green, blue. */
export const PINNED = 0xffffff;
export const RING = 0x000000;
export const HATCH = 0xff7a1a;
export const AREA_FRAME = 0x3ddc97;
export const EQUAL = 0x303030;
export const OUTSIDE = 0x000000;

/** Frames of a group. */
const GROUP = 8;
const FLAGS = 0xf0;

/** One byte for eight frames: which flags any of them has. */
export function groupsOf(map: Uint8Array): Uint8Array {
  const groups = new Uint8Array(Math.ceil(map.length / GROUP));
  const isAligned = map.byteOffset % 4 === 0;
  const words = isAligned ? new Uint32Array(map.buffer, map.byteOffset, map.length >> 2) : new Uint32Array(0);
  const whole = words.length >> 1;
  for (let group = 0; group < whole; group++) {
    const word = (words[2 * group] as number) | (words[2 * group + 1] as number);
    const half = word | (word >>> 16);
    groups[group] = (half | (half >>> 8)) & FLAGS;
  }
  for (let frame = whole * GROUP; frame < map.length; frame++) {
    const group = Math.floor(frame / GROUP);
    groups[group] = (groups[group] as number) | ((map[frame] as number) & FLAGS);
  }
  return groups;
}

/**
 * Where the pixels of one axis lie: for each its cell, and how many pixels it is from that cell's first, with EDGE where
 * it is the first one of a pageblock.
 */
export const EDGE = 0x1_0000;

export function along(length: number, first: number, pixels: number, block: number): Int32Array {
  const found = new Int32Array(2 * length);
  const cellAt = (i: number) => Math.floor(first + (i + 0.5) / pixels);
  let begin = 0;
  // The first cell may begin to the left of the picture.
  while (begin > -pixels - 1 && cellAt(begin - 1) === cellAt(0)) begin--;
  for (let i = 0; i < length; i++) {
    const cell = cellAt(i);
    const before = cellAt(i - 1);
    if (cell !== before) begin = i;
    const isEdge = Math.floor(cell / block) !== Math.floor(before / block);
    found[2 * i] = cell;
    found[2 * i + 1] = (i - begin) | (isEdge ? EDGE : 0);
  }
  return found;
}

/** Numbers that all pixels share. */
export interface Scale {
  /** Pixels of a cell, rounded. */
  readonly across: number;
  readonly down: number;
  /** Cells are smaller than a pixel: a pin of the group is seen though the frame in the middle has none. */
  readonly isPhone: boolean;
  /** Patterns lie on memory, not on the screen. */
  readonly shiftX: number;
  readonly shiftY: number;
}

export function scaleOf({ left, top, across, down }: View): Scale {
  const shift = (cells: number, pixels: number) => ((Math.floor(cells * pixels) % 64) + 64) % 64;
  return {
    across: Math.max(1, Math.round(across)),
    down: Math.max(1, Math.round(down)),
    isPhone: across < 1,
    shiftX: shift(left, across),
    shiftY: shift(top, down),
  };
}

/** Is this pixel in the ink of a pattern? */
export function inked(pattern: number, x: number, y: number): boolean {
  if (pattern === Pattern.RISING) return ((x + y) & 3) === 0;
  if (pattern === Pattern.DOTS) return (x & 3) === 0 && ((y + ((x & 4) >> 1)) & 3) === 0;
  if (pattern === Pattern.UPRIGHT) return (x & 3) === 0;
  return pattern === Pattern.LEVEL && (y & 3) === 0;
}

/** Little-endian RGBA. */
function pixel(rgb: number): number {
  return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0;
}

function glowing(rgb: number): number {
  const part = (shift: number) => ((((rgb >> shift) & 0xff) + 255) >> 1) << shift;
  return part(16) | part(8) | part(0);
}

/** Colours of a picture of `width` pixels a row. */
export class Painter {
  readonly #layout: Layout;
  /** Frame of a pageblock at (row, column). */
  readonly #cells: Uint16Array;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#cells = layout.frameOfCell;
  }

  paint(out: Uint32Array, width: number, view: View, picture: Picture): void {
    const { across, down, width: cellsAcross, height: cellsDown, frames } = this.#layout;
    const height = out.length / width;
    const columns = along(width, view.left, view.across, across);
    const rows = along(height, view.top, view.down, down);
    const scale = scaleOf(view);
    const size = this.#cells.length;
    for (let y = 0; y < height; y++) {
      const row = rows[2 * y] as number;
      const isRow = row >= 0 && row < cellsDown;
      const blockRow = Math.floor(row / down) * COLUMNS;
      const cellRow = (row % down) * across;
      for (let x = 0; x < width; x++) {
        const column = columns[2 * x] as number;
        let frame = frames;
        if (isRow && column >= 0 && column < cellsAcross) {
          const block = blockRow + Math.floor(column / across);
          frame = block * size + (this.#cells[cellRow + (column % across)] as number);
        }
        const inX = columns[2 * x + 1] as number;
        const inY = rows[2 * y + 1] as number;
        const rgb = frame < frames ? colourAt(picture, scale, frame, x, y, inX, inY) : OUTSIDE;
        out[y * width + x] = pixel(rgb);
      }
    }
  }
}

/** One pixel of a frame: glpaint.ts has the same in its language. */
function colourAt(
  { map, groups, values, other, palette }: Picture,
  { across, down, isPhone, shiftX, shiftY }: Scale,
  frame: number,
  x: number,
  y: number,
  inX: number,
  inY: number,
): number {
  const byte = map[frame] as number;
  const value = values === undefined ? byte & 15 : (values[frame] as number);
  if (other !== undefined && other[frame] === (values === undefined ? byte : value)) return EQUAL;
  const flags = isPhone
    ? byte | ((groups[frame >> 3] as number) & (ClassFlag.PINNED | ClassFlag.MOVED))
    : byte;
  const [px, py] = [x + shiftX, y + shiftY];
  const at = inked(palette[value * 4 + 3] as number, px, py) ? (256 + value) * 4 : value * 4;
  let rgb =
    ((palette[at] as number) << 16) | ((palette[at + 1] as number) << 8) | (palette[at + 2] as number);
  if ((flags & ClassFlag.MOVED) !== 0) rgb = glowing(rgb);
  if ((flags & ClassFlag.ISOLATED) !== 0 && ((px - py) & 7) < 2) rgb = HATCH;
  if ((flags & ClassFlag.IN_AREA) !== 0 && ((inX | inY) & EDGE) !== 0) rgb = AREA_FRAME;
  if ((flags & ClassFlag.PINNED) === 0) return rgb;
  const [nearX, nearY] = [Math.abs(2 * (inX & 0xffff) + 1 - across), Math.abs(2 * (inY & 0xffff) + 1 - down)];
  const radius = Math.max(1, across >> 1);
  if (isPhone || (nearX <= radius && nearY <= radius)) return PINNED;
  return across >= 4 && nearX <= radius + 2 && nearY <= radius + 2 ? RING : rgb;
}
