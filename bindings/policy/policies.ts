// Knows: the named policies, in their order. Must not know: what a scenario does with them, nor how the core decides.

import { closest } from "../engine/closest.js";
import { LISTS, USES, ZONES } from "./allocation.js";
import { OWNERS } from "./owners.js";
import { numbersOf, type Policy, type PolicyNumbers } from "./policy.js";
import { PAGES, REQUESTS } from "./requests.js";
import type { PolicyRow } from "./row.js";

export type { PolicyRow } from "./row.js";

const ROWS = [...USES, ...LISTS, ...REQUESTS, ...PAGES, ...ZONES, ...OWNERS];

/** Every proposal of the package by name, mainline first. */
export const policies: ReadonlyMap<string, PolicyRow> = new Map(ROWS.map((policy) => [policy.name, policy]));

/** Names of all proposals of the package. */
export const policyNames: readonly string[] = ROWS.map(({ name }) => name);

/** A proposal as scenarios carry it: its name and numbers. */
export function policyOf(row: PolicyRow): PolicyNumbers & { readonly name: string } {
  return { ...numbersOf(row), name: row.name };
}

/** A policy by name, one of `own` or of the package; or what is wrong with the name. */
export function findPolicy(name: string, own: readonly Policy[] = []): Policy | { readonly problem: string } {
  const found = own.find((policy) => policy.name === name);
  if (found !== undefined) return found;
  const row = policies.get(name);
  if (row !== undefined) return policyOf(row);
  const guess = closest(name, policyNames);
  const hint = guess === undefined ? "" : ` did you mean ${guess}?`;
  return { problem: `there is no policy "${name}";${hint} known: ${policyNames.join(", ")}` };
}
