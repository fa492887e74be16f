// Knows: how the fields of one event are written (`pfn=0x1a order=0 ...`), with and without a layout.
// Must not know: the head of a line, the order of events.

import { scanInteger } from "../numbers.js";
import { type ColumnBuilder, detach, type Interner } from "./columns.js";
import { type GfpNames, parseGfp } from "./gfp_names.js";
import { isLab, makeLayout, type TraceField, TraceKind, type TraceLayout } from "./kinds.js";

const SPACE = 32;
const NEWLINE = 10;
const RETURN = 13;
const EQUALS = 61;
const COMMA = 44;
const OPEN = 40;
const CLOSE = 41;
const TILDE = 126;
const ZERO = 48;

/** A token that a layout does not foresee (info), or a value that is missing or cannot be taken (error). */
export type FieldComplaint = (severity: "info" | "error", message: string) => void;

/** Scans fields into the argument pool of the columns. */
export class FieldScanner {
  private readonly gfpMasks = new Map<string, number>();
  private text = "";
  /** Where the values of the event at hand begin in the pool. */
  private base = 0;
  /** Where the last text value began: further tokens without `=` belong to it ... */
  private textStart = 0;
  /** ... in tracepoints and unknown LAB lines; in known LAB lines they fill the next field. */
  private textsGoOn = true;

  constructor(
    private readonly columns: ColumnBuilder,
    private readonly strings: Interner,
    private readonly gfpNames: GfpNames,
  ) {}

  /** Stores the fields in text[from, end) at the end of the pool; the caller then adds the event. */
  scan(text: string, from: number, end: number, layout: TraceLayout, complain: FieldComplaint): void {
    const { fields, slots } = layout;
    this.text = text;
    this.base = this.columns.reserve(slots);
    this.textsGoOn = !isLab(layout.kind) || layout.kind === TraceKind.LAB_OTHER;
    let expected = 0;
    let last: TraceField | undefined;
    let at = from;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code <= SPACE) {
        at += 1;
        continue;
      }
      const stop = tokenEnd(text, at, end);
      const equals = keyEnd(text, at, stop);
      if (equals < 0) {
        const next = this.positional(fields, expected, last, at, stop, complain);
        last = next === expected ? last : fields[expected];
        expected = next;
      } else {
        let index = expected;
        if (!isKey(text, at, equals, fields[index])) {
          index = fields.findIndex((field) => isKey(text, at, equals, field));
        }
        last = fields[index];
        if (last === undefined) {
          complain("info", `unknown field ${text.slice(at, equals)}=`);
        } else {
          this.store(last, equals + 1, stop, complain);
          expected = index + 1;
        }
      }
      at = stop;
    }
    this.complainMissing(fields, complain);
  }

  /** A token without `=`: the rest of a text, a separator, or the next field. Returns the next expected field. */
  private positional(
    fields: readonly TraceField[],
    expected: number,
    last: TraceField | undefined,
    start: number,
    stop: number,
    complain: FieldComplaint,
  ): number {
    if (this.textsGoOn && last?.type === "text") {
      this.storeText(last, this.textStart, stop);
      return expected;
    }
    if (stop - start === 1 && this.text.charCodeAt(start) === TILDE) {
      return expected;
    }
    const field = fields[expected];
    if (field === undefined) {
      complain("info", `${JSON.stringify(this.text.slice(start, stop))} belongs to no field`);
      return expected;
    }
    this.store(field, start, stop, complain);
    return expected + 1;
  }

  private store(field: TraceField, start: number, stop: number, complain: FieldComplaint): void {
    const { text } = this;
    switch (field.type) {
      case "skip":
        return;
      case "text":
        this.storeText(field, start, stop);
        return;
      case "pointer":
        this.columns.args[this.base + field.slot] = isNull(text, start, stop) ? 0 : 1;
        return;
      case "gfp":
        this.columns.args[this.base + field.slot] = this.gfp(text.slice(start, stop), complain);
        return;
      default: {
        const value = scanNumber(text, start, stop);
        this.columns.args[this.base + field.slot] = value;
        if (Number.isNaN(value)) {
          complain("error", `${field.name}=${JSON.stringify(text.slice(start, stop))} is not a number`);
        }
      }
    }
  }

  private storeText(field: TraceField, start: number, stop: number): void {
    const end = stop > start && this.text.charCodeAt(stop - 1) === COMMA ? stop - 1 : stop;
    this.columns.args[this.base + field.slot] = this.strings.index(this.text.slice(start, end));
    this.textStart = start;
  }

  private gfp(text: string, complain: FieldComplaint): number {
    let mask = this.gfpMasks.get(text);
    if (mask === undefined) {
      mask = parseGfp(text, this.gfpNames);
      this.gfpMasks.set(text, mask);
    }
    if (Number.isNaN(mask)) {
      complain("error", `gfp flags ${JSON.stringify(text)} have a name that this kernel era does not know`);
    }
    return mask;
  }

  private complainMissing(fields: readonly TraceField[], complain: FieldComplaint): void {
    const { args } = this.columns;
    for (const field of fields) {
      if (!field.optional && field.slot >= 0 && Number.isNaN(args[this.base + field.slot] as number)) {
        complain("error", `no usable ${field.name}=`);
      }
    }
  }
}

