// Knows: how problems of a description are collected, and the checks that every field needs.
// Must not know: any field.
//
// Every check adds to the list and goes on: a caller sees all problems at once, each with its path.

import type { Problem } from "../engine/errors.js";
import { quoted } from "../engine/quoted.js";

/** "is missing", or what it is. */
export function isWhat(value: unknown): string {
  return value === undefined ? "is missing" : `is ${quoted(value)}`;
}

export class Checker {
  readonly problems: Problem[] = [];

  add(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  /** True when `value` is a whole number in [min, max]. */
  whole(path: string, value: unknown, min: number, max: number, what = "a whole number"): boolean {
    const ok = typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
    if (!ok) {
      const limit = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
      this.add(path, `must be ${what} ${limit}, ${isWhat(value)}`);
    }
    return ok;
  }

  size(path: string, value: unknown, min = 1): boolean {
    return this.whole(path, value, min, Number.MAX_SAFE_INTEGER, "a whole number of bytes");
  }

  oneOf(path: string, value: unknown, allowed: readonly string[]): boolean {
    const ok = typeof value === "string" && allowed.includes(value);
    if (!ok) this.add(path, `must be one of ${allowed.join(", ")}, ${isWhat(value)}`);
    return ok;
  }

  list(path: string, value: unknown): boolean {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    if (!Array.isArray(value)) this.add(path, `must be a list, ${isWhat(value)}`);
    items.forEach((item, i) => {
      if (typeof item !== "object" || item === null) this.add(`${path}[${i}]`, "must be an object");
    });
    return Array.isArray(value) && items.every((item) => typeof item === "object" && item !== null);
  }

  named(path: string, value: unknown): void {
    if (typeof value !== "string" || value.trim() === "") this.add(path, "must be a name that is not empty");
  }
}

export function isPowerOfTwo(value: number): boolean {
  return value >= 1 && Number.isInteger(Math.log2(value));
}
