// Knows: a simulation at any moment of its run: states kept at regular times as differences, and the rest run again.
// Must not know: what is looked at there, who draws it.
//
// Determinism replaces storage. `#shadow` is the state at keyframe `#at`; the delta of keyframe k leads from k - 1 to k and
// back, so the shadow walks to any keyframe, is copied into the simulation's memory, and the simulation runs on from there.

import { FrameField } from "../../assembly/abi/layout.js";
import { RunStatus } from "../../assembly/abi/run.js";
import { applyDelta, changedWords, takeDelta } from "../engine/delta.js";
import { UnitError } from "../engine/errors.js";
import type { CopyPool } from "../machine/pool.js";
import type { LoggedRequest, Simulation } from "../scenario/simulation.js";

/** How densely states are kept. */
export interface TimelineOptions {
  /** Virtual time from one kept state to the next; 100 ms where absent. Shorter: quicker to seek, more memory. */
  readonly everyNs?: number;
  /**
   * Looks at each moment that is a multiple of `everyNs` behind the beginning, once, in order, as the run is made known;
   * it leaves the simulation as it is.
   */
  readonly sample?: { readonly everyNs: number; take(simulation: Simulation): void };
}

/** Events that are run between two looks of whoever watches. */
const WATCH_EVENTS = 4096;

/**
 * Moves one simulation forth and back in virtual time, exactly to the nanosecond. The simulation is its own from then on:
 * whoever runs it otherwise must seek() before asking again. Dispose it, or declare it with `using`.
 */
export class Timeline implements Disposable {
  /** The run, at the moment that was asked for last. */
  readonly simulation: Simulation;
  /** From one kept state to the next. */
  readonly everyNs: number;
  readonly #sample: TimelineOptions["sample"];
  /** Where it begins, virtual nanoseconds. */
  readonly startNs: number;
  readonly #shadow: Int32Array;
  /** Entry k - 1 leads from keyframe k - 1 to keyframe k. */
  readonly #deltas: Uint32Array[] = [];
  readonly #requests: LoggedRequest[] = [];
  #at = 0;
  /** Where the last seek left the simulation: from there it goes on, unless somebody else has run it. */
  #standsNs = -1;
  #standsEvents = -1;

  /** Begins at the simulation's present. @throws UnitError for an interval that is no time */
  constructor(simulation: Simulation, { everyNs = 1e8, sample }: TimelineOptions = {}) {
    for (const interval of [everyNs, sample?.everyNs ?? everyNs])
      if (!Number.isSafeInteger(interval) || interval < 1)
        throw new UnitError(`states are kept every whole number of nanoseconds, got ${interval}`);
    this.simulation = simulation;
    this.everyNs = everyNs;
    this.#sample = sample;
    this.startNs = simulation.nowNs;
    this.#shadow = simulation.machine.engine.stateWords().slice();
  }

  /** How far the run is known: seeking behind it runs on, seeking before it goes back. */
  get knownNs(): number {
    return this.startNs + this.#deltas.length * this.everyNs;
  }

  /** Requests that ended up to knownNs, in order. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** Bytes that the kept differences take. */
  get keptBytes(): number {
    return this.#deltas.reduce((sum, delta) => sum + delta.byteLength, 0);
  }

