// Knows: the folder of a grid: what grid it is, and its finished parts, each written aside and renamed.
// Must not know: how a run is done, what a row means.
//
// A part is a text file: a line that says what it is, a line for each run in the grid's order, a line with the SHA-256 of
// all before it.

import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROW_COLUMNS, type RunRow } from "../../analysis/outcomes/index.js";
import { JournalError, withPath, writeAside } from "../../durable/index.js";
import { linesOf } from "../../durable/lines.js";
import type { Shard } from "../../sweep/index.js";
import type { GridSource } from "./grid_file.js";

/** Who ran a part: named when two of them disagree. */
export interface PartMachine {
  readonly host: string;
  readonly node: string;
  readonly arch: string;
}

/** A run of another part, done here once more. */
export interface PartAudit {
  readonly run: number;
  readonly digest: string;
}

export interface PartHead {
  readonly part: "pageblock";
  /** SHA-256 of grid, core and version. */
  readonly grid: string;
  readonly shard: number;
  readonly of: number;
  readonly runs: number;
  readonly machine: PartMachine;
  readonly audit: PartAudit | null;
}

export interface PartRun {
  readonly run: number;
  readonly rows: readonly RunRow[];
}

export interface GridHead {
  readonly grid: string;
  readonly runs: number;
  readonly version: string;
  readonly source: GridSource;
}

const GRID = "grid.json";
const PART = /^part-(\d+)-of-(\d+)\.jsonl$/;

function padded(index: number, count: number): string {
  return String(index).padStart(String(count - 1).length, "0");
}

export function partName({ index, count }: Shard): string {
  return `part-${padded(index, count)}-of-${count}.jsonl`;
}

