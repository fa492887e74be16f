// Knows: what would have become of one request: what was, and for each branch both columns, on the same plans and seed.
// Must not know: files, options as text, tables.
//
//   scenario --(first failure?)--> its request --> `before`, where the request begins
//       before --copy--> nothing changed, on to the horizon: what was. It must be what was to the nanosecond
//       before --copy--> switched --> on to the horizon: column 1      (one spare copy for all branches)
//       a run of its own from the start, in force from there: column 2

import { ConfigWord } from "../../assembly/abi/words.js";
import { PageblockError, StateError } from "../engine/errors.js";
import type { CoreBuild, CoreSource } from "../engine/load.js";
import { CopyPool } from "../machine/pool.js";
import { type Policy, policies } from "../policy/index.js";
import { factsOf } from "../scenario/device_facts.js";
import type { Scenario } from "../scenario/scenario.js";
import { type LoggedRequest, type PendingRequest, Simulation } from "../scenario/simulation.js";
import { simulationOptions } from "../sweep/actor_specs.js";
import { streamOf } from "../sweep/run.js";
import { isPlacement, type SettledBranch, scenarioOf, settleBranch, type WhatIfBranch } from "./branches.js";
import { costsAgainst } from "./costs.js";
import { Course, LEVELS, type Named, type Names } from "./course.js";
import { Progress } from "./progress.js";
import type {
  WhatIfAnswer,
  WhatIfBranchAnswer,
  WhatIfEnding,
  WhatIfLedger,
  WhatIfRefusal,
  WhatIfRequest,
} from "./result.js";
import { sentenceOf } from "./sentence.js";
import { PATIENCE_NS, Trunk } from "./trunk.js";

/** A request by its client and the client's opening: the same under every policy. */
export interface RequestName {
  /** Name of the client. */
  readonly client: string;
  /** Its opening, from 1. */
  readonly ordinal: number;
  /** Which of the requests of that opening, from 0; the first when absent. */
  readonly nth?: number;
}

/** The first request that fails behind a moment, virtual nanoseconds. */
export interface FailureAfter {
  /** It ends later than this. */
  readonly afterNs: number;
}

/** Which request: the first that fails, the first that fails behind a moment, or one by name. */
export type WhichRequest = "first-failure" | FailureAfter | RequestName;

/** What a what-if is told beside its branches. */
export interface WhatIfOptions {
  /** All chance follows from it; 1 when absent. */
  readonly seed?: number;
  /** The first that fails when absent. */
  readonly request?: WhichRequest;
  /** The policy in force; the first of the scenario when absent. */
  readonly policy?: Policy;
  /** Virtual time behind the begin of the request up to which costs are counted; 5 s when absent. */
  readonly horizonNs?: number;
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
  /** Virtual time of all branches together, about: done, to do. */
  readonly onProgress?: (doneNs: number, totalNs: number) => void;
  /** Ends it; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

type Column = WhatIfEnding | WhatIfRefusal;

const HORIZON_NS = 5e9;

function none(message: string): PageblockError {
  return new PageblockError("NOTHING_FOUND", message);
}

function addLedgers(first: WhatIfLedger, second: WhatIfLedger): WhatIfLedger {
  const sums = (
    a: Readonly<Record<string, number>>,
    b: Readonly<Record<string, number>>,
    isLevel: (name: string) => boolean = () => false,
  ) =>
    Object.fromEntries(
      Object.entries(b).map(([name, value]) => [name, isLevel(name) ? value : value + (a[name] ?? 0)]),
    );
  return {
    fromNs: first.fromNs,
    toNs: second.toNs,
    totals: sums(first.totals, second.totals),
    actors: second.actors.map((actor, i) => ({
      ...actor,
      counters: sums(first.actors[i]?.counters ?? {}, actor.counters, (name) => LEVELS.has(name)),
    })),
    kills: first.kills + second.kills,
    others: [...first.others, ...second.others],
  };
}

/** The branch that changes nothing is what was, or nothing here can be believed. @throws StateError */
function refuseDifference(
  { request }: WhatIfEnding,
  { errno, beginNs, endNs, windows }: LoggedRequest,
): void {
  const isEqual =
    request?.errno === errno &&
    request.beginNs === beginNs &&
    request.latencyNs === endNs - beginNs &&
    request.windows === windows;
  if (!isEqual)
    throw new StateError("a fork that changes nothing did not repeat the request: a fault of ours");
}

interface Columns<T> {
  readonly switched: T;
  readonly fromStart: T;
}

function judged(
  branch: SettledBranch,
  base: Policy,
  { switched, fromStart }: Columns<Column>,
  before: Columns<WhatIfLedger | undefined>,
  clients: ReadonlySet<string>,
): WhatIfBranchAnswer {
  const costs = (own: Column, was: WhatIfLedger | undefined) =>
    own.kind === "refused" || was === undefined ? [] : costsAgainst(own.ledger, was, clients);
  return {
    name: branch.name,
    judgedBy: switched.kind === "refused" || isPlacement(branch.policy, base) ? "fromStart" : "switched",
    switched,
    fromStart,
    costs: { switched: costs(switched, before.switched), fromStart: costs(fromStart, before.fromStart) },
  };
}

/** One what-if on one scenario. */
class ScenarioWhatIf {
  readonly #scenario: Scenario;
  readonly #options: WhatIfOptions;
  readonly #base: Policy;
  readonly #names: Names;
  readonly #progress: Progress;

