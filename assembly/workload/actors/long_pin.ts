// Knows: FOLL_LONGTERM pins (RDMA, VFIO, io_uring buffers) of anonymous pages, which are moved out of CMA first.
// Must not know: where to (movement/pins). What is pinned at the stop goes at its time.

import { Counter, LongPinParameter } from "../../abi/simulation";
import { PageFlag, PinKind } from "../../abi/vocabulary";
import { addCounter, arrive, isActive, later, parameter, plan, whole } from "../parts/actor";
import { ANON, GFP_ANON } from "../parts/pages";
import { pinnedPages, pinOne, releaseOldest } from "../parts/pinned";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  PIN = 3,
  RELEASE,
}

export function start(actor: i32): void {
  arrive(actor, Step.PIN, parameter(actor, LongPinParameter.INTERVAL));
}

export function act(actor: i32, tag: i32, _payload: u32): void {
  if (tag == Step.RELEASE) return releaseOldest(actor);
  if (!isActive(actor)) return;
  start(actor);
  plan(actor);
  // How many are held hangs on which pins were had: an arrival without room is planned all the same.
  if (pinnedPages(actor) >= whole(actor, LongPinParameter.PAGES))
    return addCounter(actor, Counter.SKIPPED, 1);
  const isPinned = pinOne(actor, GFP_ANON, ANON | PageFlag.ACTIVE, PinKind.LONGTERM);
  if (isPinned) later(actor, Step.RELEASE, parameter(actor, LongPinParameter.HOLD), 0);
}
