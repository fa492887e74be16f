// Knows: what a command of the shell may use, and how it says that it failed.
// Must not know: any command, lines of input, the terminal.

import { Status } from "../../../assembly/abi/vocabulary.js";
import { MachineError } from "../../engine/errors.js";
import { type DebugTree, DebugTreeError, treeErrors } from "../../kernel_text/tree/index.js";
import type { Machine } from "../../machine/machine.js";

/** A command that could not be done; the text is for the user, behind the command's name. */
export class CommandFailure extends Error {}

/** What a command may use. */
export interface CommandContext {
  readonly machine: Machine;
  readonly tree: DebugTree;
  /** Absolute, without a slash at its end but for the root. */
  readonly directory: string;
  /** Columns of the terminal; undefined when the output is none. */
  readonly columns: number | undefined;
  /** Absolute path of what was typed. */
  resolve(path: string): string;
  enter(directory: string): void;
  leave(): void;
  print(text: string): void;
  /** A failure that does not end the command. */
  complain(text: string): void;
}

/** The reason behind a path, as strerror() and the core name it. */
export function reasonOf(error: unknown): string {
  if (error instanceof DebugTreeError) return error.reason;
  if (error instanceof MachineError) {
    return error.status === Status.BAD_PFN
      ? treeErrors.EINVAL
      : (Status[error.status] ?? "").toLowerCase().replaceAll("_", " ");
  }
  throw error;
}
