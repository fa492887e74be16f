// Knows: what other rooms may use of this one. Re-exports only.

export { matrixCsv, matrixSentence, renderMatrix } from "./matrix.js";
export type { PageMapBlocks, PageMapInput, PageMapRange } from "./pagemap/input.js";
export { renderPageMapSvg } from "./pagemap/render.js";
export {
  describeFailure,
  renderBrief,
  renderComparisons,
  renderRuns,
  renderSeries,
} from "./run_text.js";
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatErrno,
  formatPages,
  formatShare,
  formatThousandths,
} from "./sizes.js";
export type { SparklineOptions } from "./sparkline.js";
export { renderSparkline } from "./sparkline.js";
export type { Cell, Column } from "./table.js";
export { displayWidth, pad, renderTable, singleLine } from "./table.js";
export { renderTornado, sensitivityCsv, sensitivitySentence } from "./tornado.js";
