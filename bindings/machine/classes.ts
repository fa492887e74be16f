// Knows: the class map of a machine: one byte for each frame, and counts of classes in cells, read chunk by chunk.
// Must not know: how a class is found (the core does it), what is drawn from it.

import { CLASS_BINS, CLASS_CELLS, CLASS_CHUNK, ClassFlag } from "../../assembly/abi/classes.js";
import { EventKind } from "../../assembly/abi/events.js";
import { Region } from "../../assembly/abi/layout.js";
import { EventWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import { UnitError } from "../engine/errors.js";

/**
 * The class byte (PageClass | ClassFlag) of every frame, from the first of the frame array on.
 * @param out written and returned where given: a view that is made once and used for every picture
 * @throws UnitError when `out` has not as many bytes as the machine has frames
 */
export function classMap(
  engine: Engine,
  frames: number,
  out: Uint8Array = new Uint8Array(frames),
): Uint8Array {
  if (out.length !== frames)
    throw new UnitError(`a class map of this machine has ${frames} bytes, got ${out.length}`);
  const bytes = engine.bytes(Region.CLASSES);
  for (let first = 0; first < frames; first += CLASS_CHUNK) {
    const count = Math.min(CLASS_CHUNK, frames - first);
    engine.classify(first, count, 0);
    out.set(count === CLASS_CHUNK ? bytes : bytes.subarray(0, count), first);
  }
  return out;
}

/**
 * Frames [first, first + count) of the array by class: CLASS_BINS numbers for each cell of `perCell` frames, the last cell
 * perhaps smaller. Bin PageClass has the frames without a pin, bin PageClass | ClassFlag.PINNED those with one.
 * `map` takes their class bytes along, from index `first` on.
 */
export function classCounts(
  engine: Engine,
  first: number,
  count: number,
  perCell: number,
  map?: Uint8Array,
): Uint32Array {
  const cells = Math.ceil(count / perCell);
  const sums = new Uint32Array(cells * CLASS_BINS);
  const counts = engine.unsigned(Region.CLASS_COUNTS);
  const bytes = engine.bytes(Region.CLASSES);
  for (let at = 0; at < count; ) {
    const cell = Math.floor(at / perCell);
    const isPart = perCell > CLASS_CHUNK;
    const most = isPart ? CLASS_CHUNK : perCell * Math.min(CLASS_CELLS, Math.floor(CLASS_CHUNK / perCell));
    const end = isPart ? Math.min((cell + 1) * perCell, count) : count;
    const frames = Math.min(most, end - at);
    engine.classify(first + at, frames, isPart ? frames : perCell);
    map?.set(bytes.subarray(0, frames), first + at);
    const words = (isPart ? 1 : Math.ceil(frames / perCell)) * CLASS_BINS;
    const base = cell * CLASS_BINS;
    for (let i = 0; i < words; i++) sums[base + i] = (sums[base + i] ?? 0) + (counts[i] ?? 0);
    at += frames;
  }
  return sums;
}

/** Marks in a class map the frames into which these events (EventReader.drainWords) moved a page: ClassFlag.MOVED. */
export function markMoved(map: Uint8Array, startPfn: number, events: Int32Array): void {
  for (let at = 0; at < events.length; at += EventWord.COUNT) {
    if (events[at + EventWord.KIND] !== EventKind.MIGRATE) continue;
    const target = ((events[at + EventWord.B] ?? 0) >>> 0) - startPfn;
    const end = Math.min(map.length, target + 2 ** (events[at + EventWord.C] ?? 0));
    for (let frame = Math.max(0, target); frame < end; frame++)
      map[frame] = (map[frame] ?? 0) | ClassFlag.MOVED;
  }
}
