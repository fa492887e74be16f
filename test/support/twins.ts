// Knows: one machine of the core and one of the reference model in the same state, asked for the same operations.
// Must not know: which operations are worth asking for.

import { CommandFlag } from "../../assembly/abi/command_word.js";
import { AllocFlag, Migratetype, Mobility, Op, Status } from "../../assembly/abi/vocabulary.js";
import { type CreateOptions, Machine } from "../../bindings/machine/machine.js";
import type { MachineState } from "../../bindings/state/types.js";
import { ReferenceCmaMachine } from "../reference/cma.js";
import { unreserveHighatomic } from "../reference/detach.js";
import { highestZone, migratetypeOf } from "../reference/machine.js";
import { decay, drainPages, takeFromPcp } from "../reference/pcp.js";
import { type ReferenceRules, rulesOfRelease } from "../reference/types.js";
import type { Zone } from "../reference/zone.js";
import { deepClone } from "./clone.js";
import { dumpCore, heldByCore, heldByReference } from "./core_dump.js";
import { FlatCore, flattenReference, isEqualRow } from "./flat_state.js";
import type { NthFree, Operation } from "./operations.js";
import { AreaCheck, cmaAllocate, cmaRelease, pin, unpin, type Window } from "./twins_cma.js";
import {
  cmaBegin,
  cmaStep,
  fork,
  openWindows,
  setFile,
  type Tally,
  type TwinRequest,
} from "./twins_requests.js";

export interface Block {
  readonly pfn: number;
  readonly order: number;
}

/** What one of them answered; 0 where there is no frame. */
interface Answer {
  readonly status: Status;
  readonly pfn: number;
  readonly slow: boolean;
}

const FLAG_SPLIT = { pages: Op.RELEASE, direct: Op.RELEASE_DIRECT, split: Op.SPLIT_RELEASE } as const;
/** Flag of the release commands: single frames in use since the beginning form a block. */

export class Twins implements Disposable {
  /** Blocks that operations allocated and did not free yet. */
  readonly held = new Map<number, Block>();
  readonly detached = new Map<number, Block>();
  /** What cma_alloc gave and was not given back yet. */
  readonly windows = new Map<number, Window>();
  /** What cma_alloc is under way. */
  readonly requests = new Map<number, TwinRequest>();
  /** How often requests under way came to each state, answer and blocker. */
  readonly tally: Tally = new Map();
  /** First frames of held blocks that are pinned. */
  readonly pinned = new Set<number>();

  private constructor(
    readonly core: Machine,
    readonly reference: ReferenceCmaMachine,
    readonly origin: MachineState,
    private readonly flat = new FlatCore(core, origin),
    private readonly areas = new AreaCheck(core, origin),
  ) {}

  /** The same core beside a copy of the reference and of the books. The caller keeps the core in step. */
  branch(): Twins {
    const { machine } = this.reference;
    const reference = deepClone(
      this.reference,
      new Set<unknown>([this.origin, machine.geometry, machine.rules]),
    );
    const twins = new Twins(this.core, reference, this.origin, this.flat, this.areas);
    for (const [id, block] of this.held) twins.held.set(id, block);
    for (const [id, block] of this.detached) twins.detached.set(id, block);
    for (const [id, window] of this.windows) twins.windows.set(id, window);
    for (const pfn of this.pinned) twins.pinned.add(pfn);
    return twins;
  }

  /** @param rules of the reference; by default those of the state's kernel, as in the core */
  static async create(
    state: MachineState,
    options: CreateOptions = {},
    rules?: ReferenceRules,
  ): Promise<Twins> {
    const core = await Machine.fromState(state, options);
    const cmaLock = options.rules?.cmaLock;
    const known = rules ?? rulesOfRelease(state.release);
    const all = cmaLock === undefined ? known : { ...known, cmaLock };
    const reference = ReferenceCmaMachine.fromState(state, all);
    return new Twins(core, reference, state);
  }

  [Symbol.dispose](): void {
    this.core.dispose();
  }

  /** Performs it on both. Answers how they disagree about the result, or null. */
  perform(operation: Operation): string | null {
    switch (operation.op) {
      case "allocate":
        return this.allocate(operation);
      case "release":
        return this.release(operation);
      case "release_loose": {
        const { pfn, order, cpu } = operation;
        const status = this.reference.release(pfn, order, cpu);
        return this.same(status, this.command(Op.RELEASE, cpu, order, CommandFlag.LOOSE, pfn).status);
      }
      case "bulk":
        return this.bulk(operation);
      case "rotate":
        return this.rotate(operation, operation.toHead);
      case "detach":
        return this.detach(operation);
      case "attach":
        return this.attach(operation);
      case "unreserve":
        return this.unreserve(operation);
      case "set_mobility":
        return this.setMobility(operation);
      case "cma_allocate":
        return cmaAllocate(this, operation);
      case "cma_release":
        return cmaRelease(this, operation);
      case "pin":
        return pin(this, operation);
      case "cma_begin":
        return cmaBegin(this, operation);
      case "cma_step":
      case "cma_kill":
        return cmaStep(this, operation);
      case "set_file":
        return setFile(this, operation);
      case "fork":
        return fork(this);
      default:
        return this.maintain(operation);
    }
  }

