// Knows: what other rooms may use of explain. Re-exports only.

export type { ClassifyOptions, Explained } from "./classify.js";
export { versionNumber } from "./era.js";
export { type Explanation, explain } from "./explain.js";
export type { Finding } from "./findings.js";
export { type Guests, guestsOf } from "./guests.js";
export { type AreaMap, areaMaps } from "./map.js";
export type { ExplainIssue, FailedRequest, Picture } from "./picture.js";
export { type PinLengths, type PinSpread, pinLengths } from "./pins.js";
export { VERDICTS, type Verdict } from "./verdicts.js";
export { inferAlign, pageShift } from "./view.js";
