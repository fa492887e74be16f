// Knows: where a state was read from: the file, the dump in it, the line of each part. Stands beside the state.
// Must not know: what the parts are, how they were read.

/** Where a state and its parts stand in the text that gave them. */
export interface StateOrigin {
  /** Name of the file. */
  readonly file: string;
  /** First line of the state in the file, 1-based. */
  readonly line: number;
  /** Number of the dump since the module was loaded. */
  readonly seq: number;
  /** `before`, `after`, or `opN` for the dump taken by row N of ops.csv. */
  readonly tag: string;
  /** Kernel clock at the dump. */
  readonly tsNs: number;
  /** How many CPUs the head of the dump announces. */
  readonly onlineCpus: number;
  /** Line of each part of the state: a zone, its flags, counters, pageblocks or runs, a list, an area. */
  readonly lines: ReadonlyMap<object, number>;
}

/** A file and a line to show with a message; without a line when nothing was read. */
export interface StatePlace {
  /** Name of the file; "state" when nothing was read. */
  readonly file: string;
  /** 1-based; undefined when nothing was read. */
  readonly line: number | undefined;
}

/** Where `part` of a state stands, or its head; a state that no text gave is called "state". */
export function placeOf({ origin }: { readonly origin?: StateOrigin }, part?: object): StatePlace {
  const line = part === undefined ? undefined : origin?.lines.get(part);
  return { file: origin?.file ?? "state", line: line ?? origin?.line };
}

/** ` (line N)`, or nothing when nothing was read. */
export function lineText(state: { readonly origin?: StateOrigin }, part: object): string {
  const { line } = placeOf(state, part);
  return line === undefined ? "" : ` (line ${line})`;
}
