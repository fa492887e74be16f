// Knows: spare copies whose memory has been touched already, so that the next copy costs a copy and nothing else.
// Must not know: what is copied, a machine or a simulation.

/** What forks, and what a copy of it can be restored into. */
export interface Copyable<T> {
  /** An independent copy at this instant. */
  fork(): T;
  /**
   * Makes `target` a copy of this one in the memory that it has. @throws StateError when they do not match
   */
  restoreInto(target: T): void;
  /** Lets go of the memory. */
  dispose(): void;
}

/**
 * Copies of machines (or simulations) of one device: take() as many as are needed at a time, give() them back.
 * Dispose it, or declare it with `using`.
 */
export class CopyPool<T extends Copyable<T>> implements Disposable {
  readonly #spare: T[] = [];
  readonly #most: number;

  /** @param most spare copies that are kept; each has all the memory of a machine (16 bytes a frame) */
  constructor(most = 4) {
    this.#most = most;
  }

  /** Copies that wait to be used. */
  get spare(): number {
    return this.#spare.length;
  }

  /** An independent copy of `original` at this instant; the first ones are forked, later ones restored into a spare. */
  take(original: T): T {
    const spare = this.#spare.pop();
    if (spare === undefined) return original.fork();
    try {
      original.restoreInto(spare);
    } catch (error) {
      spare.dispose();
      throw error;
    }
    return spare;
  }

  /** The copy is not used any more: it is kept as a spare, or disposed when there are enough. */
  give(copy: T): void {
    if (this.#spare.length < this.#most) this.#spare.push(copy);
    else copy.dispose();
  }

  /** Lets go of all spares. */
  dispose(): void {
    for (const copy of this.#spare.splice(0)) copy.dispose();
  }

  /** What `using` calls: dispose(). */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
