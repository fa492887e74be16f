// Knows: how a script is read and how its damage is named.

import { describe, expect, it } from "vitest";
import { CaptureOp, countOps, parseOps } from "../../../bindings/importers/capture/script/ops.js";
import { CaptureError, type CaptureIssue } from "../../../bindings/importers/errors.js";

const HEADER = "i,op,slot,order,cls,gfp,migratetype,zoneidx,align,count,pfn,ret";
const SCRIPT = `${HEADER}
0,dump,0,,,,,,,,0,0
1,alloc,7,3,2,0x102cca,1,3,,,230634,0
2,alloc,8,0,5,0x2810,2,2,,,0,-12
3,free,7,,,,,,,,230634,0
4,cma_alloc,9,,,,,,8,456,0,-12
5,cma_release,9,,,,,,,,104704,1
`;

function failure(text: string): CaptureError {
  try {
    parseOps(text, "ops.csv");
  } catch (error) {
    if (error instanceof CaptureError) {
      return error;
    }
    throw error;
  }
  throw new Error("the script was accepted");
}

describe("a script", () => {
  it("becomes columns, empty cells -1 or 0", () => {
    const ops = parseOps(SCRIPT, "ops.csv");
    expect(ops.length).toBe(6);
    const { DUMP, ALLOC, FREE, CMA_ALLOC, CMA_RELEASE } = CaptureOp;
    expect([...ops.op]).toEqual([DUMP, ALLOC, ALLOC, FREE, CMA_ALLOC, CMA_RELEASE]);
    expect([...ops.slot]).toEqual([0, 7, 8, 7, 9, 9]);
    expect([...ops.order]).toEqual([-1, 3, 0, -1, -1, -1]);
    expect([...ops.cls]).toEqual([-1, 2, 5, -1, -1, -1]);
    expect([...ops.gfp]).toEqual([0, 0x102cca, 0x2810, 0, 0, 0]);
    expect([...ops.migratetype]).toEqual([-1, 1, 2, -1, -1, -1]);
    expect([...ops.zoneidx]).toEqual([-1, 3, 2, -1, -1, -1]);
    expect([...ops.align]).toEqual([-1, -1, -1, -1, 8, -1]);
    expect([...ops.count]).toEqual([0, 0, 0, 0, 456, 0]);
    expect([...ops.pfn]).toEqual([0, 230634, 0, 230634, 0, 104704]);
    expect([...ops.ret]).toEqual([0, 0, -12, 0, -12, 1]);
    expect(countOps(ops)).toEqual({
      dump: 1,
      alloc: 1,
      alloc_fail: 1,
      free: 1,
      cma_alloc_fail: 1,
      cma_release: 1,
    });
  });

  it("is read by column names, in any order, unknown columns left aside", () => {
    const rows = SCRIPT.trimEnd()
      .split("\n")
      .map((row, index) => [...row.split(",").reverse(), index === 0 ? "note" : "x"].join(","));
    const issues: CaptureIssue[] = [];
    const ops = parseOps(rows.join("\r\n"), "ops.csv", issues);
    const { file: _, ...columns } = parseOps(SCRIPT, "ops.csv");
    expect(ops).toMatchObject(columns);
    expect(issues).toEqual([
      { severity: "info", file: "ops.csv", line: 1, message: 'unknown column "note" was left aside' },
    ]);
  });

  it("may have a header only, blank lines at its end, no line end", () => {
    expect(parseOps(HEADER, "ops.csv").length).toBe(0);
    expect(parseOps(`${SCRIPT}\n\n  \n`, "ops.csv").length).toBe(6);
    expect(parseOps(SCRIPT.trimEnd(), "ops.csv").length).toBe(6);
  });

  it("knows every operation", () => {
    const names = ["malloc", "pin", "unpin", "splitfree", "drain", "fold", "tick"];
    const rows = names.map((name, row) => `${row},${name},1,0,0,0x1,1,1,,,0,0`);
    const ops = parseOps([HEADER, ...rows].join("\n"), "ops.csv");
    expect(Array.from(ops.op, (op) => CaptureOp[op]?.toLowerCase())).toEqual(names);
  });
});

describe("damage is named with line and column", () => {
  const cases: [string, string, string][] = [
    [
      "nothing",
      "",
      'ops.csv:1: no column i, op, slot, order, cls, gfp, migratetype, zoneidx, align, count, pfn, ret in ""',
    ],
    ["a column missing", SCRIPT.replace(",pfn,ret", ",page,ret"), "ops.csv:1: no column pfn in"],
    [
      "a column twice",
      SCRIPT.replace("align,count", "align,align,count"),
      'ops.csv:1: two columns "align"; expected each column once',
    ],
    [
      "a cell missing",
      SCRIPT.replace("7,3,2,", "7,3,"),
      "ops.csv:3: the row has 11 cells; expected 12, as the header",
    ],
    ["a row cut off", SCRIPT.slice(0, -9), "ops.csv:7: the row has 11 cells"],
    [
      "an unknown operation",
      SCRIPT.replace("free", "fere"),
      'ops.csv:5: column op: "fere"; expected one of alloc, free, splitfree',
    ],
    [
      "a text for a number",
      SCRIPT.replace(",456,", ",4s6,"),
      'ops.csv:6: column count (cell 10): "4s6"; expected an integer 0..4294967295',
    ],
    [
      "a number too large",
      SCRIPT.replace("230634,0\n2", "5000000000,0\n2"),
      'ops.csv:3: column pfn (cell 11): "5000000000"',
    ],
    [
      "an order too large",
      SCRIPT.replace("7,3,2", "7,64,2"),
      'ops.csv:3: column order (cell 4): "64"; expected an integer 0..63',
    ],
    ["a negative slot", SCRIPT.replace("free,7", "free,-7"), 'ops.csv:5: column slot (cell 3): "-7"'],
    [
      "a needed cell empty",
      SCRIPT.replace("alloc,8,0", "alloc,8,"),
      "ops.csv:4: column order is empty; expected a number, for alloc",
    ],
    [
      "an alignment missing",
      SCRIPT.replace(",8,456", ",,456"),
      "ops.csv:6: column align is empty; expected a number, for cma_alloc",
    ],
    [
      "a row missing",
      SCRIPT.replace(/2,alloc.*\n/, ""),
      'ops.csv:4: column i: "3" in row 2: a row is missing or misplaced; expected i=2',
    ],
    ["a blank row", SCRIPT.replace("3,free", "\n3,free"), "ops.csv:5: the row has 1 cells"],
  ];
  it.each(cases)("%s", (_name, text, message) => {
    expect(failure(text).message).toContain(message);
    expect(failure(text).file).toBe("ops.csv");
  });
});
