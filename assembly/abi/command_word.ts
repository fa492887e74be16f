// Knows: how numbers are packed into the words of a command, going in and coming out.
// Must not know: what an operation does (its arguments: the table in command/execute).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.
//
//     31   24 23   16 15    8 7     0
//   +--------+-------+-------+-------+
//   | flags  | order |  cpu  |  op   |   CommandWord.OP
//   +--------+-------+-------+-------+

const BYTE: u32 = 0xff;
const CPU_SHIFT: u32 = 8;
const ORDER_SHIFT: u32 = 16;
const FLAGS_SHIFT: u32 = 24;
const HIGH_SHIFT: u32 = 8;
const ZONE_SHIFT: u32 = 16;

/** What a command is told beside its arguments. Bits; an operation looks at its own alone. */
export enum CommandFlag {
  /** ALLOCATE: without the per-CPU lists, as when their lock is taken (an interrupt hit its owner). */
  DIRECT = 1,
  /** RELEASE, RELEASE_DIRECT, SPLIT_RELEASE: what is freed need not have been allocated as one block. */
  LOOSE = 2,
  /** RELEASE: the per-CPU list is not drained; the trace tells each page that is. */
  NO_DRAIN = 4,
  /** FOLD: of the differentials those of free pages alone, those of CMA pages alone. */
  FREE_ONLY = 8,
  CMA_ONLY = 16,
  /** TAKE_FREE: out of a larger block or a neighbour's, wherever it is free. */
  FORCE = 32,
  /** CMA_STEP: a fatal signal. */
  KILL = 64,
}

/** CommandWord.OP. */
export function commandOf(op: i32, cpu: i32, order: i32, flags: i32): u32 {
  return <u32>(op | (cpu << CPU_SHIFT) | (order << ORDER_SHIFT) | (flags << FLAGS_SHIFT));
}

export function opIn(word: u32): i32 {
  return word & BYTE;
}

export function cpuIn(word: u32): i32 {
  return (word >> CPU_SHIFT) & BYTE;
}

export function orderIn(word: u32): i32 {
  return (word >> ORDER_SHIFT) & BYTE;
}

export function flagsIn(word: u32): i32 {
  return (word >> FLAGS_SHIFT) & BYTE;
}

/** CommandWord.DETAIL of a failed ALLOCATE: why, and the zone that was tried last. */
export function refusalWord(refusal: i32, zone: i32): u32 {
  return <u32>(refusal | (zone << HIGH_SHIFT));
}

export function refusalIn(detail: u32): i32 {
  return detail & BYTE;
}

export function refusedZone(detail: u32): i32 {
  return (detail >> HIGH_SHIFT) & BYTE;
}

/** CommandWord.C of LOAD_FRAMES. */
export function loadedFrames(kind: i32, mobility: i32, zone: i32): u32 {
  return <u32>(kind | (mobility << HIGH_SHIFT) | (zone << ZONE_SHIFT));
}

export function loadedKind(word: u32): i32 {
  return word & BYTE;
}

export function loadedMobility(word: u32): i32 {
  return (word >> HIGH_SHIFT) & BYTE;
}

export function loadedZone(word: u32): i32 {
  return (word >> ZONE_SHIFT) & BYTE;
}

/** CommandWord.C of LOAD_PCP: the zone, and in 6.1 the page's cached type. */
export function loadedPcp(zone: i32, type: i32): u32 {
  return <u32>(zone | (type << HIGH_SHIFT));
}

export function pcpZone(word: u32): i32 {
  return word & BYTE;
}

export function pcpType(word: u32): i32 {
  return (word >> HIGH_SHIFT) & BYTE;
}

// CommandWord.C of CMA_ALLOCATE and CMA_BEGIN: what this request follows instead of its area's policy; 0: nothing.
//
//     31     17 16  14 13  11 10          0
//   +----------+------+------+-------------+
//   |    -     |window|effort|   retries   |   each 0: as the policy says, else one more than the value
//   +----------+------+------+-------------+

const EFFORT_SHIFT: u32 = 11;
const WINDOW_SHIFT: u32 = 14;
const RETRIES_MASK: u32 = 0x7ff;
const CHOICE_MASK: u32 = 7;

/** -1: as the policy says. */
export function askedOf(retries: i32, effort: i32, window: i32): u32 {
  return <u32>((retries + 1) | ((effort + 1) << EFFORT_SHIFT) | ((window + 1) << WINDOW_SHIFT));
}

export function askedRetries(word: u32): i32 {
  return <i32>(word & RETRIES_MASK) - 1;
}

export function askedEffort(word: u32): i32 {
  return <i32>((word >> EFFORT_SHIFT) & CHOICE_MASK) - 1;
}

export function askedWindow(word: u32): i32 {
  return <i32>((word >> WINDOW_SHIFT) & CHOICE_MASK) - 1;
}
