// Knows: going through all sequences of operations up to a depth, on both models, each state only once.
// Must not know: which machines and operations are worth it.
//
// A state that was reached before with at least as many operations to go is not gone through again: both models are
// functions of a state that has just been found equal in both. So every sequence up to the depth is covered.

import type { CoreBuild } from "../../bindings/engine/load.js";
import type { MachineState } from "../../bindings/state/types.js";
import { CoreImages } from "./core_image.js";
import { type Operation, printOperations } from "./operations.js";
import { type BranchCounts, BranchWatcher } from "./rare_branches.js";
import { Twins } from "./twins.js";

export interface ExploreOptions {
  readonly core: CoreBuild;
  readonly depth: number;
  /** What may be asked for in the state of the twins; ids of new blocks are `id`. */
  operations(twins: Twins, id: number): readonly Operation[];
}

export interface Explored {
  /** Operations performed and compared, each from another state or the first from it. */
  readonly edges: number;
  readonly states: number;
  /** Sequences of exactly the depth that this stands for. */
  readonly sequences: number;
  readonly counts: BranchCounts;
  readonly failure: string | undefined;
}

/** Equal keys, equal states: the digest of the core, and which windows may be given back as one. */
function keyOf({ core, windows }: Twins): string {
  const given = [...windows.values()].map(({ pfn, pages }) => `${pfn}+${pages}`);
  return [core.digest(), ...given.sort()].join(" ");
}

/** For each state (by its key): how many sequences of 0, 1, 2 ... operations follow it. */
type Known = Map<string, readonly number[]>;

export async function explore(state: MachineState, options: ExploreOptions): Promise<Explored> {
  using twins = await Twins.create(state, { core: options.core });
  const explorer = new Explorer(twins, options);
  const sequences = explorer.from(twins, options.depth)[options.depth] ?? 0;
  const { edges, known, watcher, failure } = explorer;
  return { edges, states: known.size, sequences, counts: watcher.counts, failure };
}

class Explorer {
  edges = 0;
  failure: string | undefined;
  readonly known: Known = new Map();
  readonly watcher: BranchWatcher;
  private readonly images: CoreImages;
  private readonly path: Operation[] = [];

  constructor(
    root: Twins,
    private readonly options: ExploreOptions,
  ) {
    this.images = new CoreImages(root.core);
    this.watcher = new BranchWatcher(root.core);
    this.failure = root.differences()[0];
  }

  /** All sequences of up to `toGo` operations from here; answers how many there are of each length. */
  from(twins: Twins, toGo: number): readonly number[] {
    if (toGo === 0 || this.failure !== undefined) return [1];
    const key = keyOf(twins);
    const before = this.known.get(key);
    if (before !== undefined && before.length > toGo) return before;
    const { fault, name, pfn } = twins.core.validate();
    if (fault !== 0) this.fail([`core: ${name} at ${pfn}`]);
    const image = this.images.save();
    const sequences = [1, ...new Array<number>(toGo).fill(0)];
    for (const operation of this.options.operations(twins, this.path.length)) {
      const next = twins.branch();
      this.path.push(operation);
      this.perform(next, operation);
      const further = this.from(next, toGo - 1);
      for (let length = 1; length <= toGo; length++) {
        sequences[length] = (sequences[length] ?? 0) + (further[length - 1] ?? 0);
      }
      this.path.pop();
      this.images.restore(image);
      this.watcher.resume();
      if (this.failure !== undefined) return sequences;
    }
    this.known.set(key, sequences);
    return sequences;
  }

  private perform(twins: Twins, operation: Operation): void {
    this.edges += 1;
    const wrong = twins.perform(operation);
    this.watcher.look(operation);
    this.fail(wrong === null ? twins.differences() : [`result: ${wrong}`]);
  }

  private fail(found: readonly string[]): void {
    if (found.length > 0) this.failure ??= `${found.join("\n")}\nafter:\n${printOperations(this.path)}`;
  }
}
