// Knows: the numbers of the policies that a machine follows, their limits, and how they are put in force.
// Must not know: named policies, what the core does with a number (assembly/policy).

import { MAX_AREAS } from "../../assembly/abi/limits.js";
import { CmaFree, CmaUse, mostOfPolicy, PinRule, PolicyWord } from "../../assembly/abi/proposals.js";
import { Op } from "../../assembly/abi/vocabulary.js";
import type { CommandBuffer } from "../engine/commands.js";
import { PolicyError, type Problem } from "../engine/errors.js";

/** What one of a machine's areas may follow alone; what is absent is as the machine does. */
export interface AreaPolicy {
  /** What a short pin does with a page of a CMA area. Default ALLOW. */
  readonly pinRule?: PinRule;
  /** Sleeps of a cma_alloc between sweeps whose windows were all busy. Default 0. */
  readonly cmaRetries?: number;
  /** How long one of them is, nanoseconds; whole microseconds. Default 100 ms. */
  readonly cmaSleepNs?: number;
}

/** The proposals that a machine follows, as numbers; what is absent is as in mainline. */
export interface MachinePolicy extends AreaPolicy {
  /** Which movable requests take CMA pages. Default HALF (Linux 5.7 and later). */
  readonly cmaUse?: CmaUse;
  /** Where freed CMA pages go. Default MOVABLE_LIST. */
  readonly cmaFree?: CmaFree;
  /** Quarantine bits: uses that stay out of CMA. Default 0. */
  readonly quarantine?: number;
  /** What single areas do otherwise, by name. */
  readonly areas?: Readonly<Record<string, AreaPolicy>>;
}

/** CONFIG_CMA_RETRY_SLEEP_DURATION: what word 0 stands for. */
const SLEEP_NS = 100_000_000;

type Key = Exclude<keyof MachinePolicy, "areas">;

interface Row {
  readonly word: PolicyWord;
  /** Its values where they are an enumeration. */
  readonly of?: Readonly<Record<string, string | number>>;
  readonly name?: string;
  /** May an area differ? */
  readonly ofArea?: true;
  /** The core's word for a value, where it is not the value itself. */
  readonly toWord?: (value: number) => number;
}

const ROWS: Readonly<Record<Key, Row>> = {
  cmaUse: { word: PolicyWord.CMA_USE, of: CmaUse, name: "CmaUse" },
  cmaFree: { word: PolicyWord.CMA_FREE, of: CmaFree, name: "CmaFree" },
  quarantine: { word: PolicyWord.QUARANTINE },
  pinRule: { word: PolicyWord.PIN_RULE, of: PinRule, name: "PinRule", ofArea: true },
  cmaRetries: { word: PolicyWord.CMA_RETRIES, ofArea: true },
  cmaSleepNs: {
    word: PolicyWord.CMA_SLEEP_US,
    ofArea: true,
    toWord: (ns) => (ns === SLEEP_NS ? 0 : Math.max(Math.round(ns / 1000), 1)),
  },
};

const KEYS = Object.keys(ROWS) as Key[];
const AREA_KEYS = KEYS.filter((key) => ROWS[key].ofArea);

function wordOf({ toWord }: Row, value: number): number {
  return toWord === undefined ? value : toWord(value);
}

function valueProblem(path: string, row: Row, value: unknown): Problem[] {
  const most = mostOfPolicy(row.word);
  const { of, name } = row;
  if (of !== undefined)
    return typeof value === "number" && value in of
      ? []
      : [{ path, message: `must be a ${name}, got ${String(value)}` }];
  const word = typeof value === "number" ? wordOf(row, value) : Number.NaN;
  if (Number.isInteger(word) && word >= 0 && word <= most && (value as number) >= 0) return [];
  return [{ path, message: `must be 0 to ${most}${row.toWord ? " us" : ""}, got ${String(value)}` }];
}

function rowProblems(path: string, values: object, keys: readonly Key[]): Problem[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || key === "areas") return [];
    if (!keys.includes(key as Key))
      return [{ path: `${path}.${key}`, message: `is none of ${keys.join(", ")}` }];
    return valueProblem(`${path}.${key}`, ROWS[key as Key], value);
  });
}

/** Every reason for which a machine with these areas could not follow it. */
export function policyProblems(policy: MachinePolicy, areas: readonly string[]): Problem[] {
  const own = Object.entries(policy.areas ?? {}).flatMap(([area, values]) => {
    const path = `policy.areas.${area}`;
    if (!areas.includes(area))
      return [{ path, message: `is no area; there are ${areas.join(", ") || "none"}` }];
    return rowProblems(path, values, AREA_KEYS);
  });
  return [...rowProblems("policy", policy, KEYS), ...own];
}

/** Puts it in force: every per-CPU list is drained by the rules so far, then the new ones hold. @throws PolicyError with all problems */
export function applyPolicy(commands: CommandBuffer, policy: MachinePolicy, areas: readonly string[]): void {
  const problems = policyProblems(policy, areas);
  if (problems.length > 0) throw new PolicyError(problems);
  commands.clear();
  areas.slice(0, MAX_AREAS).forEach((area, index) => {
    writeRow(commands, index + 1, { ...policy, ...policy.areas?.[area] });
  });
  writeRow(commands, 0, policy);
  commands.append(Op.APPLY_POLICY, 0, 0, 0, 0, 0, 0);
  commands.flush("applyPolicy");
}

function writeRow(commands: CommandBuffer, index: number, values: MachinePolicy): void {
  for (const key of KEYS) {
    const row = ROWS[key];
    const value = values[key];
    const word = value === undefined ? 0 : wordOf(row, value);
    commands.append(Op.SET_POLICY, 0, 0, 0, index, row.word, word);
  }
}
