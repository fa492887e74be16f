// Knows: the options of `pageblock whatif` as people write them: a request, lists and ranges of numbers, and what is wrong.
// Must not know: what a branch does.

import { policyNames } from "../../policy/index.js";
import { parseQuantity } from "../../scenario/quantity.js";
import type { Scenario } from "../../scenario/scenario.js";
import type { WhatIfBranch, WhichRequest } from "../../whatif/index.js";
import { UsageError } from "../exit.js";

export interface WhatIfCommandOptions {
  /** A preset, or a file in the state of which it begins. */
  readonly device?: string;
  /** "first-failure", "3", "camera:3", "tv:2.0". */
  readonly request?: string;
  /** "all" or names. */
  readonly policy?: string;
  /** "0..8" or "0,4". */
  readonly align?: string;
  /** "x0.5..x2" or "x1.5,x2". */
  readonly area?: string;
  /** "0..10" or "5". */
  readonly retries?: string;
  readonly seed?: number;
  readonly horizon?: string;
  readonly json?: boolean;
  readonly html?: string;
}

const MOST_BRANCHES = 100;
/** Steps of a range of sizes. */
const AREA_STEP = 0.25;

function tooMany(option: string, count: number): void {
  if (count > MOST_BRANCHES) throw new UsageError(`${option}: at most ${MOST_BRANCHES} values; got ${count}`);
}

/** "0..8" (each step between) or "0,4,8"; each number may have a sign before it ("x2"). */
function numbersFrom(option: string, text: string, { sign = "", step = 1 } = {}): number[] {
  const example = sign === "" ? "0..8 or 0,4,8" : `${sign}0.5..${sign}2 or ${sign}1.5,${sign}2`;
  const numberOf = (part: string) => {
    const found = new RegExp(`^${sign === "" ? "" : `${sign}?`}(\\d+(?:\\.\\d+)?)$`).exec(part.trim());
    if (found === null) throw new UsageError(`${option}: expected ${example}; got "${text}"`);
    return Number(found[1]);
  };
  const ends = text.split("..");
  if (ends.length === 1) {
    const all = text.split(",").map(numberOf);
    tooMany(option, all.length);
    return all;
  }
  const [first = Number.NaN, last = Number.NaN] = ends.map(numberOf);
  if (ends.length !== 2 || last < first)
    throw new UsageError(`${option}: expected ${example}; got "${text}"`);
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  tooMany(option, count);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

function policiesFrom(text: string, base: string): string[] {
  if (text === "all") return policyNames.filter((name) => name !== base);
  const names = text.split(",").map((part) => part.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`--policy: ${twice} is named twice`);
  return names;
}

/** Every policy of the package where nothing is asked for. */
export function branchesFrom(scenario: Scenario, options: WhatIfCommandOptions): (string | WhatIfBranch)[] {
  const { align, area, retries } = options;
  const isAsked = align !== undefined || area !== undefined || retries !== undefined;
  const policy = options.policy ?? (isAsked ? undefined : "all");
  const base = scenario.policies[0]?.name ?? "";
  const numbers = (option: "align" | "area" | "retries", how: { sign?: string; step?: number } = {}) => {
    const text = options[option];
    return text === undefined ? [] : numbersFrom(`--${option}`, text, how);
  };
  const branches = [
    ...(policy === undefined ? [] : policiesFrom(policy, base)),
    ...numbers("align").map((value) => ({ align: value })),
    ...numbers("area", { sign: "x", step: AREA_STEP })
      .filter((factor) => factor !== 1)
      .map((factor) => ({ area: factor })),
    ...numbers("retries").map((value) => ({ retries: value })),
  ];
  tooMany("branches", branches.length);
  return branches;
}

/** "first-failure", "3" where there is one client, "camera:3", "tv:2.1": the second of the requests of an opening. */
export function requestFrom(scenario: Scenario, text: string): WhichRequest {
  if (text === "first-failure") return text;
  const found = /^(?:(.+):)?(\d+)(?:\.(\d+))?$/.exec(text.trim());
  const clients = scenario.actors.flatMap(({ name, area }) => (area === null ? [] : [name]));
  const named = `the clients are ${clients.join(", ") || "none"}`;
  if (found === null)
    throw new UsageError(`--request: expected first-failure, 3 or camera:3; got "${text}"; ${named}`);
  const client = found[1] ?? (clients.length === 1 ? clients[0] : undefined);
  if (client === undefined) throw new UsageError(`--request: whose? write CLIENT:${text}; ${named}`);
  if (!clients.includes(client)) throw new UsageError(`--request: there is no client "${client}"; ${named}`);
  const ordinal = Number(found[2]);
  if (ordinal < 1) throw new UsageError("--request: openings are counted from 1");
  return { client, ordinal, nth: Number(found[3] ?? 0) };
}

export function horizonFrom(text: string): number {
  const parsed = parseQuantity("time", text);
  if ("problem" in parsed) throw new UsageError(`--horizon: ${parsed.problem}`);
  const { value } = parsed;
  if (typeof value !== "number" || value <= 0) throw new UsageError("--horizon: must be longer than nothing");
  return value;
}
