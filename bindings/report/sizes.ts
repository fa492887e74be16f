// Knows: how people read counts, sizes, times and shares.
// Must not know: tables, pictures, what is counted. The same text on every machine: no locale is asked.

import { Errno } from "../../assembly/abi/vocabulary.js";
import { formatBytes } from "../engine/units.js";

export { formatBytes };

/** 1234567 -> "1,234,567" */
export function formatCount(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** 65024 pages of 4 KiB -> "254 MiB" */
export function formatPages(pages: number, pageShift: number): string {
  return formatBytes(pages * 2 ** pageShift);
}

const TIME_STEPS = [
  { limit: 1e3, unit: "ns", scale: 1 },
  { limit: 1e6, unit: "us", scale: 1e3 },
  { limit: 1e9, unit: "ms", scale: 1e6 },
  { limit: Number.POSITIVE_INFINITY, unit: "s", scale: 1e9 },
] as const;

/** Nanoseconds in the unit that fits, three significant digits: 298640000 -> "299 ms". */
export function formatDuration(nanoseconds: number): string {
  // Below the limit even after rounding, so that 999.9 us is "1 ms" and not "1000 us".
  const rounded = Number(nanoseconds.toPrecision(3));
  const step = TIME_STEPS.find(({ limit }) => Math.abs(rounded) < limit) ?? TIME_STEPS[3];
  return `${Number((rounded / step.scale).toPrecision(3))} ${step.unit}`;
}

/** A share of a whole as a percentage with at most one decimal; "-" when there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "-";
  const percent = (part / whole) * 100;
  // Never rounds a little to nothing, nor nearly all to all.
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  if (percent < 100 && percent >= 99.95) return ">99.9 %";
  return `${Number(percent.toFixed(1))} %`;
}

/** Thousandths as the kernel prints them: 42 -> "0.042", -1000 -> "-1.000". */
export function formatThousandths(value: number): string {
  return (value / 1000).toFixed(3);
}

/** -16 -> "-16 EBUSY" */
export function formatErrno(errno: number | string): string {
  const name = Errno[Number(errno)];
  return name === undefined ? String(errno) : `${errno} ${name}`;
}
