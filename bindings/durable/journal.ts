// Knows: a journal: one line for each finished piece of work, on the disk before the next one begins, so that a process
// that is killed at any moment loses the piece in hand and nothing else.
// Must not know: what a piece is.
//
// A line is `CHECKSUM TAB KEY TAB VALUE LF`: 16 hexadecimal digits of SHA-256 over what follows the first TAB, the key
// and the value as JSON (which holds no TAB). The first line has the key null and the identity of the work as value.
// A last line that is torn is cut off; of two lines with one key the later one counts.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { CallError } from "../engine/errors.js";
import { JournalError } from "./errors.js";
import { syncFolder, withPath, writeWhole } from "./files.js";
import { type Line, linesOf } from "./lines.js";

/** What the work is, as plain data: results of other work are never gone on with. Shown when it differs, key by key. */
export type JournalIdentity = Readonly<Record<string, string | number | boolean | null>>;

interface Place {
  readonly at: number;
  readonly length: number;
}

const DIGITS = 16;
const TAB = 9;

function checksum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, DIGITS);
}

function lineOf(key: string | null, value: string): Buffer {
  const body = Buffer.from(`${JSON.stringify(key)}\t${value}`);
  return Buffer.concat([Buffer.from(`${checksum(body)}\t`), body, Buffer.from("\n")]);
}

/** Key and place of the value; undefined: the line is damaged. */
function understand({ text, at }: Line): { key: string | null; value: Place } | undefined {
  const body = text.subarray(DIGITS + 1);
  if (text[DIGITS] !== TAB || text.toString("latin1", 0, DIGITS) !== checksum(body)) return undefined;
  const tab = body.indexOf(TAB);
  const key = JSON.parse(body.toString("utf8", 0, tab)) as string | null;
  return { key, value: { at: at + DIGITS + 1 + tab + 1, length: body.length - tab - 1 } };
}

/** `a: 1 there, 2 here`; "" when both are equal. */
function differences(there: JournalIdentity, here: JournalIdentity): string {
  const keys = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  return keys
    .filter((key) => there[key] !== here[key])
    .map((key) => `${key}: ${there[key] ?? "none"} there, ${here[key] ?? "none"} here`)
    .join("; ");
}

/** Results by key, in a file. Values are JSON; none of them is kept in memory. */
export class Journal<T> {
  /** Where it lies. */
  readonly path: string;
  readonly #file: number;
  readonly #places: Map<string, Place>;
  /** Where the next line goes: behind the last whole one. */
  #end: number;
  /** Part of a line may stand behind the end. */
  #isTorn = false;

  private constructor(path: string, file: number, places: Map<string, Place>, end: number) {
    this.path = path;
    this.#file = file;
    this.#places = places;
    this.#end = end;
  }

  /**
   * The journal at this path, a new one where there is none. The caller holds a lock on it.
   * @throws JournalError for a journal of other work, or a damaged line that is not the last; the file system's error
   */
  static open<T>(path: string, identity: JournalIdentity): Journal<T> {
    const file = openSync(path, "a+");
    try {
      const { places, end } = scan(file, path, identity);
      const journal = new Journal<T>(path, file, places, end);
      ftruncateSync(file, end);
      if (end === 0) {
        journal.#write(lineOf(null, JSON.stringify(identity)));
        syncFolder(dirname(path));
      }
      return journal;
    } catch (error) {
      closeSync(file);
      throw withPath(error, path);
    }
  }

  /** To read only, of whatever work: nothing is cut off. @throws JournalError where it is no journal or damaged */
  static peek<T>(path: string): Journal<T> {
    const file = openSync(path, "r");
    try {
      const { places, end } = scan(file, path, undefined);
      return new Journal<T>(path, file, places, end);
    } catch (error) {
      closeSync(file);
      throw withPath(error, path);
    }
  }

  /** Keys of all results, in the order in which they were first written. */
  get keys(): IterableIterator<string> {
    return this.#places.keys();
  }

