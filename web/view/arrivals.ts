// Knows: which frames have just taken over a page by migration: what glows on the map.
// Must not know: how it is drawn.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { EventKind, RecordGroup } from "../../assembly/abi/events.js";
import { EventReader, setRecorded } from "../../bindings/engine/events.js";
import type { Timeline } from "../../bindings/timeline/timeline.js";

/** How long a page glows, in virtual time. */
export const GLOW_NS = 2e7;

interface Arrival {
  readonly frame: number;
  readonly frames: number;
  readonly timeNs: number;
}

/** Watches what a timeline runs again on its way to a moment. */
export class Arrivals {
  readonly #timeline: Timeline;
  #recent: Arrival[] = [];
  #lastNs = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** As Timeline.seek(). What moved before the last kept state is known only where the last seek was just before. */
  seek(timeNs: number): void {
    const { engine, views } = this.#timeline.simulation.machine;
    if (timeNs < this.#lastNs || timeNs > this.#lastNs + GLOW_NS) this.#recent = [];
    let reader: EventReader | undefined;
    this.#timeline.seek(timeNs, () => {
      if (reader === undefined) {
        setRecorded(engine, RecordGroup.DECISIONS);
        reader = new EventReader(engine);
      }
      reader.drain(({ kind, b, c, nanoseconds }) => {
        if (kind !== EventKind.MIGRATE) return;
        this.#recent.push({ frame: b - views.startPfn, frames: 2 ** c, timeNs: nanoseconds });
      });
    });
    setRecorded(engine, 0);
    this.#recent = this.#recent.filter((one) => one.timeNs > timeNs - GLOW_NS);
    this.#lastNs = timeNs;
  }

  /** Marks them in the class map of the moment that was sought. */
  mark(map: Uint8Array): void {
    for (const { frame, frames } of this.#recent)
      for (let i = Math.max(frame, 0); i < Math.min(frame + frames, map.length); i++)
        map[i] = (map[i] as number) | ClassFlag.MOVED;
  }
}
