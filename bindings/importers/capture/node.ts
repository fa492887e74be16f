// Knows: how a capture lies in a directory: plain files or gzip, told apart by their first bytes, not their names.
// Must not know: what the files contain. Node only.

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { CaptureError } from "../errors.js";
import { type Capture, type CaptureFiles, type CaptureOptions, loadCapture } from "./capture.js";

/** A file that unpacks to more than this is refused: 2 GiB, twenty times the largest capture known. */
const MAX_UNPACKED_BYTES = 2 ** 31 - 1;

const PIECE_BYTES = 1 << 22;

/** Reads the capture in directory `directory`; see loadCapture for what throws and what is an issue. */
export function readCaptureDirectory(directory: string, options: CaptureOptions = {}): Capture {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(directory).isDirectory();
  } catch (cause) {
    const problem = `cannot be opened (${codeOf(cause)})`;
    throw new CaptureError({ file: directory, problem, expected: "a directory with a capture", cause });
  }
  if (!isDirectory) {
    const problem = "is not a directory";
    throw new CaptureError({ file: directory, problem, expected: "a directory with a capture" });
  }
  return loadCapture(basename(resolve(directory)), new DirectoryFiles(directory), options);
}

/** The files of a directory; `name` stands for `name` or `name.gz`. */
export class DirectoryFiles implements CaptureFiles {
  /** @param where path of the directory */
  constructor(readonly where: string) {}

  /** The text of a file; undefined when there is none. @throws CaptureError when it cannot be read */
  read(name: string): string | undefined {
    const found = this.bytes(name);
    if (found === undefined) {
      return undefined;
    }
    try {
      return found.bytes.toString("utf8");
    } catch (cause) {
      const problem = `${found.bytes.length} bytes of text are too many (${codeOf(cause)})`;
      throw new CaptureError({ file: found.path, problem, expected: "less than 512 MB", cause });
    }
  }

  /** The same in pieces, for texts longer than a string can be. */
  *chunks(name: string): Generator<string> {
    const found = this.bytes(name);
    if (found === undefined) {
      return;
    }
    const decoder = new TextDecoder();
    const { bytes } = found;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      yield decoder.decode(piece, { stream: at + PIECE_BYTES < bytes.length });
    }
  }

  /** How messages call the file: its path. */
  label(name: string): string {
    return this.locate(name) ?? join(this.where, name);
  }

  private locate(name: string): string | undefined {
    return [join(this.where, name), join(this.where, `${name}.gz`)].find((path) => existsSync(path));
  }

  private bytes(name: string): { path: string; bytes: Buffer } | undefined {
    const path = this.locate(name);
    if (path === undefined) {
      return undefined;
    }
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      const problem = `cannot be read (${codeOf(cause)})`;
      throw new CaptureError({ file: path, problem, expected: `a readable ${name}`, cause });
    }
    const unpacked = isGzip(bytes) ? unpack(path, bytes) : bytes;
    if (unpacked.length === 0) {
      throw new CaptureError({ file: path, problem: "the file is empty", expected: `the text of ${name}` });
    }
    return { path, bytes: unpacked };
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unpack(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    const expected = "a whole gzip file";
    if (codeOf(cause) === "Z_BUF_ERROR") {
      throw new CaptureError({ file, problem: "truncated gzip data", expected, cause });
    }
    if (codeOf(cause) === "ERR_BUFFER_TOO_LARGE") {
      const problem = `unpacks to more than ${MAX_UNPACKED_BYTES} bytes`;
      throw new CaptureError({ file, problem, expected: "a smaller file", cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaptureError({ file, problem: `corrupt gzip data (${reason})`, expected, cause });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
