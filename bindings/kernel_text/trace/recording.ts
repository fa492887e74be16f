// Knows: how a machine's events are taken out between slices of a run, and kept until they are written.
// Must not know: any format.
//
//   const recorder = new TraceRecorder(machine);      // everything; or RecordGroup bits
//   ... run a slice ...; recorder.poll();        // as often as needed that no slice has more events than the ring
//   toFtrace(recorder.finish());                 // text; toPerfetto() gives bytes
//
// A slice with more events than the ring holds (CreateOptions.eventRing) loses the oldest: Recording.lost says how many.

import { RecordGroup } from "../../../assembly/abi/events.js";
import { ConfigWord, EventWord } from "../../../assembly/abi/words.js";
import type { KernelId } from "../../device/kernel.js";
import { EventReader, type MachineEvent, readEvent, setRecorded } from "../../engine/events.js";
import type { Machine } from "../../machine/machine.js";
import { kernelOfMachine } from "../tree/kernel.js";

/** Everything that the exporters know to write. */
export const ALL_EVENTS: number =
  RecordGroup.DECISIONS | RecordGroup.CMA | RecordGroup.PAGES | RecordGroup.PCP;

/** The events of a run, and what is needed to read them without the machine. */
export interface Recording {
  /** Whose tracepoints are written. */
  readonly kernel: KernelId;
  /** CPUs of the machine. */
  readonly cpus: number;
  /** Order of a pageblock. */
  readonly pageblockOrder: number;
  /** CMA areas by index. */
  readonly areas: readonly string[];
  /** Events recorded. */
  readonly count: number;
  /** Events that were overwritten before they were read. */
  readonly lost: number;
  /** In the order in which they happened. */
  events(): Iterable<MachineEvent>;
}

/** Records the events of one machine from now on, until finish(). */
export class TraceRecorder {
  readonly #machine: Machine;
  readonly #reader: EventReader;
  readonly #before: number;
  readonly #pieces: Int32Array[] = [];
  #count = 0;

  /** @param groups RecordGroup bits; everything by default */
  constructor(machine: Machine, groups: number = ALL_EVENTS) {
    this.#machine = machine;
    this.#reader = new EventReader(machine.engine);
    this.#before = setRecorded(machine.engine, groups);
  }

  /** Events taken so far. */
  get count(): number {
    return this.#count;
  }

  /** Events that were overwritten before they were taken. */
  get lost(): number {
    return this.#reader.lost;
  }

  /** Takes what is new. Answers how many events were lost since the last time. */
  poll(): number {
    const before = this.#reader.lost;
    this.#reader.drainWords((words) => {
      this.#pieces.push(words.slice());
      this.#count += words.length / EventWord.COUNT;
    });
    return this.#reader.lost - before;
  }

  /** Ends the recording; what was recorded before it began to record is recorded again. */
  finish(): Recording {
    const recording = this.recording();
    setRecorded(this.#machine.engine, this.#before);
    return recording;
  }

  /** What there is up to now; the recorder goes on. */
  recording(): Recording {
    this.poll();
    const { views, cma } = this.#machine;
    const pieces = [...this.#pieces];
    return {
      kernel: kernelOfMachine(views),
      cpus: views.config(ConfigWord.NR_CPUS),
      pageblockOrder: views.config(ConfigWord.PAGEBLOCK_ORDER),
      areas: cma.names,
      count: this.#count,
      lost: this.lost,
      *events() {
        for (const words of pieces) {
          for (let at = 0; at < words.length; at += EventWord.COUNT) yield readEvent(words, at);
        }
      },
    };
  }
}

/** Begins to record `machine`: everything, or the groups of RecordGroup that are named. */
export function recordTrace(machine: Machine, groups: number = ALL_EVENTS): TraceRecorder {
  return new TraceRecorder(machine, groups);
}
