// Knows: how a cma_alloc of a traced workload is followed: the engine searches, isolates, drains, tests, takes and
// gives back by itself; the trace tells which pages were moved out, and answers are compared at each border.
// Must not know: the other events of a trace.

import { RequestState } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { Errno, Op, Status } from "../../assembly/abi/vocabulary.js";
import { RequestWord } from "../../assembly/abi/words.js";
import type { CaptureTrace } from "../importers/capture/trace/columns.js";
import { TraceKind } from "../importers/capture/trace/kinds.js";
import type { Machine } from "../machine/machine.js";
import type { CmaAreaState } from "../state/types.js";
import type { TraceReader } from "./trace_reader.js";

/** Where a followed request stands in the trace. */
enum Phase {
  /** Between cma_alloc_start and the first window, or between two windows. */
  SEARCHING,
  /** The engine isolates and drains; LAB lines of that are foreseen. */
  ISOLATING,
  /** Pages are moved out: allocations and frees come from the trace. */
  MIGRATING,
  /** The engine has tested, taken and given back; frees of head and tail are its own. */
  ENDING,
}

interface Followed {
  readonly request: number;
  phase: Phase;
  /** The window that the trace is at. */
  start: number;
  state: RequestState;
  errno: number;
  pfn: number;
}

/** undefined: as foreseen; else what the trace says and what the engine has. */
export interface CmaMismatch {
  readonly expected: string;
  readonly got: string;
}

/** Performs one command and lets the replay collect what it caused. */
export type Perform = (
  op: Op,
  cpu: number,
  order: number,
  flags: number,
  a: number,
  b?: number,
  c?: number,
) => Status;

export class CmaFollower {
  readonly #machine: Machine;
  readonly #trace: CaptureTrace;
  readonly #reader: TraceReader;
  readonly #perform: Perform;
  readonly #areas: ReadonlyMap<string, number>;
  /** By task: one task has at most one request under way. */
  readonly #followed = new Map<number, Followed>();
  requests = 0;
  windows = 0;

  constructor(
    machine: Machine,
    trace: CaptureTrace,
    reader: TraceReader,
    areas: readonly CmaAreaState[],
    perform: Perform,
  ) {
    this.#machine = machine;
    this.#trace = trace;
    this.#reader = reader;
    this.#perform = perform;
    this.#areas = new Map(areas.map((area, index) => [area.name.trim(), index]));
  }

  /** Does the engine do by itself what this event of this task tells? */
  foresees(i: number): boolean {
    const followed = this.#followed.get(this.#trace.task[i] ?? 0);
    return followed !== undefined && (followed.phase === Phase.ISOLATING || followed.phase === Phase.ENDING);
  }

  /** Handles the events of CMA; undefined for all others and for what came as foreseen. */
  event(i: number): CmaMismatch | undefined {
    switch (this.#trace.kind[i] as TraceKind) {
      case TraceKind.CMA_ALLOC_START:
        return this.#start(i);
      case TraceKind.LAB_ACR_BEGIN:
        return this.#begin(i);
      case TraceKind.LAB_ACR_ISOLATED:
        return this.#isolated(i);
      case TraceKind.LAB_ACR_MIGRATED:
        return this.#migrated(i);
      case TraceKind.LAB_ACR_END:
        return this.#end(i);
      case TraceKind.CMA_ALLOC_BUSY_RETRY:
        return this.#retry(i);
      case TraceKind.CMA_ALLOC_FINISH:
        return this.#finish(i);
      case TraceKind.CMA_RELEASE:
        return this.#release(i);
      default:
        return undefined;
    }
  }

