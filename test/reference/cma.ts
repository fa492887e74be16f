// Knows: CMA areas and their bitmaps, cma_alloc with its lock and retries, step by step, one contiguous range, pins.
// Must not know: how isolation and migration work (isolate.ts, migrate.ts).
// Kernel: cma_alloc, cma_release (mm/cma.c), alloc_contig_range, free_contig_range (mm/page_alloc.c); 6.12 and 6.1.

import { RequestState } from "../../assembly/abi/findings.js";
import { CmaLockRule, Migratetype, Mobility, Status } from "../../assembly/abi/vocabulary.js";
import { runsOf } from "./dump.js";
import { freeBlockAround, isIsolatedAndFree, isolateRange, takeIsolated, unisolateRange } from "./isolate.js";
import { zoneOf } from "./machine.js";
import { EBUSY, ENOMEM, freeSingle, type Move, migrateRange } from "./migrate.js";
import { ReferenceMachine } from "./model.js";
import { drainAllOf } from "./pcp.js";
import type { MachineDump, ReferenceRules, ReferenceState } from "./types.js";
import type { Zone } from "./zone.js";

/** One CMA area as a capture gives it (structurally the importer's CmaAreaState). */
export interface ReferenceAreaState {
  readonly index: number;
  readonly name: string;
  readonly basePfn: number;
  readonly count: number;
  readonly orderPerBit: number;
  readonly bitmapBits: number;
  readonly set: readonly { readonly start: number; readonly length: number }[];
}

export type ReferenceCmaState = ReferenceState & { readonly areas?: readonly ReferenceAreaState[] };

export interface CmaResult {
  /** OK, NO_PAGE, or a refusal. */
  readonly status: Status;
  /** 0, -12 (never tried, or no destination), -16 (every try was busy) or -4 (a signal). */
  readonly errno: number;
  readonly pfn: number;
  /** Ranges that were tried and found busy. */
  readonly busyPfns: readonly number[];
  /** Pages that were moved on the way, successful or not, in order. */
  readonly moves: readonly Move[];
  /** Clean pages of files that were dropped. */
  readonly drops: readonly number[];
}

/** A cma_alloc under way. */
export interface Request {
  readonly area: Area;
  readonly count: number;
  readonly align: number;
  readonly cpu: number;
  state: RequestState;
  errno: number;
  /** First page when it succeeded. */
  pfn: number;
  /** First page of the window tried last. */
  start: number;
  /** A fatal signal is pending. */
  killed: boolean;
  readonly busyPfns: number[];
  readonly moves: Move[];
  readonly drops: number[];
}

/** States in which a request has the lock. */
const INSIDE: ReadonlySet<RequestState> = new Set([
  RequestState.SCAN,
  RequestState.MIGRATE_BATCH,
  RequestState.MIGRATE_ONE,
  RequestState.TEST,
]);

/** What a request that is done has answered. */
export function resultOf({ errno, pfn, busyPfns, moves, drops }: Request): CmaResult {
  return { status: errno === 0 ? Status.OK : Status.NO_PAGE, errno, pfn, busyPfns, moves, drops };
}

interface Area {
  readonly state: ReferenceAreaState;
  readonly index: number;
  readonly basePfn: number;
  readonly pages: number;
  readonly orderPerBit: number;
  /** One byte per bit of the kernel's bitmap. */
  readonly bits: Uint8Array;
}

export class ReferenceCmaMachine extends ReferenceMachine {
  private readonly areas: readonly Area[];
  private readonly pinned = new Set<number>();
  private readonly files = new Set<number>();
  /** Those that are under way, and where each stands. */
  private readonly requests = new Map<Request, Generator<RequestState, void>>();

  private constructor(state: ReferenceCmaState, rules: ReferenceRules) {
    super(state, rules);
    this.areas = (state.areas ?? []).map(loadArea);
  }

  static override fromState(state: ReferenceCmaState, rules: ReferenceRules): ReferenceCmaMachine {
    return new ReferenceCmaMachine(state, rules);
  }

