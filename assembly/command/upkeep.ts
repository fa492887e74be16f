// Knows: what the kernel does to per-CPU lists and counters from outside of allocation: drains, folds, the vmstat worker.
// Must not know: when it happens. Models drain_all_pages, refresh_cpu_vm_stats, vmstat_update (Linux 6.12).

import { CommandFlag } from "../abi/command_word";
import { Status } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { drainAll as drain } from "../buddy/drain_all";
import { decayPcp, drainPcp } from "../buddy/pcp";
import { isList } from "../buddy/pcp_lists";
import { foldCounters, isPopulated } from "../frames/zone";
import { config } from "../memory/regions";

export function checkZone(zone: u32): i32 {
  return zone < <u32>config(ConfigWord.NR_ZONES) && isPopulated(zone) ? Status.OK : Status.BAD_ZONE;
}

/** All CPUs' lists of one zone (zone + 1) or of all (0); the calling CPU's differentials take the change. */
export function drainAll(cpu: i32, zone: i32): i32 {
  if (zone > config(ConfigWord.NR_ZONES)) return Status.BAD_ZONE;
  drain(cpu, zone);
  return Status.OK;
}

/** Part of one CPU's lists, as a trace tells it. */
export function drainPart(cpu: i32, owner: i32, zone: u32, pages: i32, pindex: u32): i32 {
  const refused = checkZone(zone);
  if (refused) return refused;
  if (!isList(pindex)) return Status.BAD_COMMAND;
  if (owner >= config(ConfigWord.NR_CPUS)) return Status.BAD_CPU;
  drainPcp(cpu, owner, zone, pages, pindex);
  return Status.OK;
}

/** The differentials of one CPU or of all, in one zone (zone + 1) or in all (0); CommandFlag FREE_ONLY, CMA_ONLY. */
export function fold(cpu: i32, zone: i32, allCpus: bool, flags: i32): i32 {
  const zones = config(ConfigWord.NR_ZONES);
  if (zone > zones) return Status.BAD_ZONE;
  for (let c = 0; c < config(ConfigWord.NR_CPUS); c++) {
    if (!allCpus && c != cpu) continue;
    for (let z = 0; z < zones; z++) {
      if ((zone == 0 || zone - 1 == z) && isPopulated(z))
        foldCounters(c, z, (flags & CommandFlag.CMA_ONLY) == 0, (flags & CommandFlag.FREE_ONLY) == 0);
    }
  }
  return Status.OK;
}

/** The vmstat worker: all zones are folded, then each per-CPU list set decays. */
export function tick(cpu: i32): i32 {
  fold(cpu, 0, false, 0);
  for (let z = 0; z < config(ConfigWord.NR_ZONES); z++) {
    if (isPopulated(z)) decayPcp(cpu, z);
  }
  return Status.OK;
}
