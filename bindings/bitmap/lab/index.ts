// Knows: what the command line and the benchmarks use of the laboratory. Re-exports only.

export { type Goal, geometricMean, goalsOf, type Loss, lossesOf } from "./goals.js";
export { type Clock, type Contestant, digestAnswers, quartile } from "./measure.js";
export { type BitPattern, PATTERNS, REQUESTS } from "./patterns.js";
export {
  type LabOptions,
  type LabResult,
  type LabRow,
  type LabUpdate,
  runLab,
  type Twin,
  timeOf,
} from "./run.js";
