// Knows: what other rooms may use of this one. Re-exports only.

export { type BuiltState, buildState, type StateOptions } from "./build.js";
export { nearestKernel } from "./geometry.js";
export type { StateIssue } from "./notes.js";
