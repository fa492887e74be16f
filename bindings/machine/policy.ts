// Knows: the numbers of the policies that a machine follows, their limits, and how they are put in force.
// Must not know: named policies, what the core does with a number (assembly/policy).

import { Region } from "../../assembly/abi/layout.js";
import { MAX_AREAS } from "../../assembly/abi/limits.js";
import {
  Balance,
  CmaFree,
  CmaUse,
  Effort,
  Guests,
  mostOfPolicy,
  PinRule,
  PolicyWord,
  ThpCma,
  ThpLists,
  WindowRule,
} from "../../assembly/abi/proposals.js";
import { Op } from "../../assembly/abi/vocabulary.js";
import type { KernelRules } from "../device/kernel.js";
import type { CommandBuffer } from "../engine/commands.js";
import type { Engine } from "../engine/engine.js";
import { PolicyError, type Problem } from "../engine/errors.js";
import { RULE_WORDS } from "./rules.js";

/** What one of a machine's areas may follow alone; what is absent is as the machine does. */
export interface AreaPolicy {
  /** What a short pin does with a page of a CMA area. Default ALLOW. */
  readonly pinRule?: PinRule;
  /** Sleeps of a cma_alloc between sweeps whose windows were all busy. Default 0. */
  readonly cmaRetries?: number;
  /** How long one of them is, nanoseconds; whole microseconds. Default 100 ms. */
  readonly cmaSleepNs?: number;
  /** 1: under PinRule.WAIT a page that is pinned already is pinned again at once. Default 0. */
  readonly pinAgain?: number;
  /** MoveOn bits: what a page of the area becomes when it is moved out first. Default 0. */
  readonly moveOn?: number;
  /** So long a request of a simulation waits for the last references of a page, nanoseconds. Default 0. */
  readonly waitRefsNs?: number;
  /** 1: that time is for a window as a whole, not for each page. Default 0. */
  readonly waitWindow?: number;
  /** Busy windows after which a request gives up. Default 0: never. */
  readonly giveUp?: number;
  /** How hard a request tries. Default NORMAL. */
  readonly effort?: Effort;
  /** Which free window a request tries. Default FIRST. */
  readonly window?: WindowRule;
  /** 1: a released range goes to the buddy lists in the largest blocks. Default 0. */
  readonly freeRange?: number;
}

/** The proposals that a machine follows, as numbers; what is absent is as in mainline. A row of `policies` will do. */
export interface MachinePolicy extends AreaPolicy {
  /** Which movable requests take CMA pages. Default HALF (Linux 5.7 and later). */
  readonly cmaUse?: CmaUse;
  /** Where freed CMA pages go. Default MOVABLE_LIST. */
  readonly cmaFree?: CmaFree;
  /** Quarantine bits: uses that stay out of CMA. Default 0. */
  readonly quarantine?: number;
  /** The number of CmaUse.PERCENT, SIXTEENTHS, RATIO, AGGRESSIVE and of Balance.WORKER. Default 0. */
  readonly cmaLimit?: number;
  /** Of 100 requests that the quarantine is meant for so many are not recognised. Default 0. */
  readonly quarantineMiss?: number;
  /** May THP-sized requests take CMA blocks? Default MAY. */
  readonly thpCma?: ThpCma;
  /** The per-CPU lists of THP size. Default SPLIT. */
  readonly thpLists?: ThpLists;
  /** A pin that was held for longer is told, nanoseconds (pinExcesses). Default 0: nobody measures. */
  readonly pinWarnNs?: number;
  /** What moves pages into CMA in the background, in a simulation. Default NONE. */
  readonly balance?: Balance;
  /** Which clean file pages that reclaim drops are copied into areas that keep their pages (rules.cmaOwner). Default NONE. */
  readonly guests?: Guests;
  /** Copies that a worker drops where none finds room; 0, the default: the oldest makes room. */
  readonly guestEvict?: number;
  /** Per cent of such areas that swapped-out pages may have. Default 0. */
  readonly frontswapShare?: number;
  /** 1: these are written to storage as they come in, not when a request takes their frames. Default 0. */
  readonly writeThrough?: number;
  /** Rules of the kernel that it changes: they hold from boot on, and a machine that runs refuses others. */
  readonly rules?: Partial<KernelRules>;
  /** What single areas do otherwise, by name. */
  readonly areas?: Readonly<Record<string, AreaPolicy>>;
}

/** CONFIG_CMA_RETRY_SLEEP_DURATION: what word 0 stands for. */
const SLEEP_NS = 100_000_000;

