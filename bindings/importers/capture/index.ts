// Knows: what the capture importer offers to the rest of the bindings. Platform-neutral; files are node.ts.
// Must not know: anything else. Re-exports only.

export { CaptureError, type CaptureIssue, formatIssue, type Severity } from "../errors.js";
export { type Capture, type CaptureFiles, type CaptureOptions, filesOf, loadCapture } from "./capture.js";
export { parseStateDumps } from "./dump/dump.js";
export type { CaptureMeta } from "./meta.js";
export { CAPTURE_OP_NAMES, CaptureOp, type CaptureOps, countOps, parseOps } from "./script/ops.js";
export {
  type CaptureTrace,
  countEvents,
  type TraceClock,
  type TraceEvent,
  type TraceTask,
  traceEvent,
  traceEvents,
} from "./trace/columns.js";
export { type ContigMigrateInfo, contigLabelsAreShifted, contigMigrateInfo } from "./trace/contig_info.js";
export { eraOfClasses, type GfpClass, parseGfpClasses } from "./trace/gfp_classes.js";
export { GFP_NAMES, type GfpEra, type GfpNames, parseGfp } from "./trace/gfp_names.js";
export {
  FIRST_LAB_KIND,
  type FieldType,
  fieldSlot,
  isLab,
  type TraceField,
  TraceKind,
  type TraceLayout,
} from "./trace/kinds.js";
export { parseTrace, TraceBuilder, type TraceOptions } from "./trace/trace.js";