  /** The block that starts here is held: it cannot be moved until it is unpinned or freed. */
  pin(pfn: number): Status {
    const zone = zoneOf(this.machine, pfn);
    if (zone === undefined) return Status.BAD_PFN;
    if (!zone.allocated.has(pfn) && !this.isAllocated(zone, pfn, 0)) return Status.NOT_ALLOCATED;
    this.pinned.add(pfn);
    return Status.OK;
  }

  unpin(pfn: number): Status {
    return this.pinned.delete(pfn) ? Status.OK : Status.BAD_PFN;
  }

  /** This page, alone, is clean page cache. */
  setFile(pfn: number): Status {
    const status = this.setMobility(pfn, 0, Mobility.LRU);
    if (status === Status.OK) this.files.add(pfn);
    return status;
  }

  override setMobility(pfn: number, order: number, mobility: Mobility): Status {
    this.files.delete(pfn);
    return super.setMobility(pfn, order, mobility);
  }

  /** cma_alloc: first fit over the bitmap; a busy range is skipped by the alignment, not by its length. */
  cmaAllocate(areaIndex: number, count: number, align: number, cpu?: number): CmaResult {
    const refusal = this.enter(cpu);
    const area = this.areas.find((each) => each.index === areaIndex);
    const status = refusal === Status.OK && area === undefined ? Status.BAD_ZONE : refusal;
    if (status !== Status.OK) return { status, errno: 0, pfn: 0, busyPfns: [], moves: [], drops: [] };
    const request = this.cmaBegin(areaIndex, count, align, cpu);
    while (request.state !== RequestState.DONE) this.cmaStep(request);
    return resultOf(request);
  }

  /** A cma_alloc that cmaStep() drives. */
  cmaBegin(areaIndex: number, count: number, align: number, cpu = this.machine.cpus[0]!): Request {
    const area = this.areas.find((each) => each.index === areaIndex)!;
    const request: Request = {
      area,
      count,
      align,
      cpu,
      state: RequestState.SEARCH,
      errno: ENOMEM,
      pfn: 0,
      start: 0,
      killed: false,
      busyPfns: [],
      moves: [],
      drops: [],
    };
    this.requests.set(request, this.steps(request));
    return request;
  }

  /** One step; the state after it. */
  cmaStep(request: Request): RequestState {
    this.machine.cpu = request.cpu;
    const { value, done } = this.requests.get(request)!.next();
    request.state = done === true ? RequestState.DONE : value;
    if (done === true) this.requests.delete(request);
    return request.state;
  }

  /** Is there a request that one of this area would have to wait for? */
  isLocked(areaIndex: number, apartFrom?: Request): boolean {
    const { cmaLock } = this.machine.rules;
    return [...this.requests.keys()].some(
      (other) =>
        other !== apartFrom &&
        INSIDE.has(other.state) &&
        (cmaLock === CmaLockRule.GLOBAL || (cmaLock === CmaLockRule.AREA && other.area.index === areaIndex)),
    );
  }

  private *steps(request: Request): Generator<RequestState, void> {
    const { area, align, count } = request;
    const bits = Math.ceil(count / 2 ** area.orderPerBit);
    const step = 2 ** Math.max(align - area.orderPerBit, 0);
    for (let from = 0; ; ) {
      const bit = findZeroBits(area, from, bits, step, align);
      if (bit === undefined) return;
      request.start = area.basePfn + bit * 2 ** area.orderPerBit;
      area.bits.fill(1, bit, bit + bits);
      yield RequestState.ISOLATE;
      while (this.isLocked(area.index, request)) yield RequestState.WAITING;
      request.errno = yield* this.takeRange(request, request.start, request.start + count);
      if (request.errno === 0) {
        request.pfn = request.start;
        return;
      }
      area.bits.fill(0, bit, bit + bits);
      if (request.errno !== EBUSY) return;
      request.busyPfns.push(request.start);
      from = bit + step;
      yield RequestState.SEARCH;
    }
  }

