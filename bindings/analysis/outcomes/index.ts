// Knows: what other rooms may use of this one. Re-exports only.

export { type Blocker, blockerName, blockersOf, type NamedBlocker } from "./blockers.js";
export { type Certainty, certaintyOf, mean } from "./certainty.js";
export type { ClientSummary, Metric, Spread } from "./clients.js";
export type { PolicyComparison } from "./comparisons.js";
export type { FailureStory } from "./failures.js";
export type { LedgerEntry, LedgerRow } from "./ledger.js";
export {
  type Across,
  type CellDifference,
  type CellName,
  COST_COLUMNS,
  type CostColumn,
  Matrix,
  type MatrixCell,
  paretoFront,
} from "./matrix.js";
export type { Difference, OnTime, OnTimeDifference } from "./on_time.js";
export type { ClientOpenings, Openings } from "./openings.js";
export { type Contents, type FailureOutcome, type RunOutcome, runOutcome } from "./outcome.js";
export { type Kill, type Outcomes, outcomesOf } from "./outcomes.js";
export type { UnequalLoad } from "./plans.js";
export { latenciesOf, type RequestSummary, summarizeRequests } from "./requests.js";
export { errorRow, ROW_COLUMNS, type RowColumn, type RunRow, rowsOf } from "./rows.js";
export {
  resultOfRows,
  type Sensitivity,
  type SensitivityPoint,
  type SensitivityResult,
  type Turn,
  undecidedBy,
  type Verdict,
} from "./sensitivity.js";
export type { Cause, Heading, Held, Summary, Work } from "./summary.js";
