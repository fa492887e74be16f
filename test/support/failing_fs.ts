// Knows: a file system on which the n-th write fails: calls of node:fs that change something are counted, and one of them, or
// all from it on, throws what a kernel would answer; a write that fails may have written half.
// Must not know: who writes.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** SHORT: half of a write is done, and said so: no error, as write(2) does on a disk that is nearly full. */
export type Fault = "EIO" | "ENOSPC" | "EROFS" | "EPIPE" | "SHORT";

const CHANGING = [
  "openSync",
  "writeSync",
  "writeFileSync",
  "fsyncSync",
  "ftruncateSync",
  "renameSync",
  "linkSync",
  "mkdirSync",
] as const;

export interface Failing<T> {
  readonly value?: T;
  readonly error?: unknown;
  /** Calls that change something, the failed ones among them. */
  readonly calls: number;
  readonly isMet: boolean;
}

function fault(code: Fault, syscall: string, path: unknown): NodeJS.ErrnoException {
  const at = typeof path === "string" ? ` '${path}'` : "";
  const error: NodeJS.ErrnoException = new Error(`${code}: injected, ${syscall}${at}`);
  return Object.assign(error, { code, syscall, ...(typeof path === "string" ? { path } : {}) });
}

/** The bytes of a write that a kernel takes before it fails. */
function half(name: string, args: unknown[]): unknown[] {
  if (name === "writeSync" && args[1] instanceof Uint8Array) {
    const offset = Number(args[2] ?? 0);
    return [args[0], args[1], offset, Math.ceil((args[1].length - offset) / 2)];
  }
  return name === "writeFileSync" ? [args[0], Buffer.from(args[1] as Uint8Array).subarray(0, 5)] : args;
}

/** Does `work` while the call number `nth` (from 1) fails, with `lasting` all behind it too. */
export async function withFailing<T>(
  { nth, code, lasting = false }: { readonly nth: number; readonly code: Fault; readonly lasting?: boolean },
  work: () => T | Promise<T>,
): Promise<Failing<T>> {
  const real = Object.fromEntries(CHANGING.map((name) => [name, fs[name]])) as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  let calls = 0;
  for (const name of CHANGING) {
    const call = (...args: unknown[]): unknown => {
      const own = real[name] as (...args: unknown[]) => unknown;
      if (name === "openSync" && (args[1] ?? "r") === "r") return own(...args);
      calls += 1;
      if (calls !== nth && !(lasting && calls > nth)) return own(...args);
      if (name === "writeSync" || (name === "writeFileSync" && code !== "SHORT")) {
        const taken = own(...half(name, args));
        if (code === "SHORT") return taken;
      } else if (code === "SHORT") return own(...args);
      throw fault(code, name.replace("Sync", ""), args[0]);
    };
    Object.assign(fs, { [name]: call });
  }
  syncBuiltinESMExports();
  try {
    return { value: await work(), calls, isMet: calls >= nth };
  } catch (error) {
    return { error, calls, isMet: calls >= nth };
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
}