  /** cma_release: the pages are freed one by one, ascending, through the per-CPU lists; then the bits. */
  cmaRelease(areaIndex: number, pfn: number, count: number, cpu?: number): Status {
    const area = this.areas.find((each) => each.index === areaIndex);
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    if (area === undefined) return Status.BAD_ZONE;
    const inside = pfn >= area.basePfn && pfn + count <= area.basePfn + area.pages;
    if (!inside) return Status.BAD_PFN;
    const zone = zoneOf(this.machine, pfn)!;
    for (let each = pfn; each < pfn + count; each++) {
      if (!this.isAllocated(zone, each, 0)) return Status.NOT_ALLOCATED;
    }
    for (let each = pfn; each < pfn + count; each++) freeSingle(this.machine, each);
    const bit = (pfn - area.basePfn) / 2 ** area.orderPerBit;
    area.bits.fill(0, Math.floor(bit), Math.floor(bit) + Math.ceil(count / 2 ** area.orderPerBit));
    return Status.OK;
  }

  override toState(): ReferenceCmaState {
    const areas = this.areas.map(({ bits, state }) => ({ ...state, set: runsOf(bits) }));
    return { ...super.toState(), areas };
  }

  override dump(): MachineDump {
    const areas = this.areas.map((area) => runsOf(area.bits).map((run) => `${run.start}+${run.length}`));
    return { ...super.dump(), areas };
  }

  protected override takeBack(pfn: number, order: number, cpu?: number): Zone | Status {
    const owner = super.takeBack(pfn, order, cpu);
    if (typeof owner !== "number") {
      this.pinned.delete(pfn);
      this.files.delete(pfn);
    }
    return owner;
  }

  /** alloc_contig_range for a CMA range: 0, or a negative errno. */
  private *takeRange(request: Request, start: number, end: number): Generator<RequestState, number> {
    const { machine, pinned, files } = this;
    const { moves, drops } = request;
    const zone = zoneOf(machine, start)!;
    if (!isolateRange(machine, zone, start, end, Migratetype.CMA)) return EBUSY;
    for (const cpu of machine.cpus) drainAllOf(machine, zone, zone.pcpOf(cpu));
    yield RequestState.SCAN;
    const context = { machine, pinned, files, moves, drops, isKilled: () => request.killed };
    let errno = yield* migrateRange(context, zone, start, end);
    yield RequestState.TEST;
    if (errno === 0 || errno === EBUSY) errno = this.grab(zone, start, end) ? 0 : EBUSY;
    unisolateRange(machine, zone, start, end, Migratetype.CMA);
    return errno;
  }

  /** Takes the isolated free blocks that cover the range, and frees what they have too much. */
  private grab(zone: Zone, start: number, end: number): boolean {
    const { machine } = this;
    const outerStart = freeBlockAround(machine, zone, start) ?? start;
    if (!isIsolatedAndFree(machine, zone, outerStart, end)) return false;
    const outerEnd = takeIsolated(machine, zone, outerStart, end);
    for (let pfn = start; pfn < end; pfn++) this.handOut({ zone, pfn }, 0, Mobility.FIXED);
    for (let pfn = outerStart; pfn < start; pfn++) freeSingle(machine, pfn);
    for (let pfn = end; pfn < outerEnd; pfn++) freeSingle(machine, pfn);
    return true;
  }
}

function loadArea(state: ReferenceAreaState): Area {
  const bits = new Uint8Array(state.bitmapBits);
  for (const { start, length } of state.set) bits.fill(1, start, start + length);
  const { index, basePfn, count, orderPerBit } = state;
  return { state, index, basePfn, pages: count, orderPerBit, bits };
}

/** The lowest run of clear bits that is long enough and whose first page is aligned relative to pfn 0. */
function findZeroBits(
  area: Area,
  from: number,
  bits: number,
  step: number,
  align: number,
): number | undefined {
  const offset = Math.floor((area.basePfn % 2 ** align) / 2 ** area.orderPerBit);
  for (let bit = from; bit + bits <= area.bits.length; bit++) {
    if ((bit + offset) % step !== 0) continue;
    if (!area.bits.subarray(bit, bit + bits).includes(1)) return bit;
  }
  return undefined;
}
