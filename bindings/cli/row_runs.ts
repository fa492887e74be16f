// Knows: many runs of which only rows are kept: over threads, with progress and signals, in memory or in a folder's journal,
// from which they are gone on with.
// Must not know: which runs, what is made of their rows.

import { errorRow, type RunRow, rowsOf, runOutcome } from "../analysis/outcomes/index.js";
import { Work, type WorkEnd } from "../durable/index.js";
import type { CoreBuild } from "../engine/load.js";
import { type RunEnd, type RunTask, runTasks } from "../sweep/index.js";
import { withThreads } from "../sweep/node.js";
import { progressBar } from "./progress.js";
import { INTERRUPTS, withSignals } from "./signals.js";

/** A run and what it is called in the journal. */
export interface KeyedTask {
  readonly key: string;
  readonly task: RunTask;
}

export interface RowRunOptions {
  readonly jobs: number;
  readonly core: CoreBuild;
  /** Of the progress bar. */
  readonly label: string;
  /** Where the journal lies; absent: in memory. */
  readonly folder?: string;
  readonly resume: boolean;
  /** Which work: other work is never gone on with. */
  readonly identity: Readonly<Record<string, string | number>>;
}

const PARTS = 1000;

/** Rows by key, wherever they are kept. */
interface Store extends Disposable {
  has(key: string): boolean;
  rows(key: string): readonly RunRow[];
  keep(key: string, end: WorkEnd<readonly RunRow[]>): void;
  finish(): void;
}

function inMemory(): Store {
  const kept = new Map<string, readonly RunRow[]>();
  return {
    has: (key) => kept.has(key),
    rows: (key) => kept.get(key) ?? [],
    keep: (key, end) => {
      if ("result" in end) kept.set(key, end.result);
    },
    finish() {},
    [Symbol.dispose]() {},
  };
}

function inFolder(work: Work<readonly RunRow[]>): Store {
  return {
    has: (key) => work.done([key]).length > 0,
    rows: (key) => [...work.results([key])][0] ?? [],
    keep: (key, end) => work.keep(key, end),
    finish: () => work.finish(),
    [Symbol.dispose]: () => work.close(),
  };
}

/** Runs that are done once each: open until disposed. */
export class RowRuns implements Disposable {
  readonly #store: Store;
  readonly #options: RowRunOptions;
  readonly #failed = new Map<string, RunRow>();
  readonly #given = new Map<string, readonly RunRow[]>();

  /** @throws JournalError where the folder has other or unfinished work */
  constructor(options: RowRunOptions) {
    const { folder, identity, resume } = options;
    this.#options = options;
    this.#store = folder === undefined ? inMemory() : inFolder(Work.begin(folder, { resume, identity }));
  }

  /** Rows of a run that was done elsewhere: it is not done again. */
  give(key: string, rows: readonly RunRow[]): void {
    this.#given.set(key, rows);
  }

  /** Those that are neither done nor failed just now. */
  open(tasks: readonly KeyedTask[]): KeyedTask[] {
    return tasks.filter(
      ({ key }) => !this.#given.has(key) && !this.#failed.has(key) && !this.#store.has(key),
    );
  }

  /** Runs what is open; answers how many are missing since it was interrupted. */
  async run(tasks: readonly KeyedTask[]): Promise<number> {
    const todo = this.open(tasks);
    const { jobs, core, label } = this.#options;
    if (todo.length === 0) return 0;
    const threads = Math.max(1, Math.min(jobs, todo.length));
    const bar = progressBar(label, PARTS, "");
    const onEnd = (at: number, end: RunEnd) => {
      const one = todo[at];
      if (one !== undefined) this.#keep(one, end);
    };
    try {
      await withSignals(INTERRUPTS, (signal) =>
        withThreads(threads, { core }, (runner) =>
          runTasks(
            todo.map(({ task }) => task),
            threads,
            runner,
            { signal, onEnd, onProgress: (done, total) => bar.update(Math.floor((done / total) * PARTS)) },
          ),
        ),
      );
    } finally {
      bar.stop();
    }
    return this.open(todo).length;
  }

  #keep({ key, task }: KeyedTask, end: RunEnd): void {
    if ("result" in end) this.#store.keep(key, { result: rowsOf(0, runOutcome(end.result)) });
    else {
      this.#store.keep(key, end);
      this.#failed.set(key, errorRow(0, task, end.error));
    }
  }

  /** The rows of a run, or the row of its error; nothing for one that is not done. */
  rows(key: string): readonly RunRow[] {
    const failed = this.#failed.get(key);
    return failed === undefined ? (this.#given.get(key) ?? this.#store.rows(key)) : [failed];
  }

  /** Errors of runs that failed just now. */
  get failures(): readonly RunRow[] {
    return [...this.#failed.values()];
  }

  /** All is done: the next one in this folder may begin anew. */
  finish(): void {
    this.#store.finish();
  }

  /** Closes the journal. */
  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }
}
