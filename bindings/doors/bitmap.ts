// Knows: the door "pageblock/bitmap": CMA's bitmaps without a machine, and the arithmetic of free runs.
// Must not know: machines, files.

export { type Placement, SearchStrategy } from "../../assembly/abi/findings.js";
export {
  alignmentGap,
  type FitAnswer,
  type FitRequest,
  type FreeRun,
  fitRequest,
  freeRunsOfBits,
  guaranteedRun,
  type RunStatistics,
  runStatistics,
} from "../analysis/runs.js";
export * from "../bitmap/index.js";
