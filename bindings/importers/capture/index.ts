// Knows: what the capture importer offers to the rest of the bindings. Platform-neutral; files are node.ts.
// Must not know: anything else. Re-exports only.

export { CaptureError, type CaptureIssue, formatIssue, type Severity } from "../errors.js";
export { type Capture, type CaptureFiles, type CaptureOptions, filesOf, loadCapture } from "./capture.js";
export { checkState, type Problem } from "./check_state.js";
export { type ContigMigrateInfo, contigLabelsAreShifted, contigMigrateInfo } from "./contig_info.js";
export {
  type CaptureFamily,
  captureFamily,
  type KernelFamily,
  kernelFamily,
  pcpOrder,
  pcpThpOrder,
} from "./family.js";
export { eraOfClasses, type GfpClass, parseGfpClasses } from "./gfp_classes.js";
export { GFP_NAMES, type GfpEra, type GfpNames, parseGfp } from "./gfp_names.js";
export type { CaptureMeta } from "./meta.js";
export { CAPTURE_OP_NAMES, CaptureOp, type CaptureOps, countOps, parseOps } from "./ops.js";
export { parseStateDumps } from "./state.js";
export { parseTrace, TraceBuilder, type TraceOptions } from "./trace.js";
export {
  type CaptureTrace,
  countEvents,
  type TraceClock,
  type TraceEvent,
  type TraceTask,
  traceEvent,
  traceEvents,
} from "./trace_columns.js";
export {
  FIRST_LAB_KIND,
  type FieldType,
  fieldSlot,
  isLab,
  type TraceField,
  TraceKind,
  type TraceLayout,
} from "./trace_kinds.js";
export * from "./types.js";
