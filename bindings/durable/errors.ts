// Knows: the error of results that cannot be kept or gone on with.
// Must not know: anything else.

import { PageblockError } from "../engine/errors.js";

/** A journal of something else, a damaged one, a place that somebody else writes. One line, for a person. */
export class JournalError extends PageblockError {
  override readonly name = "JournalError";
  /** @internal */
  constructor(message: string) {
    super("BAD_JOURNAL", message);
  }
}
