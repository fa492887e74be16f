// Knows: small machines with one load or several, and what can be counted of their memory from outside.
// Must not know: how an actor works.

import { RequestState } from "../../../assembly/abi/findings.js";
import { Region } from "../../../assembly/abi/layout.js";
import { ActorKind, Counter } from "../../../assembly/abi/simulation.js";
import { isSwappedOut, NO_PAGE } from "../../../assembly/abi/slot.js";
import { FrameKind } from "../../../assembly/abi/vocabulary.js";
import { RequestWord } from "../../../assembly/abi/words.js";
import { type ActorSpec, Simulation, type SimulationOptions } from "../../../bindings/scenario/simulation.js";
import { fieldOf } from "../../support/fields.js";

export const MS = 1e6;
export const S = 1e9;

/** kswapd and the vmstat worker stand before the actors of a test. */
export const FIRST = 2;

/** Parameters by their index in the abi. */
export function parameters(values: Readonly<Record<number, number>>): ReadonlyMap<number, number> {
  return new Map(Object.entries(values).map(([index, value]) => [Number(index), value]));
}

export function actor(
  kind: ActorKind,
  slots: number,
  values: Readonly<Record<number, number>>,
  more: Partial<ActorSpec> = {},
): ActorSpec {
  return { kind, name: ActorKind[kind].toLowerCase(), slots, parameters: parameters(values), ...more };
}

/** 64 MiB in two zones, an area of 16 MiB; every assertion of the core runs. */
export function tiny(actors: readonly ActorSpec[], options: Partial<SimulationOptions> = {}) {
  return Simulation.create({ device: "tiny", seed: 7, core: "checked", actors, ...options });
}

export function isSound({ machine }: Simulation): string {
  const { name, pfn } = machine.validate();
  return name === "NONE" ? "sound" : `${name} at ${pfn}`;
}

/** A counter of the nth actor of the test. */
export function counted(simulation: Simulation, nth: number, counter: Counter): number {
  const counters = simulation.machine.engine.floats(Region.ACTOR_COUNTERS);
  return counters[(FIRST + nth) * Counter.COUNT + counter] ?? 0;
}

/** Pages of all blocks that are in use, but for those that were freed and are pinned still (top bit of their word). */
export function inUse({ machine }: Simulation): number {
  const { views } = machine;
  return fieldOf(machine).reduce((pages, word, frame) => {
    const { kind, order } = views.frame(views.startPfn + frame);
    return pages + (kind === FrameKind.ALLOCATED && word < 2 ** 31 ? 2 ** order : 0);
  }, 0);
}

/** Clean pages that requests under way have dropped from their windows; those of finished ones are in the log. */
export function droppedByRequests({ machine: { engine } }: Simulation): number {
  const words = engine.words(Region.REQUESTS);
  let pages = 0;
  for (let at = 0; at < words.length; at += RequestWord.COUNT) {
    const isUnderWay = words[at + RequestWord.STATE] !== RequestState.FREE;
    if (isUnderWay) pages += words[at + RequestWord.PAGES_RECLAIMED] ?? 0;
  }
  return pages;
}

/** Pages in the frames that the slots of the nth actor name, and slots whose page is swapped out. */
export function owned(simulation: Simulation, nth: number): { pages: number; swapped: number } {
  const { machine, actors } = simulation;
  const index = FIRST + nth;
  const first = actors.slice(0, index).reduce((sum, { slots }) => sum + slots, 0);
  const slots = machine.engine.unsigned(Region.SLOTS).subarray(first, first + (actors[index]?.slots ?? 0));
  let pages = 0;
  let swapped = 0;
  for (const held of slots) {
    if (isSwappedOut(held)) swapped += 1;
    else if (held !== 0 && held < NO_PAGE) pages += 2 ** machine.views.frame(held - 1).order;
  }
  return { pages, swapped };
}

/** Heads of all blocks that are in use; does the block lie in a CMA area? */
export function framesInUse({ machine: { views, cma } }: Simulation) {
  const ranges = cma.areas.flatMap((area) => area.ranges);
  const frames = Array.from({ length: views.frameCount }, (_, i) => views.frame(views.startPfn + i));
  return frames
    .filter(({ kind }) => kind === FrameKind.ALLOCATED)
    .map((frame) => ({
      ...frame,
      isInArea: ranges.some(({ basePfn, pages }) => frame.pfn >= basePfn && frame.pfn < basePfn + pages),
    }));
}
