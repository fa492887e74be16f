// Knows: files, standard input and gzip, told apart by their first bytes; reads them in pieces.
// Must not know: what they contain. Node only.

import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { Collector } from "./collect.js";
import { CaptureError } from "./errors.js";
import type { Facts } from "./facts.js";

/** More than this is not read from one file, packed or not: 16 GiB. */
const MOST_BYTES = 2 ** 34;

/** Reads the files ("-" is `stdin`, standard input when absent) into one collection. Throws CaptureError when one cannot be opened. */
export async function collectFiles(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<Facts> {
  const collector = new Collector();
  for (const path of paths) {
    const stream = path === "-" ? stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    collector.begin(path === "-" ? "(stdin)" : path);
    try {
      await readStream(stream, collector);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? "";
      const unpacking = code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE";
      if (!unpacking)
        throw new CaptureError({ file: path, problem: `cannot be read (${code || String(cause)})`, cause });
      collector.fail("gzip-damaged", "the gzip data is damaged here: what came before was read");
    }
    collector.end();
  }
  return collector.facts;
}

async function readStream(stream: AsyncIterable<Uint8Array | string>, collector: Collector): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const head = Buffer.from(first.value);
  const all = (async function* () {
    yield head;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
      yield Buffer.from(next.value);
  })();
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  let size = 0;
  for await (const piece of isGzip ? unpacked(all) : all) {
    size += piece.length;
    if (size > MOST_BYTES) {
      collector.fail("file-too-long", "the rest of the file, beyond 16 GiB, is left aside");
      return;
    }
    collector.push(piece);
  }
}

function unpacked(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // An error on either side ends the iteration below; it is thrown there.
  pipeline(Readable.from(pieces, { objectMode: false }), gunzip, () => {});
  return gunzip;
}
