// Knows: which file acts for which kind of actor.
// Must not know: what any of them does.

import { ActorKind, ActorWord } from "../abi/simulation";
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
import { actorWord, isActive, setActorWord, Tag } from "./parts/actor";

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
