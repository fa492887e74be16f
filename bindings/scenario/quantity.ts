// Knows: how people write sizes, times, rates, shares and counts, and what is wrong with what they wrote.
// Must not know: which key a quantity belongs to, nor the page size: a size stays a Size until a device is known.

import { Spread } from "../../assembly/abi/simulation.js";
import { closest } from "../engine/closest.js";
import { numberOf } from "../engine/enum_words.js";
import { clipped, quoted } from "../engine/quoted.js";
import { EFFORTS, effortOf, WINDOW_RULES, windowRuleOf } from "../policy/index.js";

/** What a value measures; decides how it is written and in which unit the core takes it. */
export type Dimension =
  | "size"
  | "time"
  | "interval"
  | "share"
  | "count"
  | "order"
  | "spread"
  | "flag"
  | "retries"
  | "effort"
  | "window";

/** Pages, bytes (rounded up to pages) or a share of the memory that the allocator manages. */
export type Size =
  | { readonly pages: number }
  | { readonly bytes: number }
  | { readonly shareOfMemory: number };

/** A parsed value: nanoseconds, a share, a count, the number of a Spread, 0 or 1. */
export type Quantity = number | Size;

export type Parsed = { readonly value: Quantity } | { readonly problem: string };

const SPREAD_WORDS = {
  FIXED: "fixed",
  EXPONENTIAL: "exponential",
  LOGNORMAL: "lognormal",
  UNIFORM: "uniform",
  LOGNORMAL_NARROW: "lognormal-narrow",
} as const satisfies Record<keyof typeof Spread, string>;

export const SPREADS: readonly string[] = Object.values(SPREAD_WORDS);

/** What a client writes to follow the policy: 0. Any other value is one more than its number. */
export const AS_POLICY = "policy";

/** For messages and docs: what a value of the dimension looks like. */
export const EXAMPLES: Readonly<Record<Dimension, string>> = {
  size: "254MiB, 65024 pages or 30% (of the memory)",
  time: "20ms, 1.5s or 2min",
  interval: "20ms (between two) or 200/s",
  share: "30% or 0.3",
  count: "a whole number",
  order: "a whole number, the exponent of a power of two",
  spread: SPREADS.join(", "),
  flag: "true or false",
  retries: "policy, or a whole number",
  effort: [AS_POLICY, ...EFFORTS].join(", "),
  window: [AS_POLICY, ...WINDOW_RULES].join(", "),
};

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const TIME_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  h: 3600e9,
};

/** Decimal units, and units of one letter: people who write them may mean 1000 or 1024. */
const AMBIGUOUS = /^([kmgt])b?$/i;

function shown(raw: unknown): string {
  return quoted(raw);
}

function expected(dimension: Dimension, raw: unknown, why = ""): { problem: string } {
  return { problem: `expected ${EXAMPLES[dimension]}; got ${shown(raw)}${why === "" ? "" : `: ${why}`}` };
}

/** "1.5 ms" -> 1.5 and "ms"; undefined when it does not begin with a number. */
function split(text: string): { amount: number; unit: string } | undefined {
  if (text.length > 80) return undefined;
  const match = /^\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*?)\s*$/i.exec(text);
  if (match === null) return undefined;
  const amount = Number((match[1] ?? "").replaceAll("_", ""));
  return Number.isFinite(amount) ? { amount, unit: match[2] ?? "" } : undefined;
}

function unknownUnit(dimension: Dimension, raw: unknown, unit: string, units: readonly string[]): Parsed {
  const letter = AMBIGUOUS.exec(unit)?.[1];
  const guess = letter !== undefined ? `${letter.toUpperCase()}iB` : closest(unit, units);
  const hint = guess !== undefined && units.includes(guess) ? `; did you mean ${guess}?` : "";
  return expected(dimension, raw, `"${clipped(unit)}" is no unit of this (${units.join(", ")})${hint}`);
}

function parseSize(raw: unknown): Parsed {
  if (raw === 0) return { value: { pages: 0 } };
  if (typeof raw === "number") return expected("size", raw, "the unit is missing");
  const parts = typeof raw === "string" ? split(raw) : undefined;
  if (parts === undefined) return expected("size", raw);
  const { amount, unit } = parts;
  if (amount < 0) return expected("size", raw, "it is negative");
  if (unit === "" && amount !== 0) return expected("size", raw, "the unit is missing");
  if (unit === "%") {
    if (amount > 100) return expected("size", raw, "that is more than all of the memory");
    return { value: { shareOfMemory: amount / 100 } };
  }
  if (unit === "" || unit === "pages" || unit === "page") {
    if (!Number.isSafeInteger(amount)) return expected("size", raw, "pages are whole");
    return { value: { pages: amount } };
  }
  const name = Object.keys(SIZE_UNITS).find((known) => known.toLowerCase() === unit.toLowerCase());
  if (name === undefined) return unknownUnit("size", raw, unit, [...Object.keys(SIZE_UNITS), "pages", "%"]);
  const bytes = amount * (SIZE_UNITS[name] ?? 1);
  if (!Number.isSafeInteger(bytes)) return expected("size", raw, "that is no whole number of bytes");
  return { value: { bytes } };
}

