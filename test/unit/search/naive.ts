// Knows: the answers of a search, bit by bit, from the rule in words. Shares no line with the core.
// Must not know: words, indexes, strategies.

export const NONE = 0xffff_ffff;

/** One request: places i with (i + offset) a multiple of mask + 1, i >= start. */
export interface Wanted {
  readonly start: number;
  readonly count: number;
  readonly mask: number;
  readonly offset: number;
}

export class NaiveBitmap {
  readonly taken: Uint8Array;
  readonly avoided: Uint8Array;

  constructor(readonly bits: number) {
    this.taken = new Uint8Array(bits);
    this.avoided = new Uint8Array(bits);
  }

  fill(from: number, count: number, value: 0 | 1): void {
    this.taken.fill(value, from, from + count);
  }

  /** How many bits from each bit on are clear. */
  clearFrom(): Uint32Array {
    const lengths = new Uint32Array(this.bits + 1);
    for (let i = this.bits - 1; i >= 0; i--) lengths[i] = this.taken[i] ? 0 : (lengths[i + 1] ?? 0) + 1;
    return lengths;
  }

  /** Every place that fits, ascending. */
  *places({ start, count, mask, offset }: Wanted, lengths = this.clearFrom()): Generator<number> {
    if (count === 0 || offset > mask || start >= this.bits) return;
    const unit = mask + 1;
    for (let at = start + ((unit - ((start + offset) % unit)) % unit); at + count <= this.bits; at += unit) {
      if ((lengths[at] ?? 0) >= count) yield at;
    }
  }

  first(wanted: Wanted, lengths?: Uint32Array): number {
    for (const place of this.places(wanted, lengths)) return place;
    return NONE;
  }

  next(wanted: Wanted): number {
    const found = this.first(wanted);
    return found === NONE ? this.first({ ...wanted, start: 0 }) : found;
  }

  at(wanted: Wanted): number {
    return this.first(wanted) === wanted.start ? wanted.start : NONE;
  }

  /** The first place in the shortest (or longest) run of [start, bits) that has one. */
  bySize(wanted: Wanted, longest: boolean): number {
    let best = NONE;
    let size = longest ? -1 : Number.POSITIVE_INFINITY;
    let runEnd = -1;
    const lengths = this.clearFrom();
    for (const place of this.places(wanted, lengths)) {
      if (place < runEnd) continue;
      let begin = place;
      while (begin > wanted.start && !this.taken[begin - 1]) begin--;
      runEnd = place + (lengths[place] ?? 0);
      const length = runEnd - begin;
      if (longest ? length > size : length < size) {
        best = place;
        size = length;
      }
    }
    return best;
  }

  avoiding(wanted: Wanted): number {
    let best = NONE;
    let fewest = Number.POSITIVE_INFINITY;
    for (const place of this.places(wanted)) {
      let pins = 0;
      for (let i = place; i < place + wanted.count; i++) pins += this.avoided[i] ?? 0;
      if (pins < fewest) {
        best = place;
        fewest = pins;
      }
    }
    return best;
  }
}
