// Knows: kernel memory that cannot be moved: slabs of some orders, with lifetimes, part of them of reclaimable type.
// Must not know: caches and objects. What is held at the stop goes at its time; without a lifetime it stays.
// Models allocate_slab (mm/slub.c, Linux 6.12), by pages.

import { Counter, SlabParameter } from "../../abi/simulation";
import { Gfp } from "../../abi/vocabulary";
import {
  addCounter,
  arrive,
  counter,
  drawChance,
  drawExponential,
  isActive,
  parameter,
  plan,
  whole,
} from "../parts/actor";
import { allocateFor, drawOrder, release } from "../parts/kernel_pages";
import { GFP_KERNEL, SLAB } from "../parts/pages";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  ALLOCATE = 3,
  FREE,
}

export function start(actor: i32): void {
  arrive(actor, Step.ALLOCATE, drawExponential(actor, parameter(actor, SlabParameter.INTERVAL)));
}

/** All draws are made, whether there is room or not; without room it is skipped. */
function allocate(actor: i32): void {
  start(actor);
  const order = drawOrder(actor, whole(actor, SlabParameter.ORDER_MAX));
  const mean = parameter(actor, SlabParameter.LIFETIME);
  const lifetime = mean > 0 ? drawExponential(actor, mean) : -1;
  const isReclaimable = drawChance(actor, parameter(actor, SlabParameter.RECLAIMABLE_SHARE));
  plan(actor);
  const held = counter(actor, Counter.ALLOCATED) - counter(actor, Counter.FREED);
  if (held + <f64>(1 << order) > parameter(actor, SlabParameter.PAGES))
    return addCounter(actor, Counter.SKIPPED, 1);
  const gfp = GFP_KERNEL | Gfp.COMP | (isReclaimable ? Gfp.RECLAIMABLE : 0);
  const isHad = allocateFor(actor, order, gfp, SLAB, Step.FREE, lifetime);
  addCounter(actor, isHad ? Counter.OPERATIONS : Counter.DROPPED, 1);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.FREE) release(actor, payload);
  else if (isActive(actor)) allocate(actor);
}
