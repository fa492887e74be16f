// Knows: the door "pageblock/kernel": the kernel's own words, figures and formats: flags, profiles, free area indexes, files
// of /proc and debugfs, ftrace, Perfetto, the log. Must not know: how a machine is made (pageblock), files (node.ts).

export { EventKind, RecordGroup } from "../../assembly/abi/events.js";
export { CmaOwnerRule, CmaZoneRule } from "../../assembly/abi/proposals.js";
export {
  BoostRule,
  CmaErrorRule,
  CmaLockRule,
  FallbackRule,
  Gfp,
  IsolationRule,
  ListTypeRule,
  MigrationRule,
  PcpCmaRule,
  PcpFlag,
  PcpRule,
  ReserveRule,
  ReserveSizeRule,
  WakeRule,
  ZoneFlag,
} from "../../assembly/abi/vocabulary.js";
export { ConfigWord, LevelWord, RequestWord, StatWord } from "../../assembly/abi/words.js";
export {
  type ContigInfo,
  contigInfo,
  fragmentationIndex,
  indexByOrder,
  unusableFreeIndex,
} from "../analysis/fragmentation.js";
export { migratetypeNames, migratetypes } from "../analysis/migratetypes.js";
export {
  buildPagetypeinfo,
  freeBlocksByOrder,
  type Pagetypeinfo,
  type PagetypeinfoInput,
  type PagetypeinfoZone,
  summarizePagetypeinfo,
  type ZoneSummary,
} from "../analysis/pagetypeinfo.js";
export {
  KERNEL_IDS,
  type KernelEvidence,
  type KernelProfile,
  kernelProfiles,
  ZONE_NAMES,
} from "../device/kernel.js";
export {
  computeLimits,
  type Limits,
  type LimitsInput,
  type LimitsZone,
  type ZoneLimits,
} from "../device/limits.js";
export type { PcpLimits } from "../device/pcp.js";
export type { ZoneSize } from "../device/watermarks.js";
export type { MachineEvent } from "../engine/events.js";
export * from "../engine/gfp.js";
export { addressToPfn, formatPfn, orderToPages, pagesToOrder, pfnToAddress } from "../engine/units.js";
export type { FailedAllocLine } from "../kernel_text/proc/cma.js";
export * from "../kernel_text/proc/index.js";
export * from "../kernel_text/trace/index.js";
export * from "../kernel_text/tree/index.js";
export { type OfflineRange, type OfflineResult, offline } from "../machine/offline.js";
export { freeBlocks, type PageblockSurvey, pageblockCounts, surveyPageblocks } from "../machine/survey.js";
