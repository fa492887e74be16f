// Knows: replaying a workload from its trace: frees and allocations where the trace has them, and the extra LAB
// lines for what tracepoints do not show. Must not know: how files are read, how the result is printed.
//
// The engine is told: which pages are asked for and freed, counter folds, the start of a decay, kswapd's flags,
// compaction's takings, how many pages of a claimed block were movable. It decides by itself: every frame, every
// refill, drain, claim, steal, boost, reserve. A drain that it predicted must appear; one that appears without
// having been predicted came from outside (drain_all_pages) and is performed as told.

import { CommandFlag } from "../../assembly/abi/command_word.js";
import { EventKind, RecordGroup } from "../../assembly/abi/events.js";
import { FrameKind, Gfp, Op, Status, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { EventReader, type MachineEvent, setRecorded } from "../engine/events.js";
import type { Capture } from "../importers/capture/capture.js";
import { CaptureOp } from "../importers/capture/script/ops.js";
import type { CaptureTrace } from "../importers/capture/trace/columns.js";
import { TraceKind } from "../importers/capture/trace/kinds.js";
import { CaptureError } from "../importers/errors.js";
import { type CreateOptions, Machine } from "../machine/machine.js";
import { DumpComparison, describeFrame, describeZones } from "./around.js";
import { CmaFollower } from "./cma_follow.js";
import { Commit, commitPoints } from "./commits.js";
import { type Disagreement, type ReplayResult, SAMPLE } from "./result.js";
import { TraceReader } from "./trace_reader.js";

/** gfp bits that give a migratetype, for events that name the type only. */
const GFP_OF_TYPE = [0, Gfp.MOVABLE, Gfp.RECLAIMABLE];

/** Replays a trace with LAB lines: every decision of the kernel, each held against the machine's. */
export class TracedReplay {
  readonly #machine: Machine;
  readonly #capture: Capture;
  readonly #trace: CaptureTrace;
  readonly #reader: TraceReader;
  readonly #zones: ReadonlyMap<string, number>;
  readonly #commits: Uint8Array;
  readonly #cma: CmaFollower;
  /** Drains that the engine did and the trace has not shown yet. */
  readonly #drains: MachineEvent[] = [];
  readonly #events: EventReader;
  #direct = false;
  #operations = 0;
  #compared = 0;
  #agreeing = 0;
  readonly #dumps = new DumpComparison();
  #nextMid = 0;
  #milliseconds = 0;

  private constructor(machine: Machine, capture: Capture, trace: CaptureTrace) {
    this.#machine = machine;
    this.#capture = capture;
    this.#trace = trace;
    this.#reader = new TraceReader(trace);
    this.#zones = new Map(capture.before.zones.map((zone) => [zone.name, zone.index]));
    this.#commits = commitPoints(trace, this.#reader);
    this.#cma = new CmaFollower(machine, trace, this.#reader, capture.before.areas, (...command) =>
      this.#perform(...command),
    );
    setRecorded(machine.engine, RecordGroup.DECISIONS);
    this.#events = new EventReader(machine.engine);
  }

  /** Replays `trace`, the capture's own, from the state before it. @throws CaptureError when the kernel is not modelled */
  static async run(
    capture: Capture,
    trace: CaptureTrace,
    options: CreateOptions = {},
    progress: (done: number) => void = () => {},
  ): Promise<ReplayResult> {
    using machine = await Machine.fromState(capture.before, options);
    const replay = new TracedReplay(machine, capture, trace);
    return replay.#run(progress);
  }

  #run(progress: (done: number) => void): ReplayResult {
    let first = this.#dumps.compare(this.#machine, this.#capture.before, -1);
    for (let i = 0; first === null && i < this.#trace.length; i++) {
      first = this.#event(i);
      if ((i & 0x3fff) === 0) progress(i);
    }
    if (first === null) first = this.#dumps.compare(this.#machine, this.#capture.after, this.#trace.length);
    return {
      capture: this.#capture.name,
      kernel: this.#capture.before.release,
      operations: this.#operations,
      compared: this.#compared,
      agreeing: this.#agreeing,
      firstDisagreement: first,
      dumpsCompared: this.#dumps.compared,
      dumpsEqual: this.#dumps.equal,
      finalStateEqual: first === null,
      nsPerOperation: this.#operations > 0 ? (this.#milliseconds * 1e6) / this.#operations : 0,
    };
  }

  /** One command; afterwards the drains it made are known. */
  #perform(op: Op, cpu: number, order: number, flags: number, a: number, b = 0, c = 0): Status {
    const commands = this.#machine.commands;
    commands.clear();
    commands.append(op, cpu, order, flags, a, b, c);
    if (this.#operations % SAMPLE === 0) {
      const begin = performance.now();
      commands.execute();
      this.#milliseconds += (performance.now() - begin) * SAMPLE;
    } else commands.execute();
    this.#operations += 1;
    this.#collectDrains();
    return commands.status(0);
  }

  #collectDrains(): void {
    this.#events.drain((event) => {
      if (event.kind === EventKind.DRAIN) this.#drains.push(event);
    });
  }

  #event(i: number): Disagreement | null {
    const mismatch = this.#cma.event(i);
    if (mismatch !== undefined) return this.#disagree(i, mismatch.expected, mismatch.got);
    const r = this.#reader;
    const cpu = this.#trace.cpu[i] ?? 0;
    switch (this.#trace.kind[i] as TraceKind) {
      case TraceKind.MM_PAGE_ALLOC:
        return this.#allocate(i, cpu);
      case TraceKind.MM_PAGE_FREE:
      case TraceKind.MM_PAGE_FREE_BATCHED:
      case TraceKind.LAB_TRYLOCK_FAIL:
        return this.#release(i, cpu);
      case TraceKind.LAB_BULK_ALLOC:
        return this.#bulk(i, cpu);
      case TraceKind.LAB_DRAIN:
        return this.#drain(i);
      case TraceKind.LAB_DECAY:
        return this.#must(i, this.#perform(Op.DECAY, cpu, 0, 0, this.#zone(i)));
      case TraceKind.LAB_VMFOLD:
        return this.#fold(i);
      case TraceKind.LAB_UNBOOST:
        return this.#must(i, this.#perform(Op.SET_BOOST, cpu, 0, 0, this.#zone(i), r.number(i, "boost")));
      case TraceKind.LAB_RECLAIM_ACTIVE:
        return this.#reclaimActive(i, cpu);
      case TraceKind.LAB_CLAIMCHECK:
      case TraceKind.LAB_STEALCHECK:
        return this.#must(i, this.#perform(Op.HINT_MOVABLE, cpu, 0, 0, r.number(i, "movable")));
      case TraceKind.LAB_OP:
        return this.#midDump(i);
      default:
        return this.#compaction(i, cpu);
    }
  }

  /** What compaction and direct reclaim did to the lists from outside of the allocation path. */
  #compaction(i: number, cpu: number): Disagreement | null {
    if (this.#cma.foresees(i)) return null;
    const r = this.#reader;
    switch (this.#trace.kind[i] as TraceKind) {
      case TraceKind.LAB_UNRESERVE_HA: {
        const pfn = r.number(i, "pfn");
        const order = r.number(i, "order");
        return this.#must(i, this.#perform(Op.UNRESERVE_HIGHATOMIC, cpu, order, 0, pfn, r.number(i, "to")));
      }
      case TraceKind.LAB_ISOLATE_FREE:
        return this.#must(
          i,
          this.#perform(Op.ISOLATE_FREE, cpu, r.number(i, "order"), 0, r.number(i, "pfn")),
        );
      case TraceKind.LAB_PUTBACK_ISOLATED: {
        const pfn = r.number(i, "pfn");
        return this.#must(
          i,
          this.#perform(Op.PUTBACK_FREE, cpu, r.number(i, "order"), 0, pfn, r.number(i, "mt")),
        );
      }
      case TraceKind.LAB_FREELIST_ROT_HEAD:
      case TraceKind.LAB_FREELIST_ROT_TAIL: {
        // What is no free block is the head of an empty list, read as a page: nothing turns.
        const pfn = r.number(i, "pfn");
        const order = r.number(i, "order");
        if (!this.#isFreeBlock(pfn, order)) return null;
        const toHead = this.#trace.kind[i] === TraceKind.LAB_FREELIST_ROT_HEAD ? 1 : 0;
        return this.#must(i, this.#perform(Op.ROTATE_FREE, cpu, order, 0, pfn, toHead));
      }
      case TraceKind.LAB_CAPTURE:
        return this.#must(i, this.#perform(Op.TAKE_FREE, cpu, r.number(i, "order"), 0, r.number(i, "pfn")));
      default:
        return null;
    }
  }

  #isFreeBlock(pfn: number, order: number): boolean {
    const { views } = this.#machine;
    if (pfn < views.startPfn || pfn >= views.startPfn + views.frameCount) return false;
    const frame = views.frame(pfn);
    return frame.kind === FrameKind.BUDDY && frame.order === order;
  }

  #zone(i: number): number {
    const name = this.#reader.text(i, "zone");
    const index = this.#zones.get(name);
    if (index !== undefined) return index;
    throw new CaptureError({
      file: "trace_lab.txt",
      line: this.#trace.line[i],
      problem: `there is no zone ${JSON.stringify(name)}`,
      expected: [...this.#zones.keys()].join(" or "),
    });
  }

  #must(i: number, status: Status): Disagreement | null {
    return status === Status.OK
      ? null
      : this.#disagree(i, "the operation is possible", Status[status] ?? String(status));
  }

  #disagree(i: number, expected: string, got: string, around: readonly string[] = []): Disagreement {
    return {
      operation: i,
      file: this.#reader.file(i),
      line: this.#trace.line[i] ?? 0,
      what: this.#reader.describe(i),
      expected,
      got,
      around: around.length > 0 ? around : describeZones(this.#machine.views, 0, this.#trace.cpu[i] ?? 0),
      differences: [],
    };
  }

  #allocate(i: number, cpu: number): Disagreement | null {
    const r = this.#reader;
    const pfn = r.number(i, "pfn");
    const order = r.number(i, "order");
    const gfp = r.number(i, "gfp_flags");
    const flags = this.#direct ? CommandFlag.DIRECT : 0;
    this.#direct = false;
    // A request that may reclaim made its last try before it slept; what happened meanwhile is in the trace.
    if (pfn === 0 && (gfp & Gfp.DIRECT_RECLAIM) !== 0) return null;
    let status = this.#perform(Op.ALLOCATE, cpu, order, flags, gfp);
    if (status !== Status.OK && status < Status.BAD_COMMAND && pfn !== 0) {
      // The task had a right that gfp flags do not show (PF_MEMALLOC: kswapd and reclaim themselves).
      status = this.#perform(Op.ALLOCATE, cpu, order, flags, gfp | Gfp.MEMALLOC);
    }
    const got = status === Status.OK ? this.#machine.commands.pfn(0) : 0;
    return this.#result(i, pfn, got, status);
  }

  #result(i: number, expected: number, got: number, status: Status): Disagreement | null {
    this.#compared += 1;
    if (expected === got && status < Status.BAD_COMMAND) {
      this.#agreeing += 1;
      return null;
    }
    const views = this.#machine.views;
    const around = [
      ...(expected > 0 ? [`now ${describeFrame(views, expected)}`] : []),
      ...describeZones(views, 0, this.#trace.cpu[i] ?? 0),
    ];
    const name = got === 0 ? (Status[status] ?? "failure") : `pfn ${got}`;
    return this.#disagree(i, expected === 0 ? "failure" : `pfn ${expected}`, name, around);
  }

  #bulk(i: number, cpu: number): Disagreement | null {
    const gfp = GFP_OF_TYPE[this.#reader.number(i, "mt")] ?? 0;
    const status = this.#perform(Op.BULK_ALLOCATE, cpu, 0, 0, gfp, this.#zone(i));
    const got = status === Status.OK ? this.#machine.commands.pfn(0) : 0;
    return this.#result(i, this.#reader.number(i, "pfn"), got, status);
  }

  /** A free takes effect where its commit is: at mm_page_free, at mm_page_free_batched, or where a lock was missed. */
  #release(i: number, cpu: number): Disagreement | null {
    const r = this.#reader;
    const commit = this.#commits[i] as Commit;
    if (this.#trace.kind[i] === TraceKind.LAB_TRYLOCK_FAIL && r.text(i, "side") === "alloc") {
      this.#direct = true;
      return null;
    }
    if (commit === Commit.NONE || this.#cma.foresees(i)) return null;
    const isBatched = this.#trace.kind[i] === TraceKind.MM_PAGE_FREE_BATCHED;
    const order = isBatched ? (r.batchedOrder(i) ?? 0) : r.number(i, "order");
    const op = commit === Commit.DIRECT ? Op.RELEASE_DIRECT : Op.RELEASE;
    return this.#must(i, this.#perform(op, cpu, order, CommandFlag.LOOSE, r.number(i, "pfn")));
  }

  #drain(i: number): Disagreement | null {
    const r = this.#reader;
    const zone = this.#zone(i);
    const owner = r.number(i, "pcpcpu");
    const wanted = r.number(i, "want");
    const pindex = r.number(i, "pindex");
    const predicted = this.#drains.shift();
    if (predicted === undefined) {
      const status = this.#perform(Op.DRAIN_PCP, this.#trace.cpu[i] ?? 0, 0, owner + 1, zone, wanted, pindex);
      this.#drains.length = 0;
      return this.#must(i, status);
    }
    const got = [predicted.zone, predicted.a, predicted.b, predicted.c, predicted.d];
    const expected = [zone, owner, pindex, wanted, r.number(i, "pcp_count")];
    if (expected.every((value, at) => value === got[at])) return null;
    const words = ([z, c, p, w, n]: number[]) => `zone ${z}, cpu ${c}, list ${p}, ${w} pages of ${n}`;
    return this.#disagree(i, `drain of ${words(expected)}`, `drain of ${words(got)}`);
  }

  #fold(i: number): Disagreement | null {
    const r = this.#reader;
    const zone = this.#zone(i);
    const cpu = r.number(i, "cpu");
    const pcp = this.#machine.views.pcp(cpu, zone);
    const isCma = r.text(i, "item").includes("cma");
    const got = isCma ? pcp.diffCma : pcp.diffFree;
    const expected = r.number(i, "diff");
    if (got !== expected) return this.#disagree(i, `differential ${expected}`, `differential ${got}`);
    return this.#must(
      i,
      this.#perform(Op.FOLD, cpu, 0, isCma ? CommandFlag.CMA_ONLY : CommandFlag.FREE_ONLY, zone + 1),
    );
  }

  /** kswapd marks every zone that it balances. */
  #reclaimActive(i: number, cpu: number): Disagreement | null {
    const highest = this.#reader.number(i, "hzi");
    const value = this.#reader.number(i, "value");
    for (const zone of this.#machine.views.populatedZones()) {
      if (zone > highest) continue;
      const status = this.#perform(Op.SET_ZONE_FLAG, cpu, 0, 0, zone, ZoneFlag.RECLAIM_ACTIVE, value);
      if (status !== Status.OK) return this.#must(i, status);
    }
    return null;
  }

  /** Scripts with reclaim take dumps as well: where row N begins and is a dump. */
  #midDump(i: number): Disagreement | null {
    const { ops } = this.#capture;
    const row = this.#reader.number(i, "row");
    if (ops === undefined || ops.op[row] !== CaptureOp.DUMP) return null;
    const dump = this.#capture.mids[this.#nextMid++];
    return dump === undefined ? null : this.#dumps.compare(this.#machine, dump, i);
  }
}
