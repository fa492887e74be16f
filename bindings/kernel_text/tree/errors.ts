// Knows: what can go wrong with a path of the tree, in the words of a shell.
// Must not know: any file, any machine.

import { PageblockError } from "../../engine/errors.js";

/** errno names that the tree answers with, and what strerror() says of each. */
export const treeErrors = {
  ENOENT: "No such file or directory",
  EIO: "Input/output error",
  ENOMEM: "Cannot allocate memory",
  EACCES: "Permission denied",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  EINVAL: "Invalid argument",
} as const;

/** A name of treeErrors. */
export type TreeErrno = keyof typeof treeErrors;

/** An operation on the tree that could not be done. The machine is unchanged unless the file's description says so. */
export class DebugTreeError extends PageblockError {
  override readonly name = "DebugTreeError";
  /** Name of the errno. */
  readonly errno: TreeErrno;
  /** The path as it was given. */
  readonly path: string;
  /** Without the path: what a shell puts behind it. */
  readonly reason: string;

  /** @internal */
  constructor(errno: TreeErrno, path: string, options?: ErrorOptions) {
    super("BAD_COMMAND", `${path}: ${treeErrors[errno]}`, options);
    this.errno = errno;
    this.path = path;
    this.reason = treeErrors[errno];
  }
}
