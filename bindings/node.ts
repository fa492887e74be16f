// Knows: the API in Node: everything of index.ts, and what needs files.
// Must not know: the command line. Re-exports only.

export { DirectoryFiles, readCaptureDirectory } from "./importers/capture/node.js";
export { collectFiles } from "./importers/node.js";
export * from "./index.js";
export { readReportTemplate, renderRunReport } from "./report/node.js";
export { type PoolOptions, runSweepInThreads } from "./sweep/node.js";
