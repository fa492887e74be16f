// Knows: virtual time: nanoseconds since the simulation began, and the time that the event under way has taken.
// Must not know: events. Pins and windows read the same clock (LevelWord.CLOCK_LOW).

import { SimulationWord } from "../abi/run";
import { LevelWord } from "../abi/words";
import { LEVELS, SIMULATION } from "../memory/regions";

export function now(): u64 {
  return load<u64>(LEVELS, LevelWord.CLOCK_LOW << 2);
}

export function setNow(time: u64): void {
  store<u64>(LEVELS, time, LevelWord.CLOCK_LOW << 2);
}

/** Nanoseconds that the event under way has cost so far. */
export function spent(): f64 {
  return load<f64>(SIMULATION, SimulationWord.SPENT_LOW << 2);
}

export function spend(nanoseconds: f64): void {
  store<f64>(SIMULATION, spent() + nanoseconds, SimulationWord.SPENT_LOW << 2);
}

/** A new event begins. */
export function resetSpent(): void {
  store<f64>(SIMULATION, 0, SimulationWord.SPENT_LOW << 2);
}
