// Knows: replaying a script (ops.csv): each row performed, each result and each dump compared.
// Must not know: how files are read, how the result is printed.
// A row is one request of the capture's runner to its kernel, on one CPU: CaptureOp (importers/capture/script/ops) names each.

import { COMMAND_CAPACITY, DEFAULT_SLOTS } from "../../assembly/abi/limits.js";
import { Gfp, Mobility, Op, Status } from "../../assembly/abi/vocabulary.js";
import type { CommandBuffer } from "../engine/commands.js";
import type { Capture } from "../importers/capture/capture.js";
import { CAPTURE_OP_NAMES, CaptureOp, type CaptureOps } from "../importers/capture/script/ops.js";
import { CaptureError } from "../importers/errors.js";
import { type CreateOptions, Machine } from "../machine/machine.js";
import { DumpComparison, describeFrame, describeZones } from "./around.js";
import type { Disagreement, ReplayResult } from "./result.js";

/** What each slot was given, known from the rows alone; the core knows where its page is now. */
class Slots {
  /** First frame at allocation, 0: empty. */
  readonly pfn: Uint32Array;
  readonly order: Uint8Array;
  readonly compound: Uint8Array;
  /** Pages of a cma_alloc. */
  readonly pages: Uint32Array;

  constructor(ops: CaptureOps) {
    let last = 0;
    for (const slot of ops.slot) last = Math.max(last, slot);
    if (last >= DEFAULT_SLOTS) {
      throw new CaptureError({
        file: ops.file,
        problem: `slot ${last} is used`,
        expected: `slots below ${DEFAULT_SLOTS}`,
      });
    }
    this.pfn = new Uint32Array(last + 1);
    this.order = new Uint8Array(last + 1);
    this.compound = new Uint8Array(last + 1);
    this.pages = new Uint32Array(last + 1);
  }
}

/** Rows whose frame is compared. A cma_release names the frame that its slot was given: checked when it was given. */
const HAS_FRAME = new Set([
  CaptureOp.ALLOC,
  CaptureOp.FREE,
  CaptureOp.SPLITFREE,
  CaptureOp.MALLOC,
  CaptureOp.CMA_ALLOC,
]);

/** A command that belongs to no row of its own. */
const NO_ROW = -1;

/** Replays ops.csv: the same calls in the same order, each held against what the kernel did. */
export class ScriptedReplay {
  readonly #capture: Capture;
  readonly #ops: CaptureOps;
  readonly #options: CreateOptions;
  #nanoseconds = 0;

  /** @param options of the machine that replays: build of the core, search */
  constructor(capture: Capture, ops: CaptureOps, options: CreateOptions = {}) {
    this.#capture = capture;
    this.#ops = ops;
    this.#options = options;
  }

