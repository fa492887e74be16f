// Knows: the page that `pageblock bench search --html` writes: the goals, the rows that we lose, the chart, all tables.
// Must not know: how the figures came about.

import {
  renderHtmlHeading,
  renderHtmlPage,
  renderHtmlParagraph,
  renderHtmlTable,
} from "../../report/index.js";
import { renderSearchChart } from "./chart.js";
import {
  goalsTable,
  growthTable,
  headLines,
  type LabTable,
  lossTable,
  patternTables,
  type SearchReport,
  throughputTable,
  updateTable,
} from "./tables.js";

function section({ title, columns, rows }: LabTable): string {
  const head = title === "" ? "" : renderHtmlHeading(title);
  return head + (rows.length === 0 ? renderHtmlParagraph("none") : renderHtmlTable(columns, rows));
}

/** The same report gives the same bytes. */
export function renderSearchHtml(report: SearchReport): string {
  const { result, growth } = report;
  return renderHtmlPage(
    { brand: "pageblock bench search", title: "Searching a bitmap for an aligned run" },
    [
      ...headLines(report).map(renderHtmlParagraph),
      renderHtmlParagraph(`digest of the answers: ${result.digest}`),
      section(goalsTable(result)),
      section(lossTable(result)),
      renderSearchChart(result),
      ...patternTables(result).map(section),
      section(updateTable(result)),
      section(throughputTable(result)),
      growth.length > 0 ? section(growthTable(growth)) : "",
    ].join(""),
  );
}
