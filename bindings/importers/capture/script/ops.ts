// Knows: ops.csv, the script of a capture: one row per operation with its result on the real kernel.
// Must not know: what an operation does to the allocator, the file system.
//
// Columnar, because a script has 100,000 rows. Row r of the arrays is line r + 2 of the file. Cells that an
// operation does not use are empty in the file and become:
//   slot, order, cls, migratetype, zoneidx, align  -1
//   gfp, count, pfn, ret                            0
// pfn: the result of alloc, malloc and cma_alloc (0: failed, ret -12 or -16), the block freed by free rows.

import { CaptureError, type CaptureIssue, quote } from "../../errors.js";
import { scanInteger } from "../numbers.js";

/** Rows of ops.csv. */
export enum CaptureOp {
  /** alloc_pages(gfp, order) into slot. */
  ALLOC,
  /** __free_pages of the slot. */
  FREE,
  /** split_page, then 2^order single frees, ascending. */
  SPLITFREE,
  /** Order-0 allocation whose page is then a driver's movable page. */
  MALLOC,
  /** The slot's page answers -EAGAIN to migration until unpin. */
  PIN,
  UNPIN,
  /** drain_all_pages(NULL). */
  DRAIN,
  /** Fold the per-CPU counter differentials. */
  FOLD,
  /** Fold, then decay the per-CPU high (6.12). */
  TICK,
  /** The next record of state_mid was taken here. */
  DUMP,
  /** cma_alloc(count, align). */
  CMA_ALLOC,
  CMA_RELEASE,
}

/** Name in the `op` column, by CaptureOp. */
export const CAPTURE_OP_NAMES: readonly string[] = [
  "alloc",
  "free",
  "splitfree",
  "malloc",
  "pin",
  "unpin",
  "drain",
  "fold",
  "tick",
  "dump",
  "cma_alloc",
  "cma_release",
];

/** Rows of ops.csv in columns. -1, or 0 where it is unsigned: the operation has no such field. */
export interface CaptureOps {
  /** Name for messages. */
  file: string;
  /** Number of rows. */
  length: number;
  /** CaptureOp. */
  op: Uint8Array;
  /** Number under which a later row frees what this one allocates. */
  slot: Int32Array;
  /** Order of the block. */
  order: Int8Array;
  /** Row of gfp_classes.txt. */
  cls: Int16Array;
  /** Allocation flags in this package's bits. */
  gfp: Uint32Array;
  /** The migratetype that the kernel derived from them. */
  migratetype: Int8Array;
  /** The highest zone index that they allow. */
  zoneidx: Int8Array;
  /** Order of the alignment of a cma_alloc. */
  align: Int8Array;
  /** Pages of a cma_alloc. */
  count: Uint32Array;
  /** First frame that the kernel gave or took. */
  pfn: Uint32Array;
  /** What the operation returned. */
  ret: Int32Array;
}

type NumericColumn = Exclude<keyof CaptureOps, "file" | "length" | "op">;

interface Column {
  name: string;
  /** Where the values go; undefined for `i` and `op`, which are treated apart. */
  target: NumericColumn | undefined;
  low: number;
  high: number;
  empty: number;
}

const U32 = 0xffff_ffff;
const I32 = 0x7fff_ffff;

/** Every column that the file must have, in any order. */
const COLUMNS: readonly Column[] = [
  { name: "i", target: undefined, low: 0, high: I32, empty: -1 },
  { name: "op", target: undefined, low: 0, high: 0, empty: 0 },
  { name: "slot", target: "slot", low: 0, high: I32, empty: -1 },
  { name: "order", target: "order", low: 0, high: 63, empty: -1 },
  { name: "cls", target: "cls", low: 0, high: 0x7fff, empty: -1 },
  { name: "gfp", target: "gfp", low: 0, high: U32, empty: 0 },
  { name: "migratetype", target: "migratetype", low: 0, high: 127, empty: -1 },
  { name: "zoneidx", target: "zoneidx", low: 0, high: 127, empty: -1 },
  { name: "align", target: "align", low: 0, high: 63, empty: -1 },
  { name: "count", target: "count", low: 0, high: U32, empty: 0 },
  { name: "pfn", target: "pfn", low: 0, high: U32, empty: 0 },
  { name: "ret", target: "ret", low: -I32, high: I32, empty: 0 },
];

/** Cells without which an operation cannot be replayed. */
const NEEDED: ReadonlyMap<CaptureOp, readonly NumericColumn[]> = new Map([
  [CaptureOp.ALLOC, ["slot", "order", "gfp", "migratetype", "zoneidx"]],
  [CaptureOp.MALLOC, ["slot", "order", "gfp", "migratetype", "zoneidx"]],
  [CaptureOp.FREE, ["slot"]],
  [CaptureOp.SPLITFREE, ["slot"]],
  [CaptureOp.PIN, ["slot"]],
  [CaptureOp.UNPIN, ["slot"]],
  [CaptureOp.CMA_ALLOC, ["slot", "align", "count"]],
  [CaptureOp.CMA_RELEASE, ["slot"]],
]);

/** Reads the whole script; throws CaptureError with line, column and what was expected. */
export function parseOps(text: string, file: string, issues: CaptureIssue[] = []): CaptureOps {
  const reader = new OpsReader(text, file);
  const columns = reader.readHeader(issues);
  const ops = allocate(file, reader.countRows());
  for (let row = 0; row < ops.length; row++) {
    reader.readRow(columns, ops, row);
  }
  return ops;
}

