// Knows: where the page lies on a file system; an answer and a report of runs as one file, in one call.
// Must not know: what an answer says.

import { readFileSync } from "node:fs";
import type { RunResult } from "../scenario/result.js";
import { type AnswerDocument, fillAnswer } from "./answer/index.js";
import { fillRunReport, type RunReportOptions } from "./run/index.js";

/** Rolled up, compiled, in a source checkout. */
const PLACES = ["./", "../../", "../../dist/"];

/** A page without a document. @throws Error naming every place that was looked at */
function readPage(name: string): string {
  const places = PLACES.map((folder) => new URL(`${folder}${name}`, import.meta.url));
  for (const place of places) {
    try {
      return readFileSync(place, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(
    `${name} was not found at ${places.map(({ pathname }) => pathname).join(" or ")}; run "npm run build:report"`,
  );
}

/** The page that answers are written into. @throws Error naming every place that was looked at */
export function readReportTemplate(): string {
  return readPage("report.html");
}

/** The same page with an editor. @throws Error naming every place that was looked at */
export function readPlayground(): string {
  return readPage("playground.html");
}

/** One self-contained HTML file about these runs. */
export function renderRunReport(results: Iterable<RunResult>, options: RunReportOptions = {}): string {
  return fillRunReport(readReportTemplate(), results, options);
}

/** One self-contained HTML file with an answer. */
export function renderAnswer(document: AnswerDocument): string {
  return fillAnswer(readReportTemplate(), document);
}
