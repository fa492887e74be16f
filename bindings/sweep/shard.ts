// Knows: which part of a grid this process is: by an option, or by the variables that engines set for array jobs.
// Must not know: what a grid is, processes.

import { PageblockError } from "../engine/errors.js";

/** Part `index` of `count`, from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const MOST_SHARDS = 100_000;

function wrong(problem: string): PageblockError {
  return new PageblockError("BAD_CALL", problem);
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw wrong(`${name} is "${text}"; expected a whole number`);
  return Number(text);
}

function checked(index: number, count: number, from: string): Shard {
  if (count < 1 || count > MOST_SHARDS)
    throw wrong(`${from}: expected 1 to ${MOST_SHARDS} shards; got ${count}`);
  if (index >= count)
    throw wrong(
      `${from}: shard ${index} of ${count} does not exist; shards count from 0, the last one is ${count - 1}`,
    );
  return { index, count };
}

/** "3/40" */
export function parseShard(text: string, from: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  if (index === undefined || count === undefined)
    throw wrong(`${from}: expected I/N such as 0/40, I from 0; got "${text}"`);
  return checked(Number(index), Number(count), from);
}

/** What an engine tells: the index from 0, and the number where it is certain. */
interface Told {
  readonly index: number;
  readonly count?: number;
}

interface EngineRow {
  readonly name: string;
  readonly variable: string;
  /** @param fixed the number of shards was given: the index is then the engine's own, not one behind the first */
  told(value: number, env: Environment, fixed: boolean): Told;
}

function number(env: Environment, name: string): number | undefined {
  const text = env[name];
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** The first one that is there counts. */
const ENGINES: readonly EngineRow[] = [
  {
    name: "Slurm",
    variable: "SLURM_ARRAY_TASK_ID",
    told(value, env, fixed) {
      if (fixed) return { index: value };
      const first = number(env, "SLURM_ARRAY_TASK_MIN");
      const count = number(env, "SLURM_ARRAY_TASK_COUNT");
      const last = number(env, "SLURM_ARRAY_TASK_MAX");
      // An array with gaps repeats what is missing: its count is not the number of shards.
      if (first !== 0 || count === undefined || last !== count - 1) return { index: value };
      return { index: value, count };
    },
  },
  {
    name: "Grid Engine",
    variable: "SGE_TASK_ID",
    told(value, env) {
      const [first, last, step] = ["SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"].map((name) =>
        number(env, name),
      );
      const isWhole = first === 1 && last !== undefined && (step ?? 1) === 1;
      return { index: value - 1, ...(isWhole ? { count: last } : {}) };
    },
  },
  {
    name: "Kubernetes",
    variable: "JOB_COMPLETION_INDEX",
    told: (index) => ({ index }),
  },
  {
    name: "AWS Batch",
    variable: "AWS_BATCH_JOB_ARRAY_INDEX",
    told(index, env) {
      const count = number(env, "AWS_BATCH_JOB_ARRAY_SIZE");
      return { index, ...(count === undefined ? {} : { count }) };
    },
  },
  { name: "HyperQueue", variable: "HQ_TASK_ID", told: (index) => ({ index }) },
  { name: "GNU parallel", variable: "PARALLEL_SEQ", told: (value) => ({ index: value - 1 }) },
];

/**
 * @param options `shard`: I/N; `shards`: N, where the engine tells I alone, or an array was given with gaps
 * @returns undefined: nobody said; the grid is one part
 * @throws PageblockError BAD_CALL where index or number would be a guess
 */
export function shardOf(
  options: { readonly shard?: string; readonly shards?: number },
  env: Environment,
): Shard | undefined {
  if (options.shard !== undefined) return parseShard(options.shard, "--shard");
  const own = env["PAGEBLOCK_SHARD"];
  if (own !== undefined && own !== "") return parseShard(own, "PAGEBLOCK_SHARD");
  // Grid Engine sets its variable to "undefined" outside of arrays.
  const engine = ENGINES.find(({ variable }) => !["", "undefined", undefined].includes(env[variable]));
  if (engine === undefined) {
    if (options.shards === undefined || options.shards === 1) return undefined;
    throw wrong(
      `--shards ${options.shards}: which of them is this? --shard I/${options.shards} says it, I from 0`,
    );
  }
  const { name, variable } = engine;
  const { index, count } = engine.told(
    whole(variable, env[variable] ?? ""),
    env,
    options.shards !== undefined,
  );
  if (index < 0) throw wrong(`${variable} is 0; ${name} counts from 1`);
  const number = options.shards ?? count;
  if (number === undefined)
    throw wrong(`${name} says that this is shard ${index} (${variable}), not of how many: give --shards N`);
  return checked(index, number, variable);
}
