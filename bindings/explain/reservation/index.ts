// Knows: what other rooms may use of the checks of reservations. Re-exports only.

export { reservationFindings } from "./answer.js";
export { checkTree, isMeantForCma, PAGE_SIZES, type TreeCheck, type TreeProblem } from "./check.js";