  #area(i: number): number {
    return this.#areas.get(this.#reader.text(i, "name").trim()) ?? -1;
  }

  #current(i: number): Followed | undefined {
    return this.#followed.get(this.#trace.task[i] ?? 0);
  }

  #start(i: number): CmaMismatch | undefined {
    const r = this.#reader;
    const cpu = this.#trace.cpu[i] ?? 0;
    const area = this.#area(i);
    const pages = r.number(i, "count") || r.number(i, "request_count");
    const status = this.#perform(Op.CMA_BEGIN, cpu, r.number(i, "align"), 0, area, pages);
    if (status !== Status.OK)
      return { expected: "a request that may be made", got: Status[status] ?? String(status) };
    this.requests += 1;
    const request = this.#machine.commands.pfn(0);
    this.#followed.set(this.#trace.task[i] ?? 0, {
      request,
      phase: Phase.SEARCHING,
      start: 0,
      state: RequestState.SEARCH,
      errno: 0,
      pfn: 0,
    });
    return undefined;
  }

  /** Steps until a state; takes over the answer of a request that ends on the way. */
  #step(followed: Followed, i: number, until: RequestState): void {
    const cpu = this.#trace.cpu[i] ?? 0;
    const status = this.#perform(Op.CMA_STEP, cpu, 0, 0, followed.request, until);
    const { commands } = this.#machine;
    const ended = status === Status.NO_PAGE || (status === Status.OK && commands.detail(0) === Errno.NONE);
    followed.state = ended ? RequestState.DONE : commands.detail(0);
    if (!ended) return;
    followed.errno = commands.detail(0) | 0;
    followed.pfn = status === Status.OK ? commands.pfn(0) : 0;
  }

  #window(followed: Followed): number {
    const words = this.#machine.engine.unsigned(Region.REQUESTS);
    return words[followed.request * RequestWord.COUNT + RequestWord.START] ?? 0;
  }

  #begin(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    if (followed === undefined) return undefined;
    this.#step(followed, i, RequestState.ISOLATE);
    const start = this.#reader.number(i, "start");
    this.windows += 1;
    if (followed.state !== RequestState.ISOLATE) {
      return {
        expected: `window at pfn ${start}`,
        got: `the end of the search, ${Errno[followed.errno] ?? followed.errno}`,
      };
    }
    followed.start = start;
    followed.phase = Phase.ISOLATING;
    const got = this.#window(followed);
    return got === start ? undefined : { expected: `window at pfn ${start}`, got: `window at pfn ${got}` };
  }

  /** The engine isolates and drains here: all LAB lines before were its own doing, the drains follow. */
  #isolated(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    if (followed === undefined) return undefined;
    this.#step(followed, i, RequestState.SCAN);
    const ret = this.#reader.number(i, "ret");
    followed.phase = ret === 0 ? Phase.MIGRATING : Phase.ENDING;
    const got = followed.state === RequestState.SCAN ? 0 : Errno.EBUSY;
    return got === ret ? undefined : { expected: `isolation answers ${ret}`, got: String(got) };
  }

  /** All pages that could be moved are out; the engine tests the window and takes it or not. */
  #migrated(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    if (followed === undefined) return undefined;
    const words = this.#machine.engine.words(Region.REQUESTS);
    const at = followed.request * RequestWord.COUNT;
    words[at + RequestWord.MIGRATED] = this.#reader.number(i, "ret");
    words[at + RequestWord.STATE] = RequestState.TEST;
    followed.phase = Phase.ENDING;
    this.#step(followed, i, 0 as RequestState);
    return undefined;
  }

  #end(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    if (followed === undefined) return undefined;
    followed.phase = Phase.SEARCHING;
    const ret = this.#reader.number(i, "ret");
    const got = followed.state === RequestState.DONE ? followed.errno : Errno.EBUSY;
    return got === ret ? undefined : { expected: `the window answers ${ret}`, got: String(got) };
  }

  #retry(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    const pfn = this.#reader.number(i, "pfn");
    if (followed === undefined || (followed.state === RequestState.SEARCH && followed.start === pfn))
      return undefined;
    return {
      expected: `pfn ${pfn} is busy, retry`,
      got: `${RequestState[followed.state]} at pfn ${followed.start}`,
    };
  }

  #finish(i: number): CmaMismatch | undefined {
    const followed = this.#current(i);
    if (followed === undefined) return undefined;
    this.#followed.delete(this.#trace.task[i] ?? 0);
    if (followed.state !== RequestState.DONE) this.#step(followed, i, RequestState.DONE);
    const r = this.#reader;
    const failed = r.number(i, "page") === 0;
    const errno = r.has(i, "errorno") ? r.number(i, "errorno") : undefined;
    const expected = failed
      ? `failure${errno === undefined ? "" : ` ${errno}`}`
      : `pfn ${r.number(i, "pfn")}`;
    const shown = errno === undefined ? "failure" : `failure ${followed.errno}`;
    const got = followed.errno === 0 ? `pfn ${followed.pfn}` : shown;
    return expected === got ? undefined : { expected, got };
  }

  /** The pages were freed before, one by one; now their bits are clear. */
  #release(i: number): CmaMismatch | undefined {
    const r = this.#reader;
    const cpu = this.#trace.cpu[i] ?? 0;
    const status = this.#perform(
      Op.CMA_CLEAR,
      cpu,
      0,
      0,
      this.#area(i),
      r.number(i, "pfn"),
      r.number(i, "count"),
    );
    return status === Status.OK
      ? undefined
      : { expected: "pages that the area has given out", got: Status[status] ?? "" };
  }
}
