// Knows: what a branch of a what-if may change, what a scenario is with that change, and which column judges it.
// Must not know: how a branch is run.

import { resolveDevice } from "../device/resolve.js";
import { DeviceError, PageblockError } from "../engine/errors.js";
import { largest } from "../engine/extent.js";
import { formatBytes } from "../engine/units.js";
import { findPolicy, type Policy, type PolicyNumbers } from "../policy/index.js";
import { isCaptured } from "../scenario/device_facts.js";
import { parametersOf } from "../scenario/kinds/index.js";
import type { Scenario } from "../scenario/scenario.js";

/** What is to be different; what is absent stays. A policy's name alone is a branch too. */
export interface WhatIfBranch {
  /** How the answer calls it; made from the changes when absent. */
  readonly name?: string;
  /** A policy of the package by name, or one of your own. */
  readonly policy?: string | Policy;
  /** Sleeps of a request whose windows were all busy, before it searches again. */
  readonly retries?: number;
  /** Order of the alignment of the client's requests. */
  readonly align?: number;
  /** Times the size of the request's area: 1.5. */
  readonly area?: number;
}

/** A branch with everything that it needs worked out. */
export interface SettledBranch {
  readonly name: string;
  readonly policy: Policy;
  readonly align: number | undefined;
  readonly area: number | undefined;
}

const MOST_RETRIES = 1000;
const MOST_ALIGN = 30;
const MOST_AREA = 64;

function refused(message: string): PageblockError {
  return new PageblockError("BAD_CALL", `what-if: ${message}`);
}

function policyNamed(name: string, own: readonly Policy[]): Policy {
  const found = findPolicy(name, own);
  if ("problem" in found) throw refused(found.problem);
  return found;
}

function within(what: string, value: number | undefined, low: number, high: number, whole: boolean): void {
  if (value === undefined) return;
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
  throw refused(`${what} must be ${whole ? "a whole number " : ""}from ${low} to ${high}, got ${value}`);
}

/**
 * @param base the policy in force
 * @param own policies that the scenario has beside those of the package
 * @throws PageblockError BAD_CALL for what no branch can be
 */
export function settleBranch(
  given: string | WhatIfBranch,
  base: Policy,
  own: readonly Policy[],
): SettledBranch {
  const branch: WhatIfBranch = typeof given === "string" ? { policy: given } : given;
  const { retries, align, area } = branch;
  within("retries", retries, 0, MOST_RETRIES, true);
  within("an alignment", align, 0, MOST_ALIGN, true);
  within("the factor of an area", area, 1 / MOST_AREA, MOST_AREA, false);
  const asked = branch.policy ?? base;
  const named = typeof asked === "string" ? policyNamed(asked, own) : asked;
  const words = [
    ...(branch.policy === undefined ? [] : [named.name]),
    ...(retries === undefined ? [] : [`retries ${retries}`]),
    ...(align === undefined ? [] : [`align ${align}`]),
    ...(area === undefined ? [] : [`area x${area}`]),
  ];
  const policy = retries === undefined ? named : { ...named, name: words.join(", "), cmaRetries: retries };
  return { name: branch.name ?? (words.join(", ") || base.name), policy, align, area };
}

/** Numbers of a policy that decide where pages go; the others decide how a request and the pins around it act. */
const PLACEMENT: readonly (keyof PolicyNumbers)[] = [
  "cmaUse",
  "cmaLimit",
  "cmaFree",
  "quarantine",
  "quarantineMiss",
  "thpCma",
  "thpLists",
  "moveOn",
  "freeRange",
  "balance",
  "guests",
  "guestEvict",
  "frontswapShare",
  "writeThrough",
];

/** What decides where pages go shows only where it was in force when they were put there. */
export function isPlacement(policy: Policy, base: Policy): boolean {
  return PLACEMENT.some((key) => policy[key] !== base[key]);
}

function withAlign(scenario: Scenario, client: string, align: number): Scenario | string {
  const actor = scenario.actors.find(({ name }) => name === client);
  if (actor === undefined || !parametersOf(actor.kind).has("align"))
    return `${client} has no alignment to set`;
  const parameters = { ...actor.parameters, align };
  return {
    ...scenario,
    actors: scenario.actors.map((each) => (each === actor ? { ...each, parameters } : each)),
  };
}

/** The area so many times as large, in whole pageblocks; one with several ranges keeps its form, range by range. */
function withArea(scenario: Scenario, area: string, factor: number): Scenario | string {
  const { device } = scenario;
  if (isCaptured(device)) return "the areas of a captured device are where they are";
  const block = 2 ** (device.pageShift + device.pageblockOrder);
  const scaled = (size: number) => Math.max(block, Math.round((size * factor) / block) * block);
  const areas = (device.areas ?? []).map((each) => {
    if (each.name !== area) return each;
    const { size, ranges } = each;
    if (ranges === undefined) return { ...each, size: scaled(size ?? 0) };
    const { size: _, ...rest } = each;
    return { ...rest, ranges: ranges.map((range) => ({ ...range, size: scaled(range.size) })) };
  });
  try {
    const changed = { ...device, areas } as typeof device;
    const pages = resolveDevice(changed).areas.find(({ name }) => name === area)?.pages ?? 0;
    const asked = scenario.actors.filter((actor) => actor.area === area);
    const most = largest(
      asked.map(({ parameters }) => parameters["pages"] ?? 0),
      0,
    );
    if (most > pages)
      return `the area would have ${formatBytes(pages * 2 ** device.pageShift)}: the request can never fit`;
    return { ...scenario, device: changed };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return `no such device can be built: ${error.problems[0]?.message ?? error.message}`;
  }
}

/** The scenario with the branch in force from the start, or why there is none. */
export function scenarioOf(
  scenario: Scenario,
  { align, area }: SettledBranch,
  request: { readonly client: string; readonly area: string },
): Scenario | string {
  let changed: Scenario | string = scenario;
  if (align !== undefined) changed = withAlign(changed, request.client, align);
  if (area !== undefined && typeof changed !== "string") changed = withArea(changed, request.area, area);
  return changed;
}
