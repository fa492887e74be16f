// Knows: files, folders, standard input and gzip, told apart by what they are; reads them in pieces.
// Must not know: what they contain. Node only.

import { createReadStream, type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { ARCHIVE, IMPORT } from "../engine/limits.js";
import { Collector } from "./collect.js";
import { CaptureError } from "./errors.js";
import type { Facts } from "./facts.js";

/**
 * Reads files, archives and folders ("-" is `stdin`, standard input when absent) into one collection. Of a folder the
 * files below it are read in the order of their names; links in it are not followed.
 * @throws CaptureError when a path cannot be opened
 */
export async function collectFiles(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<Facts> {
  const collector = new Collector();
  for (const path of paths) {
    if (path !== "-" && isFolder(path)) await collectFolder(path, collector);
    else await collectFile(path, path === "-" ? stdin : undefined, collector);
  }
  return collector.facts;
}

function cannotRead(path: string, cause: unknown): CaptureError {
  const { code } = cause as NodeJS.ErrnoException;
  return new CaptureError({ file: path, problem: `cannot be read (${code ?? String(cause)})`, cause });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

async function collectFile(
  path: string,
  stdin: AsyncIterable<Uint8Array | string> | undefined,
  collector: Collector,
  inBundle = false,
): Promise<boolean> {
  const stream = stdin ?? createReadStream(path, { highWaterMark: 1 << 18 });
  collector.begin(stdin === undefined ? path : "(stdin)", inBundle);
  let isRead = true;
  try {
    await readStream(stream, collector);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    const unpacking = code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE";
    if (!unpacking && !inBundle) throw cannotRead(path, cause);
    if (unpacking) collector.fail("gzip-damaged", "the gzip data is damaged here: what came before was read");
    isRead = unpacking;
  }
  collector.end();
  return isRead;
}

/** Regular files below a folder, by name; what is no file (links, sockets, devices) is left aside. */
function filesBelow(folder: string, depth: number, found: string[]): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    if (depth === 0) throw cannotRead(folder, cause);
    return found;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length > ARCHIVE.entries) return found;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < ARCHIVE.folderDepth) filesBelow(path, depth + 1, found);
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

async function collectFolder(folder: string, collector: Collector): Promise<void> {
  const { facts } = collector;
  const known = facts.formats.size;
  const files = filesBelow(folder, 0, []);
  let unreadable = 0;
  for (const path of files.slice(0, ARCHIVE.entries))
    unreadable += (await collectFile(path, undefined, collector, true)) ? 0 : 1;
  const told = [...facts.formats.values()].slice(known).some(({ size }) => size > 0);
  collector.folder(folder, { files: files.length, unreadable }, told);
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
    if (size > IMPORT.fileBytes) {
      collector.fail(
        "file-too-long",
        `the rest of the file, beyond ${IMPORT.fileBytes / 2 ** 30} GiB, is left aside`,
      );
      return;
    }
    collector.push(piece);
    // /dev/zero, a picture, a damaged archive: nothing more would be taken.
    if (collector.isFull) return;
  }
}

function unpacked(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // An error on either side ends the iteration below; it is thrown there.
  pipeline(Readable.from(pieces, { objectMode: false }), gunzip, () => {});
  return gunzip;
}
