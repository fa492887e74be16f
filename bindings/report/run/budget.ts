// Knows: how much a page may carry, so that a report stays a file that one sends by mail (about 5 MB).
// Must not know: what is in a run. Shares are equal: the same runs give the same bytes, in any order of work.

/** Numbers of all series together; about 4 bytes each. */
export const MOST_VALUES = 360_000;
/** Requests of all runs together; about 28 bytes each. */
export const MOST_REQUESTS = 24_000;
/** Windows of all failures together; about 20 bytes each. */
export const MOST_WINDOWS = 24_000;
/** Most windows of one failure. */
export const MOST_WINDOWS_OF_ONE = 1500;
/** Cells of all page maps together, each kind of page counted; about 3 bytes each. */
export const MOST_CELLS = 250_000;
/** Failures of one run that are listed. */
export const MOST_FAILURES = 200;
/** Rows below which a series is not thinned, whatever it costs. */
export const LEAST_ROWS = 120;

/** Every which of `count` things to keep, so that at most `most` stay. */
export function thinning(count: number, most: number): number {
  return Math.max(1, Math.ceil(count / Math.max(1, most)));
}
