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
  const glow = (shift: number) => ((((rgb >> shift) & 0xff) + 255) >> 1) << shift;
  return glow(16) | glow(8) | glow(0);
}

/** Overlays that hang on the frame alone. */
const OVER = ClassFlag.MOVED | ClassFlag.ISOLATED | ClassFlag.PINNED;
const GROUPED = ClassFlag.PINNED | ClassFlag.MOVED;

/** Colours of a palette, and which of them are all that there is to a frame without overlays. */
class Inks {
  readonly colours = new Uint32Array(512);
  readonly patterns = new Uint8Array(256);
  /** As the picture has them. */
  readonly pixels = new Uint32Array(256);

  constructor(readonly palette: Uint8Array) {
    for (let at = 0; at < 512; at++) {
      const [red = 0, green = 0, blue = 0] = palette.subarray(at * 4, at * 4 + 3);
      this.colours[at] = (red << 16) | (green << 8) | blue;
    }
    for (let value = 0; value < 256; value++) {
      this.patterns[value] = palette[value * 4 + 3] as number;
      this.pixels[value] = pixel(this.colours[value] as number);
    }
  }
}

/** Paints pictures of one layout. */
export class Painter {
  readonly #layout: Layout;
  #inks = new Inks(new Uint8Array(2048));

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Pixels of a picture of `width` pixels a row. */
  paint(out: Uint32Array, width: number, view: View, picture: Picture): void {
    const { across, down, width: cellsAcross, height: cellsDown, frames, frameOfCell } = this.#layout;
    const { map, groups, values, other, palette } = picture;
    if (this.#inks.palette !== palette) this.#inks = new Inks(palette);
    const { patterns, pixels } = this.#inks;
    const height = out.length / width;
    const columns = along(width, view.left, view.across, across);
    const rows = along(height, view.top, view.down, down);
    const scale = scaleOf(view);
    const size = frameOfCell.length;
    const [outside, equal] = [pixel(OUTSIDE), pixel(EQUAL)];
    // Of each column: the first frame of its pageblock, as if in the first row of pageblocks, or -1; its cell in there.
    const firsts = new Int32Array(width);
    const cells = new Int32Array(width);
    for (let x = 0; x < width; x++) {
      const column = columns[2 * x] as number;
      const isColumn = column >= 0 && column < cellsAcross;
      firsts[x] = isColumn ? Math.floor(column / across) * size : -1;
      cells[x] = column % across;
    }
    for (let y = 0; y < height; y++) {
      const row = rows[2 * y] as number;
      const inY = rows[2 * y + 1] as number;
      const isRow = row >= 0 && row < cellsDown;
      const firstOfRow = Math.floor(row / down) * COLUMNS * size;
      const cellRow = (row % down) * across;
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const first = firsts[x] as number;
        if (!isRow || first < 0) {
          out[at] = outside;
          continue;
        }
        const frame = firstOfRow + first + (frameOfCell[cellRow + (cells[x] as number)] as number);
        if (frame >= frames) {
          out[at] = outside;
          continue;
        }
        const byte = map[frame] as number;
        const value = values === undefined ? byte & 15 : (values[frame] as number);
        if (other !== undefined && other[frame] === (values === undefined ? byte : value)) {
          out[at] = equal;
          continue;
        }
        const flags = scale.isPhone ? byte | ((groups[frame >> 3] as number) & GROUPED) : byte;
        const inX = columns[2 * x + 1] as number;
        const isFramed = (flags & ClassFlag.IN_AREA) !== 0 && ((inX | inY) & EDGE) !== 0;
        const isPlain = (flags & OVER) === 0 && !isFramed && patterns[value] === 0;
        out[at] = isPlain
          ? (pixels[value] as number)
          : pixel(coloured(this.#inks, scale, value, flags, x, y, inX, inY));
      }
    }
  }
}

/** One pixel with all that lies over its colour: glpaint.ts has the same in its language. */
function coloured(
  { colours, patterns }: Inks,
  { across, down, isPhone, shiftX, shiftY }: Scale,
  value: number,
  flags: number,
  x: number,
  y: number,
  inX: number,
  inY: number,
): number {
  const px = x + shiftX;
  const py = y + shiftY;
  let rgb = colours[inked(patterns[value] as number, px, py) ? 256 + value : value] as number;
  if ((flags & ClassFlag.MOVED) !== 0) rgb = glowing(rgb);
  if ((flags & ClassFlag.ISOLATED) !== 0 && ((px - py) & 7) < 2) rgb = HATCH;
  if ((flags & ClassFlag.IN_AREA) !== 0 && ((inX | inY) & EDGE) !== 0) rgb = AREA_FRAME;
  if ((flags & ClassFlag.PINNED) === 0) return rgb;
  const nearX = Math.abs(2 * (inX & 0xffff) + 1 - across);
  const nearY = Math.abs(2 * (inY & 0xffff) + 1 - down);
  const radius = Math.max(1, across >> 1);
  if (isPhone || (nearX <= radius && nearY <= radius)) return PINNED;
  return across >= 4 && nearX <= radius + 2 && nearY <= radius + 2 ? RING : rgb;
}