  /** Everything that can be told apart: lists in order, counters, types, flags, who holds what. Empty: equal. */
  differences(limit = 12): string[] {
    const areas = this.areas.differences([...this.windows.values(), ...openWindows(this)]);
    if (isEqualRow(this.flat.row(), flattenReference(this.reference))) return areas;
    const core = dumpCore(this.core, this.origin);
    const found = ReferenceCmaMachine.compare(core, this.reference.dump(), limit);
    const mine = heldByCore(this.core);
    const its = heldByReference(this.reference);
    const at = mine.findIndex((block, i) => block !== its[i]);
    if (at >= 0 || mine.length !== its.length) {
      const place = at < 0 ? mine.length : at;
      const show = (block: number | undefined) =>
        block === undefined ? "none" : `pfn ${Math.floor(block / 16)} order ${block % 16}`;
      found.push(`held blocks from [${place}]: ${show(mine[place])} | ${show(its[place])}`);
    }
    if (found.length === 0) found.push("the rows of flat_state.ts differ, the dumps do not");
    return [...found.map((line) => `core | reference: ${line}`), ...areas];
  }

  /** What is wrong with either by its own rules. */
  faults(): string[] {
    const { fault, name, pfn, expected, got } = this.core.validate();
    const core = fault === 0 ? [] : [`core: ${name} at ${pfn}, expected ${expected}, got ${got}`];
    return [...core, ...this.reference.audit().map((line) => `reference: ${line}`)];
  }

  /** Null when both answered the same. */
  same(expected: Status, got: Status): string | null {
    return expected === got ? null : `core ${Status[got]}, reference ${Status[expected]}`;
  }

  /** One command of the core. */
  command(op: Op, cpu: number, order: number, flags: number, a = 0, b = 0, c = 0): Answer {
    const { commands } = this.core;
    commands.clear();
    commands.append(op, cpu, order, flags, a, b, c);
    commands.execute();
    const status = commands.status(0);
    return { status, pfn: status === Status.OK ? commands.pfn(0) : 0, slow: commands.wasSlow(0) };
  }

  private allocate({ id, cpu, order, gfp, mobility }: Operation & { op: "allocate" }): string | null {
    const expected = this.reference.allocate({ gfp, order, cpu, mobility });
    const got = this.command(Op.ALLOCATE, cpu, order, 0, gfp, 0, mobility);
    if (expected.status !== got.status || expected.pfn !== got.pfn || expected.slow !== got.slow) {
      const show = ({ status, pfn, slow }: Answer) => `${Status[status]} pfn ${pfn}${slow ? " slow" : ""}`;
      return `core ${show(got)}, reference ${show(expected)}`;
    }
    if (got.status === Status.OK) this.held.set(id, { pfn: got.pfn, order });
    return null;
  }

  private release({ of, cpu, how }: Operation & { op: "release" }): string | null {
    const block = this.held.get(of);
    if (block === undefined) return null;
    this.held.delete(of);
    const { pfn, order } = block;
    const wrong = unpin(this, pfn);
    if (wrong !== null) return wrong;
    const expected =
      how === "split"
        ? this.reference.splitRelease(pfn, order, cpu)
        : this.reference.release(pfn, order, cpu, how === "direct");
    return this.same(expected, this.command(FLAG_SPLIT[how], cpu, order, 0, pfn).status);
  }

  private zone(index: number): Zone {
    const zone = this.reference.machine.zones.find((each) => each.index === index);
    if (zone === undefined) throw new Error(`no zone ${index}`);
    return zone;
  }

  private bulk({ id, cpu, zone, gfp }: Operation & { op: "bulk" }): string | null {
    const { machine } = this.reference;
    const owner = this.zone(zone);
    const type = migratetypeOf(machine, gfp) ?? Migratetype.UNMOVABLE;
    machine.cpu = cpu;
    const flags = AllocFlag.WMARK_LOW | (type === Migratetype.MOVABLE ? AllocFlag.CMA : 0);
    const pfn = takeFromPcp(machine, owner, 0, type, flags) ?? 0;
    const got = this.command(Op.BULK_ALLOCATE, cpu, 0, 0, gfp, zone);
    if (pfn !== got.pfn) return `core pfn ${got.pfn}, reference pfn ${pfn}`;
    if (pfn === 0) return null;
    owner.allocated.set(pfn, 0);
    owner.setMobility(Mobility.FIXED, pfn, 1);
    this.held.set(id, { pfn, order: 0 });
    return null;
  }

  private nthFree({ zone, order, type, nth }: NthFree): Block | undefined {
    const pfns = this.zone(zone).lists[order]?.[type]?.toArray() ?? [];
    const pfn = pfns[nth % pfns.length];
    return pfn === undefined ? undefined : { pfn, order };
  }