type Key = Exclude<keyof MachinePolicy, "areas" | "rules">;

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
  cmaLimit: { word: PolicyWord.CMA_LIMIT },
  quarantineMiss: { word: PolicyWord.QUARANTINE_MISS },
  thpCma: { word: PolicyWord.THP_CMA, of: ThpCma, name: "ThpCma" },
  thpLists: { word: PolicyWord.THP_LISTS, of: ThpLists, name: "ThpLists" },
  pinAgain: { word: PolicyWord.PIN_AGAIN, ofArea: true },
  moveOn: { word: PolicyWord.MOVE_ON, ofArea: true },
  pinWarnNs: { word: PolicyWord.PIN_WARN_US, toWord: toMicroseconds },
  waitRefsNs: { word: PolicyWord.WAIT_REFS_US, ofArea: true, toWord: toMicroseconds },
  waitWindow: { word: PolicyWord.WAIT_WINDOW, ofArea: true },
  giveUp: { word: PolicyWord.GIVE_UP, ofArea: true },
  effort: { word: PolicyWord.EFFORT, of: Effort, name: "Effort", ofArea: true },
  window: { word: PolicyWord.WINDOW, of: WindowRule, name: "WindowRule", ofArea: true },
  freeRange: { word: PolicyWord.FREE_RANGE, ofArea: true },
  balance: { word: PolicyWord.BALANCE, of: Balance, name: "Balance" },
  guests: { word: PolicyWord.GUESTS, of: Guests, name: "Guests" },
  guestEvict: { word: PolicyWord.GUEST_EVICT },
  frontswapShare: { word: PolicyWord.FRONTSWAP_SHARE },
  writeThrough: { word: PolicyWord.WRITE_THROUGH },
};

function toMicroseconds(ns: number): number {
  return ns === 0 ? 0 : Math.max(Math.round(ns / 1000), 1);
}

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

/** What a row of `policies` says beside its numbers, and what has checks of its own. */
const BESIDE = ["name", "doc", "claim", "source", "switch", "areas", "rules"];

function rowProblems(path: string, values: object, keys: readonly Key[]): Problem[] {
  const beside = keys === KEYS ? BESIDE : [];
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || beside.includes(key)) return [];
    if (!keys.includes(key as Key))
      return [{ path: `${path}.${key}`, message: `is none of ${keys.join(", ")}` }];
    return valueProblem(`${path}.${key}`, ROWS[key as Key], value);
  });
}

/** What no single number says: the combinations that mean nothing. */
function togetherProblems({ cmaUse, cmaLimit = 0, cmaFree, thpLists, balance }: MachinePolicy): Problem[] {
  const problems: Problem[] = [];
  const isShare = cmaUse === CmaUse.PERCENT || balance === Balance.WORKER;
  const most = isShare ? 100 : cmaUse === CmaUse.SIXTEENTHS ? 16 : Number.POSITIVE_INFINITY;
  if (cmaLimit > most)
    problems.push({ path: "policy.cmaLimit", message: `must be 0 to ${most}, got ${cmaLimit}` });
  if (thpLists === ThpLists.OWN_LIST && cmaFree !== CmaFree.OWN_LIST)
    problems.push({ path: "policy.thpLists", message: "own-list needs cma-free: own-list" });
  return problems;
}

/** Every reason for which a machine with these areas could not follow it. */
export function policyProblems(policy: MachinePolicy, areas: readonly string[]): Problem[] {
  const own = Object.entries(policy.areas ?? {}).flatMap(([area, values]) => {
    const path = `policy.areas.${area}`;
    if (!areas.includes(area))
      return [{ path, message: `is no area; there are ${areas.join(", ") || "none"}` }];
    return rowProblems(path, values, AREA_KEYS);
  });
  return [...rowProblems("policy", policy, KEYS), ...togetherProblems(policy), ...own];
}

/** Rules of the kernel are decided at boot: those that a policy wants and this machine does not have. */
function bootProblems(engine: Engine, { rules = {} }: MachinePolicy): Problem[] {
  const words = engine.words(Region.CONFIG);
  return Object.entries(rules).flatMap(([name, value]) => {
    const has = words[RULE_WORDS[name as keyof KernelRules]];
    if (value === undefined || has === value) return [];
    const message =
      "is decided at boot: create the machine with this policy, it cannot be switched to while one runs";
    return [{ path: `policy.rules.${name}`, message }];
  });
}

/** Puts it in force: every per-CPU list is drained by the rules so far, then the new ones hold. @throws PolicyError with all problems */
export function applyPolicy(
  engine: Engine,
  commands: CommandBuffer,
  policy: MachinePolicy,
  areas: readonly string[],
): void {
  const problems = [...policyProblems(policy, areas), ...bootProblems(engine, policy)];
  if (problems.length > 0) throw new PolicyError(problems);
  commands.clear();
  for (let area = 0; area < MAX_AREAS; area++)
    writeRow(commands, area + 1, { ...policy, ...policy.areas?.[areas[area] ?? ""] });
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
