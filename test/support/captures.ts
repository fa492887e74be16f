// Knows: where captures of real kernels lie, what each contains, and which replay its content allows.
// Must not know: how a replay works, what its result should be.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Capture } from "../../bindings/importers/capture/capture.js";
import { CaptureOp, type CaptureOps } from "../../bindings/importers/capture/script/ops.js";
import { TraceKind } from "../../bindings/importers/capture/trace/kinds.js";

/** The capture that the package ships. */
export const EXAMPLE = fileURLToPath(new URL("../../examples/e07_pressure_atomic_s7", import.meta.url));

/** Beside a checkout; absent elsewhere. */
const SHARED = fileURLToPath(new URL("../../../shared/data/kernel", import.meta.url));

/** Folders of captures, or nothing where the shared data is not at hand. */
export function sharedCaptures(): { readonly name: string; readonly path: string }[] {
  if (!existsSync(SHARED)) return [];
  return readdirSync(SHARED, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(SHARED, entry.name, "meta.json")))
    .map(({ name }) => ({ name, path: join(SHARED, name) }));
}

/** Is the capture a script? (Without one it is a workload, known from its trace alone.) */
export function isScript(path: string): boolean {
  return existsSync(join(path, "ops.csv")) || existsSync(join(path, "ops.csv.gz"));
}

const RECLAIM: ReadonlySet<number> = new Set([
  TraceKind.MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
  TraceKind.MM_VMSCAN_KSWAPD_WAKE,
  TraceKind.MM_COMPACTION_BEGIN,
]);

/** Something reclaimed or compacted between the operations: the script alone does not decide what happened. */
export function isReclaimed({ trace }: Capture): boolean {
  return trace?.kind.some((kind) => RECLAIM.has(kind)) ?? false;
}

const CMA_ROWS: ReadonlySet<number> = new Set([
  CaptureOp.CMA_ALLOC,
  CaptureOp.CMA_RELEASE,
  CaptureOp.PIN,
  CaptureOp.UNPIN,
]);

export function usesCma(ops: CaptureOps): boolean {
  return ops.op.some((op) => CMA_ROWS.has(op));
}

const CONTIGUOUS: ReadonlySet<number> = new Set([TraceKind.CMA_ALLOC_START, TraceKind.CMA_RELEASE]);

/** A workload during which cma_alloc ran. */
export function tracesCma({ trace }: Capture): boolean {
  return trace?.kind.some((kind) => CONTIGUOUS.has(kind)) ?? false;
}
