// Knows: where a fact was read. Must not know: what it says.

/** Where a fact was read. */
export interface Place {
  /** Name of the file. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}
