// Knows: how a file comes to be whole: written aside piece by piece, put on the disk, renamed; and whether a folder can be
// written at all.
// Must not know: what is in a file.

import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Takes the next piece of a file. */
export type Sink = (piece: string | Uint8Array) => void;

/** Writes all of it: a disk that is nearly full takes a part and says so. @throws the file system's error */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const taken = writeSync(file, bytes, at);
    // POSIX allows it, and asking again and again would not end.
    if (taken === 0)
      throw Object.assign(new Error("a write took nothing"), { code: "ENOSPC", syscall: "write" });
    at += taken;
  }
}

/** What a rename or a new name put into a folder stays there when the power fails. */
export function syncFolder(folder: string): void {
  let file: number | undefined;
  try {
    file = openSync(folder, "r");
    fsyncSync(file);
  } catch {
    // Some file systems cannot do this for a folder; the file itself is safe.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Pieces are gathered to this many bytes. */
const PIECE = 2 ** 20;

/**
 * A file that is there in whole or not at all: `PATH.part` until it is finished.
 * @throws the file system's error, with the path in it; nothing stays
 */
export function writeAside(path: string, fill: (put: Sink) => void): void {
  const aside = `${path}.part`;
  try {
    fillFile(aside, fill);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    const failed = error as NodeJS.ErrnoException;
    // What the caller named, not where it was to lie until it is whole.
    if (failed?.path === aside) failed.path = path;
    throw withPath(error, path);
  }
  syncFolder(dirname(path));
}

/** Finds out before the work that writeAside() cannot put a file there: it is a folder, or its folder is missing or closed. @throws the file system's error */
export function prepareFile(path: string): void {
  accessSync(dirname(path), constants.W_OK);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR", syscall: "open", path });
}

/** What is in it is on the disk when this returns. */
function fillFile(path: string, fill: (put: Sink) => void): void {
  const file = openSync(path, "w");
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = () => {
    writeWhole(file, Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
  };
  try {
    fill((piece) => {
      // A copy: the caller may use its buffer again.
      const part = typeof piece === "string" ? Buffer.from(piece) : Uint8Array.from(piece);
      waiting.push(part);
      bytes += part.length;
      if (bytes >= PIECE) flush();
    });
    flush();
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Errors of open files do not say which file. */
export function withPath(error: unknown, path: string): unknown {
  const failed = error as NodeJS.ErrnoException;
  if (failed?.syscall !== undefined && failed.path === undefined) failed.path = path;
  return error;
}

/** Makes the folder where it is missing, and finds out before hours of work that nothing can be written there. @throws the file system's error */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const probe = join(folder, `.pageblock-${process.pid}.probe`);
  try {
    // More than a block: a full disk takes an empty file.
    writeFileSync(probe, Buffer.alloc(8192, 1), { flush: true });
  } catch (error) {
    throw withPath(error, probe);
  } finally {
    rmSync(probe, { force: true });
  }
}
