// Knows: the event ring of a machine: which groups are recorded, and reading it on from where one was.
// Must not know: what an event means, how it is written elsewhere.

import type { EventKind, RecordGroup } from "../../assembly/abi/events.js";
import { Region } from "../../assembly/abi/layout.js";
import { ConfigWord, EventWord, LevelWord } from "../../assembly/abi/words.js";
import type { Engine } from "./engine.js";

/** One event as the core wrote it; what a to e are is listed at EventKind. */
export interface MachineEvent {
  /** What happened. */
  readonly kind: EventKind;
  /** Zone index, or the area of CMA events. */
  readonly zone: number;
  /** Unsigned; see EventKind. */
  readonly a: number;
  /** Unsigned; see EventKind. */
  readonly b: number;
  /** Unsigned; see EventKind. */
  readonly c: number;
  /** Signed: it may be an Errno. */
  readonly d: number;
  /** Unsigned; see EventKind. */
  readonly e: number;
  /** -1: not known. */
  readonly cpu: number;
  /** Virtual time. */
  readonly nanoseconds: number;
}

/** Chooses what is recorded from now on: RecordGroup bits, 0 for nothing. Answers what was chosen before. */
export function setRecorded(engine: Engine, groups: RecordGroup | number): number {
  const words = engine.words(Region.CONFIG);
  const before = words[ConfigWord.RECORD] ?? 0;
  words[ConfigWord.RECORD] = groups;
  return before;
}

export function readEvent(words: Int32Array, at: number): MachineEvent {
  const word = (index: EventWord) => words[at + index] ?? 0;
  return {
    kind: word(EventWord.KIND),
    zone: word(EventWord.ZONE),
    a: word(EventWord.A) >>> 0,
    b: word(EventWord.B) >>> 0,
    c: word(EventWord.C) >>> 0,
    d: word(EventWord.D),
    e: word(EventWord.E) >>> 0,
    cpu: word(EventWord.CPU),
    nanoseconds: (word(EventWord.TIME_LOW) >>> 0) + (word(EventWord.TIME_HIGH) >>> 0) * 2 ** 32,
  };
}

/** A place in the ring. What was overwritten before it was read is counted, never passed over in silence. */
export class EventReader {
  readonly #engine: Engine;
  #next: number;
  #lost = 0;

  /** Begins with the next event. */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#next = this.#total();
  }

  /** Events that came and went between two reads. */
  get lost(): number {
    return this.#lost;
  }

  #total(): number {
    return this.#engine.unsigned(Region.LEVELS)[LevelWord.RECORDED] ?? 0;
  }

  /** Hands over what is new as words, EventWord.COUNT for each event, in one or two pieces of the ring itself. */
  drainWords(take: (words: Int32Array) => void): void {
    const total = this.#total();
    const fresh = (total - this.#next) >>> 0;
    if (fresh === 0) return;
    this.#next = total;
    const ring = this.#engine.words(Region.EVENTS);
    const slots = ring.length / EventWord.COUNT;
    const count = Math.min(fresh, slots);
    this.#lost += fresh - count;
    const from = ((total - count) >>> 0) % slots;
    const first = Math.min(count, slots - from);
    take(ring.subarray(from * EventWord.COUNT, (from + first) * EventWord.COUNT));
    if (count > first) take(ring.subarray(0, (count - first) * EventWord.COUNT));
  }

  drain(visit: (event: MachineEvent) => void): void {
    this.drainWords((words) => {
      for (let at = 0; at < words.length; at += EventWord.COUNT) visit(readEvent(words, at));
    });
  }
}
