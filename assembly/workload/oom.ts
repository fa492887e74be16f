// Knows: who dies where memory is short: an application by lmkd's rule, else a process by the kernel's; and the log of it.
// Must not know: how they give their memory back.
// Models out_of_memory, select_bad_process, oom_badness (mm/oom_kill.c, Linux 6.12); lmkd of Android.
// DEVIATION: the OOM killer never chooses a process of exits or of direct-io, and counts no page tables.

import { RequestState } from "../abi/findings";
import { KILL_CAPACITY, MAX_REQUESTS } from "../abi/limits";
import { KillWord, SimulationWord } from "../abi/run";
import { ActorKind, ActorWord, ResidentParameter } from "../abi/simulation";
import { ConfigWord, RequestWord, ZoneWord } from "../abi/words";
import { requestAt } from "../cma/request";
import { zoneAt } from "../frames/zone";
import { word } from "../memory/record";
import { config, KILLS } from "../memory/regions";
import { now, spent } from "../time/clock";
import * as apps from "./actors/apps";
import * as resident from "./actors/resident";
import { actorWord, parameter, setSimulationWord, simulationWord } from "./parts/actor";
import { beginDying, isSomebodyDying } from "./parts/dying";
import { largestProcess, processPages } from "./parts/processes";

/** OOM_SCORE_ADJ_MIN */
const NEVER: f64 = -1000;

/** The request of a client that is under way; of several the one that began first. -1: none. */
function requestUnderWay(): i32 {
  let first = -1;
  let began: u64 = u64.MAX_VALUE;
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const at = requestAt(request);
    const state = word(at, RequestWord.STATE);
    if (state == RequestState.FREE || state == RequestState.DONE || word(at, RequestWord.CLIENT) == 0)
      continue;
    const begin = load<u64>(at, RequestWord.BEGUN_LOW << 2);
    if (begin >= began) continue;
    first = request;
    began = begin;
  }
  return first;
}

/** Who was killed when, on whose account, and during which request. */
function logKill(actor: i32, pages: i32): void {
  const nth = simulationWord(SimulationWord.KILLS);
  const at = KILLS + <usize>((nth % KILL_CAPACITY) * (KillWord.COUNT << 2));
  const request = requestUnderWay();
  store<i32>(at, actor, KillWord.ACTOR << 2);
  store<i32>(at, pages, KillWord.PAGES << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_ACTOR), KillWord.CAUSE << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_ORDER), KillWord.ORDER << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_GFP), KillWord.GFP << 2);
  store<i32>(at, request < 0 ? 0 : word(requestAt(request), RequestWord.CLIENT), KillWord.CLIENT << 2);
  store<i32>(at, request < 0 ? 0 : word(requestAt(request), RequestWord.ORDINAL), KillWord.ORDINAL << 2);
  store<u64>(at, now() + <u64>spent(), KillWord.TIME_LOW << 2);
  setSimulationWord(SimulationWord.KILLS, nth + 1);
  beginDying();
}

/** Of all applications the one that is alive longest, as Android's lmkd does. False: none is alive. */
function killApplication(): bool {
  const actors = simulationWord(SimulationWord.ACTORS);
  let oldest = -1;
  let age: f64 = -1;
  for (let actor = 0; actor < actors; actor++) {
    if (actorWord(actor, ActorWord.KIND) != ActorKind.APPS) continue;
    const own = apps.oldestAge(actor);
    if (own <= age) continue;
    oldest = actor;
    age = own;
  }
  if (oldest < 0) return false;
  logKill(oldest, apps.oldestPages(oldest));
  apps.killOldest(oldest);
  return true;
}

/** totalpages of oom_badness(): memory and swap. */
function totalPages(): f64 {
  let pages: f64 = config(ConfigWord.SWAP_PAGES);
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    pages += load<i32>(zoneAt(zone), ZoneWord.MANAGED << 2);
  }
  return pages;
}

/** Of all processes the one with most pages, its oom_score_adj counted as thousandths of the memory. */
function killProcess(): void {
  const actors = simulationWord(SimulationWord.ACTORS);
  const total = totalPages();
  let chosen = -1;
  let most: f64 = -Infinity;
  for (let actor = 0; actor < actors; actor++) {
    if (actorWord(actor, ActorWord.KIND) != ActorKind.RESIDENT) continue;
    const adjustment = parameter(actor, ResidentParameter.OOM_SCORE_ADJ);
    const process = adjustment <= NEVER ? -1 : largestProcess(actor);
    if (process < 0) continue;
    const points = <f64>processPages(actor, process) + (adjustment * total) / 1000;
    if (points <= most) continue;
    chosen = actor;
    most = points;
  }
  if (chosen < 0) return;
  const process = largestProcess(chosen);
  logKill(chosen, processPages(chosen, process));
  resident.kill(chosen, process);
}

/** Memory is short: somebody dies, unless somebody is dying already. */
export function killOne(): void {
  if (isSomebodyDying()) return;
  if (!killApplication()) killProcess();
}
