// Knows: how one self-contained HTML page is written: no scripts, nothing from elsewhere; every text is escaped here.
// Must not know: what a page shows.

import { escapeXml } from "./svg.js";
import { type Cell, type Column, singleLine } from "./table.js";

const STYLE =
  "body{font:15px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em;color:#1c2330}h2{font-size:1.1em}" +
  "svg{max-width:100%;height:auto}.t{overflow-x:auto}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}" +
  "th,td{padding:.15em .7em;text-align:left;border-bottom:1px solid #e4e7ec;white-space:nowrap}.r{text-align:right}";

function safe(text: string): string {
  return escapeXml(singleLine(text));
}

/** The rows that renderTable() takes, as a table of a page. */
export function renderHtmlTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const side = columns.map(({ align }, i) => {
    const numbers = rows.length > 0 && rows.every((row) => typeof row[i] === "number");
    return align === "right" || (align !== "left" && numbers) ? ' class="r"' : "";
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
  return `<div class="t"><table>\n${head}${body.join("")}</table></div>\n`;
}

export function renderHtmlHeading(text: string): string {
  return `<h2>${safe(text)}</h2>\n`;
}

export function renderHtmlParagraph(text: string): string {
  return `<p>${safe(text)}</p>\n`;
}

/** A whole document; `body` is markup that is already escaped. */
export function renderHtmlPage(title: string, body: string): string {
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${safe(title)}</title>` +
    `<style>${STYLE}</style></head><body>\n<h1>${safe(title)}</h1>\n${body}</body></html>\n`
  );
}
