// Knows: the door "pageblock/explain": from logs and files to verdicts, maps, causes and sizes, step by step.
// Must not know: machines, how anything is drawn.

export {
  type AreaMap,
  areaMaps,
  type ClassifyOptions,
  type Explained,
  type ExplainIssue,
  type Explanation,
  explain,
  type FailedRequest,
  type Finding,
  type Guests,
  guestsOf,
  inferAlign,
  type Picture,
  type PinLengths,
  type PinSpread,
  pinLengths,
  VERDICTS,
  type Verdict,
} from "../explain/index.js";
export type {
  AreaFacts,
  CounterSnapshot,
  PrintedRuns,
  ReservedArea,
  Where,
  Window,
} from "../explain/picture.js";
// What a device tree reserves, and why a reservation was not followed.
export { checkTree, isMeantForCma, type TreeCheck, type TreeProblem } from "../explain/reservation/index.js";
export { Collector, collect, isUsable } from "../importers/collect.js";
export type {
  AreaFiles,
  BlockRow,
  BuddyRow,
  BusyWindow,
  Counters,
  Facts,
  FailureFact,
  FailureForm,
  ImportIssue,
  MigrationFact,
  OwnedPage,
  Pageset,
  PageTable,
  PagetypeFact,
  PinFact,
  Place,
  RequestFact,
  ReservationFact,
  ReservedNode,
  RunEntry,
  RunList,
  TypeRow,
  WishFact,
  ZoneDetail,
  ZoneFact,
} from "../importers/facts.js";
export {
  type Buffer,
  formatNames,
  parseBuffer,
  parseBuffers,
  type SizeAnswer,
  type Span,
  size,
  sizeForBuffers,
  sizeForPicture,
} from "../size/index.js";
