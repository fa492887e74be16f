// Knows: the vmstat worker of each CPU: it folds the counters and lets the per-CPU lists decay, one CPU after another.
// Must not know: what folding is (command/upkeep). Models vmstat_update, round_jiffies_relative (mm/vmstat.c, Linux 6.12).
// DEVIATION: idle CPUs fold their counters (quiet_vmstat) with the worker, not when they fall idle.

import { Cost } from "../../abi/simulation";
import { ConfigWord } from "../../abi/words";
import { tick } from "../../command/upkeep";
import { config } from "../../memory/regions";
import { cost, later, Tag } from "../parts/actor";

export function start(actor: i32): void {
  const cpus = config(ConfigWord.NR_CPUS);
  for (let cpu = 0; cpu < cpus; cpu++)
    later(actor, Tag.FIRST, (cost(Cost.VMSTAT_INTERVAL) * (cpu + 1)) / cpus, cpu);
}

export function act(actor: i32, _tag: i32, cpu: u32): void {
  tick(cpu);
  later(actor, Tag.FIRST, cost(Cost.VMSTAT_INTERVAL), cpu);
}
