// Knows: what other rooms may use of this one. Re-exports only.

export type { CapturedFiles } from "../../importers/procfs/kept.js";
export { DebugTreeError, type TreeErrno, treeErrors } from "./errors.js";
export { type DebugEntry, DebugTree, type DebugTreeOptions } from "./tree.js";