  constructor(scenario: Scenario, options: WhatIfOptions) {
    const base = options.policy ?? scenario.policies[0];
    if (base === undefined) throw new RangeError("the scenario has no policy");
    this.#scenario = scenario;
    this.#options = options;
    this.#base = base;
    this.#progress = new Progress(options);
    const deadlines = scenario.actors.map(
      ({ name, parameters }) => [name, parameters["deadline"] ?? 0] as const,
    );
    this.#names = {
      deadlines: new Map(deadlines),
      streamEndNs: streamOf(scenario, scenario.durationNs).stream?.endNs,
    };
  }

  #start(scenario: Scenario, policy: Policy): Promise<Simulation> {
    const { seed = 1, core, wasm } = this.#options;
    return Simulation.create({
      ...simulationOptions(scenario, policy, seed),
      ...(core === undefined ? {} : { core }),
      ...(wasm === undefined ? {} : { wasm }),
    });
  }

  async #firstFailure(): Promise<LoggedRequest | undefined> {
    const { request = "first-failure" } = this.#options;
    const isNamed = request !== "first-failure" && "client" in request;
    if (isNamed) return undefined;
    const afterNs = request === "first-failure" ? -1 : request.afterNs;
    using simulation = await this.#start(this.#scenario, this.#base);
    const course = new Course(simulation, this.#names, this.#progress.pace(0));
    const failure = await course.failure(afterNs, this.#scenario.durationNs);
    if (failure !== undefined) return failure;
    throw none(
      `no request fails in ${this.#scenario.name} under ${this.#base.name} with seed ${this.#options.seed ?? 1}: name one, as client and ordinal`,
    );
  }

  /** The course stands where the request begins. */
  async #begin(
    course: Course,
    failure: LoggedRequest | undefined,
  ): Promise<{ pending: PendingRequest; named: Named }> {
    const { request = "first-failure" } = this.#options;
    if (failure !== undefined) return await course.reachLogged(failure);
    const named = { nth: 0, ...(request as RequestName) };
    if (!this.#scenario.actors.some(({ name, area }) => name === named.client && area !== null))
      throw none(`${this.#scenario.name} has no client "${named.client}"`);
    const pending = await course.reach(named, this.#scenario.durationNs);
    if (pending === undefined)
      throw none(`${named.client} does not make its request ${named.ordinal} in ${this.#scenario.name}`);
    return { pending, named };
  }

  async #fromStart(branch: SettledBranch, request: WhatIfRequest, horizonNs: number): Promise<Column> {
    const scenario = scenarioOf(this.#scenario, branch, request);
    if (typeof scenario === "string") return { kind: "refused", why: scenario };
    using simulation = await this.#start(scenario, branch.policy);
    const course = new Course(simulation, this.#names, this.#progress.pace(0));
    const pending = await course.reach(request, horizonNs);
    return await course.finish(pending, request, horizonNs, horizonNs + PATIENCE_NS);
  }

  #judge(branch: SettledBranch, columns: Columns<Column>, before: Columns<WhatIfLedger>): WhatIfBranchAnswer {
    const clients = this.#scenario.actors.flatMap(({ name, area }) => (area === null ? [] : [name]));
    return judged(branch, this.#base, columns, before, new Set(clients));
  }

  async answer(given: readonly (string | WhatIfBranch)[]): Promise<WhatIfAnswer> {
    const branches = given.map((branch) => settleBranch(branch, this.#base, this.#scenario.policies));
    const failure = await this.#firstFailure();
    using before = await this.#start(this.#scenario, this.#base);
    const course = new Course(before, this.#names, this.#progress.pace(0));
    const begin = await this.#begin(course, failure);
    const { horizonNs: length = HORIZON_NS } = this.#options;
    const horizonNs = begin.pending.beginNs + length;
    this.#progress.plan(
      begin.pending.beginNs * (failure === undefined ? 1 : 2) +
        length +
        branches.length * (length + horizonNs),
    );
    using pool = new CopyPool<Simulation>(1);
    const trunk = new Trunk(before, begin, this.#names, horizonNs, { progress: this.#progress, pool });
    const original = await trunk.original();
    if (failure !== undefined) refuseDifference(original, failure);
    const request = requestOf(begin, before, this.#names);
    const ledgers = { switched: original.ledger, fromStart: addLedgers(course.ledger(), original.ledger) };
    const answers: WhatIfBranchAnswer[] = [];
    for (const branch of branches) {
      const switched = await trunk.switched(branch, this.#base);
      const fromStart = await this.#fromStart(branch, request, horizonNs);
      answers.push(this.#judge(branch, { switched, fromStart }, ledgers));
    }
    const told = {
      scenario: this.#scenario.name,
      policy: this.#base.name,
      seed: this.#options.seed ?? 1,
      pageBytes: factsOf(this.#scenario.device).pageSize,
      horizonNs,
      request,
      original,
      branches: answers,
    };
    return { sentence: sentenceOf(told), ...told };
  }
}

function requestOf(
  { pending, named }: { readonly pending: PendingRequest; readonly named: Named },
  { machine }: Simulation,
  names: Names,
): WhatIfRequest {
  const { pages, align, beginNs } = pending;
  const area = machine.cma.areas[pending.area]?.name ?? "";
  return { ...named, area, pages, align, beginNs, deadlineNs: names.deadlines.get(named.client) ?? 0 };
}

/** The request that has begun at this very moment, or the one that is named. */
function begunIn(simulation: Simulation, which: WhichRequest): { pending: PendingRequest; named: Named } {
  const all = simulation.pendingRequests();
  const nameOf = ({ actor }: PendingRequest) => simulation.actors[actor]?.name ?? "";
  const nthOf = (pending: PendingRequest) =>
    all
      .filter(({ actor, ordinal }) => actor === pending.actor && ordinal === pending.ordinal)
      .indexOf(pending);
  const begun = all.filter(({ windows, beginNs }) => windows === 0 && beginNs >= simulation.nowNs);
  const pending =
    which === "first-failure" || "afterNs" in which
      ? begun.at(-1)
      : begun.find(
          (each) =>
            nameOf(each) === which.client &&
            each.ordinal === which.ordinal &&
            nthOf(each) === (which.nth ?? 0),
        );
  if (pending === undefined)
    throw none("the simulation does not stand where such a request begins: run it with stopAtBegin");
  return { pending, named: { client: nameOf(pending), ordinal: pending.ordinal, nth: nthOf(pending) } };
}

const NO_PLANS = "what was before is not known of a simulation: give the scenario";

/** The column `switched` alone. */
async function ofSimulation(
  simulation: Simulation,
  given: readonly (string | WhatIfBranch)[],
  options: WhatIfOptions,
): Promise<WhatIfAnswer> {
  const base = options.policy ?? (policies.get("mainline") as Policy);
  const branches = given.map((branch) => settleBranch(branch, base, []));
  const begin = begunIn(simulation, options.request ?? "first-failure");
  const { horizonNs: length = HORIZON_NS } = options;
  const horizonNs = begin.pending.beginNs + length;
  const progress = new Progress(options);
  progress.plan((branches.length + 1) * length);
  const names: Names = { deadlines: new Map(), streamEndNs: undefined };
  using pool = new CopyPool<Simulation>(1);
  const trunk = new Trunk(simulation, begin, names, horizonNs, { progress, pool });
  const original = await trunk.original();
  const clients = new Set(
    simulation.actors.flatMap(({ name, area }) => (area === undefined || area < 0 ? [] : [name])),
  );
  const fromStart: WhatIfRefusal = { kind: "refused", why: NO_PLANS };
  const answers: WhatIfBranchAnswer[] = [];
  for (const branch of branches) {
    const switched = await trunk.switched(branch, base);
    const before = { switched: original.ledger, fromStart: undefined };
    answers.push(judged(branch, base, { switched, fromStart }, before, clients));
  }
  const told = {
    scenario: "",
    policy: base.name,
    seed: options.seed ?? 1,
    pageBytes: 2 ** simulation.machine.views.config(ConfigWord.PAGE_SHIFT),
    horizonNs,
    request: requestOf(begin, simulation, names),
    original,
    branches: answers,
  };
  return { sentence: sentenceOf(told), ...told };
}

/**
 * What would have saved a request, when, and what it would have cost everybody else: each branch switched at the instant
 * at which the request begins, and in force from the start. What was is repeated first, to the nanosecond.
 * @param from a scenario; or a simulation that stands where the request begins (`stopAtBegin`), which stays as it is:
 *   then there is no column "from the start"
 * @param branches names of policies, or what is to be different
 * @throws PageblockError NOTHING_FOUND when no such request is made, BAD_CALL for a branch that cannot be
 */
export async function whatIf(
  from: Scenario | Simulation,
  branches: readonly (string | WhatIfBranch)[],
  options: WhatIfOptions = {},
): Promise<WhatIfAnswer> {
  if (from instanceof Simulation) return await ofSimulation(from, branches, options);
  return await new ScenarioWhatIf(from, options).answer(branches);
}