  /** Makes the run known up to this moment at least; the simulation then stands anywhere. @throws UnitError before the beginning */
  extendTo(timeNs: number): void {
    const frame = Math.ceil((this.#checked(timeNs) - this.startNs) / this.everyNs);
    if (frame > this.#deltas.length) this.#extend(frame);
  }

  /**
   * The simulation stands at this moment of its run, whatever it did before. With `watch`, what is run behind the last kept
   * state is run in small pieces, and it is called before the first and behind each: for recorded events, say.
   * @throws UnitError before the beginning
   */
  seek(timeNs: number, watch?: () => void): void {
    const frame = Math.floor((this.#checked(timeNs) - this.startNs) / this.everyNs);
    if (frame > this.#deltas.length) this.#extend(frame);
    const { nowNs, events } = this.simulation;
    const isOnTheWay =
      this.#at === frame && nowNs === this.#standsNs && events === this.#standsEvents && nowNs <= timeNs;
    if (!isOnTheWay) this.#restore(frame);
    watch?.();
    this.#run(timeNs, undefined, watch);
    this.#stand();
  }

  #stand(): void {
    [this.#standsNs, this.#standsEvents] = [this.simulation.nowNs, this.simulation.events];
  }

  #checked(timeNs: number): number {
    if (!Number.isSafeInteger(timeNs) || timeNs < this.startNs)
      throw new UnitError(`a time of this run is ${this.startNs} ns or later, got ${timeNs}`);
    return timeNs;
  }

  /** An independent simulation at this moment; with `pool`, in memory that was used before. This one stands there too. */
  forkAt(timeNs: number, pool?: CopyPool<Simulation>): Simulation {
    this.seek(timeNs);
    return pool === undefined ? this.simulation.fork() : pool.take(this.simulation);
  }

  /**
   * How long ago each frame's word has changed last, as seen from the last seek: 1 since the kept state before it, n in the
   * interval n - 1 before that one; 0 in none of `most` of them.
   */
  changesOfWords(most: number): Uint8Array {
    const { engine } = this.simulation.machine;
    const state = engine.stateWords();
    const { fields, length } = engine.frames;
    const ages = new Uint8Array(length);
    const first = (fields.byteOffset - state.byteOffset) / 4;
    const end = first + length * FrameField.COUNT;
    for (let at = first + FrameField.WORD, i = 0; i < length; at += FrameField.COUNT, i++)
      if ((this.#shadow[at] as number) !== (state[at] as number)) ages[i] = 1;
    for (let back = 1; back < Math.min(most, 255) && this.#at - back >= 0; back++) {
      const delta = this.#deltas[this.#at - back] as Uint32Array;
      changedWords(delta, first, end, (at) => {
        const frame = Math.floor((at - first) / FrameField.COUNT);
        const isWord = (at - first) % FrameField.COUNT === FrameField.WORD;
        if (isWord && ages[frame] === 0) ages[frame] = back + 1;
      });
    }
    return ages;
  }

  #timeOf(frame: number): number {
    return this.startNs + frame * this.everyNs;
  }

  /** Runs on from the last kept state and keeps one at each interval. */
  #extend(frame: number): void {
    this.#restore(this.#deltas.length);
    while (this.#deltas.length < frame) {
      this.#runSampled(this.#timeOf(this.#deltas.length + 1));
      this.#deltas.push(takeDelta(this.#shadow, this.simulation.machine.engine.stateWords()));
      this.#at = this.#deltas.length;
    }
    this.#stand();
  }

  #runSampled(untilNs: number): void {
    if (this.#sample === undefined) return this.#run(untilNs, this.#requests);
    const { everyNs } = this.#sample;
    for (let next = 0; next < untilNs; ) {
      const past = Math.floor((this.simulation.nowNs - this.startNs) / everyNs);
      next = this.startNs + (past + 1) * everyNs;
      this.#run(Math.min(untilNs, next), this.#requests);
      if (next <= untilNs) this.#sample.take(this.simulation);
    }
  }

  #restore(frame: number): void {
    for (; this.#at > frame; this.#at--) applyDelta(this.#shadow, this.#deltas[this.#at - 1] as Uint32Array);
    for (; this.#at < frame; this.#at++) applyDelta(this.#shadow, this.#deltas[this.#at] as Uint32Array);
    const { engine } = this.simulation.machine;
    engine.stateWords().set(this.#shadow);
    engine.rebind();
  }

  #run(untilNs: number, requests: LoggedRequest[] | undefined, watch?: () => void): void {
    const stops = watch === undefined ? {} : { events: WATCH_EVENTS };
    while (this.simulation.run(untilNs, stops) !== RunStatus.REACHED) {
      this.#take(requests);
      watch?.();
    }
    this.#take(requests);
    watch?.();
  }

  #take(requests: LoggedRequest[] | undefined): void {
    for (const request of this.simulation.takeLog()) requests?.push(request);
  }

  /** Lets go of the kept states and of the simulation. */
  dispose(): void {
    this.#deltas.length = 0;
    this.simulation.dispose();
  }

  /** The same as dispose(). */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
