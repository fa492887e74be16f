// Knows: until when each CPU has work, and how long work takes that finds it busy.
// Must not know: whose work it is. A thread runs where it is soonest alone: the scheduler balances the CPUs.
// DEVIATION: a CPU is shared by halves, whoever else is there: three runnable threads do not get a third each.

import { SimulationWord } from "../abi/run";
import { ConfigWord } from "../abi/words";
import { config, SIMULATION } from "../memory/regions";

function busyAt(cpu: i32): usize {
  return SIMULATION + ((<usize>(SimulationWord.CPU_BUSY + 2 * cpu)) << 2);
}

/** Work of so many nanoseconds begins at `start`: what it takes, as others have their half until their work is done. */
export function elapsed(start: f64, nanoseconds: f64): f64 {
  const cpus = config(ConfigWord.NR_CPUS);
  let at = busyAt(0);
  for (let cpu = 1; cpu < cpus && load<f64>(at) > start; cpu++) {
    if (load<f64>(busyAt(cpu)) < load<f64>(at)) at = busyAt(cpu);
  }
  const others = max(load<f64>(at) - start, 0);
  store<f64>(at, start + others + nanoseconds);
  return nanoseconds + min(others, nanoseconds);
}

/** What was done at this time took none: no CPU is busy with it. */
export function forgetWork(time: f64): void {
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    store<f64>(busyAt(cpu), min(load<f64>(busyAt(cpu)), time));
  }
}
