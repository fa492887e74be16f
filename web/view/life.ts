// Knows: what has happened to one frame in the last second: that second is run again, with recording.
// Must not know: how it is told on the page.

import { EventKind, RecordGroup } from "../../assembly/abi/events.js";
import { RunStatus } from "../../assembly/abi/run.js";
import { FrameKind } from "../../assembly/abi/vocabulary.js";
import { EventReader, type MachineEvent, setRecorded } from "../../bindings/engine/events.js";
import type { Timeline } from "../../bindings/timeline/timeline.js";
import type { Life } from "./protocol.js";

/** How far back. */
export const LIFE_NS = 1e9;
/** Events of the run between two looks: pins, which are not recorded, are seen at each. */
const PIECE = 1;

/** What an event says of a frame; undefined: nothing. */
function told({ kind, a, b, c }: MachineEvent, pfn: number): string | undefined {
  const holds = (first: number, order: number) => pfn >= first && pfn < first + 2 ** order;
  switch (kind) {
    case EventKind.PAGE_ALLOC:
      return holds(a, b) ? `allocated, order ${b}` : undefined;
    case EventKind.PAGE_FREE:
      return holds(a, b) ? `freed, order ${b}` : undefined;
    case EventKind.PCP_DRAIN_PAGE:
      return holds(a, b) ? "from a per-CPU list to a free list" : undefined;
    case EventKind.PCP_REFILL_PAGE:
      return holds(a, b) ? "from a free list to a per-CPU list" : undefined;
    case EventKind.MIGRATE:
      if (holds(a, c)) return `its page was migrated to pfn ${b + (pfn - a)}`;
      return holds(b, c) ? `took over the page of pfn ${a + (pfn - b)}` : undefined;
    default:
      return undefined;
  }
}

/** The last second of a frame up to a moment, at which the run stands then. */
export function lifeOfFrame(timeline: Timeline, frame: number, timeNs: number): Life {
  const { simulation } = timeline;
  const { engine, views } = simulation.machine;
  const pfn = views.startPfn + frame;
  const fromNs = Math.max(timeline.startNs, timeNs - LIFE_NS);
  timeline.seek(fromNs);
  setRecorded(engine, RecordGroup.DECISIONS | RecordGroup.PAGES | RecordGroup.PCP);
  const reader = new EventReader(engine);
  const events: { timeNs: number; text: string }[] = [];
  let pins = views.frame(pfn).pins;
  const look = () => {
    reader.drain((event) => {
      const text = told(event, pfn);
      if (text !== undefined) events.push({ timeNs: event.nanoseconds, text });
    });
    const { pins: now, kind } = views.frame(pfn);
    if (now !== pins && kind === FrameKind.ALLOCATED)
      events.push({
        timeNs: simulation.nowNs,
        text: now > pins ? `pinned, pins ${now}` : `unpinned, pins ${now}`,
      });
    pins = now;
  };
  for (;;) {
    const status = simulation.run(timeNs, { events: PIECE });
    if (status === RunStatus.REACHED) break;
    if (status === RunStatus.LOGGED) simulation.takeLog();
    look();
  }
  simulation.takeLog();
  look();
  setRecorded(engine, 0);
  return { pfn, fromNs, events, lost: reader.lost };
}
