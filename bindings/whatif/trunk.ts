// Knows: a simulation that stands where one request begins, and the branches that are forked from it there.
// Must not know: scenarios, what is in force from the start, what is compared.

import type { CopyPool } from "../machine/pool.js";
import type { Policy } from "../policy/index.js";
import type { PendingRequest, Simulation } from "../scenario/simulation.js";
import type { SettledBranch } from "./branches.js";
import { Course, type Named, type Names } from "./course.js";
import type { Progress } from "./progress.js";
import type { WhatIfEnding, WhatIfRefusal } from "./result.js";
import { switchTo } from "./switch.js";

/** A request that is not there behind so much time after the horizon is given up. */
export const PATIENCE_NS = 10e9;

/** Where the branches part. The simulation is copied and stays as it is. */
export class Trunk {
  readonly #before: Simulation;
  readonly #pending: PendingRequest;
  readonly #named: Named;
  readonly #names: Names;
  readonly #progress: Progress;
  readonly #pool: CopyPool<Simulation>;
  readonly horizonNs: number;

  constructor(
    before: Simulation,
    request: { readonly pending: PendingRequest; readonly named: Named },
    names: Names,
    horizonNs: number,
    { progress, pool }: { readonly progress: Progress; readonly pool: CopyPool<Simulation> },
  ) {
    this.#before = before;
    this.#pending = request.pending;
    this.#named = request.named;
    this.#names = names;
    this.#progress = progress;
    this.#pool = pool;
    this.horizonNs = horizonNs;
  }

  /** What was. */
  original(): Promise<WhatIfEnding> {
    return this.#follow(() => undefined) as Promise<WhatIfEnding>;
  }

  /** What is if it is switched here. */
  switched(branch: SettledBranch, base: Policy): Promise<WhatIfEnding | WhatIfRefusal> {
    return this.#follow((copy) => switchTo(copy, branch, base, this.#pending));
  }

  async #follow(change: (copy: Simulation) => string | undefined): Promise<WhatIfEnding | WhatIfRefusal> {
    const copy = this.#pool.take(this.#before);
    try {
      const why = change(copy);
      if (why !== undefined) return { kind: "refused", why };
      const course = new Course(copy, this.#names, this.#progress.pace(copy.nowNs));
      return await course.finish(this.#pending, this.#named, this.horizonNs, this.horizonNs + PATIENCE_NS);
    } finally {
      this.#pool.give(copy);
    }
  }
}
