// Knows: where each kernel rule stands in the CONFIG region. Must not know: what a rule means (assembly/rules).

import { ConfigWord } from "../../assembly/abi/words.js";
import type { KernelRules } from "../device/kernel.js";

export const RULE_WORDS = {
  listType: ConfigWord.RULE_LIST_TYPE,
  pcp: ConfigWord.RULE_PCP,
  fallback: ConfigWord.RULE_FALLBACK,
  reserve: ConfigWord.RULE_RESERVE,
  reserveSize: ConfigWord.RULE_RESERVE_SIZE,
  boost: ConfigWord.RULE_BOOST,
  wake: ConfigWord.RULE_WAKE,
  pcpCma: ConfigWord.RULE_PCP_CMA,
  isolation: ConfigWord.RULE_ISOLATION,
  migration: ConfigWord.RULE_MIGRATION,
  cmaError: ConfigWord.RULE_CMA_ERROR,
  cmaLock: ConfigWord.RULE_CMA_LOCK,
  cmaOwner: ConfigWord.RULE_CMA_OWNER,
  cmaZone: ConfigWord.RULE_CMA_ZONE,
} as const satisfies Record<keyof KernelRules, ConfigWord>;
