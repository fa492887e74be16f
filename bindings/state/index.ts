// Knows: what other rooms may use of this one. Re-exports only.

export { checkState, type StateProblem } from "./check.js";
export {
  type CaptureFamily,
  captureFamily,
  type KernelFamily,
  kernelFamily,
  pcpOrder,
  pcpThpOrder,
} from "./family.js";
export type { StateOrigin, StatePlace } from "./origin.js";
export * from "./types.js";
