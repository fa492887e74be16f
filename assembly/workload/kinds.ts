// Knows: which file acts for which kind of actor.
// Must not know: what any of them does.

import { KILL_CAPACITY } from "../abi/limits";
import { KillWord, SimulationWord } from "../abi/run";
import { ActorKind, ActorWord } from "../abi/simulation";
import { KILLS } from "../memory/regions";
import { now, spent } from "../time/clock";
import * as apps from "./actors/apps";
import * as camera from "./actors/camera";
import * as directIo from "./actors/direct_io";
import * as exits from "./actors/exits";
import * as fileRead from "./actors/file_read";
import * as fileWrite from "./actors/file_write";
import * as fragmenter from "./actors/fragmenter";
import * as gpu from "./actors/gpu";
import * as kswapd from "./actors/kswapd";
import * as longPin from "./actors/long_pin";
import * as metadata from "./actors/metadata";
import * as noise from "./actors/noise";
import * as resident from "./actors/resident";
import * as slab from "./actors/slab";
import * as tv from "./actors/tv";
import * as vmstat from "./actors/vmstat";
import * as zram from "./actors/zram";
import { actorWord, isActive, setActorWord, setSimulationWord, simulationWord, Tag } from "./parts/actor";

function startActor(actor: i32): void {
  if (isActive(actor)) return;
  setActorWord(actor, ActorWord.ACTIVE, 1);
  switch (actorWord(actor, ActorWord.KIND)) {
    case ActorKind.KSWAPD:
      return kswapd.start(actor);
    case ActorKind.VMSTAT:
      return vmstat.start(actor);
    case ActorKind.RESIDENT:
      return resident.start(actor);
    case ActorKind.APPS:
      return apps.start(actor);
    case ActorKind.FILE_READ:
      return fileRead.start(actor);
    case ActorKind.FILE_WRITE:
      return fileWrite.start(actor);
    case ActorKind.DIRECT_IO:
      return directIo.start(actor);
    case ActorKind.ZRAM:
      return zram.start(actor);
    case ActorKind.SLAB:
      return slab.start(actor);
    case ActorKind.METADATA:
      return metadata.start(actor);
    case ActorKind.GPU:
      return gpu.start(actor);
    case ActorKind.CAMERA:
      return camera.start(actor);
    case ActorKind.TV:
      return tv.start(actor);
    case ActorKind.FRAGMENTER:
      return fragmenter.start(actor);
    case ActorKind.LONG_PIN:
      return longPin.start(actor);
    case ActorKind.NOISE:
      return noise.start(actor);
    case ActorKind.EXITS:
      return exits.start(actor);
    default:
  }
}

/** What runs on after its stop (I/O in flight, a request under way, lifetimes) still gets its events. */
function stopActor(actor: i32): void {
  if (!isActive(actor)) return;
  setActorWord(actor, ActorWord.ACTIVE, 0);
  switch (actorWord(actor, ActorWord.KIND)) {
    case ActorKind.APPS:
      return apps.stop(actor);
    case ActorKind.DIRECT_IO:
      return directIo.stop(actor);
    case ActorKind.METADATA:
      return metadata.stop(actor);
    case ActorKind.CAMERA:
      return camera.stop(actor);
    case ActorKind.TV:
      return tv.stop(actor);
    default:
  }
}

/** One event. */
export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.START) return startActor(actor);
  if (tag == Tag.STOP) return stopActor(actor);
  switch (actorWord(actor, ActorWord.KIND)) {
    case ActorKind.KSWAPD:
      return kswapd.act(actor, tag, payload);
    case ActorKind.VMSTAT:
      return vmstat.act(actor, tag, payload);
    case ActorKind.RESIDENT:
      return resident.act(actor, tag, payload);
    case ActorKind.APPS:
      return apps.act(actor, tag, payload);
    case ActorKind.FILE_READ:
      return fileRead.act(actor, tag, payload);
    case ActorKind.FILE_WRITE:
      return fileWrite.act(actor, tag, payload);
    case ActorKind.DIRECT_IO:
      return directIo.act(actor, tag, payload);
    case ActorKind.ZRAM:
      return zram.act(actor, tag, payload);
    case ActorKind.SLAB:
      return slab.act(actor, tag, payload);
    case ActorKind.METADATA:
      return metadata.act(actor, tag, payload);
    case ActorKind.GPU:
      return gpu.act(actor, tag, payload);
    case ActorKind.CAMERA:
      return camera.act(actor, tag, payload);
    case ActorKind.TV:
      return tv.act(actor, tag, payload);
    case ActorKind.FRAGMENTER:
      return fragmenter.act(actor, tag, payload);
    case ActorKind.LONG_PIN:
      return longPin.act(actor, tag, payload);
    case ActorKind.NOISE:
      return noise.act(actor, tag, payload);
    case ActorKind.EXITS:
      return exits.act(actor, tag, payload);
    default:
  }
}

/** Who was killed when, and on whose account. */
function logKill(actor: i32, pages: i32): void {
  const nth = simulationWord(SimulationWord.KILLS);
  const at = KILLS + <usize>((nth % KILL_CAPACITY) * (KillWord.COUNT << 2));
  store<i32>(at, actor, KillWord.ACTOR << 2);
  store<i32>(at, pages, KillWord.PAGES << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_ACTOR), KillWord.CAUSE << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_ORDER), KillWord.ORDER << 2);
  store<i32>(at, simulationWord(SimulationWord.SHORT_GFP), KillWord.GFP << 2);
  store<u64>(at, now() + <u64>spent(), KillWord.TIME_LOW << 2);
  setSimulationWord(SimulationWord.KILLS, nth + 1);
}

/** Memory is short: of all applications the one that is alive longest is killed, as Android's lmkd does. */
export function killOne(): void {
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
  if (oldest < 0) return;
  logKill(oldest, apps.oldestPages(oldest));
  apps.killOldest(oldest);
}
