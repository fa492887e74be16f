// Knows: what other rooms may use of this one. Re-exports only.

export { POLICY_FIELDS } from "./fields.js";
export { findPolicy, type PolicyRow, policies, policyNames, policyOf } from "./policies.js";
export {
  BALANCES,
  CMA_FREES,
  CMA_USES,
  EFFORTS,
  effortOf,
  GUESTS,
  MAINLINE,
  MOVE_ONS,
  numbersOf,
  PIN_RULES,
  type Policy,
  type PolicyNumbers,
  type PolicyWords,
  policyFromWords,
  QUARANTINES,
  THP_CMAS,
  THP_LISTS,
  WINDOW_RULES,
  windowRuleOf,
} from "./policy.js";