function parseTime(raw: unknown, dimension: "time" | "interval" = "time"): Parsed {
  if (raw === 0) return { value: 0 };
  if (typeof raw === "number") return expected(dimension, raw, "the unit is missing");
  const parts = typeof raw === "string" ? split(raw) : undefined;
  if (parts === undefined) return expected(dimension, raw);
  const { amount, unit } = parts;
  if (amount < 0) return expected(dimension, raw, "it is negative");
  if (unit === "") return amount === 0 ? { value: 0 } : expected(dimension, raw, "the unit is missing");
  const scale = TIME_UNITS[unit];
  if (scale === undefined) return unknownUnit(dimension, raw, unit, Object.keys(TIME_UNITS));
  const time = Math.round(amount * scale);
  if (!Number.isSafeInteger(time)) return expected(dimension, raw, "that is longer than 104 days");
  return { value: time };
}

/** A time between two, or how many in a unit of time. */
function parseInterval(raw: unknown): Parsed {
  const rate = typeof raw === "string" ? /^(.*?)\s*\/\s*(\S+)\s*$/.exec(raw) : null;
  if (rate === null) return parseTime(raw, "interval");
  const amount = split(rate[1] ?? "");
  const unit = rate[2] ?? "";
  if (amount === undefined || amount.unit !== "") return expected("interval", raw);
  if (amount.amount < 0) return expected("interval", raw, "a rate cannot be negative");
  if (amount.amount === 0) return expected("interval", raw, "a rate must be above 0");
  const scale = TIME_UNITS[unit];
  if (scale === undefined) return unknownUnit("interval", raw, unit, Object.keys(TIME_UNITS));
  const time = Math.round(scale / amount.amount);
  return time >= 1 ? { value: time } : expected("interval", raw, "that is more than one in a nanosecond");
}

function parseShare(raw: unknown): Parsed {
  const parts = typeof raw === "number" ? { amount: raw, unit: "" } : split(String(raw));
  if (parts === undefined || (typeof raw !== "number" && typeof raw !== "string"))
    return expected("share", raw);
  const { amount, unit } = parts;
  if (unit !== "" && unit !== "%") return unknownUnit("share", raw, unit, ["%"]);
  const share = unit === "%" ? amount / 100 : amount;
  if (!(share >= 0 && share <= 1)) return expected("share", raw, "a share lies between 0% and 100%");
  return { value: share };
}

function parseCount(raw: unknown, dimension: "count" | "order"): Parsed {
  const value =
    typeof raw === "string" && /^\s*[+-]?\d[\d_]*\s*$/.test(raw) ? Number(raw.replaceAll("_", "")) : raw;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return expected(dimension, raw);
  return { value };
}

function parseSpread(raw: unknown): Parsed {
  const word = Object.values(SPREAD_WORDS).find((known) => known === raw);
  if (word !== undefined) return { value: numberOf(Spread, SPREAD_WORDS, word) };
  const guess = typeof raw === "string" ? closest(raw, SPREADS) : undefined;
  return expected("spread", raw, guess === undefined ? "" : `did you mean ${guess}?`);
}

function parseRetries(raw: unknown): Parsed {
  if (raw === AS_POLICY) return { value: 0 };
  const parsed = parseCount(raw, "count");
  if ("problem" in parsed) return expected("retries", raw);
  const retries = Number(parsed.value);
  return retries < 0 || retries > 1000
    ? expected("retries", raw, "at most 1000, and none below 0")
    : { value: retries + 1 };
}

/** A word of a policy, for one client alone. */
function parseChoice(
  dimension: "effort" | "window",
  raw: unknown,
  words: readonly string[],
  of: (word: string) => number,
): Parsed {
  if (raw === AS_POLICY) return { value: 0 };
  const word = words.find((known) => known === raw);
  if (word !== undefined) return { value: of(word) + 1 };
  const guess = typeof raw === "string" ? closest(raw, [AS_POLICY, ...words]) : undefined;
  return expected(dimension, raw, guess === undefined ? "" : `did you mean ${guess}?`);
}

function parseFlag(raw: unknown): Parsed {
  return typeof raw === "boolean" ? { value: raw ? 1 : 0 } : expected("flag", raw);
}

export function parseQuantity(dimension: Dimension, raw: unknown): Parsed {
  switch (dimension) {
    case "size":
      return parseSize(raw);
    case "time":
      return parseTime(raw);
    case "interval":
      return parseInterval(raw);
    case "share":
      return parseShare(raw);
    case "count":
    case "order":
      return parseCount(raw, dimension);
    case "spread":
      return parseSpread(raw);
    case "flag":
      return parseFlag(raw);
    case "retries":
      return parseRetries(raw);
    case "effort":
      return parseChoice("effort", raw, EFFORTS, effortOf);
    case "window":
      return parseChoice("window", raw, WINDOW_RULES, windowRuleOf);
  }
}

/** What sizes are measured against. */
export interface MemoryScale {
  readonly pageShift: number;
  /** Pages that the allocator manages. */
  readonly managed: number;
}

/** Pages of a size on a device; bytes are rounded up to whole pages. Other quantities are what they are. */
export function settleQuantity(quantity: Quantity, { pageShift, managed }: MemoryScale): number {
  if (typeof quantity === "number") return quantity;
  if ("pages" in quantity) return quantity.pages;
  if ("bytes" in quantity) return Math.ceil(quantity.bytes / 2 ** pageShift);
  return Math.round(quantity.shareOfMemory * managed);
}
