// Knows: pieces of work whose results are kept in a folder: one writer at a time, what is finished is never done again,
// what was killed or failed is.
// Must not know: what a piece of work or a result is.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PlainError } from "../engine/errors.js";
import { JournalError } from "./errors.js";
import { prepareFolder } from "./files.js";
import { Journal, type JournalIdentity } from "./journal.js";
import { type Lock, lock } from "./lock.js";

/** How a piece of work ended. */
export type WorkEnd<T> =
  | {
      /** What it came to. */
      readonly result: T;
    }
  | {
      /** What was thrown. */
      readonly error: PlainError;
    };

/** A piece of work that failed. */
export interface WorkFailure {
  /** Its key. */
  readonly key: string;
  /** What was thrown. */
  readonly error: PlainError;
}

/** Which work is begun or gone on with. */
export interface WorkOptions {
  /** The work: other work is never gone on with. */
  readonly identity: JournalIdentity;
  /** Go on with what an earlier process left; without, unfinished work is refused and finished work is begun anew. */
  readonly resume: boolean;
}

const JOURNAL = "journal.jsonl";
const LOCK = "journal.lock";
/** Key of the line that says that all is finished. No piece of work is called so. */
const FINISHED = "";
/** The error of a piece stands under its key behind this; a later result under the key itself counts more. */
const FAILED = "!";

interface Finished {
  readonly results: number;
}

/** Open until close(): use it with `using`. */
export class Work<T> implements Disposable {
  readonly #journal: Journal<T | PlainError | Finished>;
  readonly #lock: Lock;

  private constructor(journal: Journal<T | PlainError | Finished>, held: Lock) {
    this.#journal = journal;
    this.#lock = held;
  }

  /**
   * Makes the folder, tries to write there, locks it and opens its journal: all that can be wrong before any work.
   * @throws JournalError where another process writes, other work lies there, or unfinished work and no `resume`; the
   *   file system's error
   */
  static begin<T>(folder: string, { identity, resume }: WorkOptions): Work<T> {
    prepareFolder(folder);
    const held = lock(join(folder, LOCK), folder);
    try {
      const path = join(folder, JOURNAL);
      if (!resume) clear(path, folder);
      return new Work(Journal.open(path, identity), held);
    } catch (error) {
      held.release();
      throw error;
    }
  }

  /** Those of these keys that have no result, in their order. */
  todo(keys: readonly string[]): string[] {
    return keys.filter((key) => !this.#journal.has(key));
  }

  /** Those that have one, in their order. */
  done(keys: readonly string[]): string[] {
    return keys.filter((key) => this.#journal.has(key));
  }

  /** On the disk when this returns. @throws the file system's error: what was kept before is kept */
  keep(key: string, end: WorkEnd<T>): void {
    if ("result" in end) this.#journal.append(key, end.result);
    else this.#journal.append(`${FAILED}${key}`, end.error);
  }

  /** Results in the order of these keys, read one at a time; can be walked again and again. */
  results(keys: readonly string[]): Iterable<T> {
    return this.#journal.values(this.done(keys)) as Iterable<T>;
  }

  /** The JSON of a result as it lies there. */
  bytes(key: string): Uint8Array {
    return this.#journal.bytes(key);
  }

  /** Pieces that ended with an error and have no result, in the order of these keys. */
  failures(keys: readonly string[]): WorkFailure[] {
    return this.todo(keys)
      .filter((key) => this.#journal.has(`${FAILED}${key}`))
      .map((key) => ({ key, error: this.#journal.read(`${FAILED}${key}`) as PlainError }));
  }

  /** All is done and what was made of it is written: the next one in this folder may begin anew. */
  finish(): void {
    this.#journal.append(FINISHED, { results: this.#journal.size });
  }

  /** Closes the journal and gives the lock back. */
  close(): void {
    try {
      this.#journal.close();
    } finally {
      this.#lock.release();
    }
  }

  /** What `using` calls: close(). */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Removes a journal of finished work, so that new work can begin. @throws JournalError for unfinished work */
function clear(path: string, folder: string): void {
  if (!existsSync(path)) return;
  const { finished, kept } = stateOf(path);
  if (!finished && kept > 0)
    throw new JournalError(
      `${folder} has ${kept} finished ${kept === 1 ? "run" : "runs"} of one that was interrupted: --resume goes on with it; choose another folder, or remove ${path}, to begin anew`,
    );
  rmSync(path);
}

function stateOf(path: string): { finished: boolean; kept: number } {
  const journal = Journal.peek(path);
  const keys = [...journal.keys];
  journal.close();
  return {
    finished: keys.includes(FINISHED),
    kept: keys.filter((key) => key !== FINISHED && !key.startsWith(FAILED)).length,
  };
}
