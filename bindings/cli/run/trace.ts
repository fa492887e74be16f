// Knows: `pageblock run --trace FILE`: one run once more, its events written as the kernel's own tools read them.
// Must not know: how events are recorded, what a run measures.

import { RecordGroup } from "../../../assembly/abi/events.js";
import {
  ALL_EVENTS,
  type Recording,
  recordTrace,
  type TraceRecorder,
} from "../../kernel_text/trace/index.js";
import type { Scenario } from "../../scenario/scenario.js";
import type { RunObserver, RunOptions } from "../../sweep/index.js";
import { runScenario } from "../../sweep/index.js";
import { UsageError } from "../exit.js";
import { progressBar } from "../progress.js";
import { writeTrace } from "../trace_file.js";

/** Slices of one millisecond, and a ring that holds what a million page operations a second do in one: 40 MiB. */
const SLICE_NS = 1e6;
const EVENT_RING = 2 ** 20;
const PARTS = 1000;

class TraceObserver implements RunObserver {
  readonly eventRing = EVENT_RING;
  readonly #groups: number;
  #recorder: TraceRecorder | undefined;

  constructor(groups: number) {
    this.#groups = groups;
  }

  begin(machine: Parameters<typeof recordTrace>[0]): void {
    this.#recorder = recordTrace(machine, this.#groups);
  }

  slice(): void {
    this.#recorder?.poll();
  }

  get recording(): Recording | undefined {
    return this.#recorder?.recording();
  }
}

/**
 * Runs the scenario once more in this thread and writes its trace. `pages`: every page that is allocated, freed and
 * drained too, which is most of a trace; without, what cma_alloc, migration and the fallback did. Answers one line.
 */
export async function traceRun(
  scenario: Scenario,
  options: Pick<RunOptions, "seed" | "policy" | "untilNs" | "core">,
  path: string,
  pages: boolean,
): Promise<string> {
  const observer = new TraceObserver(pages ? ALL_EVENTS : RecordGroup.CMA | RecordGroup.DECISIONS);
  const bar = progressBar("tracing", PARTS, "");
  const total = Math.min(scenario.durationNs, options.untilNs ?? Number.POSITIVE_INFINITY);
  let recording: Recording | undefined;
  try {
    await runScenario(scenario, {
      ...options,
      observer,
      sliceNs: SLICE_NS,
      onProgress: (done) => {
        bar.update(Math.floor((done / total) * PARTS));
        recording = observer.recording;
      },
    });
  } finally {
    bar.stop();
  }
  if (recording === undefined) return `trace: nothing happened, ${path} was not written\n`;
  const problem = writeTrace(recording, path);
  if (problem !== undefined) throw new UsageError(`--trace: ${problem}`);
  const lost = recording.lost > 0 ? `, ${recording.lost} lost (one slice had more than the ring holds)` : "";
  return `trace: ${path} (${recording.count} events${lost}; seed ${options.seed})\n`;
}
