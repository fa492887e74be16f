// Knows: pages of the kernel itself, which nobody can move: allocated now, given back after a time that is known.
// Must not know: what they are for. They need no slot: the event that frees them names the page.

import { Cost } from "../../abi/simulation";
import { linkOf, pfnOf } from "../../frames/frame";
import { NONE } from "../../memory/list";
import { charge, cost, cpuOf, drawBelow, later } from "./actor";
import { acquire, giveBack } from "./pages";

/** An order up to `most`; each is half as frequent as the one below. */
export function drawOrder(actor: i32, most: i32): i32 {
  let order: i32;
  do order = <i32>clz(drawBelow(actor, 0xffff_ffff));
  while (order > most);
  return order;
}

/** A block, that an event with `tag` gives back after `lifetime`; below 0: never. False: there is none. */
export function allocateFor(actor: i32, order: i32, gfp: i32, content: u32, tag: i32, lifetime: f64): bool {
  const link = acquire(actor, cpuOf(actor), order, gfp, content);
  if (link == NONE) return false;
  charge(actor, cost(Cost.ALLOCATE));
  if (lifetime >= 0) later(actor, tag, lifetime, pfnOf(link));
  return true;
}

/** The payload of that event is the page. */
export function release(actor: i32, pfn: u32): void {
  giveBack(actor, cpuOf(actor), linkOf(pfn));
}
