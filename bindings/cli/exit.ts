// Knows: what exit codes mean, and how an error is shown to a person.

import { PageblockError } from "../engine/errors.js";

export enum ExitCode {
  OK = 0,
  /** The work was done and the answer is "no" (a replay that disagrees). */
  DISAGREES = 1,
  /** Unusable input or a wrong call. */
  UNUSABLE = 2,
  /** The input can be read, and what was looked for is not in it: no failed request, no request. */
  NOTHING_FOUND = 3,
  /** A fault of our own; EX_SOFTWARE of sysexits.h. */
  FAULT = 70,
  /** Stopped at a signal after the work in hand, to be begun again: EX_TEMPFAIL. */
  STOPPED = 75,
  /** Interrupted by the user; what was finished is kept. 128 + SIGINT, as shells have it. */
  INTERRUPTED = 130,
}

/** A call that cannot be carried out, in words for the user. */
export class UsageError extends PageblockError {
  override readonly name = "UsageError";
  constructor(message: string) {
    super("BAD_CALL", message);
  }
}

/** Errors of input and usage: one message, no stack trace. Anything else is a bug of ours and keeps its stack. */
export function isForUser(error: unknown): error is Error {
  return error instanceof PageblockError;
}

/** What to tell the user of an error; undefined where it is a bug of ours. A file or folder that cannot be used is none. */
export function messageFor(error: unknown): string | undefined {
  if (isForUser(error)) return error.message;
  if (!(error instanceof Error)) return undefined;
  const { syscall, path, code } = error as NodeJS.ErrnoException;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return "a thread ran out of memory; fewer --jobs need less";
  if (
    /Cannot allocate Wasm memory|could not allocate memory|Array buffer allocation failed/i.test(
      error.message,
    )
  )
    return `there is not enough memory (${error.message})`;
  if (syscall === undefined) return undefined;
  if (code === "EISDIR" && path !== undefined) return `${path}: ${IS_FOLDER}`;
  return `${path ?? "a file"}: cannot be used (${code ?? syscall})`;
}

const IS_FOLDER = "is a folder; expected a file";

/** A file that was to be read, in the words of the user. */
export function cannotRead(path: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EISDIR") return new UsageError(`${path}: ${IS_FOLDER}`);
  return new UsageError(`${path} cannot be read: ${code ?? String(error)}`);
}