  /** How many results it holds. */
  get size(): number {
    return this.#places.size;
  }

  /** Is there a result of this key? */
  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** The line is on the disk when this returns. @throws the file system's error; the journal is as it was */
  append(key: string, value: T): void {
    const line = lineOf(key, JSON.stringify(value));
    const at = this.#end;
    this.#write(line);
    const head = line.indexOf(TAB, DIGITS + 1) + 1;
    this.#places.set(key, { at: at + head, length: line.length - head - 1 });
  }

  #write(line: Buffer): void {
    try {
      if (this.#isTorn) this.#cutTorn();
      this.#isTorn = true;
      writeWhole(this.#file, line);
      fsyncSync(this.#file);
      this.#isTorn = false;
      this.#end += line.length;
    } catch (error) {
      try {
        this.#cutTorn();
      } catch {
        // Before the next line, or when the journal is opened again.
      }
      throw withPath(error, this.path);
    }
  }

  /** A line that could not be written as a whole is no line. */
  #cutTorn(): void {
    ftruncateSync(this.#file, this.#end);
    this.#isTorn = false;
  }

  /** The value's JSON as it stands in the file. @throws CallError for a key that is not there */
  bytes(key: string): Uint8Array {
    const place = this.#places.get(key);
    if (place === undefined) throw new CallError(`the journal has no ${key}`);
    const bytes = Buffer.alloc(place.length);
    for (let read = 0; read < place.length; ) {
      const more = readSync(this.#file, bytes, read, place.length - read, place.at + read);
      if (more === 0) throw new JournalError(`${this.path} was cut off while it was read`);
      read += more;
    }
    return bytes;
  }

  /** A value, read from the file. @throws CallError for a key that is not there */
  read(key: string): T {
    return JSON.parse(new TextDecoder().decode(this.bytes(key))) as T;
  }

  /** Values in the order of these keys, one at a time; can be walked again and again. */
  values(keys: readonly string[]): Iterable<T> {
    const read = (key: string) => this.read(key);
    return {
      *[Symbol.iterator]() {
        for (const key of keys) yield read(key);
      },
    };
  }

  /** Closes the file; nothing may be asked of it afterwards. */
  close(): void {
    closeSync(this.#file);
  }
}

function scan(
  file: number,
  path: string,
  identity: JournalIdentity | undefined,
): { places: Map<string, Place>; end: number } {
  const places = new Map<string, Place>();
  let end = 0;
  let damaged: number | undefined;
  for (const line of linesOf((chunk, from) => readSync(file, chunk, 0, chunk.length, from))) {
    const understood = understand(line);
    if (damaged !== undefined)
      throw new JournalError(
        `${path}:${damaged} is damaged, and whole lines follow it; without this line all others can be gone on with`,
      );
    if (understood === undefined) {
      damaged = line.number;
      continue;
    }
    const { key, value } = understood;
    if ((key === null) !== (line.number === 1)) throw new JournalError(`${path} is no journal of pageblock`);
    if (key === null) {
      const there = JSON.parse(line.text.subarray(value.at).toString("utf8")) as JournalIdentity;
      const other = identity === undefined ? "" : differences(there, identity);
      if (other !== "") throw new JournalError(`${path} has results of other work (${other})`);
    } else places.set(key, value);
    end = line.at + line.length;
  }
  const size = fstatSync(file).size;
  if (end === 0 && size > 0 && isForeign(file)) throw new JournalError(`${path} is no journal of pageblock`);
  return { places, end };
}

/** A file that does not begin as ours, torn or whole, belongs to somebody else; nothing of it is cut off. */
function isForeign(file: number): boolean {
  const start = Buffer.alloc(DIGITS + 1);
  const read = readSync(file, start, 0, start.length, 0);
  return !/^(?:[0-9a-f]{1,16}|[0-9a-f]{16}\t)$/.test(start.toString("latin1", 0, read));
}
