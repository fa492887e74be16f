// Knows: what other rooms may use of this one. Re-exports only.

export { type Blocker, blockerName, blockersOf, type NamedBlocker } from "./blockers.js";
export { type Certainty, certaintyOf, mean } from "./certainty.js";
export type { ClientSummary, Metric, Spread } from "./clients.js";
export type { PolicyComparison } from "./comparisons.js";
export type { FailureStory } from "./failures.js";
export type { OnTime, OnTimeDifference } from "./on_time.js";
export type { ClientOpenings, Openings } from "./openings.js";
export type { Contents, FailureOutcome, RunOutcome } from "./outcome.js";
export { type Kill, type Outcomes, outcomesOf } from "./outcomes.js";
export type { PlanRow, UnequalLoad } from "./plans.js";
export { latenciesOf, type RequestSummary, summarizeRequests } from "./requests.js";
export type { Cause, Heading, Held, Summary, Work } from "./summary.js";
