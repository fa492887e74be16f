// Knows: what other rooms may use of this one. Re-exports only.

export type {
  AreaDescription,
  AreaRangeDescription,
  DeviceDescription,
  MemoryBank,
  Placement,
  ReservedRange,
  ThpMode,
  VmSettings,
  ZoneBoundary,
} from "./description.js";
export type { KernelId, KernelProfile, KernelRules, ZoneName } from "./kernel.js";
export { KERNEL_IDS, kernelProfiles, ZONE_NAMES } from "./kernel.js";
export type { Limits, LimitsInput, LimitsZone, ZoneLimits } from "./limits.js";
export { computeLimits } from "./limits.js";
export type { PresetName } from "./presets/index.js";
export { getPreset, presetNames, presets } from "./presets/index.js";
export { androidZones, arm64Zones, memoryMap, x86Zones } from "./presets/zones.js";
export { resolveDevice } from "./resolve.js";
export type {
  FrameRun,
  NamedRun,
  ResolvedArea,
  ResolvedAreaRange,
  ResolvedDevice,
  ResolvedFrames,
  ResolvedPcp,
  ResolvedTotals,
  ResolvedZone,
} from "./resolved.js";
export type { Watermarks } from "./watermarks.js";
