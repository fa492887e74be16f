// Knows: what other rooms may use of this one. Re-exports only.

export { checkState, type Problem } from "./check.js";
export {
  type CaptureFamily,
  captureFamily,
  type KernelFamily,
  kernelFamily,
  pcpOrder,
  pcpThpOrder,
} from "./family.js";
export * from "./types.js";
