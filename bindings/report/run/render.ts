// Knows: how a report of runs becomes the document of a page, and a file.
// Must not know: how it is drawn.

import type { RunResult } from "../../scenario/result.js";
import { ANSWER_VERSION, type AnswerDocument, type Scene } from "../answer/document.js";
import { fillAnswer } from "../answer/fill.js";
import { prepareReport, type RunReportOptions } from "./prepare.js";

/** The document of a page about these runs. @param scene what the engine in the page runs again */
export function answerOfRuns(
  results: Iterable<RunResult>,
  options: RunReportOptions = {},
  scene?: Scene,
): AnswerDocument {
  const runs = prepareReport(results, options);
  return {
    version: ANSWER_VERSION,
    brand: "pageblock run",
    title: runs.scenario,
    sentence: runs.sensitivity === null ? runs.verdict : runs.sensitivity.sentence,
    command: options.command ?? "",
    blocks: [],
    runs,
    ...(scene === undefined ? {} : { scene }),
  };
}

/** One HTML file about these runs; `template` is the package's report.html. The same input gives the same bytes. */
export function fillRunReport(
  template: string,
  results: Iterable<RunResult>,
  options: RunReportOptions = {},
): string {
  return fillAnswer(template, answerOfRuns(results, options));
}
