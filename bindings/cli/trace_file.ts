// Knows: how a recording becomes a file: ftrace text, or a Perfetto trace where the name says so; written aside, then renamed.
// Must not know: what was recorded.

import { writeAside } from "../durable/index.js";
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
  writeAside(path, (put) => {
    if (/\.(?:pftrace|perfetto-trace)$/.test(path)) put(toPerfetto(recording));
    else for (const piece of ftracePieces(recording)) put(piece);
  });
}
