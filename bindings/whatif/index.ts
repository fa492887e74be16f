// Knows: what other rooms may use of this one. Re-exports only.

export type { WhatIfBranch } from "./branches.js";
export { OPERATIONS } from "./costs.js";
export type {
  WhatIfAnswer,
  WhatIfBranchAnswer,
  WhatIfCost,
  WhatIfEnding,
  WhatIfLedger,
  WhatIfRefusal,
  WhatIfRequest,
} from "./result.js";
export { endingText, isSaved, savedIn } from "./sentence.js";
export {
  type FailureAfter,
  type RequestName,
  type WhatIfOptions,
  type WhichRequest,
  whatIf,
} from "./whatif.js";
