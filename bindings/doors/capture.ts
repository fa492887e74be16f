// Knows: the door "pageblock/capture": states of real machines, from captures and from their files, and replays of captures.
// Must not know: directories (node.ts).

export * from "../importers/capture/index.js";
export type { CaptureErrorDetail } from "../importers/errors.js";
export { compareState, type StateDifference } from "../machine/compare.js";
export { stateOfMachine } from "../machine/to_state.js";
export type { GeometryOptions } from "../rebuild/geometry.js";
export * from "../rebuild/index.js";
export * from "../replay/index.js";
export { capturedDevice } from "../scenario/device_facts.js";
export * from "../state/index.js";