  /**
   * @param progress called with rows done, now and then
   * @throws CaptureError when the kernel is not modelled, or the script uses more slots than a machine has
   */
  async run(progress: (done: number) => void = () => {}): Promise<ReplayResult> {
    using machine = await Machine.fromState(this.#capture.before, this.#options);
    const run = new Run(machine, this.#capture, this.#ops);
    let first: Disagreement | null = run.dumps.compare(machine, this.#capture.before, -1);
    while (first === null && run.row < this.#ops.length) {
      first = run.batch();
      progress(run.row);
    }
    this.#nanoseconds = run.nanoseconds;
    if (first !== null && first.around.length === 0 && first.operation >= 0)
      first = await this.#explain(first);
    const final = first === null ? run.dumps.compare(machine, this.#capture.after, this.#ops.length) : first;
    return {
      capture: this.#capture.name,
      kernel: this.#capture.before.release,
      operations: run.row,
      compared: run.compared,
      agreeing: run.agreeing,
      firstDisagreement: final,
      dumpsCompared: run.dumps.compared,
      dumpsEqual: run.dumps.equal,
      finalStateEqual: final === null,
      nsPerOperation: run.row > 0 ? this.#nanoseconds / run.row : 0,
    };
  }

  /** Replays again up to the row that went wrong, to show the lists as they were before it. */
  async #explain(found: Disagreement): Promise<Disagreement> {
    using machine = await Machine.fromState(this.#capture.before, this.#options);
    const run = new Run(machine, this.#capture, this.#ops, found.operation);
    while (run.row < found.operation) run.batch();
    const row = found.operation;
    const order = Math.max(0, this.#ops.order[row] ?? 0);
    const wanted = this.#ops.pfn[row] ?? 0;
    const around = describeZones(machine.views, order, this.#capture.before.thisCpu);
    return { ...found, around: wanted > 0 ? [describeFrame(machine.views, wanted), ...around] : around };
  }
}

/** One pass over the rows. */
class Run {
  row = 0;
  compared = 0;
  agreeing = 0;
  readonly dumps = new DumpComparison();
  nanoseconds = 0;
  readonly #slots: Slots;
  readonly #rows: number[] = [];
  readonly #pinned = new Set<number>();
  readonly #commands: CommandBuffer;
  readonly #cpu: number;
  #mid = 0;

  constructor(
    readonly machine: Machine,
    readonly capture: Capture,
    readonly ops: CaptureOps,
    readonly end: number = ops.length,
  ) {
    this.#slots = new Slots(ops);
    this.#commands = machine.commands;
    this.#cpu = capture.before.thisCpu;
  }

  /** Performs rows until a dump, a full buffer or the end; compares. Answers the first disagreement. */
  batch(): Disagreement | null {
    this.#commands.clear();
    this.#rows.length = 0;
    let isDump = false;
    while (this.row < this.end && this.#commands.length < COMMAND_CAPACITY - 1 && !isDump) {
      isDump = this.ops.op[this.row] === CaptureOp.DUMP;
      if (!isDump) this.#push(this.row);
      this.row += 1;
    }
    const begin = performance.now();
    this.#commands.execute();
    this.nanoseconds += (performance.now() - begin) * 1e6;
    const wrong = this.#check();
    if (wrong !== null || !isDump) return wrong;
    const dump = this.capture.mids[this.#mid++];
    if (dump === undefined) {
      throw new CaptureError({
        file: this.ops.file,
        line: this.row + 1,
        problem: "there is no dump for this row",
        expected: `${this.#mid} records in state_mid.txt`,
      });
    }
    return this.dumps.compare(this.machine, dump, this.row - 1);
  }

  #push(row: number): void {
    const { ops } = this;
    const op = ops.op[row] as CaptureOp;
    const slot = ops.slot[row] ?? 0;
    const slots = this.#slots;
    this.#rows.push(row);
    switch (op) {
      case CaptureOp.ALLOC:
      case CaptureOp.MALLOC: {
        const order = ops.order[row] ?? 0;
        const gfp = ops.gfp[row] ?? 0;
        slots.pfn[slot] = ops.pfn[row] ?? 0;
        slots.order[slot] = order;
        slots.compound[slot] = gfp & Gfp.COMP ? 1 : 0;
        const mobility = op === CaptureOp.MALLOC ? Mobility.DRIVER : Mobility.FIXED;
        this.#commands.append(Op.ALLOCATE, this.#cpu, order, 0, gfp, slot + 1, mobility);
        return;
      }
      case CaptureOp.CMA_ALLOC:
        slots.pfn[slot] = ops.pfn[row] ?? 0;
        slots.pages[slot] = ops.count[row] ?? 0;
        this.#commands.append(Op.CMA_ALLOCATE, this.#cpu, ops.align[row] ?? 0, 0, 0, ops.count[row] ?? 0, 0);
        return;
      case CaptureOp.CMA_RELEASE: {
        const held = slots.pfn[slot] ?? 0;
        slots.pfn[slot] = 0;
        if (held === 0) this.#commands.append(Op.NOP, this.#cpu, 0, 0, 0, 0, 0);
        else this.#commands.append(Op.CMA_RELEASE, this.#cpu, 0, 0, 0, held, slots.pages[slot] ?? 0);
        return;
      }
      case CaptureOp.PIN:
      case CaptureOp.UNPIN:
        return this.#pin(op === CaptureOp.PIN, ops.pfn[row] ?? 0);
      case CaptureOp.FREE:
      case CaptureOp.SPLITFREE: {
        const order = slots.order[slot] ?? 0;
        const whole = op === CaptureOp.FREE || order === 0 || slots.compound[slot] === 1;
        const held = slots.pfn[slot] ?? 0;
        slots.pfn[slot] = 0;
        if (this.#pinned.delete(ops.pfn[row] ?? 0)) {
          this.#commands.append(Op.UNPIN, this.#cpu, 0, 0, ops.pfn[row] ?? 0, 0, 0);
          this.#rows.splice(-1, 0, NO_ROW);
        }
        if (held === 0) this.#commands.append(Op.NOP, this.#cpu, 0, 0, 0, 0, 0);
        else if (whole) this.#commands.append(Op.RELEASE_SLOT, this.#cpu, 0, 0, slot, 0, 0);
        else this.#commands.append(Op.SPLIT_RELEASE, this.#cpu, order, 0, held, 0, 0);
        return;
      }
      case CaptureOp.DRAIN:
        this.#commands.append(Op.DRAIN_ALL, this.#cpu, 0, 0, 0, 0, 0);
        return;
      case CaptureOp.FOLD:
        this.#commands.append(Op.FOLD, this.#cpu, 0, 0, 0, 0, 0);
        return;
      default:
        this.#commands.append(Op.TICK, this.#cpu, 0, 0, 0, 0, 0);
    }
  }

  /** In a script a page is pinned or not; pins of empty slots, and second ones, do nothing. */
  #pin(pins: boolean, pfn: number): void {
    const changes = pfn !== 0 && this.#pinned.has(pfn) !== pins;
    if (pins && changes) this.#pinned.add(pfn);
    if (!pins) this.#pinned.delete(pfn);
    this.#commands.append(
      changes ? (pins ? Op.PIN : Op.UNPIN) : Op.NOP,
      this.#cpu,
      0,
      0,
      changes ? pfn : 0,
      0,
      0,
    );
  }

  /** Results of the batch against the rows: the same frame, or the same failure. */
  #check(): Disagreement | null {
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i] ?? 0;
      if (row === NO_ROW) continue;
      const op = this.ops.op[row] as CaptureOp;
      const status = this.#commands.status(i);
      if (!HAS_FRAME.has(op) && status === Status.OK) continue;
      const expected = this.ops.pfn[row] ?? 0;
      const got = status === Status.OK ? this.#commands.pfn(i) : 0;
      this.compared += 1;
      if (status < Status.BAD_COMMAND && expected === got) {
        this.agreeing += 1;
        continue;
      }
      return {
        operation: row,
        file: this.ops.file,
        line: row + 2,
        what: this.#describe(row),
        expected: expected === 0 ? "failure" : `pfn ${expected}`,
        got: got === 0 ? (Status[status] ?? "failure") : `pfn ${got}`,
        around: [],
        differences: [],
      };
    }
    return null;
  }

  #describe(row: number): string {
    const { ops } = this;
    const name = CAPTURE_OP_NAMES[ops.op[row] ?? 0];
    const parts = [`${name}`];
    if ((ops.slot[row] ?? -1) >= 0) parts.push(`slot ${ops.slot[row]}`);
    if ((ops.order[row] ?? -1) >= 0) parts.push(`order ${ops.order[row]}`);
    if (ops.gfp[row]) parts.push(`gfp 0x${(ops.gfp[row] ?? 0).toString(16)}`);
    return parts.join(", ");
  }
}
