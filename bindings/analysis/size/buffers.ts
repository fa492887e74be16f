// Knows: how a buffer is written on a command line, and how many pages a picture of some format takes.
// Must not know: areas, layouts.
//
//   4x1920x1080xNV12      four pictures          6x3934pages@8     six buffers of 3934 pages, aligned to 2^8
//   8M, 3x512K@4          bytes with a unit      @ALIGN            else min(get_order(size), 8), as the DMA layer asks

import { inferAlign } from "../explain/view.js";

export interface Buffer {
  readonly label: string;
  readonly count: number;
  readonly pages: number;
  readonly align: number;
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
  NV16: 16,
  YUYV: 16,
  UYVY: 16,
  YUY2: 16,
  RGB565: 16,
  NV24: 24,
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

export const formatNames: readonly string[] = Object.keys(FORMATS);

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const MOST_PAGES = 2 ** 32;
const MOST_BUFFERS = 4096;

function sizeOf(text: string, pageSize: number): number | undefined {
  const pages = /^(\d{1,10})pages?$/i.exec(text);
  if (pages !== null) return Number(pages[1]);
  const bytes = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text);
  if (bytes !== null) return Math.ceil((Number(bytes[1]) * UNITS[bytes[2]!.toUpperCase()]!) / pageSize);
  const picture = /^(\d{1,6})x(\d{1,6})x(\w{2,10})$/i.exec(text);
  const bits = FORMATS[picture?.[3]?.toUpperCase() ?? ""];
  if (picture === null || bits === undefined) return undefined;
  return Math.ceil((Number(picture[1]) * Number(picture[2]) * bits) / 8 / pageSize);
}

interface Counted {
  readonly count: number;
  readonly rest: string;
  readonly pages: number | undefined;
}

/** `1920x1080xNV12` has two factors and no count, `4x1920x1080xNV12` three. */
function splitCount(size: string, pageSize: number): Counted {
  const whole = sizeOf(size, pageSize);
  const times = /^(\d{1,5})x(.{1,60})$/i.exec(size);
  if (whole !== undefined || times === null) return { count: 1, rest: size, pages: whole };
  return { count: Number(times[1]), rest: times[2]!, pages: sizeOf(times[2]!, pageSize) };
}

const EXPECTED =
  "expected [COUNTx]WIDTHxHEIGHTxFORMAT, [COUNTx]Npages or [COUNTx]SIZE (K, M, G), then [@ALIGN]";

/** What is wrong is said in the string. */
export function parseBuffer(text: string, pageSize: number): Buffer | string {
  const [size = "", alignText, ...more] = text.trim().split("@");
  if (more.length > 0) return `${text}: more than one @`;
  const { count, rest, pages } = splitCount(size, pageSize);
  if (pages === undefined) return `${text}: ${EXPECTED}; formats: ${formatNames.join(" ")}`;
  if (pages < 1 || pages > MOST_PAGES) return `${text}: ${pages} pages is out of range`;
  if (count < 1 || count > MOST_BUFFERS) return `${text}: a count from 1 to ${MOST_BUFFERS}`;
  const align = alignText === undefined ? inferAlign(pages) : Number(alignText);
  const isOrder = alignText !== "" && Number.isInteger(align) && align >= 0 && align <= 20;
  if (!isOrder) return `${text}: an alignment order from 0 to 20`;
  return { label: rest, count, pages, align, alignInferred: alignText === undefined };
}
