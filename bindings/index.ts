// Knows: the public API of the package, the same in Node and in a browser. Re-exports only.
// Must not know: files and processes (node.ts adds them), the command line.
// The reference gives callers whose library is older than `using` the types Disposable and Symbol.dispose.

/// <reference lib="esnext.disposable" preserve="true" />

// The vocabulary: enumerations in the kernel's words.
export { CLASS_BINS, ClassFlag, PageClass } from "../assembly/abi/classes.js";
export { EventKind, RecordGroup } from "../assembly/abi/events.js";
export { BlockReason, Fault, RequestState, SearchStrategy } from "../assembly/abi/findings.js";
// What a machine may follow instead of mainline, and what a simulation is made of.
export { CmaFree, CmaUse, PinRule, Quarantine } from "../assembly/abi/proposals.js";
export { ActorKind, Cost, Counter, Parameter, RunStatus } from "../assembly/abi/simulation.js";
export {
  BootFree,
  CmaLockRule,
  Errno,
  FrameKind,
  Gfp,
  Migratetype,
  Mobility,
  Op,
  PageFlag,
  PageLife,
  PcpFlag,
  PinKind,
  ReclaimMode,
  Refusal,
  Status,
  ZoneFlag,
} from "../assembly/abi/vocabulary.js";
export { ConfigWord, StatWord } from "../assembly/abi/words.js";
// Why a request failed, and how large an area must be: from facts to verdicts and sizes.
export {
  type AreaMap as ExplainedAreaMap,
  areaMaps,
  type ClassifyOptions,
  type Explained,
  type ExplainIssue,
  type Explanation,
  explain,
  type Finding,
  type Guests,
  guestsOf,
  inferAlign,
  type Picture,
  type PinLengths,
  type PinSpread,
  pinLengths,
  VERDICTS,
  type Verdict,
} from "./analysis/explain/index.js";
// Numbers about numbers: runs, fragmentation, pagetypeinfo.
export * from "./analysis/index.js";
export {
  checkTree,
  isMeantForCma,
  type TreeCheck,
  type TreeProblem,
} from "./analysis/reservation/index.js";
export {
  type Buffer as BufferRequest,
  formatNames,
  parseBuffer,
  parseBuffers,
  type SizeAnswer,
  type Span,
  size,
  sizeForBuffers,
  sizeForPicture,
} from "./analysis/size/index.js";
// CMA's bitmaps without a machine.
export {
  type BitmapIndex,
  type BitmapOptions,
  type BitmapStats,
  type CmaRunRequest,
  cmaRun,
  type FindOptions,
  formatDebugfsBitmap,
  PageBitmap,
  parseDebugfsBitmap,
  type RunRequest,
} from "./bitmap/index.js";
// What a machine is built from.
export * from "./device/index.js";
// Misuse, units, masks.
export { type CommandArguments, type CommandBuffer, DIRECT, LOOSE, NO_DRAIN } from "./engine/commands.js";
export type { Soundness } from "./engine/engine.js";
export {
  DeviceError,
  type ErrorCode,
  MachineError,
  PageblockError,
  type Problem,
  ScenarioError,
  type ScenarioProblem,
  StateError,
  UnitError,
} from "./engine/errors.js";
export * from "./engine/gfp.js";
export type { CoreBuild, CoreSource } from "./engine/load.js";
export * from "./engine/units.js";
// Captures of real kernels, from text that the caller has read.
export * from "./importers/capture/index.js";
// Logs and files of one moment, found by content: collect() and what it returns.
export { Collector, collect, isUsable } from "./importers/collect.js";
export { detect } from "./importers/detect.js";
export type { Facts, ImportIssue } from "./importers/facts.js";
export * from "./kernel_text/proc/index.js";
export * from "./kernel_text/trace/index.js";
// A machine as a tree of files in the kernel's formats.
export * from "./kernel_text/tree/index.js";
// The machine.
export type { ChurnOptions, ChurnResult } from "./machine/churn.js";
export { markMoved } from "./machine/classes.js";
export type {
  AreaView,
  Cma,
  CmaRequest,
  CmaRequestOptions,
  CmaResult,
  RangeView,
  WindowTried,
} from "./machine/cma.js";
export { compareState, type StateDifference } from "./machine/compare.js";
export type { MachinePolicy, PressureOptions } from "./machine/config.js";
export {
  type AllocateRequest,
  type AllocateResult,
  type CreateOptions,
  Machine,
  type PageContent,
} from "./machine/machine.js";
export type { Pin, PinOptions, PinView } from "./machine/pins.js";
export { type Copyable, CopyPool } from "./machine/pool.js";
export { freeBlocks, type PageblockSurvey, pageblockCounts, surveyPageblocks } from "./machine/survey.js";
export type { FrameView, MachineViews, PcpView, ZoneView } from "./machine/views.js";
// Proposals, by name and by number.
export * from "./policy/index.js";
// The state of a real device, from its files.
export * from "./rebuild/index.js";
// Replays of captures.
export { type Disagreement, isExact, type ReplayResult } from "./replay/result.js";
export { ScriptedReplay } from "./replay/scripted.js";
export { StandardReplay, type StandardResult } from "./replay/standard.js";
export { TracedReplay } from "./replay/traced.js";
// A report of simulation runs as one HTML file; node.ts reads the template by itself.
export { fillRunReport, type RunReportOptions } from "./report/run/index.js";
// Scenarios: from YAML or step by step.
export * from "./scenario/index.js";
// What a machine loads.
export * from "./state/index.js";
// Runs of scenarios, and what they come to.
export * from "./sweep/index.js";
