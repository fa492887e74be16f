// Knows: how the rows of a scripted capture are run on the reference model, and what is compared with the kernel.
// Must not know: file formats (the importer's), the rules of the kernel (the model's).
// Kernel: the op runner of the captures; row semantics in kernel-semantics.md section 8.

import { Gfp, Mobility, Status } from "../../assembly/abi/vocabulary.js";
import { CAPTURE_OP_NAMES, CaptureOp, type CaptureOps } from "../../bindings/importers/capture/script/ops.js";
import type { MachineState } from "../../bindings/state/types.js";
import { ReferenceCmaMachine } from "./cma.js";
import type { ReferenceRules } from "./types.js";

const FIRST_AREA = 0;

export interface Capture {
  readonly before: MachineState;
  readonly after: MachineState;
  /** One per DUMP row. */
  readonly mid: readonly MachineState[];
  readonly ops: CaptureOps;
}

export interface ReplayReport {
  readonly rows: number;
  /** Rows whose allocation failed, on both sides. */
  readonly failures: number;
  /** Pages that migration moved. */
  readonly moves: number;
  readonly dumpsCompared: number;
  /** Empty = the model and the kernel agree on everything. */
  readonly problems: readonly string[];
}

interface Slot {
  pfn: number;
  readonly order: number;
  /** Compound pages cannot be split: their splitfree is a free. */
  readonly compound: boolean;
  /** Pages of a cma_alloc, 0 for others. */
  readonly pages: number;
}

/** Runs the whole script; stops early when problems pile up. */
export function replayScript(capture: Capture, rules: ReferenceRules, maxProblems = 20): ReplayReport {
  const script = new Script(capture, rules);
  for (let row = 0; row < capture.ops.length && script.problems.length < maxProblems; row++) {
    script.runRow(row);
  }
  if (script.problems.length < maxProblems) script.compare(capture.after, "final state");
  const { failures, moves, dumpsCompared, problems } = script;
  return { rows: capture.ops.length, failures, moves, dumpsCompared, problems };
}

class Script {
  readonly problems: string[] = [];
  failures = 0;
  moves = 0;
  dumpsCompared = 0;
  private readonly machine: ReferenceCmaMachine;
  private readonly slots = new Map<number, Slot>();
  private readonly slotOfPfn = new Map<number, Slot>();
  private readonly cpu: number;

  constructor(
    private readonly capture: Capture,
    private readonly rules: ReferenceRules,
  ) {
    this.machine = ReferenceCmaMachine.fromState(capture.before, rules);
    this.cpu = capture.before.thisCpu;
  }

  runRow(row: number): void {
    const { ops } = this.capture;
    const op = ops.op[row]!;
    const slot = ops.slot[row]!;
    if (op === CaptureOp.DRAIN) this.machine.drainAll(undefined, this.cpu);
    else if (op === CaptureOp.FOLD) this.machine.fold();
    else if (op === CaptureOp.TICK) this.machine.tick(this.cpu);
    else if (op === CaptureOp.DUMP) this.compare(this.capture.mid[this.dumpsCompared]!, `dump at row ${row}`);
    else {
      const pfn = this.runOnSlot(op, row, slot);
      const expected = ops.pfn[row]!;
      if (pfn === expected) return;
      this.problems.push(`row ${row} ${CAPTURE_OP_NAMES[op]}: pfn ${pfn}, the kernel has ${expected}`);
    }
  }

  /** Compares the complete state; the kernel's side comes second in each line. */
  compare(state: MachineState, what: string): void {
    this.dumpsCompared += 1;
    const kernel = ReferenceCmaMachine.fromState(state, this.rules).dump();
    const differences = ReferenceCmaMachine.compare(this.machine.dump(), kernel, 10);
    this.problems.push(...[...differences, ...this.machine.audit()].map((each) => `${what}: ${each}`));
  }

  /** The pfn that the row is about: the result of an allocation, else what the slot holds. */
  private runOnSlot(op: CaptureOp, row: number, slot: number): number {
    if (op === CaptureOp.ALLOC || op === CaptureOp.MALLOC) return this.allocate(op, row, slot);
    if (op === CaptureOp.CMA_ALLOC) return this.allocateContiguous(row, slot);
    const held = this.slots.get(slot);
    if (held === undefined) return 0;
    const { pfn } = held;
    if (op === CaptureOp.PIN) this.expectOk(row, this.machine.pin(pfn));
    else if (op === CaptureOp.UNPIN) this.machine.unpin(pfn);
    else {
      this.release(op, row, held);
      this.slots.delete(slot);
      this.slotOfPfn.delete(pfn);
    }
    return pfn;
  }

  private allocate(op: CaptureOp, row: number, slot: number): number {
    const { ops } = this.capture;
    const gfp = ops.gfp[row]!;
    const order = ops.order[row]!;
    const mobility = op === CaptureOp.MALLOC ? Mobility.DRIVER : Mobility.FIXED;
    const { pfn } = this.machine.allocate({ gfp, order, cpu: this.cpu, mobility });
    this.hold(slot, { pfn, order, compound: (gfp & Gfp.COMP) !== 0, pages: 0 });
    return pfn;
  }

  private allocateContiguous(row: number, slot: number): number {
    const { ops } = this.capture;
    const pages = ops.count[row]!;
    const { pfn, moves } = this.machine.cmaAllocate(FIRST_AREA, pages, ops.align[row]!, this.cpu);
    this.moves += moves.length;
    for (const { from, to } of moves) {
      const held = this.slotOfPfn.get(from);
      if (held === undefined) continue;
      held.pfn = to;
      this.slotOfPfn.delete(from);
      this.slotOfPfn.set(to, held);
    }
    this.hold(slot, { pfn, order: 0, compound: false, pages });
    return pfn;
  }

  private hold(slot: number, held: Slot): void {
    if (held.pfn === 0) {
      this.failures += 1;
      return;
    }
    this.slots.set(slot, held);
    this.slotOfPfn.set(held.pfn, held);
  }

  private release(op: CaptureOp, row: number, { pfn, order, compound, pages }: Slot): void {
    const { machine, cpu } = this;
    if (op === CaptureOp.CMA_RELEASE) this.expectOk(row, machine.cmaRelease(FIRST_AREA, pfn, pages, cpu));
    else if (op === CaptureOp.FREE || compound) this.expectOk(row, machine.release(pfn, order, cpu));
    else if (order === 0) this.expectOk(row, machine.release(pfn, order, cpu));
    else this.expectOk(row, machine.splitRelease(pfn, order, cpu));
  }

  private expectOk(row: number, status: Status): void {
    if (status !== Status.OK) this.problems.push(`row ${row}: the model refuses with ${Status[status]}`);
  }
}
