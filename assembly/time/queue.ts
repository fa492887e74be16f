// Knows: the pending events of a simulation, in the order of their time; among equals the one scheduled first.
// Must not know: what an event does. A heap of four children a node: of two, with less depth and the same cache lines.
//
//   record 0: the event taken last     record 1: the next one     children of i: 4i - 2 ... 4i + 1
//   time (u64, ns) | sequence number | actor | tag << 16 | payload | -

import { QUEUE_WORDS } from "../abi/limits";
import { SimulationWord } from "../abi/run";
import { ConfigWord } from "../abi/words";
import { config, QUEUE, SIMULATION } from "../memory/regions";

const SIZE: u32 = QUEUE_WORDS * 4;
const SEQUENCE: usize = 8;
const ACTOR: usize = 12;
const PAYLOAD: usize = 16;

function at(index: u32): usize {
  return QUEUE + <usize>(index * SIZE);
}

/** The nth event that waits, from 1 on, in no order that matters to others. */
export function eventAt(nth: u32): usize {
  return at(nth);
}

export function eventTime(event: usize): u64 {
  return load<u64>(event);
}

export function eventSequence(event: usize): u32 {
  return load<u32>(event, SEQUENCE);
}

/** Actor | tag << 16. */
export function eventOwner(event: usize): u32 {
  return load<u32>(event, ACTOR);
}

export function eventPayload(event: usize): u32 {
  return load<u32>(event, PAYLOAD);
}

/** Events that wait. */
export function pendingEvents(): u32 {
  return load<u32>(SIMULATION, SimulationWord.PENDING << 2);
}

/** Does the event at `a` come before the one at `b`? Sequence numbers may wrap: what counts is which is ahead. */
function isBefore(a: usize, b: usize): bool {
  const first = load<u64>(a);
  const second = load<u64>(b);
  if (first != second) return first < second;
  return <i32>(load<u32>(a, SEQUENCE) - load<u32>(b, SEQUENCE)) < 0;
}

function move(from: usize, to: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, SEQUENCE), SEQUENCE);
  store<u64>(to, load<u64>(from, PAYLOAD), PAYLOAD);
}

/** False, and nothing scheduled, when there is no room. */
export function schedule(time: u64, actor: i32, tag: i32, payload: u32): bool {
  const index = pendingEvents() + 1;
  if (index > <u32>config(ConfigWord.QUEUE_SLOTS)) return false;
  const sequence = load<u32>(SIMULATION, SimulationWord.SEQUENCE << 2);
  store<u32>(SIMULATION, sequence + 1, SimulationWord.SEQUENCE << 2);
  store<u32>(SIMULATION, index, SimulationWord.PENDING << 2);
  const most = load<u32>(SIMULATION, SimulationWord.MOST_PENDING << 2);
  store<u32>(SIMULATION, max(most, index), SimulationWord.MOST_PENDING << 2);
  let hole = index;
  while (hole > 1) {
    const parent = (hole + 2) >> 2;
    // The new event has the highest sequence number: it passes only later times.
    if (load<u64>(at(parent)) <= time) break;
    move(at(parent), at(hole));
    hole = parent;
  }
  store<u64>(at(hole), time);
  store<u32>(at(hole), sequence, SEQUENCE);
  store<u32>(at(hole), <u32>actor | ((<u32>tag) << 16), ACTOR);
  store<u64>(at(hole), payload, PAYLOAD);
  return true;
}

/** Time of the next event; the end of time when none waits. */
export function nextTime(): u64 {
  return pendingEvents() ? load<u64>(at(1)) : u64.MAX_VALUE;
}

function firstChild(hole: u32, count: u32): u32 {
  const first = (hole << 2) - 2;
  if (first > count) return 0;
  let best = first;
  const last = min(first + 3, count);
  for (let child = first + 1; child <= last; child++) if (isBefore(at(child), at(best))) best = child;
  return best;
}

/** Takes the next event out; there must be one. takenTime() and the others tell what it is, until the next is taken. */
export function takeNext(): void {
  const count = pendingEvents() - 1;
  move(at(1), at(0));
  store<u32>(SIMULATION, count, SimulationWord.PENDING << 2);
  if (count == 0) return;
  const last = at(count + 1);
  let hole: u32 = 1;
  while (true) {
    const child = firstChild(hole, count);
    if (child == 0 || !isBefore(at(child), last)) break;
    move(at(child), at(hole));
    hole = child;
  }
  move(last, at(hole));
}

export function takenTime(): u64 {
  return load<u64>(QUEUE);
}

export function takenActor(): i32 {
  return <i32>(load<u32>(QUEUE, ACTOR) & 0xffff);
}

export function takenTag(): i32 {
  return <i32>(load<u32>(QUEUE, ACTOR) >> 16);
}

export function takenPayload(): u32 {
  return load<u32>(QUEUE, PAYLOAD);
}
