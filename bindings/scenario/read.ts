// Knows: how plain data is read key by key, so that every problem is found at once and placed by its path.
// Must not know: any key.
//
// A reader answers undefined for what it cannot use and has then reported why; its callers go on with the rest.

import { closest } from "../engine/closest.js";
import { SCENARIO } from "../engine/limits.js";
import { quoted } from "../engine/quoted.js";
import type { CapturedDevice } from "./device_facts.js";
import type { FieldRow, FieldTable } from "./fields.js";
import { type Dimension, parseQuantity, type Quantity } from "./quantity.js";

export type Path = readonly (string | number)[];

/** One problem: at a key itself, or at its value. */
export interface Issue {
  readonly path: Path;
  readonly at: "key" | "value";
  readonly message: string;
}

export type Fields = Readonly<Record<string, unknown>>;

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === undefined) return "nothing";
  return typeof value === "object" && value !== null ? "a group of keys" : quoted(value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export class Reader {
  readonly issues: Issue[] = [];
  /** Devices in the state of real ones, by the word that a scenario names each by: who reads files has read them. */
  readonly captured: ReadonlyMap<string, CapturedDevice>;

  constructor(captured: ReadonlyMap<string, CapturedDevice> = new Map()) {
    this.captured = captured;
  }

  /** Is there room for another problem? A text can have as many as it has characters. */
  get isOpen(): boolean {
    return this.issues.length < SCENARIO.problems;
  }

  report(path: Path, message: string, at: "key" | "value" = "value"): undefined {
    if (this.isOpen) this.issues.push({ path, at, message });
    return undefined;
  }

  /** A group of keys; unknown ones are reported, each with the key that may have been meant. */
  object(value: unknown, path: Path, known: readonly string[], what: string): Fields | undefined {
    if (!isObject(value))
      return this.report(path, `expected ${what} as a group of keys; got ${shown(value)}`);
    for (const key of Object.keys(value)) {
      if (known.includes(key) || !this.isOpen) continue;
      const guess = closest(key, known);
      const hint = guess === undefined ? `the keys are ${known.join(", ")}` : `did you mean "${guess}"?`;
      this.report([...path, key], `${quoted(key)} is no key of ${what}; ${hint}`, "key");
    }
    return value;
  }

  list(value: unknown, path: Path, what: string): readonly unknown[] | undefined {
    return Array.isArray(value)
      ? value
      : this.report(path, `expected a list of ${what}; got ${shown(value)}`);
  }

  text(value: unknown, path: Path, what: string): string | undefined {
    if (typeof value === "string" && value.trim() !== "") return value;
    return this.report(path, `expected ${what}; got ${shown(value)}`);
  }

  /** One of the known words. */
  word<Word extends string>(
    value: unknown,
    path: Path,
    known: readonly Word[],
    what: string,
  ): Word | undefined {
    const found = known.find((word) => word === value);
    if (found !== undefined) return found;
    const guess = typeof value === "string" ? closest(value, known) : undefined;
    const hint = guess === undefined ? "" : ` did you mean "${guess}"?`;
    return this.report(path, `${shown(value)} is no ${what};${hint} known: ${known.join(", ")}`);
  }

  quantity(dimension: Dimension, value: unknown, path: Path): Quantity | undefined {
    const parsed = parseQuantity(dimension, value);
    return "value" in parsed ? parsed.value : this.report(path, parsed.problem);
  }

  /** A quantity that needs no device to be settled. */
  number(dimension: Exclude<Dimension, "size">, value: unknown, path: Path): number | undefined {
    const quantity = this.quantity(dimension, value, path);
    return typeof quantity === "number" ? quantity : undefined;
  }

  /** Bytes; pages mean nothing where no device is known yet. */
  bytes(value: unknown, path: Path): number | undefined {
    const quantity = this.quantity("size", value, path);
    if (quantity === undefined) return undefined;
    if (typeof quantity === "object" && "bytes" in quantity) return quantity.bytes;
    if (typeof quantity === "object" && "pages" in quantity && quantity.pages === 0) return 0;
    return this.report(path, `expected a size in bytes such as 254MiB; got ${shown(value)}`);
  }

  /** A value by its row; sizes are not settled here. */
  field(row: FieldRow, value: unknown, path: Path): Quantity | string | readonly string[] | undefined {
    const words = row.words ?? [];
    switch (row.type) {
      case "text":
        return this.text(value, path, "some text");
      case "word":
        return this.word(value, path, words, String(path.at(-1)));
      case "words":
        return this.list(value, path, words.join(", "))?.flatMap(
          (item, i) => this.word(item, [...path, i], words, String(path.at(-1))) ?? [],
        );
      case "bytes":
        return this.bytes(value, path);
      default: {
        const quantity = this.quantity(row.type, value, path);
        return quantity === undefined ? undefined : this.#withinLimits(row, quantity, path);
      }
    }
  }

  #withinLimits(row: FieldRow, quantity: Quantity, path: Path): Quantity | undefined {
    if (typeof quantity !== "number") return quantity;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = row;
    if (quantity >= min && quantity <= max) return quantity;
    const limits = row.max === undefined ? `at least ${min}` : `${min} to ${max}`;
    return this.report(path, `must be ${limits}; is ${quantity}`);
  }

  /** The fields of a table that are written, or have a default; keys in lower camel case. */
  fields(table: FieldTable, group: Fields, path: Path): Fields {
    const entries = Object.entries(table).flatMap(([key, row]) => {
      const written = group[key] ?? row.default;
      const value = written === undefined ? undefined : this.field(row, written, [...path, key]);
      return value === undefined ? [] : [[camelCase(key), value] as const];
    });
    return Object.fromEntries(entries);
  }
}

/** "queue-depth" -> "queueDepth" */
export function camelCase(key: string): string {
  return key.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** "queueDepth" -> "queue-depth" */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
