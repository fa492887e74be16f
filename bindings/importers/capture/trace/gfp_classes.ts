// Knows: gfp_classes.txt, the request classes that a script draws from, and what they tell about the kernel's era.
// Must not know: what a flag does, the file system.

import type { CaptureIssue } from "../../errors.js";
import { quote } from "../../errors.js";
import { LineCursor } from "../lines.js";
import { parseInteger } from "../numbers.js";
import { GFP_NAMES, type GfpEra, parseGfp } from "./gfp_names.js";

/** One row: `0 0x2cc0 GFP_KERNEL|__GFP_NOWARN migratetype=0 zoneidx=2`. */
export interface GfpClass {
  /** 1-based. */
  line: number;
  /** Value of the `cls` column of ops.csv. */
  cls: number;
  /** The mask that was passed, __GFP_NOWARN included. */
  gfp: number;
  /** As this kernel prints it. */
  names: string;
  /** The migratetype that the kernel derived from the flags. */
  migratetype: number;
  /** Highest zone index that may serve it. */
  zoneidx: number;
}

const ROW = `"CLASS 0xMASK NAMES migratetype=N zoneidx=N"`;

/** Rows of gfp_classes.txt: the masks that a script asks with. @throws CaptureError */
export function parseGfpClasses(text: string, file: string, issues: CaptureIssue[] = []): GfpClass[] {
  const lines = new LineCursor(text, file, issues);
  const classes: GfpClass[] = [];
  while (lines.next()) {
    if (!lines.isBlank()) {
      const row = readRow(lines);
      if (classes.some(({ cls }) => cls === row.cls)) {
        throw lines.error(`second row of class ${row.cls}`, "each class once");
      }
      classes.push(row);
    }
  }
  return classes;
}

function readRow(lines: LineCursor): GfpClass {
  const tokens = lines.tokens();
  const fields = new Map<string, string>();
  for (const token of tokens.slice(3)) {
    const equals = token.indexOf("=");
    fields.set(token.slice(0, equals), token.slice(equals + 1));
  }
  const row: GfpClass = {
    line: lines.line,
    cls: parseInteger(tokens[0] ?? ""),
    gfp: parseInteger(tokens[1] ?? ""),
    names: tokens[2] ?? "",
    migratetype: parseInteger(fields.get("migratetype") ?? ""),
    zoneidx: parseInteger(fields.get("zoneidx") ?? ""),
  };
  if (!(row.cls >= 0 && row.gfp >= 0 && row.migratetype >= 0 && row.zoneidx >= 0)) {
    throw lines.error(`${quote(lines.current(), 80)} is not a class`, ROW);
  }
  return row;
}

/** The era whose names give every mask of the table; undefined when none or both do. */
export function eraOfClasses(classes: readonly GfpClass[]): GfpEra | undefined {
  const fitting = (Object.keys(GFP_NAMES) as GfpEra[]).filter((era) =>
    classes.every(({ names, gfp }) => parseGfp(names, GFP_NAMES[era]) === gfp),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
