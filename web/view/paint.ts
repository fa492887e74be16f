// Knows: how a class map becomes pixels: one colour for each class byte, the frame in the middle of each pixel.
// Must not know: the page, time, where a map comes from.

import { ClassFlag, PageClass } from "../../assembly/abi/classes.js";
import { frameAt, type Layout, type View } from "./layout.js";

/** Red, green, blue; eight hues that differ for colour-blind eyes (Okabe and Ito), grey for what is nobody's. */
export const COLOURS: Readonly<Record<number, readonly [string, number]>> = {
  [PageClass.FREE]: ["free", 0xf2f2ee],
  [PageClass.PCP]: ["per-CPU list", 0xcfd8dc],
  [PageClass.ANON]: ["anonymous", 0x0072b2],
  [PageClass.FILE]: ["file", 0x56b4e9],
  [PageClass.DIRTY]: ["file, dirty", 0xf0e442],
  [PageClass.ZRAM]: ["zram", 0xcc79a7],
  [PageClass.KERNEL]: ["kernel", 0x4d4d4d],
  [PageClass.CMA]: ["held by a CMA client", 0x009e73],
  [PageClass.RESERVED]: ["reserved", 0x8c8c8c],
  [PageClass.HOLE]: ["no memory", 0x1b1b1b],
};
const PINNED = 0xd55e00;
const OUTSIDE = 0xff000000;

/** Little-endian RGBA. */
function pixel(rgb: number): number {
  return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0;
}

function mixed(rgb: number, other: number, share: number): number {
  const part = (shift: number) => {
    const [a, b] = [(rgb >>> shift) & 0xff, (other >>> shift) & 0xff];
    return Math.round(a + (b - a) * share) << shift;
  };
  return part(16) | part(8) | part(0);
}

/** The colour of each of the 256 class bytes: pinned over all, isolated and areas as a tint. */
export const PALETTE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  if ((byte & ClassFlag.PINNED) !== 0) return pixel(PINNED);
  const rgb = COLOURS[byte & 15]?.[1] ?? 0xff00ff;
  if ((byte & ClassFlag.ISOLATED) !== 0) return pixel(mixed(rgb, 0xff0000, 0.45));
  return pixel((byte & ClassFlag.IN_AREA) === 0 ? rgb : mixed(rgb, 0x009e73, 0.18));
});

/** The cell in the middle of each pixel, from one end of the picture to the other. */
function cellsAlong(length: number, first: number, pixels: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.floor(first + (i + 0.5) / pixels));
}

/** Colours of a picture of `width` pixels a row. With `other`, what is equal in both maps fades. */
export function paint(
  out: Uint32Array,
  width: number,
  view: View,
  layout: Layout,
  map: Uint8Array,
  other?: Uint8Array,
): void {
  const height = out.length / width;
  const columns = cellsAlong(width, view.left, view.across);
  const rows = cellsAlong(height, view.top, view.down);
  for (let y = 0; y < height; y++) {
    const row = rows[y] as number;
    for (let x = 0; x < width; x++) {
      const frame = frameAt(layout, columns[x] as number, row);
      const byte = map[frame] ?? 0;
      let colour = frame < 0 ? OUTSIDE : (PALETTE[byte] as number);
      if (other !== undefined && frame >= 0 && other[frame] === byte) colour = 0xff303030;
      out[y * width + x] = colour;
    }
  }
}