/** Where a part's journal lies until the part is written. */
export function workFolder(folder: string, { index, count }: Shard): string {
  return join(folder, `work-${padded(index, count)}-of-${count}`);
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

function isGridHead(value: unknown): value is GridHead {
  if (!isObject(value) || !isObject(value["source"])) return false;
  const { scenarios, policies, devices, seeds, until } = value["source"];
  const { grid, runs, version } = value;
  if (!isText(grid) || !isCount(runs) || !isText(version) || !isText(seeds)) return false;
  if (!areTexts(scenarios) || !areTexts(policies)) return false;
  return (devices === null || areTexts(devices)) && (until === null || isText(until));
}

function isPartHead(value: unknown): value is PartHead {
  if (!isObject(value) || !isObject(value["machine"])) return false;
  const { grid, shard, of, runs, audit, machine } = value;
  if (!isText(grid) || !isCount(shard) || !isCount(of) || !isCount(runs) || shard >= of) return false;
  if (![machine["host"], machine["node"], machine["arch"]].every(isText)) return false;
  return audit === null || (isObject(audit) && isCount(audit["run"]) && isText(audit["digest"]));
}

/** Columns are checked where they are written: what a row says beside them is left out. */
function isPartRun(value: unknown): value is PartRun {
  if (!isObject(value) || !isCount(value["run"]) || !Array.isArray(value["rows"])) return false;
  return value["rows"].every(
    (row) => isObject(row) && ROW_COLUMNS.every(({ name, type }) => isCell(row[name], type)),
  );
}

function isCell(value: unknown, type: (typeof ROW_COLUMNS)[number]["type"]): boolean {
  return value === undefined || value === null || typeof value === (type === "STRING" ? "string" : "number");
}

/** @throws JournalError when there is none, or it cannot be read */
export function readGridHead(folder: string): GridHead {
  try {
    const head: unknown = JSON.parse(readFileSync(join(folder, GRID), "utf8"));
    if (!isGridHead(head)) throw new SyntaxError("no head");
    return head;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new JournalError(
      `${folder} is no folder of a sweep: ${GRID} ${code === undefined ? "is damaged" : `cannot be read (${code})`}`,
    );
  }
}

/** All parts write the same bytes. @throws JournalError for a folder of another grid */
export function writeGridHead(folder: string, head: GridHead): void {
  if (!existsSync(join(folder, GRID))) {
    writeAside(join(folder, GRID), (put) => put(`${JSON.stringify(head, null, 1)}\n`));
    return;
  }
  const there = readGridHead(folder);
  if (there.grid === head.grid) return;
  const version = there.version === head.version ? "" : `, version ${there.version}`;
  throw new JournalError(
    `${folder} belongs to grid ${short(there.grid)}${version}; this is grid ${short(head.grid)}: another grid needs another folder`,
  );
}

export function short(hash: string): string {
  return hash.slice(0, 12);
}

export function writePart(path: string, head: PartHead, runs: Iterable<PartRun>): void {
  writeAside(path, (put) => {
    const hash = createHash("sha256");
    const line = (value: unknown) => {
      const text = `${JSON.stringify(value)}\n`;
      hash.update(text);
      put(text);
    };
    line(head);
    for (const run of runs) line(run);
    put(`${JSON.stringify({ sha256: hash.digest("hex") })}\n`);
  });
}

export interface Part {
  readonly path: string;
  readonly head: PartHead;
  /** How many it has; runsIn() reads them. */
  readonly runs: number;
}

/** A part is read in pieces of this size, and closed between two of them: there may be more parts than open files. */
const PIECE = 2 ** 16;

function linesIn(path: string) {
  return linesOf((chunk, from) => {
    const file = openSync(path, "r");
    try {
      return readSync(file, chunk, 0, chunk.length, from);
    } finally {
      closeSync(file);
    }
  }, PIECE);
}

/**
 * Reads a part once, as a whole but never at once, and checks it. `see` is shown each run.
 * @throws JournalError for a file that is no whole part
 */
export function readPart(path: string, see: (run: PartRun) => void = () => {}): Part {
  const damaged = () => new JournalError(`${path} is no whole part; remove it and run its shard again`);
  const hash = createHash("sha256");
  let head: PartHead | undefined;
  let runs = 0;
  let last: Buffer | undefined;
  let end = 0;
  try {
    for (const { text, at, length } of linesIn(path)) {
      if (last !== undefined) {
        hash.update(last).update("\n");
        const value: unknown = JSON.parse(last.toString("utf8"));
        if (head === undefined) {
          if (!isPartHead(value)) throw damaged();
          head = value;
        } else {
          if (!isPartRun(value)) throw damaged();
          see(value);
          runs += 1;
        }
      }
      last = text;
      end = at + length;
    }
    const { sha256 } = JSON.parse(last?.toString("utf8") ?? "") as { sha256?: string };
    if (head === undefined || sha256 !== hash.digest("hex") || end !== statSync(path).size) throw damaged();
    return { path, head, runs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw withPath(error, path);
    throw damaged();
  }
}

/** The runs of a part that readPart() has checked, in the order of the grid, one at a time. */
function* runsIn({ path, runs }: Part): Generator<PartRun> {
  for (const { text, number } of linesIn(path)) {
    if (number > 1 && number <= runs + 1) yield JSON.parse(text.toString("utf8")) as PartRun;
  }
}

/** The runs of all parts in the order of the grid; of each part one run is in memory. */
function* runsOfParts(parts: readonly Part[]): Generator<PartRun> {
  const readers = parts.map((part) => runsIn(part));
  const heads = readers.map((reader) => reader.next().value as PartRun | undefined);
  for (;;) {
    let least = -1;
    for (const [i, head] of heads.entries())
      if (head !== undefined && (least < 0 || head.run < (heads[least]?.run ?? 0))) least = i;
    const head = heads[least];
    if (head === undefined) return;
    yield head;
    heads[least] = readers[least]?.next().value as PartRun | undefined;
  }
}

/** Their rows, one after the other. */
export function* rowsOfParts(parts: readonly Part[]): Generator<RunRow> {
  for (const run of runsOfParts(parts)) yield* run.rows;
}

/** Names of the parts that are there: shard and number of shards. */
export function listParts(folder: string): (Shard & { readonly name: string })[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const [, index, count] = PART.exec(name) ?? [];
      return index === undefined ? [] : [{ name, index: Number(index), count: Number(count) }];
    })
    .sort((a, b) => a.count - b.count || a.index - b.index);
}
