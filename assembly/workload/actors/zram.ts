// Knows: proactive swap-out, as Android compacts applications in the background: so many of the oldest anonymous pages.
// Must not know: which pages these are (movement/reclaim), where they go (movement/swap).

import { Counter, ZramParameter } from "../../abi/simulation";
import { swapOutOldest } from "../../movement/reclaim";
import { addCounter, arrive, cpuOf, isActive, parameter, plan, Tag, whole } from "../parts/actor";
import { beginWork, chargeWork } from "../parts/pages";

export function start(actor: i32): void {
  arrive(actor, Tag.FIRST, parameter(actor, ZramParameter.INTERVAL));
}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  if (!isActive(actor)) return;
  start(actor);
  const wanted = whole(actor, ZramParameter.BATCH);
  plan(actor, wanted);
  const before = beginWork();
  const pages = swapOutOldest(cpuOf(actor), wanted);
  chargeWork(actor, before);
  addCounter(actor, Counter.OPERATIONS, pages);
  if (pages < wanted) addCounter(actor, Counter.DROPPED, wanted - pages);
}
