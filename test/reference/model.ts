// Knows: the operations of the reference machine, and which arguments it refuses.
// Must not know: how the operations work (each has its file).
// Kernel: alloc_pages, __free_pages, split_page, drain_all_pages, refresh_cpu_vm_stats; 6.12 and 6.1.

import { type Gfp, Mobility, Status, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { allocateBulk, allocatePages, type Found, prepare } from "./allocate.js";
import { auditMachine } from "./audit.js";
import { freeRangeAtBoot, freeToBuddy } from "./buddy.js";
import { attachFree, detachFree, rotateToHead, rotateToTail, unreserveHighatomic } from "./detach.js";
import { compareDumps, dumpMachine } from "./dump.js";
import { exportState } from "./export.js";
import { loadMachine } from "./load.js";
import { type Machine, zoneOf } from "./machine.js";
import { decay, drainAllOf } from "./pcp.js";
import { releaseBlock } from "./release.js";
import type {
  AllocateRequest,
  AllocateResult,
  MachineDump,
  ReferenceRules,
  ReferenceState,
} from "./types.js";
import { foldCounters, Origin, type Zone } from "./zone.js";

export class ReferenceMachine {
  private readonly detached = new Map<number, number>();

  readonly machine: Machine;

  protected constructor(
    private readonly origin: ReferenceState,
    rules: ReferenceRules,
  ) {
    this.machine = loadMachine(origin, rules);
  }

  static fromState(state: ReferenceState, rules: ReferenceRules): ReferenceMachine {
    return new ReferenceMachine(state, rules);
  }

  /** alloc_pages. `direct` = as when the per-CPU lists could not be locked. */
  allocate(request: AllocateRequest, direct = false): AllocateResult {
    const refusal = this.enter(request.cpu);
    if (refusal !== Status.OK) return { status: refusal, pfn: 0, slow: false };
    const prepared = prepare(this.machine, request.gfp, request.order, direct);
    if (typeof prepared === "number") return { status: prepared, pfn: 0, slow: false };
    const { status, found, slow } = allocatePages(this.machine, prepared);
    if (found === undefined) return { status, pfn: 0, slow };
    this.handOut(found, request.order, request.mobility ?? Mobility.FIXED);
    return { status, pfn: found.pfn, slow };
  }

  /** alloc_pages_bulk: up to `count` single pages; NO_PAGE when there is none. */
  bulkAllocate(gfp: Gfp | number, count: number, cpu?: number): { status: Status; pfns: number[] } {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return { status: refusal, pfns: [] };
    const prepared = prepare(this.machine, gfp, 0);
    if (typeof prepared === "number") return { status: prepared, pfns: [] };
    const pages = allocateBulk(this.machine, prepared, count);
    for (const page of pages) this.handOut(page, 0, Mobility.FIXED);
    const status = pages.length > 0 || count <= 0 ? Status.OK : Status.NO_PAGE;
    return { status, pfns: pages.map((page) => page.pfn) };
  }

  /** __free_pages. `direct` = as when the per-CPU lists could not be locked. */
  release(pfn: number, order: number, cpu?: number, direct = false): Status {
    const owner = this.takeBack(pfn, order, cpu);
    if (typeof owner === "number") return owner;
    if (direct) freeToBuddy(this.machine, owner, pfn, order);
    else releaseBlock(this.machine, owner, pfn, order);
    return Status.OK;
  }

  /** split_page, then each of the pages is freed, ascending. */
  splitRelease(pfn: number, order: number, cpu?: number): Status {
    const owner = this.takeBack(pfn, order, cpu);
    if (typeof owner === "number") return owner;
    for (let each = pfn; each < pfn + 2 ** order; each++) releaseBlock(this.machine, owner, each, 0);
    return Status.OK;
  }

  /** drain_all_pages: every CPU's lists, of one zone or of all from the lowest; `cpu` is the one that does it. */
  drainAll(zoneIndex?: number, cpu?: number): Status {
    const refusal = this.enter(cpu, zoneIndex);
    if (refusal !== Status.OK) return refusal;
    for (const owner of this.machine.cpus) {
      for (const zone of this.zonesOf(zoneIndex)) drainAllOf(this.machine, zone, zone.pcpOf(owner));
    }
    return Status.OK;
  }

  /** Adds what CPUs kept of the counters to the zone's counters: one CPU or all, one zone or all. */
  fold(cpu?: number, zoneIndex?: number): Status {
    const refusal = this.enter(cpu, zoneIndex);
    if (refusal !== Status.OK) return refusal;
    for (const each of cpu === undefined ? this.machine.cpus : [cpu]) {
      for (const zone of this.zonesOf(zoneIndex)) foldCounters(zone, zone.pcpOf(each));
    }
    return Status.OK;
  }

  /** decay_pcp_high on one CPU; nothing in 6.1. */
  decay(cpu?: number, zoneIndex?: number): Status {
    const refusal = this.enter(cpu, zoneIndex);
    if (refusal !== Status.OK) return refusal;
    for (const zone of this.zonesOf(zoneIndex)) decay(this.machine, zone, zone.pcpOf(this.machine.cpu));
    return Status.OK;
  }

  /** The vmstat worker on one CPU: fold every zone, then decay every zone. */
  tick(cpu?: number): Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    this.fold(this.machine.cpu);
    return this.decay(this.machine.cpu);
  }

  setBoost(zoneIndex: number, pages: number): Status {
    const refusal = this.enter(undefined, zoneIndex);
    if (refusal === Status.OK) this.zonesOf(zoneIndex)[0]!.boost = pages;
    return refusal;
  }

  setZoneFlag(zoneIndex: number, flag: ZoneFlag, on: boolean): Status {
    const refusal = this.enter(undefined, zoneIndex);
    if (refusal !== Status.OK) return refusal;
    const zone = this.zonesOf(zoneIndex)[0]!;
    if (flag === ZoneFlag.BOOSTED) zone.boosted = on;
    else if (flag === ZoneFlag.RECLAIM_ACTIVE) zone.reclaimActive = on;
    else zone.belowHigh = on;
    return Status.OK;
  }

  /** What an allocated block's pages answer to "could it be migrated?". */
  setMobility(pfn: number, order: number, mobility: Mobility): Status {
    const zone = zoneOf(this.machine, pfn);
    if (zone === undefined) return Status.BAD_PFN;
    if (!this.isAllocated(zone, pfn, order)) return Status.NOT_ALLOCATED;
    zone.setMobility(mobility, pfn, 2 ** order);
    return Status.OK;
  }

  /** The next claim check uses this number of movable pages instead of counting. */
  hintMovable(pages: number): Status {
    this.machine.movableHints.push(pages);
    return Status.OK;
  }

  /** unreserve_highatomic_pageblock for a request of these flags; NO_PAGE when nothing was given back. */
  unreserveHighatomic(gfp: number, force: boolean, cpu?: number): Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    const prepared = prepare(this.machine, gfp, 0);
    if (typeof prepared === "number") return prepared;
    const { zonelist, type } = prepared;
    return unreserveHighatomic(this.machine, zonelist, type, force) ? Status.OK : Status.NO_PAGE;
  }

  /** __isolate_free_page: a free block leaves the lists; NO_PAGE when the min mark forbids it. */
  isolateFree(pfn: number, order: number, cpu?: number): Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    const zone = zoneOf(this.machine, pfn);
    if (zone === undefined) return Status.BAD_PFN;
    if (!zone.hasFreeBlock(pfn, order)) return Status.NOT_FREE;
    if (!detachFree(this.machine, zone, pfn, order)) return Status.NO_PAGE;
    this.detached.set(pfn, order);
    return Status.OK;
  }

  /** __putback_isolated_page */
  putbackFree(pfn: number, order: number, type: number, cpu?: number): Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    if (this.detached.get(pfn) !== order) return Status.NOT_FREE;
    this.detached.delete(pfn);
    attachFree(this.machine, zoneOf(this.machine, pfn)!, pfn, order, type);
    return Status.OK;
  }

  /** move_freelist_head / move_freelist_tail: the block's list is turned until the block is at that end. */
  rotateFree(pfn: number, end: "head" | "tail"): Status {
    const zone = zoneOf(this.machine, pfn);
    if (zone === undefined) return Status.BAD_PFN;
    if (!zone.blocks.has(pfn)) return Status.NOT_FREE;
    if (end === "head") rotateToHead(zone, pfn);
    else rotateToTail(zone, pfn);
    return Status.OK;
  }

  /** Boot: reserved or never used frames become free, ascending, in the largest aligned blocks. */
  freeBoot(start: number, pages: number, cpu?: number): Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    const zone = zoneOf(this.machine, start);
    if (zone === undefined) return Status.BAD_PFN;
    if (start + pages > zone.end) return Status.CROSSES_ZONE;
    const usable = [Origin.LOOSE, Origin.RESERVED].some((origin) => zone.rangeIs(origin, start, pages));
    if (!usable) return Status.ALREADY_USED;
    zone.setOrigin(Origin.TRACKED, start, pages);
    zone.setMobility(Mobility.FIXED, start, pages);
    freeRangeAtBoot(this.machine, zone, start, start + pages);
    return Status.OK;
  }

  dump(): MachineDump {
    return dumpMachine(this.machine);
  }

  /** The machine as a state that fromState takes. What it handed out becomes "in use, block unknown". */
  toState(): ReferenceState {
    return exportState(this.machine, this.origin);
  }

  /** What is wrong with the model itself; always empty. */
  audit(): string[] {
    return auditMachine(this.machine);
  }

  /** Readable differences, the first ones first; empty when equal. */
  static compare(left: MachineDump, right: MachineDump, limit?: number): string[] {
    return compareDumps(left, right, limit);
  }

  /** Checks CPU and zone, and makes the CPU the one that executes. */
  protected enter(cpu = this.machine.cpus[0]!, zoneIndex?: number): Status {
    if (!this.machine.cpus.includes(cpu)) return Status.BAD_CPU;
    if (zoneIndex !== undefined && this.zonesOf(zoneIndex).length === 0) return Status.BAD_ZONE;
    this.machine.cpu = cpu;
    return Status.OK;
  }

  protected zonesOf(zoneIndex?: number): readonly Zone[] {
    if (zoneIndex === undefined) return this.machine.zones;
    return this.machine.zones.filter((zone) => zone.index === zoneIndex);
  }

  protected handOut({ zone, pfn }: Found, order: number, mobility: Mobility): void {
    zone.allocated.set(pfn, order);
    zone.setMobility(mobility, pfn, 2 ** order);
  }

  /** A block that the model handed out, or pages that were in use all along. */
  protected isAllocated(zone: Zone, pfn: number, order: number): boolean {
    return zone.allocated.get(pfn) === order || zone.rangeIs(Origin.LOOSE, pfn, 2 ** order);
  }

  /** Ends an allocation; the zone, or why the arguments are refused. */
  protected takeBack(pfn: number, order: number, cpu?: number): Zone | Status {
    const refusal = this.enter(cpu);
    if (refusal !== Status.OK) return refusal;
    const goodOrder = Number.isInteger(order) && order >= 0 && order <= this.machine.geometry.maxOrder;
    if (!goodOrder) return Status.BAD_ORDER;
    const zone = zoneOf(this.machine, pfn);
    if (zone === undefined) return Status.BAD_PFN;
    if (pfn % 2 ** order !== 0) return Status.MISALIGNED;
    if (!this.isAllocated(zone, pfn, order)) return Status.NOT_ALLOCATED;
    zone.allocated.delete(pfn);
    zone.setOrigin(Origin.TRACKED, pfn, 2 ** order);
    zone.setMobility(Mobility.FIXED, pfn, 2 ** order);
    return zone;
  }
}
