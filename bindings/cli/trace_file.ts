// Knows: how a recording becomes a file: ftrace text, or a Perfetto trace where the name says so; written aside, then renamed.
// Must not know: what was recorded.

import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { ftracePieces, type Recording, toPerfetto } from "../kernel_text/trace/index.js";

/** Answers what kept it from being written, in words; then nothing half-written stays. */
export function writeTrace(recording: Recording, path: string): string | undefined {
  try {
    write(recording, path);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `${path}: cannot be written (${code})`;
  }
}

function write(recording: Recording, path: string): void {
  const aside = `${path}.part`;
  const file = openSync(aside, "w");
  try {
    if (/\.(?:pftrace|perfetto-trace)$/.test(path)) writeSync(file, toPerfetto(recording));
    else for (const piece of ftracePieces(recording)) writeSync(file, piece);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
}
