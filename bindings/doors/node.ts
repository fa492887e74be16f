// Knows: the door "pageblock/node": what needs files, processes and threads.
// Must not know: the command line. Re-exports only.

export {
  Journal,
  JournalError,
  type JournalIdentity,
  Work,
  type WorkEnd,
  type WorkFailure,
  type WorkOptions,
} from "../durable/index.js";
export { DirectoryFiles, readCaptureDirectory } from "../importers/capture/node.js";
export { collectFiles } from "../importers/node.js";
export { readReportTemplate, renderRunReport } from "../report/node.js";
export { type PoolOptions, runSweepInThreads, type ThreadOptions } from "../sweep/node.js";
