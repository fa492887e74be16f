// Knows: what other rooms may use of explain. Re-exports only.

export type { Ranked } from "./cases.js";
export type { ClassifyOptions, Explained } from "./classify.js";
export { versionNumber } from "./era.js";
export { type Explanation, explain } from "./explain.js";
export type { Finding } from "./finding.js";
export { type Guests, guestsOf } from "./guests.js";
export { type Holder, type Holders, holdersOf, holderText } from "./holders.js";
export { type AreaMap, areaMaps } from "./map.js";
export type { ExplainIssue, FailedRequest, Picture } from "./picture.js";
export { type PinLengths, type PinSpread, pinLengths } from "./pins.js";
export { type CmaState, cmaState, pageShift } from "./totals.js";
export { type Certainty, VERDICTS, type Verdict } from "./verdicts.js";
export { inferAlign } from "./view.js";
