// Knows: one seeded stream of pseudo-random numbers, the same in Node and in every browser.
// Must not know: who draws. The shifts 13, 17, 5 are one of the full-period triples of Marsaglia, "Xorshift RNGs", 2003.

export class Random {
  #state: number;

  constructor(seed: number) {
    // Zero is the one state that never changes; neighbouring seeds are spread by a golden-ratio multiple.
    this.#state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** A number in [0, 1). */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state / 2 ** 32;
  }

  /** A whole number below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i] as T;
      items[i] = items[j] as T;
      items[j] = held;
    }
    return items;
  }
}
