// Knows: the figures of a run at equal distances in time, for the lanes below the map.
// Must not know: how they are drawn.

import { kindOf, orderOf, pinsOf } from "../../assembly/abi/frame_word.js";
import { FrameKind } from "../../assembly/abi/vocabulary.js";
import { StatWord } from "../../assembly/abi/words.js";
import type { FrameRecords } from "../../bindings/engine/frames.js";
import type { Simulation } from "../../bindings/scenario/simulation.js";
import type { Span } from "./overlay.js";
import type { Lanes } from "./protocol.js";

const EVERY_NS = 1e7;

/** Frames of these spans that lie in a block with a pin. */
export function pinnedIn(records: FrameRecords, spans: readonly Span[]): number {
  let pinned = 0;
  for (const { frame, frames } of spans)
    for (let i = frame; i < frame + frames; i++) {
      const word = records.word(i) as number;
      if (kindOf(word) === FrameKind.ALLOCATED && pinsOf(word) > 0) pinned += 2 ** orderOf(word);
    }
  return pinned;
}

/** A row at the beginning, and one whenever the timeline says so. */
export class Samples {
  readonly everyNs = EVERY_NS;
  readonly #areas: readonly Span[];
  readonly #startNs: number;
  readonly #pinned: number[] = [];
  readonly #free: number[] = [];
  readonly #reclaimed: number[] = [];

  constructor(simulation: Simulation, areas: readonly Span[]) {
    this.#areas = areas;
    this.#startNs = simulation.nowNs;
    this.take(simulation);
  }

  take({ machine: { engine, views } }: Simulation): void {
    this.#pinned.push(pinnedIn(engine.frames, this.#areas));
    const zones = views.populatedZones().map((index) => views.zone(index).freePages);
    this.#free.push(zones.reduce((sum, pages) => sum + pages, 0));
    this.#reclaimed.push(views.stat(StatWord.PAGES_RECLAIMED));
  }

  get table(): Omit<Lanes, "knownNs" | "keptBytes" | "requests"> {
    return {
      everyNs: EVERY_NS,
      startNs: this.#startNs,
      pinned: this.#pinned,
      free: this.#free,
      reclaimed: this.#reclaimed,
    };
  }
}