/**
 * A layout for an event that is not in the tables, learnt from its first line: numbers where every digit allows
 * it, texts elsewhere. Text before the first `key=` becomes the field `text`.
 */
export function learnLayout(
  kind: TraceKind,
  event: string,
  text: string,
  from: number,
  end: number,
): TraceLayout {
  const fields: TraceField[] = [];
  const add = (name: string, type: TraceField["type"]): void => {
    fields.push({ name: detach(name), type, optional: true, slot: fields.length });
  };
  for (let at = from; at < end; ) {
    if (text.charCodeAt(at) <= SPACE) {
      at += 1;
      continue;
    }
    const stop = tokenEnd(text, at, end);
    const equals = keyEnd(text, at, stop);
    const last = fields.at(-1);
    if (equals >= 0) {
      add(text.slice(at, equals), Number.isNaN(scanNumber(text, equals + 1, stop)) ? "text" : "number");
    } else if (last === undefined) {
      add("text", "text");
    } else {
      last.type = "text";
    }
    at = stop;
  }
  return makeLayout(kind, detach(event), fields);
}

/** Can `layout`, learnt from another line, hold these fields? */
export function fitsLayout(layout: TraceLayout, text: string, from: number, end: number): boolean {
  const other = learnLayout(layout.kind, layout.event, text, from, end);
  return (
    other.fields.length === layout.fields.length &&
    other.fields.every((field, index) => {
      const mine = layout.fields[index];
      return mine?.name === field.name && (mine.type === "text" || field.type === "number");
    })
  );
}

function tokenEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === NEWLINE || code === RETURN) {
      break;
    }
    at += 1;
  }
  return at;
}

/** Index of the `=` that ends the token's key; -1: the token is no `key=value`. */
function keyEnd(text: string, start: number, stop: number): number {
  for (let at = start; at < stop; at++) {
    const code = text.charCodeAt(at);
    if (code === EQUALS) {
      return at > start ? at : -1;
    }
    const lower = code | 32;
    const named = (lower >= 97 && lower <= 122) || code === 95 || code === 45 || (code >= ZERO && code <= 57);
    if (!named) {
      return -1;
    }
  }
  return -1;
}

function isKey(text: string, start: number, equals: number, field: TraceField | undefined): boolean {
  return field !== undefined && field.name.length === equals - start && text.startsWith(field.name, start);
}

/** A number that may be followed by a comma or stand in brackets: `0x1f,`, `(0x1000`. */
function scanNumber(text: string, start: number, stop: number): number {
  let from = start;
  let to = stop;
  if (text.charCodeAt(from) === OPEN) {
    from += 1;
  }
  if (to > from && (text.charCodeAt(to - 1) === COMMA || text.charCodeAt(to - 1) === CLOSE)) {
    to -= 1;
  }
  return scanInteger(text, from, to);
}

/** `0000000000000000` or `(null)`. */
function isNull(text: string, start: number, stop: number): boolean {
  for (let at = start; at < stop; at++) {
    if (text.charCodeAt(at) !== ZERO) {
      return text.startsWith("(null)", start);
    }
  }
  return true;
}
