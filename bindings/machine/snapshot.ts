// Knows: the envelope of a snapshot: magic, version, length, checksum, then the machine's memory.
// Must not know: what the memory means.

import { ABI_MAGIC, ABI_VERSION } from "../../assembly/abi/layout.js";
import { StateError } from "../engine/errors.js";

const HEADER_WORDS = 4;

/** FNV-1a over 32-bit words. */
function checksum(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

function paddedCopy(memory: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEADER_WORDS * 4 + Math.ceil(memory.length / 4) * 4);
  out.set(memory, HEADER_WORDS * 4);
  return out;
}

export function encodeSnapshot(memory: Uint8Array): Uint8Array {
  const out = paddedCopy(memory);
  const body = new Uint32Array(out.buffer, HEADER_WORDS * 4);
  new Uint32Array(out.buffer, 0, HEADER_WORDS).set([ABI_MAGIC, ABI_VERSION, memory.length, checksum(body)]);
  return out;
}

/** The memory inside. @throws StateError saying what is wrong with the bytes */
export function decodeSnapshot(snapshot: Uint8Array): Uint8Array {
  const bytes = snapshot.byteOffset % 4 === 0 ? snapshot : snapshot.slice();
  if (bytes.length < HEADER_WORDS * 4) throw new StateError(`a snapshot of ${bytes.length} bytes is truncated`);
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_WORDS);
  if (header[0] !== ABI_MAGIC) throw new StateError("not a snapshot: it does not begin with the magic word PGBK");
  if (header[1] !== ABI_VERSION) {
    throw new StateError(`the snapshot has version ${header[1]}; this package reads version ${ABI_VERSION}`);
  }
  const length = header[2] ?? 0;
  const padded = Math.ceil(length / 4) * 4;
  if (bytes.length !== HEADER_WORDS * 4 + padded) {
    throw new StateError(`the snapshot has ${bytes.length} bytes; its header says ${HEADER_WORDS * 4 + padded}`);
  }
  const body = new Uint32Array(bytes.buffer, bytes.byteOffset + HEADER_WORDS * 4, padded / 4);
  if (checksum(body) !== header[3]) throw new StateError("the snapshot is damaged: its checksum does not match");
  return bytes.subarray(HEADER_WORDS * 4, HEADER_WORDS * 4 + length);
}
