// Knows: how a buffer is written on a command line, and how many pages a picture of some format takes.
// Must not know: areas, layouts.
//
//   4x1920x1080xNV12      four pictures          6x3934pages@8     six buffers of 3934 pages, aligned to 2^8
//   8M, 3x512K@4          bytes with a unit      @ALIGN            else min(get_order(size), 8), as the DMA layer asks

import { inferAlign } from "../explain/view.js";

/** A kind of buffer that an area must hold. */
export interface Buffer {
  /** As it was written. */
  readonly label: string;
  /** How many at a time. */
  readonly count: number;
  /** Pages of each. */
  readonly pages: number;
  /** Order of the alignment of each. */
  readonly align: number;
  /** The alignment was worked out from the pages, as the DMA layer does. */
  readonly alignInferred: boolean;
}

/** Bits per pixel, all planes together. */
const FORMATS: Readonly<Record<string, number>> = {
  NV12: 12,
  NV21: 12,
  I420: 12,
  YU12: 12,
  YV12: 12,
  YUV420: 12,
  YUV422: 16,
  YUV422P: 16,
  NV16: 16,
  NV61: 16,
  YVYU: 16,
  VYUY: 16,
  YUYV: 16,
  UYVY: 16,
  YUY2: 16,
  RGB565: 16,
  NV24: 24,
  YUV444: 24,
  P010: 24,
  RGB888: 24,
  RGB24: 24,
  BGR24: 24,
  XRGB8888: 32,
  ARGB8888: 32,
  XBGR8888: 32,
  ABGR8888: 32,
  RGBA: 32,
  BGRA: 32,
  RGB32: 32,
  GREY: 8,
  RAW8: 8,
  RAW10: 10,
  RAW12: 12,
  RAW16: 16,
};

/** V4L2's multi-planar formats: each plane is an allocation of its own. Bits per pixel of each. */
const PLANES: Readonly<Record<string, readonly number[]>> = {
  NV12M: [8, 4],
  NV21M: [8, 4],
  YUV420M: [8, 2, 2],
  YVU420M: [8, 2, 2],
  NV16M: [8, 8],
  NV61M: [8, 8],
  YUV422M: [8, 4, 4],
  YUV444M: [8, 8, 8],
};

/** Formats in which codecs work by blocks of 16 x 16 pixels. */
const CODEC = /^(?:NV|YU|YV|I420|P010)/;
const BLOCK = 16;

/** Pixel formats that parseBuffer() knows. */
export const formatNames: readonly string[] = [...Object.keys(FORMATS), ...Object.keys(PLANES)];

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const MOST_PAGES = 2 ** 32;
const MOST_BUFFERS = 4096;

function sizeOf(text: string, pageSize: number): number | undefined {
  const pages = /^(\d{1,10})pages?$/i.exec(text);
  if (pages !== null) return Number(pages[1]);
  const bytes = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text);
  if (bytes !== null) return Math.ceil((Number(bytes[1]) * UNITS[bytes[2]!.toUpperCase()]!) / pageSize);
  const picture = pictureOf(text);
  const bits = FORMATS[picture?.format ?? ""];
  if (picture === undefined || bits === undefined) return undefined;
  return Math.ceil((picture.width * picture.height * bits) / 8 / pageSize);
}

interface Counted {
  readonly count: number;
  readonly rest: string;
  readonly pages: readonly number[] | undefined;
}

/** `1920x1080xNV12` has two factors and no count, `4x1920x1080xNV12` three. */
function splitCount(size: string, pageSize: number): Counted {
  const whole = allocations(size, pageSize);
  const times = /^(\d{1,5})x(.{1,60})$/i.exec(size);
  if (whole !== undefined || times === null) return { count: 1, rest: size, pages: whole };
  return { count: Number(times[1]), rest: times[2]!, pages: allocations(times[2]!, pageSize) };
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly format: string;
}

function pictureOf(text: string): PictureSize | undefined {
  const match = /^(\d{1,6})x(\d{1,6})x(\w{2,10})$/i.exec(text);
  if (match === null) return undefined;
  return { width: Number(match[1]), height: Number(match[2]), format: match[3]!.toUpperCase() };
}

/** Pages of each allocation that one buffer takes: one, or one for each plane. */
function allocations(text: string, pageSize: number): readonly number[] | undefined {
  const picture = pictureOf(text);
  const planes = picture === undefined ? undefined : PLANES[picture.format];
  if (picture === undefined || planes === undefined) {
    const whole = sizeOf(text, pageSize);
    return whole === undefined ? undefined : [whole];
  }
  return planes.map((bits) => Math.ceil((picture.width * picture.height * bits) / 8 / pageSize));
}

/** What codecs make of a picture whose sides are no whole blocks: a sentence, or undefined. */
export function paddingNote(label: string, pageSize: number): string | undefined {
  const picture = pictureOf(label.replace(/ plane \d$/, ""));
  if (picture === undefined || !CODEC.test(picture.format)) return undefined;
  const up = (value: number) => Math.ceil(value / BLOCK) * BLOCK;
  const { width, height, format } = picture;
  if (up(width) === width && up(height) === height) return undefined;
  const padded = `${up(width)}x${up(height)}x${format}`;
  const sum = (text: string) =>
    (allocations(text, pageSize) ?? []).reduce((total, pages) => total + pages, 0);
  return `video drivers round ${width}x${height} up to whole blocks of 16: for theirs write ${padded} (${sum(padded)} pages each instead of ${sum(`${width}x${height}x${format}`)})`;
}

const EXPECTED =
  "expected [COUNTx]WIDTHxHEIGHTxFORMAT, [COUNTx]Npages or [COUNTx]SIZE (K, M, G), then [@ALIGN]";

/** The buffers that a text names, one for each plane of a multi-planar picture. What is wrong is said in the string. */
export function parseBuffer(text: string, pageSize: number): readonly Buffer[] | string {
  const [size = "", alignText, ...more] = text.trim().split("@");
  if (more.length > 0) return `${text}: more than one @`;
  const { count, rest, pages } = splitCount(size, pageSize);
  if (pages === undefined) return `${text}: ${EXPECTED}; formats: ${formatNames.join(" ")}`;
  const wrong = pages.find((each) => each < 1 || each > MOST_PAGES);
  if (wrong !== undefined) return `${text}: ${wrong} pages is out of range`;
  if (count < 1 || count > MOST_BUFFERS) return `${text}: a count from 1 to ${MOST_BUFFERS}`;
  const given = alignText === undefined ? undefined : Number(alignText);
  const isOrder =
    given === undefined || (alignText !== "" && Number.isInteger(given) && given >= 0 && given <= 20);
  if (!isOrder) return `${text}: an alignment order from 0 to 20`;
  return pages.map((each, plane) => ({
    label: pages.length === 1 ? rest : `${rest} plane ${plane}`,
    count,
    pages: each,
    align: given ?? inferAlign(each),
    alignInferred: given === undefined,
  }));
}
