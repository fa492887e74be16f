// Knows: kswapd in virtual time: one round after another until the zones are balanced, then it sleeps until woken.
// Must not know: how pages are found (movement/kswapd). ActorWord.A: 1 while a round is scheduled.

import { ActorWord } from "../../abi/simulation";
import { stepKswapd } from "../../movement/kswapd";
import { cpuOf, later, setActorWord, Tag } from "../parts/actor";
import { beginWork, chargeWork } from "../parts/pages";

export function start(_actor: i32): void {}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  const before = beginWork();
  const goesOn = stepKswapd(cpuOf(actor));
  chargeWork(actor, before);
  if (goesOn) later(actor, Tag.FIRST, 0, 0);
  else setActorWord(actor, ActorWord.A, 0);
}
