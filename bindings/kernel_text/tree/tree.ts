// Knows: the tree as a caller sees it: paths, listing, reading, writing.
// Must not know: what a file stands for, commands of a shell.

import { type CapturedFiles, readCapturedFiles } from "../../importers/procfs/kept.js";
import type { Machine } from "../../machine/machine.js";
import { areaDirectories } from "./areas.js";
import { CounterSource } from "./counters.js";
import {
  commandFile,
  type DirectoryNode,
  directory,
  file,
  parseAttribute,
  type TreeNode,
} from "./entries.js";
import { DebugTreeError, type TreeErrno } from "./errors.js";
import { frameDirectory } from "./frames.js";
import { kernelOfMachine } from "./kernel.js";
import { procFiles } from "./proc.js";
import { nodeDirectory } from "./zones.js";

/** What a tree knows beside its machine. */
export interface DebugTreeOptions {
  /**
   * Files read beside the state that the machine was loaded from: where counters start that the state does not hold.
   * Make the tree before the machine does anything else.
   */
  readonly captured?: CapturedFiles;
}

/** What a directory lists. */
export interface DebugEntry {
  /** Last part of its path. */
  readonly name: string;
  /** What it is. */
  readonly kind: "directory" | "file";
  /** read() answers its text. */
  readonly readable: boolean;
  /** write() takes a text. */
  readonly writable: boolean;
}

/** The lines of the kernel log that are kept. */
const LOG_LINES = 1000;

/** The parts of a path from the root: `a//b/./../c` -> a, c. */
export function splitPath(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

function entryOf(name: string, node: TreeNode): DebugEntry {
  if (node.kind === "directory") return { name, kind: "directory", readable: true, writable: false };
  return { name, kind: "file", readable: node.read !== undefined, writable: node.write !== undefined };
}

/** Numbers inside names by value: order-2 before order-10. */
export function compareNames(a: string, b: string): number {
  const parts = (name: string) => name.split(/(\d+)/);
  const right = parts(b);
  for (const [i, left] of parts(a).entries()) {
    const other = right[i] ?? "";
    if (left === other) continue;
    return (i % 2 === 1 ? Number(left) - Number(other) : 0) || (left < other ? -1 : 1);
  }
  return parts(a).length - right.length;
}

/**
 * A machine as files, in the kernel's own formats. Paths are absolute with or without a leading slash. What was taken
 * through `alloc` files belongs to this tree: a fork or a snapshot of the machine does not know it.
 */
export class DebugTree {
  readonly #root: DirectoryNode;
  readonly #log: string[] = [];

  /** The tree of one machine as it is from now on. */
  constructor(machine: Machine, options: DebugTreeOptions = {}) {
    const kernel = kernelOfMachine(machine.views);
    const counters = new CounterSource(machine, readCapturedFiles(options.captured ?? {}), kernel);
    this.#root = directory([
      ["cma", areaDirectories(machine, counters, kernel, (line) => this.#print(line))],
      ["dmesg", file(() => this.#log.join(""))],
      ["drop_pcps", commandFile((text) => dropPcps(machine, text))],
      ["frames", frameDirectory(machine)],
      ["node-0", nodeDirectory(machine)],
      ...procFiles(machine, counters, kernel !== "6.1"),
    ]);
  }

  #print(line: string): void {
    this.#log.push(line);
    if (this.#log.length > LOG_LINES) this.#log.shift();
  }

  #find(path: string): TreeNode {
    let node: TreeNode = this.#root;
    for (const part of splitPath(path)) {
      if (node.kind === "file") throw new DebugTreeError("ENOTDIR", path);
      const next: TreeNode | undefined = node.find(part);
      if (next === undefined) throw new DebugTreeError("ENOENT", path);
      node = next;
    }
    if (node.kind === "file" && path.endsWith("/")) throw new DebugTreeError("ENOTDIR", path);
    return node;
  }

  #file(path: string) {
    const node = this.#find(path);
    if (node.kind === "directory") throw new DebugTreeError("EISDIR", path);
    return node;
  }

  /** @throws DebugTreeError ENOENT, ENOTDIR */
  stat(path: string): DebugEntry {
    return entryOf(splitPath(path).at(-1) ?? "/", this.#find(path));
  }

  /** Entries of a directory, sorted by name. @throws DebugTreeError ENOENT, ENOTDIR (a file) */
  list(path: string): DebugEntry[] {
    const node = this.#find(path);
    if (node.kind === "file") throw new DebugTreeError("ENOTDIR", path);
    const entries = node.names().flatMap((name) => {
      const found = node.find(name);
      return found === undefined ? [] : [entryOf(name, found)];
    });
    return entries.sort((a, b) => compareNames(a.name, b.name));
  }

  /** The whole text. @throws DebugTreeError ENOENT, ENOTDIR, EISDIR, EACCES */
  read(path: string): string {
    const { read } = this.#file(path);
    if (read === undefined) throw new DebugTreeError("EACCES", path);
    return read();
  }

  /**
   * One write() of the text.
   * @throws DebugTreeError ENOENT, ENOTDIR, EISDIR, EACCES; EINVAL for text that the file does not understand; ENOMEM
   * where memory was not to be had; EIO when a block that the tree held was freed by somebody else
   */
  write(path: string, text: string): void {
    const { write } = this.#file(path);
    if (write === undefined) throw new DebugTreeError("EACCES", path);
    const errno: TreeErrno | undefined = write(text);
    if (errno !== undefined) throw new DebugTreeError(errno, path);
  }
}

/** Any number: every CPU's lists go back to the free lists, as drain_all_pages() does. */
function dropPcps(machine: Machine, text: string): TreeErrno | undefined {
  if (parseAttribute(text) === undefined) return "EINVAL";
  machine.drainAll();
  return undefined;
}
