// Knows: what other rooms may use of this one. Re-exports only.

export type { BootstrapOptions, Interval, PairedDifference } from "./bootstrap.js";
export { bootstrapMedian, median, pairedDifference, quantile } from "./bootstrap.js";
export type { ContigInfo } from "./fragmentation.js";
export { contigInfo, fragmentationIndex, indexByOrder, unusableFreeIndex } from "./fragmentation.js";
export { migratetypeNames, migratetypes } from "./migratetypes.js";
export * from "./outcomes/index.js";
export type { Pagetypeinfo, PagetypeinfoInput, PagetypeinfoZone, ZoneSummary } from "./pagetypeinfo.js";
export { buildPagetypeinfo, freeBlocksByOrder, summarizePagetypeinfo } from "./pagetypeinfo.js";
export type { FitAnswer, FitRequest, FreeRun, RunStatistics } from "./runs.js";
export { alignmentGap, fitRequest, freeRunsOfBits, guaranteedRun, runStatistics } from "./runs.js";
