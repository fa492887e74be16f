// Knows: the envelope of a snapshot: magic, version, length, checksum, then the machine's memory.
// Must not know: what the memory means.

import { ABI_MAGIC, ABI_VERSION } from "../../assembly/abi/layout.js";
import { MAX_ACTORS, MAX_AREAS, MAX_CPUS, MAX_ZONES } from "../../assembly/abi/limits.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { StateError } from "../engine/errors.js";
import { FNV_OFFSET, fnvStep } from "../engine/hash.js";

/** magic, version, bytes of memory, bytes of labels, checksum of all but itself. */
const HEADER_WORDS = 5;
const CHECKSUM = 4;

/** What the memory does not hold: names. */
export interface SnapshotLabels {
  /** CMA areas by index. */
  readonly areas: readonly string[];
  /** Actors by index; absent: a machine without time. */
  readonly actors?: readonly string[];
}

/** FNV-1a over 32-bit words, its own place left out. */
function checksum(words: Uint32Array): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < words.length; i++) {
    if (i !== CHECKSUM) hash = fnvStep(hash, words[i] ?? 0);
  }
  return hash >>> 0;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** header | memory, padded | labels as JSON, padded */
export function encodeSnapshot(memory: Uint8Array, labels: SnapshotLabels): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(labels));
  const out = new Uint8Array(HEADER_WORDS * 4 + padded(memory.length) + padded(text.length));
  out.set(memory, HEADER_WORDS * 4);
  out.set(text, HEADER_WORDS * 4 + padded(memory.length));
  const words = new Uint32Array(out.buffer);
  words.set([ABI_MAGIC, ABI_VERSION, memory.length, text.length]);
  words[CHECKSUM] = checksum(words);
  return out;
}

function areNames(value: unknown, most: number): value is string[] {
  return Array.isArray(value) && value.length <= most && value.every((name) => typeof name === "string");
}

/** @param at first byte of the text, for messages */
function labelsOf(text: string, at: number): SnapshotLabels {
  const wrong = (what: string) =>
    new StateError(`the snapshot is damaged: its labels, from byte ${at}, ${what}`);
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw wrong("are not JSON");
  }
  const { areas, actors } = (told ?? {}) as { readonly areas?: unknown; readonly actors?: unknown };
  if (!areNames(areas, MAX_AREAS)) {
    throw wrong(`do not name areas, at most ${MAX_AREAS}`);
  }
  if (actors === undefined) return { areas };
  if (!areNames(actors, MAX_ACTORS)) {
    throw wrong(`do not name actors, at most ${MAX_ACTORS}`);
  }
  return { areas, actors };
}

/** The memory and the labels inside. @throws StateError saying what is wrong with the bytes */
export function decodeSnapshot(snapshot: Uint8Array): {
  readonly memory: Uint8Array;
  readonly labels: SnapshotLabels;
} {
  const bytes = snapshot.byteOffset % 4 === 0 ? snapshot : new Uint8Array(snapshot);
  if (bytes.length < HEADER_WORDS * 4)
    throw new StateError(`a snapshot of ${bytes.length} bytes is truncated`);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const [magic, version, length = 0, textLength = 0, sum] = words;
  if (magic !== ABI_MAGIC) throw new StateError("not a snapshot: it does not begin with the magic word PGBK");
  if (version !== ABI_VERSION) {
    throw new StateError(`the snapshot has version ${version}; this package reads version ${ABI_VERSION}`);
  }
  const expected = HEADER_WORDS * 4 + padded(length) + padded(textLength);
  if (bytes.length !== expected) {
    throw new StateError(`the snapshot has ${bytes.length} bytes; its header says ${expected}`);
  }
  if (checksum(words) !== sum) throw new StateError("the snapshot is damaged: its checksum does not match");
  const from = HEADER_WORDS * 4 + padded(length);
  const text = new TextDecoder().decode(bytes.subarray(from, from + textLength));
  return {
    memory: bytes.subarray(HEADER_WORDS * 4, HEADER_WORDS * 4 + length),
    labels: labelsOf(text, from),
  };
}

/** A word of the configuration that no machine has: commands would reach beyond the zones. Undefined: all are sound. */
function damagedConfig(word: (index: ConfigWord) => number): string | undefined {
  const zones = word(ConfigWord.NR_ZONES);
  const wrong = (index: ConfigWord, least: number, most: number) => {
    const value = word(index);
    return value < least || value > most;
  };
  if (wrong(ConfigWord.NR_ZONES, 1, MAX_ZONES)) return "NR_ZONES";
  if (wrong(ConfigWord.NR_CPUS, 1, MAX_CPUS)) return "NR_CPUS";
  if (wrong(ConfigWord.NORMAL_ZONE, -1, zones - 1)) return "NORMAL_ZONE";
  if (wrong(ConfigWord.MOVABLE_ZONE, 0, zones - 1)) return "MOVABLE_ZONE";
  if (wrong(ConfigWord.COSTLY_ORDER, 0, word(ConfigWord.MAX_PAGE_ORDER))) return "COSTLY_ORDER";
  if (wrong(ConfigWord.PCP_BATCH_SCALE_MAX, 0, 6)) return "PCP_BATCH_SCALE_MAX";
  for (let bits = 0; bits < 16; bits++)
    if (wrong(ConfigWord.GFP_ZONE + bits, -1, zones - 1)) return "GFP_ZONE";
  return undefined;
}

/** What is asked of a machine that was restored. */
interface Restored {
  readonly views: { config(index: ConfigWord): number };
  validate(): { readonly name: string; readonly pfn: number };
}

/** @throws StateError when its memory is not that of a sound machine */
export function checkRestored(machine: Restored): void {
  const damaged = damagedConfig((index) => machine.views.config(index));
  if (damaged !== undefined) throw new StateError(`the snapshot is damaged: ${damaged} of its configuration`);
  const { name, pfn } = machine.validate();
  if (name !== "NONE") throw new StateError(`the snapshot is damaged: ${name} at pfn ${pfn}`);
}
