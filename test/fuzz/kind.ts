// Knows: what every kind of fuzzing is: rounds from a seed, and entries of a corpus that can be tried again.
// Must not know: any of them, the command line, where the corpus lies.

export const KIND_NAMES = [
  "engine",
  "simulation",
  "logs",
  "bundles",
  "readers",
  "yaml",
  "snapshots",
  "cli",
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** A round in which nothing was wrong. */
export interface Round {
  readonly operations: number;
  readonly inputs: number;
  /** What happened, roughly; an entry with something new is worth keeping. */
  readonly kept: readonly Entry[];
}

/** One input, as a corpus keeps it: bytes, and which way of going wrong or going new it stands for. */
export interface Entry {
  /** Part of a file's name. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** A round in which something was: with the shortest input found that shows it. */
export interface Failure {
  readonly what: string;
  readonly entry: Entry;
}

export interface Kind {
  readonly name: KindName;
  /** Everything follows from the seed and the entries, but for how far it gets until `until` (performance.now()). */
  round(seed: number, entries: readonly Entry[], until: number): Promise<Round | Failure>;
  /** @returns what is wrong with an entry; undefined: nothing */
  retry(bytes: Uint8Array): Promise<string | undefined>;
  /** After the last round: what of all of them is worth keeping, and what there is to say. */
  finish?(): { readonly kept: readonly Entry[]; readonly said: string };
}

export function isFailure(round: Round | Failure): round is Failure {
  return "what" in round;
}

/** Milliseconds that shortening a failing input may take; none at all after leaveLong(). */
let shrinkMs = 30_000;
export const shrinkTime = () => shrinkMs;
export function leaveLong(): void {
  shrinkMs = 0;
}

/** One input takes milliseconds; one that takes so much CPU time hangs. */
export const TOO_LONG_MS = 20_000;
