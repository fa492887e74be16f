// Knows: how one self-contained HTML page is written: no scripts, nothing from elsewhere; every text is escaped here.
// Must not know: what a page shows.

import { PAGE_STYLE } from "./style.js";
import { escapeXml } from "./svg.js";
import { type Cell, type Column, singleLine } from "./table.js";

/** Nothing is loaded and nothing runs: whatever slipped through the escaping stays text. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function safe(text: string): string {
  return escapeXml(singleLine(text));
}

/** The rows that renderTable() takes, as a table of a page. */
export function renderHtmlTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const side = columns.map(({ align }, i) => {
    const numbers = rows.length > 0 && rows.every((row) => typeof row[i] === "number");
    return align === "right" || (align !== "left" && numbers) ? ' class="n"' : "";
  });
  const line = (tag: "th" | "td", cells: readonly string[]) =>
    `<tr>${cells.map((text, i) => `<${tag}${side[i] ?? ""}>${safe(text)}</${tag}>`).join("")}</tr>\n`;
  const head = line(
    "th",
    columns.map(({ header }) => header),
  );
  const body = rows.map((row) =>
    line(
      "td",
      columns.map((_, i) => String(row[i] ?? "")),
    ),
  );
  return `<div class="table"><table>\n${head}${body.join("")}</table></div>\n`;
}

export function renderHtmlHeading(text: string): string {
  return `<h2>${safe(text)}</h2>\n`;
}

export function renderHtmlParagraph(text: string): string {
  return `<p>${safe(text)}</p>\n`;
}

/** What stands above the title: the command that made the page, and one sentence below it. */
export interface PageHead {
  readonly brand: string;
  readonly title: string;
  readonly lead?: string;
}

/** A whole document in the style of the run report, light and dark; `body` is markup that is already escaped. */
export function renderHtmlPage({ brand, title, lead }: PageHead, body: string): string {
  const sentence = lead === undefined ? "" : `<p class="lead">${safe(lead)}</p>\n`;
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">` +
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<title>${safe(title)}</title><style>${PAGE_STYLE}</style></head><body><main>\n` +
    `<p class="brand">${safe(brand)}</p>\n<h1>${safe(title)}</h1>\n${sentence}${body}</main></body></html>\n`
  );
}
