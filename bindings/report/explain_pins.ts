// Knows: how lengths of pins are drawn with characters, and as the lines of a scenario.
// Must not know: where they come from.

import type { PinLengths } from "../explain/index.js";
import { formatCount } from "./sizes.js";
import { singleLine } from "./table.js";

const BAR = 30;

function time(us: number): string {
  if (us >= 1e6) return `${Number((us / 1e6).toPrecision(3))}s`;
  return us >= 1000 ? `${Number((us / 1000).toPrecision(3))}ms` : `${us}us`;
}

/** Lines: a sentence, the histogram, who pinned, what a scenario can take. */
export function renderPinLengths(lengths: PinLengths): string[] {
  const { count, meanUs, medianUs, longestUs, shortestUs, buckets, holders, service } = lengths;
  const most = buckets.reduce((max, { pins }) => Math.max(max, pins), 1);
  return [
    `Pins that page_pinner recorded: ${formatCount(count)}, half of them longer than ${time(medianUs)}, the longest ${time(longestUs)}.`,
    ...buckets.map(
      ({ fromUs, pins }) =>
        `  ${time(fromUs).padStart(9)} ${"#".repeat(Math.ceil((pins / most) * BAR)).padEnd(BAR)} ${formatCount(pins)}`,
    ),
    ...holders.map(
      ({ stack, pins, longestUs: longest }) =>
        `  ${formatCount(pins)} by ${stack === "" ? "an unknown stack" : singleLine(stack)}, up to ${time(longest)}`,
    ),
    `  for a scenario: service: ${time(Math.round(meanUs))}, service-spread: ${service.spread} (the recorder keeps only pins over its threshold: the shortest here is ${time(shortestUs)})`,
  ];
}
