// Knows: what other rooms may use of this one. Re-exports only.

export { JournalError } from "./errors.js";
export { prepareFile, prepareFolder, type Sink, withPath, writeAside } from "./files.js";
export { Journal, type JournalIdentity } from "./journal.js";
export { type Lock, lock } from "./lock.js";
export { Work, type WorkEnd, type WorkFailure, type WorkOptions } from "./work.js";
