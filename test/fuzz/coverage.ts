// Knows: which branches ran since the last look, what of that is new, and which values were compared and differed.
// Must not know: how modules come to count (scripts/instrument.mjs), what they do, what inputs are.

import type { Learnt } from "../../scripts/instrument.mjs";

/** Two different values of one kind that were compared, and where. */
export interface Pair {
  readonly a: string | number;
  readonly b: string | number;
  readonly site: number;
}

export interface Fresh {
  /** Branches that ran for the first time. */
  readonly edges: number;
  /** Branches that ran as often as never before. */
  readonly counts: number;
}

/** Characters of a text that is noted. */
const MOST_CHARACTERS = 64;

/** By how often a branch ran: 1, 2, 3, 4.., 8.., 16.., 32.., 128.. times. */
function classOf(count: number): number {
  if (count < 4) return 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
}

export class Coverage {
  private readonly learnt: Learnt;
  private readonly seen: Uint8Array;

  constructor() {
    const { __learnt } = globalThis as { __learnt?: Learnt };
    if (__learnt === undefined) throw new Error("nothing is instrumented: node scripts/fuzz.mjs --coverage");
    this.learnt = __learnt;
    this.seen = new Uint8Array(__learnt.edges.length);
  }

  /** Words that the modules look for. */
  get words(): string[] {
    return [...this.learnt.words].filter((word) => word !== "" && word.length <= MOST_CHARACTERS);
  }

  /** Forgets what ran so far: the next take() tells of what runs from here on. */
  forget(): void {
    this.learnt.edges.fill(0, 0, this.learnt.used);
  }

  /** What is new in what ran since forget(). */
  take(): Fresh {
    const { edges, used } = this.learnt;
    let fresh = 0;
    let counts = 0;
    for (let i = 0; i < used; i++) {
      const count = edges[i] as number;
      if (count === 0) continue;
      const before = this.seen[i] as number;
      const after = before | classOf(count);
      if (after === before) continue;
      if (before === 0) fresh += 1;
      counts += 1;
      this.seen[i] = after;
    }
    return { edges: fresh, counts };
  }

  /** Branches that ran at all, and those that there are. */
  get reached(): { readonly of: number; readonly edges: number } {
    return { of: this.learnt.used, edges: this.seen.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0) };
  }

  /** Of each comparison that has always come out the same: the values that it had first during a call. */
  async pairsOf(call: () => Promise<unknown>): Promise<Pair[]> {
    const pairs = new Map<number, Pair>();
    this.learnt.note = (a, b, site) => {
      if (a === b || pairs.has(site) || typeof a !== typeof b) return;
      if (typeof a !== "number" && typeof a !== "string") return;
      const [x, y] = [a, b as string | number];
      if (`${x}`.length <= MOST_CHARACTERS && `${y}`.length <= MOST_CHARACTERS)
        pairs.set(site, { a: x, b: y, site });
    };
    try {
      await call();
    } catch {
      // What is wrong with the input was said when it was tried.
    } finally {
      this.learnt.note = undefined;
    }
    return [...pairs.values()];
  }
}