  private rotate(which: NthFree, toHead: boolean): string | null {
    const block = this.nthFree(which);
    if (block === undefined) return null;
    const expected = this.reference.rotateFree(block.pfn, toHead ? "head" : "tail");
    return this.same(
      expected,
      this.command(Op.ROTATE_FREE, 0, block.order, 0, block.pfn, toHead ? 1 : 0).status,
    );
  }

  /** The watermark test is the caller's in the core: the reference decides for both. */
  private detach({ id, cpu, ...which }: Operation & { op: "detach" }): string | null {
    const block = this.nthFree(which);
    if (block === undefined) return null;
    const expected = this.reference.isolateFree(block.pfn, block.order, cpu);
    if (expected === Status.NO_PAGE) return null;
    this.detached.set(id, block);
    return this.same(expected, this.command(Op.ISOLATE_FREE, cpu, block.order, 0, block.pfn).status);
  }

  private attach({ of, cpu }: Operation & { op: "attach" }): string | null {
    const block = this.detached.get(of);
    if (block === undefined) return null;
    this.detached.delete(of);
    const { pfn, order } = block;
    const zone = this.reference.machine.zones.find((each) => each.spans(pfn));
    const type = zone?.typeAt(pfn) ?? Migratetype.MOVABLE;
    const expected = this.reference.putbackFree(pfn, order, type, cpu);
    return this.same(expected, this.command(Op.PUTBACK_FREE, cpu, order, 0, pfn, type).status);
  }

  /** The core is told the block that the reference's search finds first. */
  private unreserve({ cpu, gfp }: Operation & { op: "unreserve" }): string | null {
    const { machine } = this.reference;
    const type = migratetypeOf(machine, gfp);
    const highest = highestZone(machine.geometry, gfp);
    if (type === undefined || highest === undefined) return null;
    const zone = machine.zones.findLast((each) => each.index <= highest && each.present > 0);
    const order = zone?.lists.findIndex((types) => types[Migratetype.HIGHATOMIC]?.isEmpty === false) ?? -1;
    const pfn = zone?.lists[order]?.[Migratetype.HIGHATOMIC]?.first();
    if (zone === undefined || pfn === undefined) return null;
    machine.cpu = cpu;
    unreserveHighatomic(machine, [zone], type, true);
    return this.same(Status.OK, this.command(Op.UNRESERVE_HIGHATOMIC, cpu, order, 0, pfn, type).status);
  }

  private setMobility({ of, mobility }: Operation & { op: "set_mobility" }): string | null {
    const block = this.held.get(of);
    if (block === undefined) return null;
    const expected = this.reference.setMobility(block.pfn, block.order, mobility);
    return this.same(expected, this.command(Op.SET_CONTENT, 0, 0, 0, block.pfn, mobility).status);
  }

  /** What workers and kswapd do, and what a trace tells. */
  private maintain(operation: Operation): string | null {
    const { reference } = this;
    const { machine } = reference;
    switch (operation.op) {
      case "drain_all": {
        const { cpu, zone } = operation;
        const expected = reference.drainAll(zone ?? undefined, cpu);
        return this.same(
          expected,
          this.command(Op.DRAIN_ALL, cpu, 0, 0, zone === null ? 0 : zone + 1).status,
        );
      }
      case "drain_pcp": {
        const { cpu, zone, pages, pindex } = operation;
        machine.cpu = cpu;
        drainPages(machine, this.zone(zone), this.zone(zone).pcpOf(cpu), pages, pindex);
        return this.same(Status.OK, this.command(Op.DRAIN_PCP, cpu, 0, 0, zone, pages, pindex).status);
      }
      case "decay": {
        const { cpu, zone } = operation;
        machine.cpu = cpu;
        decay(machine, this.zone(zone), this.zone(zone).pcpOf(cpu));
        return this.same(Status.OK, this.command(Op.DECAY, cpu, 0, 0, zone).status);
      }
      case "fold": {
        const { cpu, all, zone } = operation;
        const expected = reference.fold(all ? undefined : cpu, zone ?? undefined);
        const got = this.command(Op.FOLD, cpu, 0, 0, zone === null ? 0 : zone + 1, all ? 1 : 0);
        return this.same(expected, got.status);
      }
      case "tick":
        return this.same(reference.tick(operation.cpu), this.command(Op.TICK, operation.cpu, 0, 0).status);
      case "set_boost": {
        const { zone, pages } = operation;
        return this.same(
          reference.setBoost(zone, pages),
          this.command(Op.SET_BOOST, 0, 0, 0, zone, pages).status,
        );
      }
      case "set_flag": {
        const { zone, flag, on } = operation;
        const expected = reference.setZoneFlag(zone, flag, on);
        return this.same(expected, this.command(Op.SET_ZONE_FLAG, 0, 0, 0, zone, flag, on ? 1 : 0).status);
      }
      case "hint_movable":
        if (machine.movableHints.length >= 200) return null;
        reference.hintMovable(operation.pages);
        return this.same(Status.OK, this.command(Op.HINT_MOVABLE, 0, 0, 0, operation.pages).status);
      default:
        throw new Error(`${operation.op} is handled elsewhere`);
    }
  }
}
