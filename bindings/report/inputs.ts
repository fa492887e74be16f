// Knows: how a value of a scenario's input is written, by what it measures.
// Must not know: which inputs there are.

import { formatBytes, formatCount, formatDuration } from "./sizes.js";

/** A value of an input as people write it. @param dimension as the scenario's tables have it */
export function formatInput(dimension: string, value: number, pageBytes: number): string {
  if (dimension === "time" || dimension === "interval") return value === 0 ? "0" : formatDuration(value);
  if (dimension === "share") return `${Number((value * 100).toFixed(1))} %`;
  return dimension === "size" ? formatBytes(value * pageBytes) : formatCount(value);
}