/** How many rows of each operation, by name; allocations that failed under `alloc_fail`, `cma_alloc_fail` ... */
export function countOps(ops: CaptureOps): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < ops.length; row++) {
    const op = ops.op[row] as CaptureOp;
    const allocates = op === CaptureOp.ALLOC || op === CaptureOp.MALLOC || op === CaptureOp.CMA_ALLOC;
    const name = CAPTURE_OP_NAMES[op] as string;
    const key = allocates && ops.pfn[row] === 0 ? `${name}_fail` : name;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function allocate(file: string, length: number): CaptureOps {
  return {
    file,
    length,
    op: new Uint8Array(length),
    slot: new Int32Array(length),
    order: new Int8Array(length),
    cls: new Int16Array(length),
    gfp: new Uint32Array(length),
    migratetype: new Int8Array(length),
    zoneidx: new Int8Array(length),
    align: new Int8Array(length),
    count: new Uint32Array(length),
    pfn: new Uint32Array(length),
    ret: new Int32Array(length),
  };
}

/** One cell of the row at hand. */
interface Cell {
  start: number;
  end: number;
}

class OpsReader {
  private at = 0;
  /** End of the last line that says something: blank lines after it are no rows. */
  private readonly stop: number;
  private line = 1;
  private readonly cells: Cell[] = [];
  private readonly codes = new Map(CAPTURE_OP_NAMES.map((name, code) => [name, code]));

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    let stop = text.length;
    while (stop > 0 && text.charCodeAt(stop - 1) <= 32) {
      stop -= 1;
    }
    this.stop = stop;
  }

  /** For each cell of a row the column that it belongs to; undefined: not ours. */
  readHeader(issues: CaptureIssue[]): (Column | undefined)[] {
    this.nextCells();
    const names = this.cells.map(({ start, end }) => this.text.slice(start, end).trim());
    const missing = COLUMNS.filter((column) => !names.includes(column.name)).map((column) => column.name);
    if (missing.length > 0) {
      const expected = `a header with the columns ${COLUMNS.map((column) => column.name).join(",")}`;
      throw this.error(`no column ${missing.join(", ")} in ${quote(names.join(","), 80)}`, expected);
    }
    for (const name of names) {
      if (names.indexOf(name) !== names.lastIndexOf(name)) {
        throw this.error(`two columns ${quote(name)}`, "each column once");
      }
      if (!COLUMNS.some((column) => column.name === name)) {
        const message = `unknown column ${quote(name)} was left aside`;
        issues.push({ severity: "info", file: this.file, line: 1, message });
      }
    }
    return names.map((name) => COLUMNS.find((column) => column.name === name));
  }

  countRows(): number {
    let rows = 0;
    for (let at = this.at; at < this.stop; rows++) {
      const end = this.text.indexOf("\n", at);
      at = end < 0 ? this.stop : end + 1;
    }
    return rows;
  }

  readRow(columns: readonly (Column | undefined)[], ops: CaptureOps, row: number): void {
    this.nextCells();
    this.line = row + 2;
    if (this.cells.length !== columns.length) {
      throw this.error(`the row has ${this.cells.length} cells`, `${columns.length}, as the header`);
    }
    let opCell = 0;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const { start, end } = this.cells[index] as Cell;
      if (column === undefined) {
        continue;
      }
      if (column.target !== undefined) {
        ops[column.target][row] = this.value(column, start, end, index);
      } else if (column.name === "op") {
        opCell = index;
        ops.op[row] = this.opCode(start, end);
      } else if (this.value(column, start, end, index) !== row) {
        throw this.error(
          `column i: ${quote(this.text.slice(start, end))} in row ${row}: a row is missing or misplaced`,
          `i=${row}`,
        );
      }
    }
    this.checkNeeded(columns, ops, row, opCell);
  }

  private value(column: Column, start: number, end: number, index: number): number {
    if (start === end) {
      return column.empty;
    }
    const value = scanInteger(this.text, start, end);
    if (!(value >= column.low && value <= column.high)) {
      throw this.error(
        `column ${column.name} (cell ${index + 1}): ${quote(this.text.slice(start, end))}`,
        `an integer ${column.low}..${column.high}, or nothing`,
      );
    }
    return value;
  }

  private opCode(start: number, end: number): number {
    const name = this.text.slice(start, end);
    const code = this.codes.get(name);
    if (code === undefined) {
      throw this.error(`column op: ${quote(name)}`, `one of ${CAPTURE_OP_NAMES.join(", ")}`);
    }
    return code;
  }

  private checkNeeded(
    columns: readonly (Column | undefined)[],
    ops: CaptureOps,
    row: number,
    opCell: number,
  ): void {
    const needed = NEEDED.get(ops.op[row] as number);
    if (needed === undefined) {
      return;
    }
    for (let index = 0; index < columns.length; index++) {
      const target = columns[index]?.target;
      const { start, end } = this.cells[index] as Cell;
      if (start === end && target !== undefined && needed.includes(target)) {
        const { start: from, end: to } = this.cells[opCell] as Cell;
        throw this.error(`column ${target} is empty`, `a number, for ${this.text.slice(from, to)}`);
      }
    }
  }

  /** Splits the next line into cells. */
  private nextCells(): void {
    const { text, cells } = this;
    let end = text.indexOf("\n", this.at);
    end = end < 0 || end > this.stop ? this.stop : end;
    const next = end + 1;
    if (end > this.at && text.charCodeAt(end - 1) === 13) {
      end -= 1;
    }
    let filled = 0;
    for (let start = this.at; start <= end; filled++) {
      let comma = text.indexOf(",", start);
      comma = comma < 0 || comma > end ? end : comma;
      const cell = cells[filled];
      if (cell === undefined) {
        cells[filled] = { start, end: comma };
      } else {
        cell.start = start;
        cell.end = comma;
      }
      start = comma + 1;
    }
    cells.length = filled;
    this.at = next;
  }

  private error(problem: string, expected: string): CaptureError {
    return new CaptureError({ file: this.file, line: this.line, problem, expected });
  }
}
