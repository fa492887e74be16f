// Knows: what other rooms may use of this one. Re-exports only.

export { type Disagreement, isExact, type ReplayResult } from "./result.js";
export { ScriptedReplay } from "./scripted.js";
export { StandardReplay, type StandardResult } from "./standard.js";
export { TracedReplay } from "./traced.js";
