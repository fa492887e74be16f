// Knows: the door "pageblock": machines, devices, scenarios and their runs, policies, explain, size, errors, units; the same
// in Node and in a browser. Must not know: text of kernels and captures (their own doors), files and processes (node.ts).
//
// The reference gives callers whose library is older than `using` the types Disposable and Symbol.dispose.

/// <reference lib="esnext.disposable" preserve="true" />

export { PageClass } from "../../assembly/abi/classes.js";
// Batches, misuse, masks, units.
export { CommandFlag } from "../../assembly/abi/command_word.js";
export { BlockReason, Fault, RequestState, SearchStrategy } from "../../assembly/abi/findings.js";
export type {
  Balance,
  Effort,
  Guests,
  MoveOn,
  ThpCma,
  ThpLists,
  WindowRule,
} from "../../assembly/abi/proposals.js";
export { CmaFree, CmaUse, PinRule, Quarantine } from "../../assembly/abi/proposals.js";
// The vocabulary: enumerations in the kernel's words.
export type { RunStatus } from "../../assembly/abi/run.js";
export type { ActorKind } from "../../assembly/abi/simulation.js";
export {
  BootFree,
  Errno,
  FrameKind,
  Migratetype,
  Mobility,
  Op,
  PageFlag,
  PageLife,
  PinKind,
  ReclaimMode,
  Refusal,
  Status,
} from "../../assembly/abi/vocabulary.js";
export type { Interval } from "../analysis/bootstrap.js";
// What runs come to.
export {
  type Blocker,
  type Cause,
  type Certainty,
  type ClientOpenings,
  type ClientSummary,
  type Contents,
  type Difference,
  type FailureOutcome,
  type FailureStory,
  type Heading,
  type Held,
  type Kill,
  type LedgerEntry,
  type LedgerRow,
  type Metric,
  type NamedBlocker,
  type OnTime,
  type OnTimeDifference,
  type Openings,
  type Outcomes,
  outcomesOf,
  type PolicyComparison,
  type RequestSummary,
  type RunOutcome,
  type Sensitivity,
  type SensitivityPoint,
  type SensitivityResult,
  type Spread,
  type Summary,
  type Turn,
  type UnequalLoad,
  type Verdict,
  type Work,
} from "../analysis/outcomes/index.js";
// What a machine is built from.
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
} from "../device/description.js";
export type { KernelId, KernelRules, ZoneName } from "../device/kernel.js";
export { getPreset, type PresetName, presetNames, presets } from "../device/presets/index.js";
export { androidZones, arm64Zones, memoryMap, x86Zones } from "../device/presets/zones.js";
export { resolveDevice } from "../device/resolve.js";
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
} from "../device/resolved.js";
export type { Watermarks } from "../device/watermarks.js";
export type { CommandArguments, CommandBuffer } from "../engine/commands.js";
export type { Soundness } from "../engine/engine.js";
export {
  CallError,
  DeviceError,
  type ErrorCode,
  MachineError,
  PageblockError,
  type PlainError,
  PolicyError,
  type Problem,
  ScenarioError,
  type ScenarioProblem,
  StateError,
  UnitError,
} from "../engine/errors.js";
export { GFP_HIGHUSER_MOVABLE, GFP_KERNEL, type GfpName, gfpMasks } from "../engine/gfp.js";
export type { CoreBuild, CoreSource } from "../engine/load.js";
export {
  type Bytes,
  bytes,
  bytesToPages,
  type Cpu,
  GiB,
  KiB,
  MiB,
  microseconds,
  milliseconds,
  type Nanoseconds,
  nanoseconds,
  type Order,
  order,
  type Pages,
  type Pfn,
  pages,
  pagesToBytes,
  pfn,
  seconds,
  type ZoneIndex,
} from "../engine/units.js";
// Why a request failed, and how large an area must be.
export { type Explanation, explain } from "../explain/index.js";
// Logs and files of one moment, found by content: what explain, size and buildState start from.
export { collect } from "../importers/collect.js";
export { CaptureError } from "../importers/errors.js";
export type { Facts, ImportIssue } from "../importers/facts.js";
// The machine.
export type {
  Allocated,
  AllocateRequest,
  AllocateResult,
  PageContent,
  Refused,
} from "../machine/allocation.js";
export type { ChurnOptions, ChurnResult } from "../machine/churn.js";
export type {
  AreaView,
  Cma,
  CmaRequest,
  CmaRequestOptions,
  CmaResult,
  RangeView,
  WindowTried,
} from "../machine/cma.js";
export type { PressureOptions, SimulationRoom } from "../machine/config.js";
export type { PageGroups } from "../machine/groups.js";
export type { GuestView } from "../machine/guests.js";
export type { PageHandle } from "../machine/handles.js";
export { type CreateOptions, Machine } from "../machine/machine.js";
export type { PinExcess, PinLengths } from "../machine/pin_lengths.js";
export type { Pin, PinOptions, PinView } from "../machine/pins.js";
export type { AreaPolicy, MachinePolicy } from "../machine/policy.js";
export { type Copyable, CopyPool } from "../machine/pool.js";
export type { SnapshotLabels } from "../machine/snapshot.js";
export type { FrameView, MachineViews, PcpView, ZoneView } from "../machine/views.js";
// Proposals, by name and by number.
export { type PolicyRow, policies, policyNames } from "../policy/policies.js";
export type { Policy, PolicyNumbers, PolicyWords } from "../policy/policy.js";
// A report of runs as one HTML file; pageblock/node reads the template by itself.
export { fillRunReport, type RunReportOptions } from "../report/run/index.js";
// Scenarios: from YAML or step by step.
export {
  type ClientName,
  type Group,
  type OfRole,
  ScenarioBuilder,
  scenario,
  type WorkloadName,
} from "../scenario/builder.js";
export { type CostFigure, type CostSet, costSets } from "../scenario/costs.js";
export type { AreaFacts, CapturedDevice, DeviceFacts, ScenarioDevice } from "../scenario/device_facts.js";
export { type KindName, kinds, type Settings, type Values, type Written } from "../scenario/kinds/index.js";
export { getScenario, type ScenarioName, scenarioNames, scenarioText } from "../scenario/presets/index.js";
export type { Dimension } from "../scenario/quantity.js";
export type {
  ActorSummary,
  AreaSummary,
  CellMap,
  FailureRecord,
  GuestTotals,
  KillRecord,
  PageKind,
  RequestRecord,
  RunResult,
  SeriesColumn,
  SeriesTable,
  WindowRecord,
} from "../scenario/result.js";
export {
  type Scenario,
  type ScenarioActor,
  type ScenarioPressure,
  scenarioDigest,
  type Variation,
} from "../scenario/scenario.js";
export {
  type ActorSpec,
  type LoggedRequest,
  type PendingRequest,
  type RunStops,
  Simulation,
  type SimulationOptions,
} from "../scenario/simulation.js";
export { parseScenario } from "../scenario/yaml.js";
export { type SizeAnswer, size, sizeForBuffers } from "../size/index.js";
export type { MachineState } from "../state/types.js";
// Runs of scenarios.
export { actorSpec } from "../sweep/actor_specs.js";
export { type RunObserver, type RunOptions, runScenario } from "../sweep/run.js";
export {
  type RunFailure,
  type RunTask,
  runSweep,
  type SweepOptions,
  type SweepResult,
} from "../sweep/sweep.js";
export { Timeline, type TimelineOptions } from "../timeline/timeline.js";
// What would have become of one request.
export type {
  FailureAfter,
  RequestName,
  WhatIfAnswer,
  WhatIfBranch,
  WhatIfBranchAnswer,
  WhatIfCost,
  WhatIfEnding,
  WhatIfLedger,
  WhatIfOptions,
  WhatIfRefusal,
  WhatIfRequest,
  WhichRequest,
} from "../whatif/index.js";
export { whatIf } from "../whatif/index.js";
