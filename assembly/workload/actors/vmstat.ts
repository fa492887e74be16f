// Knows: the vmstat worker of each CPU: it folds the counters and lets the per-CPU lists decay, one CPU after another.
// Must not know: what folding is (command/upkeep). Models vmstat_update, round_jiffies_relative (mm/vmstat.c, Linux 6.12).
// DEVIATION: idle CPUs fold their counters (quiet_vmstat) with the worker, not when they fall idle.

import { Balance, PolicyWord } from "../../abi/proposals";
import { Cost } from "../../abi/simulation";
import { ConfigWord } from "../../abi/words";
import { tick } from "../../command/upkeep";
import { policy } from "../../memory/policies";
import { config } from "../../memory/regions";
import { balanceAll } from "../../movement/balance";
import { cost, later, Tag } from "../parts/actor";
import { beginWork, chargeWork } from "../parts/pages";

export function start(actor: i32): void {
  const cpus = config(ConfigWord.NR_CPUS);
  for (let cpu = 0; cpu < cpus; cpu++)
    later(actor, Tag.FIRST, (cost(Cost.VMSTAT_INTERVAL) * (cpu + 1)) / cpus, cpu);
}

/** The worker that moves pages into CMA, with the same period. */
function balance(actor: i32): void {
  const before = beginWork();
  balanceAll(0);
  chargeWork(actor, before);
}

export function act(actor: i32, _tag: i32, cpu: u32): void {
  tick(cpu);
  if (cpu == 0 && policy(PolicyWord.BALANCE) == Balance.WORKER) balance(actor);
  later(actor, Tag.FIRST, cost(Cost.VMSTAT_INTERVAL), cpu);
}
