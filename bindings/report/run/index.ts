// Knows: what other rooms may use of the report of runs. Re-exports only.

export type { ReportDocument } from "./document.js";
export { prepareReport, type RunReportOptions } from "./prepare.js";
export { answerOfRuns, fillRunReport } from "./render.js";
