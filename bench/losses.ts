// Knows: where others are faster, as it was measured once; printed with every run, so that no table looks better than it is.
// Must not know: how our own figures are measured.

export interface Loss {
  readonly row: string;
  readonly against: string;
  /** Our time over theirs, from one interleaved run. */
  readonly ratio: number;
  readonly why: string;
}

export const KNOWN_LOSSES: readonly Loss[] = [
  {
    row: "free all, random order",
    against: "LLFree in C, one thread",
    ratio: 3.0,
    why: "its 0.14 bytes a frame fit the cache; a list of pages touches the neighbours of each page",
  },
];

/** Measured in the same run; below 1 we are faster. */
export const AGAINST_LLFREE =
  "LLFree, one thread, the other rows: pair 0.15, batch 0.16, order 9 0.18, mix 0.65, fill 0.33 of its time";
