// Knows: the units in which the package counts, and the checks that keep one from being taken for another.
// Must not know: any device, any kernel version, the machine's memory.
//
// A branded number is a plain number at run time; the brand exists only for the compiler. The constructors
// check once, at the border; arithmetic inside gives plain numbers again and is branded where it is stored.

import { MAX_CPUS, MAX_ORDERS, MAX_ZONES } from "../../assembly/abi/limits.js";
import { UnitError } from "./errors.js";
import { quoted } from "./quoted.js";

/** Binary logarithms of the page sizes that there are: 4, 16 and 64 KiB. */
export const PAGE_SHIFTS: readonly number[] = [12, 14, 16];

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** Page frame number: physical address >> pageShift. */
export type Pfn = Branded<"Pfn">;
/** Binary logarithm of a block's size in pages, 0 to MAX_ORDERS - 1. */
export type Order = Branded<"Order">;
/** A count of pages. */
export type Pages = Branded<"Pages">;
/** A size, or a physical address, in bytes. Exact up to 2^53. */
export type Bytes = Branded<"Bytes">;
/** Virtual time in nanoseconds. Exact up to 2^53 (104 days). */
export type Nanoseconds = Branded<"Nanoseconds">;
/** A CPU's number, 0 to MAX_CPUS - 1. */
export type Cpu = Branded<"Cpu">;
/** A zone's index in `enum zone_type`, 0 to MAX_ZONES - 1. */
export type ZoneIndex = Branded<"ZoneIndex">;

function checked(value: number, what: string, end: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || value >= end) {
    const range = end > Number.MAX_SAFE_INTEGER ? "a whole number from 0 to 2^53 - 1" : `0 to ${end - 1}`;
    throw new UnitError(`${what} must be ${range}, got ${String(value)}`);
  }
  return value;
}

/**
 * An argument of a call, in the call's own words: "allocate: gfp is missing".
 * @throws UnitError unless a whole number below `end`
 */
export function argument(call: string, name: string, value: unknown, end: number): void {
  if (value === undefined) throw new UnitError(`${call}: ${name} is missing`);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < end) return;
  throw new UnitError(`${call}: ${name} must be a whole number from 0 to ${end - 1}, got ${quoted(value)}`);
}

const UNLIMITED = Number.MAX_SAFE_INTEGER + 1;

/** @throws UnitError unless a whole number from 0 to 2^53 - 1 */
export function pfn(value: number): Pfn {
  return checked(value, "a pfn", UNLIMITED) as Pfn;
}

/** @throws UnitError unless 0 to MAX_ORDERS - 1 (13) */
export function order(value: number): Order {
  return checked(value, "an order", MAX_ORDERS) as Order;
}

/** @throws UnitError unless a whole number from 0 to 2^53 - 1 */
export function pages(value: number): Pages {
  return checked(value, "a count of pages", UNLIMITED) as Pages;
}

/** @throws UnitError unless a whole number from 0 to 2^53 - 1 */
export function bytes(value: number): Bytes {
  return checked(value, "a size in bytes", UNLIMITED) as Bytes;
}

/** @throws UnitError unless a whole number from 0 to 2^53 - 1 */
export function nanoseconds(value: number): Nanoseconds {
  return checked(value, "a time in nanoseconds", UNLIMITED) as Nanoseconds;
}

/** @throws UnitError unless 0 to MAX_CPUS - 1 (63) */
export function cpu(value: number): Cpu {
  return checked(value, "a cpu", MAX_CPUS) as Cpu;
}

/** @throws UnitError unless 0 to MAX_ZONES - 1 (3) */
export function zoneIndex(value: number): ZoneIndex {
  return checked(value, "a zone index", MAX_ZONES) as ZoneIndex;
}

/** n * 2^10 bytes. Fractions are allowed while the result is a whole number of bytes. */
export function KiB(n: number): Bytes {
  return bytes(n * 2 ** 10);
}

/** n * 2^20 bytes. */
export function MiB(n: number): Bytes {
  return bytes(n * 2 ** 20);
}

/** n * 2^30 bytes. */
export function GiB(n: number): Bytes {
  return bytes(n * 2 ** 30);
}

/** n microseconds. */
export function microseconds(n: number): Nanoseconds {
  return nanoseconds(Math.round(n * 1e3));
}

/** n milliseconds. */
export function milliseconds(n: number): Nanoseconds {
  return nanoseconds(Math.round(n * 1e6));
}

/** n seconds. */
export function seconds(n: number): Nanoseconds {
  return nanoseconds(Math.round(n * 1e9));
}

/** Pages that hold `size` bytes, the last one perhaps in part (PAGE_ALIGN, then >> PAGE_SHIFT). */
export function bytesToPages(size: Bytes, pageShift: number): Pages {
  return pages(Math.ceil(size / 2 ** pageShift));
}

/** The size of `count` pages. */
export function pagesToBytes(count: Pages, pageShift: number): Bytes {
  return bytes(count * 2 ** pageShift);
}

/** The frame that contains a physical address (PFN_DOWN). */
export function addressToPfn(address: Bytes, pageShift: number): Pfn {
  return pfn(Math.floor(address / 2 ** pageShift));
}

/** The physical address of a frame's first byte (PFN_PHYS). */
export function pfnToAddress(frame: Pfn, pageShift: number): Bytes {
  return bytes(frame * 2 ** pageShift);
}

/** Pages in a block of an order. */
export function orderToPages(blockOrder: Order): Pages {
  return pages(2 ** blockOrder);
}

/** The smallest order whose block holds `count` pages (`get_order`); 0 for 0 or 1 page. */
export function pagesToOrder(count: Pages): Order {
  let result = 0;
  while (2 ** result < count) result++;
  return order(result);
}

const SIZE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** How messages and reports write a size: 1610612736 -> "1.5 GiB"; at most two decimals. */
export function formatBytes(size: number): string {
  let value = size;
  let step = 0;
  while (Math.abs(value) >= 1024 && step < SIZE_UNITS.length - 1) {
    value /= 1024;
    step++;
  }
  return `${Number(value.toFixed(2))} ${SIZE_UNITS[step] ?? ""}`;
}

/** How messages write a frame: "pfn 4096 (0x1000000)", the physical address in parentheses. */
export function formatPfn(frame: number, pageShift: number): string {
  return `pfn ${frame} (0x${(frame * 2 ** pageShift).toString(16)})`;
}
