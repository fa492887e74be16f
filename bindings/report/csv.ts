// Knows: how a row becomes a line of CSV: RFC 4180 with line feeds, safe to open in a spreadsheet.
// Must not know: what the cells mean.

export type CsvCell = string | number | null | undefined;

/** A spreadsheet runs what begins like this; a number may. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: CsvCell): string {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With its line feed; a value that is not known is an empty cell. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cell).join(",")}\n`;
}
