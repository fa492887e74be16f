// Knows: how the page writes numbers. Units stand beside their numbers.
// Must not know: what is drawn.

import {
  formatBytes,
  formatCount,
  formatDuration,
  formatErrno,
  formatShare,
} from "../../bindings/report/sizes.js";

export { formatBytes, formatCount, formatDuration, formatErrno, formatShare };

export function optionalDuration(nanoseconds: number | null): string {
  return nanoseconds === null ? "–" : formatDuration(nanoseconds);
}

/** 12.3 s with as many decimals as `spanNs` needs. */
export function formatTime(timeNs: number, spanNs: number): string {
  const decimals = spanNs > 20e9 ? 1 : spanNs > 2e9 ? 2 : spanNs > 2e8 ? 3 : 6;
  return `${(timeNs / 1e9).toFixed(decimals)} s`;
}

const LARGE = [
  { limit: 1e9, suffix: "G" },
  { limit: 1e6, suffix: "M" },
  { limit: 1e3, suffix: "k" },
] as const;

/** 12345 -> "12.3k"; short enough for an axis. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  const step = LARGE.find(({ limit }) => size >= limit);
  if (step === undefined) return String(Number(value.toPrecision(3)));
  return `${Number((value / step.limit).toPrecision(3))}${step.suffix}`;
}

/** "camelCaseName" -> "camel case name" */
export function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}
