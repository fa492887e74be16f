// Knows: how a column of numbers becomes short text: scaled, rounded, as differences.
// Must not know: what the numbers mean.

import type { Steps } from "./document.js";

/** Rounds each number to a multiple of `scale`. */
export function encodeSteps(values: readonly number[], scale: number): Steps {
  const whole = values.map((value) => Math.round(value / scale));
  const first = whole[0] ?? 0;
  const steps = whole.slice(1).map((value, i) => value - (whole[i] ?? 0));
  return { count: values.length, scale, first, steps: steps.every((step) => step === 0) ? [] : steps };
}

export function decodeSteps({ count, scale, first, steps }: Steps): number[] {
  let value = first;
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) value += steps[i - 1] ?? 0;
    return value * scale;
  });
}

/** Every `step`-th index below `count`, and the last. */
export function everyNth(count: number, step: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i < count; i += step) kept.push(i);
  if (count > 0 && kept.at(-1) !== count - 1) kept.push(count - 1);
  return kept;
}

/** Three significant digits. */
export function roughly(value: number): number {
  return Number(value.toPrecision(3));
}
