// Knows: how the openings of one client ended in one run: on time, late, failed, skipped, while the stream runs and outside of it.
// Must not know: other runs, how a figure is shown.
//
// asked = on time + late + failed + skipped, in both parts

import type { RequestRecord } from "../../scenario/result.js";
import type { RunOutcome } from "./outcome.js";

/** How openings ended: asked is the sum of the others. */
export interface Openings {
  /** All openings of the plan. */
  readonly asked: number;
  /** Had within the client's deadline. */
  readonly onTime: number;
  /** Had, but later than the client's deadline. */
  readonly late: number;
  /** Ended with an error. */
  readonly failed: number;
  /** Not begun, since the request before was still under way or its buffer still held. */
  readonly skipped: number;
}

/** The openings of one client. */
export interface ClientOpenings {
  /** While the direct I/O that ends within the run was under way; all openings where there is none. */
  readonly inStream: Openings;
  /** Before and behind it. */
  readonly outside: Openings;
}

export const NO_OPENINGS: Openings = { asked: 0, onTime: 0, late: 0, failed: 0, skipped: 0 };

export function addOpenings(a: Openings, b: Openings): Openings {
  return {
    asked: a.asked + b.asked,
    onTime: a.onTime + b.onTime,
    late: a.late + b.late,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Openings that were skipped behind a request: its ordinal and that of the next one tell how many. */
function openingsOf(requests: readonly RequestRecord[], skipped: (nth: number) => number): Openings {
  return requests.reduce((sum, { errno, missedDeadline, ordinal }) => {
    const passed = skipped(ordinal);
    return addOpenings(sum, {
      asked: 1 + passed,
      onTime: errno === 0 && !missedDeadline ? 1 : 0,
      late: errno === 0 && missedDeadline ? 1 : 0,
      failed: errno === 0 ? 0 : 1,
      skipped: passed,
    });
  }, NO_OPENINGS);
}

/** A skipped opening counts where the request counts that it was skipped for. */
export function clientOpenings({ requests, stream, actors }: RunOutcome, client: string): ClientOpenings {
  const own = requests.filter((request) => request.client === client);
  const counters = actors.find(({ name }) => name === client)?.counters ?? {};
  const ordinals = [...new Set(own.map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
  const isPlain = (counters["skipped"] ?? 0) === 0;
  const skipped = (ordinal: number) => {
    if (isPlain) return 0;
    const next = ordinals[ordinals.indexOf(ordinal) + 1] ?? (counters["planned"] ?? ordinal) + 1;
    return Math.max(0, next - ordinal - 1);
  };
  const isIn = ({ beginNs }: RequestRecord) =>
    stream === undefined || (beginNs >= stream.beginNs && beginNs < stream.endNs);
  return {
    inStream: openingsOf(own.filter(isIn), skipped),
    outside: openingsOf(
      own.filter((request) => !isIn(request)),
      skipped,
    ),
  };
}
