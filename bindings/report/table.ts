// Knows: how wide text is on a terminal, and how columns of it line up.
// Must not know: what the columns mean.

import { largest } from "../engine/extent.js";

export type Cell = string | number;

export interface Column {
  readonly header: string;
  /** "auto" (when absent): right if every cell of the column is a number, else left. */
  readonly align?: "left" | "right" | "auto";
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** East Asian wide and fullwidth forms and emoji take two columns. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|.*\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns that a text takes on a terminal: combined characters count once, wide ones twice. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (ZERO_WIDTH.test(segment)) continue;
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** One line: a line break or another control character (kernels name areas "cma0\n") becomes a space. */
export function singleLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

/** Pads with spaces to a display width; longer text stays as it is. */
export function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}

function isNumeric(cell: Cell | undefined): boolean {
  return typeof cell === "number";
}

/** Rows of text, two spaces between columns, header underlined, no trailing spaces; ends with a line break. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => columns.map((_, i) => singleLine(String(row[i] ?? ""))));
  const layout = columns.map((column, i) => {
    const auto = rows.length > 0 && rows.every((row) => isNumeric(row[i])) ? "right" : "left";
    const align = column.align === undefined || column.align === "auto" ? auto : column.align;
    const header = singleLine(column.header);
    const width = largest(
      cells.map((row) => displayWidth(row[i] ?? "")),
      displayWidth(header),
    );
    return { align, header, width } as const;
  });
  const line = (texts: readonly string[]) =>
    layout
      .map(({ align, width }, i) => pad(texts[i] ?? "", width, align))
      .join("  ")
      .trimEnd();
  const lines = [
    line(layout.map((column) => column.header)),
    line(layout.map((column) => "-".repeat(column.width))),
    ...cells.map(line),
  ];
  return `${lines.join("\n")}\n`;
}
