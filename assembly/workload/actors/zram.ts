// Knows: proactive swap-out, as Android compacts applications in the background: so many of the oldest anonymous pages.
// Must not know: which pages these are (movement/reclaim), where they go (movement/swap).

import { Counter, ZramParameter } from "../../abi/simulation";
import { swapOutOldest } from "../../movement/reclaim";
import { addCounter, cpuOf, isActive, laterIf, parameter, Tag, whole } from "../parts/actor";
import { beginWork, chargeWork } from "../parts/pages";

export function start(actor: i32): void {
  laterIf(actor, Tag.FIRST, parameter(actor, ZramParameter.INTERVAL));
}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  if (!isActive(actor)) return;
  start(actor);
  const before = beginWork();
  const pages = swapOutOldest(cpuOf(actor), whole(actor, ZramParameter.BATCH));
  chargeWork(actor, before);
  addCounter(actor, Counter.OPERATIONS, pages);
}
