// Knows: how a branch is switched to in a simulation that stands where its request begins.
// Must not know: how a branch is followed, what is compared.

import { numbersOf, type Policy } from "../policy/index.js";
import type { PendingRequest, Simulation } from "../scenario/simulation.js";
import type { SettledBranch } from "./branches.js";

/** Switches from the policy in force; answers why it cannot be, or undefined when it is done. */
export function switchTo(
  simulation: Simulation,
  { policy, align, area }: SettledBranch,
  base: Policy,
  { request }: PendingRequest,
): string | undefined {
  if (area !== undefined) return "the size of an area is decided at boot";
  const numbers = numbersOf(policy);
  if (JSON.stringify(numbers.rules) !== JSON.stringify(numbersOf(base).rules))
    return "it changes rules of the kernel, which are decided at boot";
  // Switching drains the per-CPU lists: what is in force already is left alone.
  if (JSON.stringify(numbers) !== JSON.stringify(numbersOf(base))) simulation.applyPolicy(numbers);
  if (align !== undefined) simulation.realign(request, align);
  return undefined;
}
