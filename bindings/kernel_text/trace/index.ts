// Knows: what other rooms may use of this one. Re-exports only.
//
//   const recorder = recordTrace(machine);       // from now on; Machine.create(device, { eventRing: 2 ** 18 }) for a longer ring
//   ... a slice of the run ...; recorder.poll(); // drains the ring; answers how many events were lost
//   const recording = recorder.finish();
//   toFtrace(recording)       text of /sys/kernel/debug/tracing/trace; ftracePieces() for long ones
//   toPerfetto(recording)     bytes for ui.perfetto.dev
//   bootLines(machine) + toDmesg(machine, failure)     the kernel's log
//   toFiles(new DebugTree(machine))                    debugfs and procfs of this moment

export { bootLines, type FailedAlloc, logTime, toDmesg } from "./dmesg.js";
export { toFiles } from "./files.js";
export { ftraceLine, ftracePieces, toFtrace } from "./ftrace.js";
export { gfpText } from "./gfp.js";
export { toPageOwner } from "./page_owner.js";
export { toPerfetto } from "./perfetto.js";
export { ALL_EVENTS, type Recording, recordTrace, TraceRecorder } from "./recording.js";
export { type Tracepoint, type TracepointField, tracepointOf, tracepoints } from "./tracepoints.js";
