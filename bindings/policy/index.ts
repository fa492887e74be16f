// Knows: what other rooms may use of this one. Re-exports only.

export { type PolicyRow, policies, policyNames } from "./policies.js";
export {
  CMA_FREES,
  CMA_USES,
  PIN_RULES,
  type Policy,
  type PolicyNumbers,
  type PolicyWords,
  policyFromWords,
  QUARANTINES,
} from "./policy.js";
