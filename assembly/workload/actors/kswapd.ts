// Knows: kswapd in virtual time: one round after another until the zones are balanced, then it sleeps until woken.
// Must not know: how pages are found (movement/kswapd). ActorWord.A: 1 while a round is scheduled.

import { ActorWord, Cost } from "../../abi/simulation";
import { stepKswapd } from "../../movement/kswapd";
import { spent } from "../../time/clock";
import { cost, cpuOf, later, setActorWord, Tag } from "../parts/actor";
import { beginWork, chargeWork } from "../parts/pages";

export function start(_actor: i32): void {}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  const before = beginWork();
  const goesOn = stepKswapd(cpuOf(actor));
  chargeWork(actor, before);
  // A round that is said to cost nothing must not stop time.
  if (goesOn) later(actor, Tag.FIRST, spent() > 0 ? 0 : cost(Cost.KSWAPD_WAKE), 0);
  else setActorWord(actor, ActorWord.A, 0);
}
