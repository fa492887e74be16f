// Knows: how one program at a time writes into a place: a lock file that names its process, and is void when that is gone.
// Must not know: what is written.

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { JournalError } from "./errors.js";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts: a process id is used again. "" where that is not known. */
  readonly started: string;
}

export interface Lock {
  release(): void;
}

/** Field 22 of /proc/PID/stat, behind the name in parentheses. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = startOf(pid);
  return started === "" || now === "" || now === started;
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(readFileSync(path, "utf8")) as Owner;
    return { pid, host, started };
  } catch {
    return undefined;
  }
}

function refuse(what: string, path: string, owner: Owner | undefined): never {
  const who =
    owner === undefined
      ? "somebody"
      : `process ${owner.pid}${owner.host === hostname() ? "" : ` on ${owner.host}`}`;
  const hint =
    owner !== undefined && owner.host !== hostname()
      ? `; if that machine is not running any more, remove ${path}`
      : "";
  throw new JournalError(`${what} is being written by ${who}${hint}`);
}

/** The lock of a process that is gone is taken over; two that try at once: one of them gets it. */
function removeStale(path: string, stale: Owner): void {
  const moved = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  // Somebody was faster, and this is the new owner's: it goes back.
  if (JSON.stringify(readOwner(moved)) !== JSON.stringify(stale)) {
    try {
      linkSync(moved, path);
    } catch {
      // A third one holds it now.
    }
  }
  rmSync(moved, { force: true });
}

/**
 * @param what how messages call the place: a folder's name
 * @throws JournalError naming the process that has it; the file system's error
 */
export function lock(path: string, what: string): Lock {
  const own: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const ready = `${path}.${process.pid}`;
  try {
    writeFileSync(ready, `${JSON.stringify(own)}\n`);
    for (let tries = 0; ; tries++) {
      try {
        // Unlike an exclusive open, the name appears with its content.
        linkSync(ready, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = readOwner(path);
      if (tries >= 3 || owner === undefined || owner.host !== own.host || isAlive(owner))
        refuse(what, path, owner);
      removeStale(path, owner);
    }
  } finally {
    rmSync(ready, { force: true });
  }
}
