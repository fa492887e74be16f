// Knows: where the page lies on a file system; an answer and a report of runs as one file, in one call.
// Must not know: what an answer says.

import { readFileSync } from "node:fs";
import type { RunResult } from "../scenario/result.js";
import { type AnswerDocument, fillAnswer } from "./answer/index.js";
import { fillRunReport, type RunReportOptions } from "./run/index.js";

/** Rolled up, compiled, in a source checkout. */
const PLACES = ["./report.html", "../../report.html", "../../dist/report.html"].map(
  (path) => new URL(path, import.meta.url),
);

/** The page without a document. @throws Error naming every place that was looked at */
export function readReportTemplate(): string {
  for (const place of PLACES) {
    try {
      return readFileSync(place, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(
    `report.html was not found at ${PLACES.map(({ pathname }) => pathname).join(" or ")}; run "npm run build:report"`,
  );
}

/** One self-contained HTML file about these runs. */
export function renderRunReport(results: Iterable<RunResult>, options: RunReportOptions = {}): string {
  return fillRunReport(readReportTemplate(), results, options);
}

/** One self-contained HTML file with an answer. */
export function renderAnswer(document: AnswerDocument): string {
  return fillAnswer(readReportTemplate(), document);
}
