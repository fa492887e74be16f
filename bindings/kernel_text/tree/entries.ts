// Knows: what files and directories of the tree are made of: names, and functions that read and write text.
// Must not know: what any of them stands for, how a path is walked.

import type { TreeErrno } from "./errors.js";

/** A file. Without `read` it cannot be read, without `write` not written: both are Permission denied. */
export interface FileNode {
  readonly kind: "file";
  readonly read?: () => string;
  /** Answers what went wrong. */
  readonly write?: (text: string) => TreeErrno | undefined;
}

export interface DirectoryNode {
  readonly kind: "directory";
  /** Names in the order in which they are listed. Not every name that find() knows must be listed. */
  readonly names: () => readonly string[];
  readonly find: (name: string) => TreeNode | undefined;
}

export type TreeNode = FileNode | DirectoryNode;

export function file(read: () => string): FileNode {
  return { kind: "file", read };
}

/** A file that holds one number. */
export function numberFile(read: () => number | bigint): FileNode {
  return file(() => `${read()}\n`);
}

/** An attribute that takes a number and cannot be read. */
export function commandFile(write: (text: string) => TreeErrno | undefined): FileNode {
  return { kind: "file", write };
}

/** A directory whose entries are always the same. */
export function directory(entries: readonly (readonly [string, TreeNode])[]): DirectoryNode {
  const byName = new Map(entries);
  return { kind: "directory", names: () => [...byName.keys()], find: (name) => byName.get(name) };
}

/** The largest unsigned 64-bit number. */
const MOST = 2n ** 64n - 1n;

/**
 * What an attribute of debugfs takes: simple_attr_write() of fs/libfs.c, Linux 6.12: kstrtoull() with base 0, so
 * decimal, 0x hexadecimal, 0 octal, an optional plus, one line end. undefined: -EINVAL.
 */
export function parseAttribute(text: string): bigint | undefined {
  const [, hexadecimal, octal, decimal] =
    /^\+?(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))\n?$/.exec(text) ?? [];
  let value: bigint;
  if (hexadecimal !== undefined) value = BigInt(`0x${hexadecimal}`);
  else if (octal !== undefined) value = BigInt(octal === "" ? 0 : `0o${octal}`);
  else if (decimal !== undefined) value = BigInt(decimal);
  else return undefined;
  return value <= MOST ? value : undefined;
}
