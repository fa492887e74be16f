// Knows: the types of instrument.mjs. Must not know: anything else.

/** What instrumented modules write to. */
export interface Learnt {
  /** How often each branch ran. */
  readonly edges: Uint32Array;
  /** Branches that there are, and comparisons. */
  used: number;
  sites: number;
  /** Text that modules look for. */
  readonly words: Set<string>;
  /** Is told, while it is there, of comparisons that came out one way only so far. */
  note: ((a: unknown, b: unknown, site: number) => void) | undefined;
}

export function install(): Learnt;
export function instrument(text: string, learnt: Learnt): string;
