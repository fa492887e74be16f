// Knows: short-lived allocations of the kernel, each freed soon, some of them in interrupts (GFP_ATOMIC).
// Must not know: what they are for: network buffers, pipes, page tables.

import { Counter, NoiseParameter } from "../../abi/simulation";
import {
  addCounter,
  arrive,
  drawChance,
  drawExponential,
  isActive,
  parameter,
  plan,
  whole,
} from "../parts/actor";
import { allocateFor, drawOrder, release } from "../parts/kernel_pages";
import { GFP_ATOMIC, GFP_KERNEL, KERNEL } from "../parts/pages";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  ALLOCATE = 3,
  FREE,
}

export function start(actor: i32): void {
  arrive(actor, Step.ALLOCATE, drawExponential(actor, parameter(actor, NoiseParameter.INTERVAL)));
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.FREE) return release(actor, payload);
  if (!isActive(actor)) return;
  start(actor);
  const order = drawOrder(actor, whole(actor, NoiseParameter.ORDER_MAX));
  const hold = drawExponential(actor, parameter(actor, NoiseParameter.HOLD));
  const isAtomic = drawChance(actor, parameter(actor, NoiseParameter.ATOMIC_SHARE));
  plan(actor);
  const isHad = allocateFor(actor, order, isAtomic ? GFP_ATOMIC : GFP_KERNEL, KERNEL, Step.FREE, hold);
  addCounter(actor, isHad ? Counter.OPERATIONS : Counter.DROPPED, 1);
}
