// Knows: which colour and which pattern stand for what, in each mode of the map.
// Must not know: where a frame lies, how pixels are made.
//
// Hues are those of Okabe and Ito, which differ for colour-blind eyes; what comes close all the same has a pattern.
// test/view/palette.test.ts holds all pairs against each other as protan, deutan and tritan eyes see them.

import { PageClass } from "../../assembly/abi/classes.js";

/** What is drawn over a colour, in its ink; which pixels those are: inked() of paint.ts. */
export enum Pattern {
  NONE = 0,
  /** Lines from the lower left to the upper right. */
  RISING = 1,
  DOTS = 2,
  UPRIGHT = 3,
  LEVEL = 4,
}

/** Red, green, blue. */
export interface Look {
  readonly name: string;
  readonly rgb: number;
  readonly ink: number;
  readonly pattern: Pattern;
}

/** How values are shown: looks by value; values without a look are drawn as nothing. */
export interface Mode {
  readonly name: ModeName;
  readonly looks: readonly (Look | undefined)[];
}

export const MODES = ["kind", "owner", "order", "age"] as const;
export type ModeName = (typeof MODES)[number];

function look(name: string, rgb: number, pattern = Pattern.NONE, ink = 0): Look {
  return { name, rgb, ink, pattern };
}

const KINDS: Readonly<Record<number, Look>> = {
  [PageClass.FREE]: look("free", 0x12161b),
  [PageClass.PCP]: look("per-CPU list", 0x2b3640, Pattern.LEVEL, 0x7d8d9b),
  [PageClass.ANON]: look("anonymous", 0x0072b2),
  [PageClass.FILE]: look("file", 0x56b4e9),
  [PageClass.DIRTY]: look("file, dirty", 0xf0e442, Pattern.RISING, 0x5c4f00),
  [PageClass.ZRAM]: look("zram", 0xcc79a7, Pattern.DOTS, 0x3d1029),
  [PageClass.KERNEL]: look("kernel", 0x9a9a9a),
  [PageClass.CMA]: look("held by a CMA client", 0x009e73, Pattern.UPRIGHT, 0x003d2c),
  [PageClass.RESERVED]: look("reserved", 0x5a5048, Pattern.RISING, 0xada294),
  [PageClass.HOLE]: look("no memory", 0x000000, Pattern.DOTS, 0x4a4a4a),
};

export const KIND: Mode = {
  name: "kind",
  looks: Array.from({ length: PageClass.COUNT }, (_, value) => KINDS[value]),
};

/** Six hues that all eyes tell apart, then the same with patterns: eighteen owners are told apart. */
const HUES = [0x0072b2, 0xd55e00, 0x8822ee, 0xcc79a7, 0x56b4e9, 0xf0e442];
const OWNER_PATTERNS = [Pattern.NONE, Pattern.RISING, Pattern.DOTS];

/** Value 0: nobody; 1 and more: the actors by index. */
export function ownerMode(names: readonly string[]): Mode {
  const looks = names.map((name, i) => {
    const pattern = OWNER_PATTERNS[Math.floor(i / HUES.length) % OWNER_PATTERNS.length];
    return look(name, HUES[i % HUES.length] as number, pattern, 0x101010);
  });
  return { name: "owner", looks: [look("free, or nobody's", 0x12161b), ...looks] };
}

/** Lighter and lighter from one colour to another, in equal steps. */
function ramp(from: number, to: number, steps: number): number[] {
  const part = (shift: number, i: number) => {
    const [a, b] = [(from >> shift) & 0xff, (to >> shift) & 0xff];
    return Math.round(a + ((b - a) * i) / Math.max(steps - 1, 1)) << shift;
  };
  return Array.from({ length: steps }, (_, i) => part(16, i) | part(8, i) | part(0, i));
}

/** Orders that free blocks have at most. */
export const ORDERS = 14;
/** In the order mode: this much is added to the order of a block that is in use. */
export const IN_USE = 16;

/** Free blocks in blue, the larger the lighter; what is in use in grey, likewise. */
export const ORDER: Mode = {
  name: "order",
  looks: [
    ...ramp(0x08306b, 0xc6e2ff, ORDERS).map((rgb, order) => look(`free, order ${order}`, rgb)),
    look("no memory", 0x000000),
    undefined,
    ...ramp(0x3a2a10, 0xffd58a, ORDERS).map((rgb, order) =>
      look(`in use, order ${order}`, rgb, Pattern.RISING, 0x1a1206),
    ),
  ],
};

/** Intervals of the age mode: changed within one of them, two, four, ... */
export const AGES = 8;

/** Value 0: longer ago than is looked back. */
export function ageMode(everyNs: number): Mode {
  const colours = ramp(0xfff3b0, 0x5a1a4a, AGES);
  const looks = colours.map((rgb, i) => look(`changed within ${(2 ** i * everyNs) / 1e9} s`, rgb));
  return { name: "age", looks: [look("unchanged for longer", 0x12161b), ...looks] };
}

/** As textures have it: 256 values in two rows, red, green, blue, pattern of the colour, then red, green, blue of its ink. */
export function paletteOf({ looks }: Mode): Uint8Array {
  const bytes = new Uint8Array(2 * 256 * 4);
  for (const [value, look] of looks.entries()) {
    if (look === undefined) continue;
    const { rgb, ink, pattern } = look;
    bytes.set([rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, pattern], value * 4);
    bytes.set([ink >> 16, (ink >> 8) & 0xff, ink & 0xff, 0], (256 + value) * 4);
  }
  return bytes;
}
