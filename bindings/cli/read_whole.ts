// Knows: how a file that is read as a whole is opened: up to a limit, whatever it is (a pipe, /dev/zero, a folder).
// Must not know: what is in it.

import { closeSync, openSync, readSync } from "node:fs";
import { cannotRead, UsageError } from "./exit.js";

const PIECE = 1 << 20;

/**
 * @param isWorth asked about the first piece: false ends the reading there, and the reader of the bytes says what is wrong
 * @throws UsageError when it cannot be read or has more than `most` bytes
 */
export function readWhole(path: string, most: number, isWorth: (first: Buffer) => boolean): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const parts: Buffer[] = [];
    let size = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const count = readSync(file, piece, 0, PIECE, null);
      if (count === 0) return Buffer.concat(parts, size);
      size += count;
      if (size > most)
        throw new UsageError(`${path}: longer than ${most} bytes, which is the most that is read`);
      const isFirst = parts.length === 0;
      parts.push(count < PIECE ? Buffer.from(piece.subarray(0, count)) : piece);
      if (isFirst && !isWorth(parts[0] as Buffer)) return Buffer.concat(parts, size);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw cannotRead(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
