// Knows: a simulation at any moment of its run: states kept at regular times as differences, and the rest run again.
// Must not know: what is looked at there, who draws it.
//
// Determinism replaces storage. `#shadow` is the state at keyframe `#at`; the delta of keyframe k leads from k - 1 to k and
// back, so the shadow walks to any keyframe, is copied into the simulation's memory, and the simulation runs on from there.

import { RunStatus } from "../../assembly/abi/run.js";
import { applyDelta, takeDelta } from "../engine/delta.js";
import { UnitError } from "../engine/errors.js";
import type { CopyPool } from "../machine/pool.js";
import type { LoggedRequest, Simulation } from "./simulation.js";

/** How densely states are kept. */
export interface TimelineOptions {
  /** Virtual time from one kept state to the next; 100 ms where absent. Shorter: quicker to seek, more memory. */
  readonly everyNs?: number;
}

/**
 * Moves one simulation forth and back in virtual time, exactly to the nanosecond. The simulation is its own from then on:
 * whoever runs it otherwise must seek() before asking again. Dispose it, or declare it with `using`.
 */
export class Timeline implements Disposable {
  /** The run, at the moment that was asked for last. */
  readonly simulation: Simulation;
  readonly #everyNs: number;
  readonly #startNs: number;
  readonly #shadow: Int32Array;
  /** Entry k - 1 leads from keyframe k - 1 to keyframe k. */
  readonly #deltas: Uint32Array[] = [];
  readonly #requests: LoggedRequest[] = [];
  #at = 0;

  /** Begins at the simulation's present. @throws UnitError for an interval that is no time */
  constructor(simulation: Simulation, { everyNs = 1e8 }: TimelineOptions = {}) {
    if (!Number.isSafeInteger(everyNs) || everyNs < 1)
      throw new UnitError(`states are kept every whole number of nanoseconds, got ${everyNs}`);
    this.simulation = simulation;
    this.#everyNs = everyNs;
    this.#startNs = simulation.nowNs;
    this.#shadow = simulation.machine.engine.stateWords().slice();
  }

  /** How far the run is known: seeking behind it runs on, seeking before it goes back. */
  get knownNs(): number {
    return this.#startNs + this.#deltas.length * this.#everyNs;
  }

  /** Requests that ended up to knownNs, in order. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** Bytes that the kept differences take. */
  get keptBytes(): number {
    return this.#deltas.reduce((sum, delta) => sum + delta.byteLength, 0);
  }

  /** The simulation stands at this moment of its run, whatever it did before. @throws UnitError before the beginning */
  seek(timeNs: number): void {
    if (!Number.isSafeInteger(timeNs) || timeNs < this.#startNs)
      throw new UnitError(`a time of this run is ${this.#startNs} ns or later, got ${timeNs}`);
    const frame = Math.floor((timeNs - this.#startNs) / this.#everyNs);
    if (frame > this.#deltas.length) this.#extend(frame);
    if (this.#at !== frame || this.simulation.nowNs !== this.#timeOf(frame)) this.#restore(frame);
    this.#run(timeNs, undefined);
  }

  /** An independent simulation at this moment; with `pool`, in memory that was used before. This one stands there too. */
  forkAt(timeNs: number, pool?: CopyPool<Simulation>): Simulation {
    this.seek(timeNs);
    return pool === undefined ? this.simulation.fork() : pool.take(this.simulation);
  }

  #timeOf(frame: number): number {
    return this.#startNs + frame * this.#everyNs;
  }

  /** Runs on from the last kept state and keeps one at each interval. */
  #extend(frame: number): void {
    this.#restore(this.#deltas.length);
    while (this.#deltas.length < frame) {
      this.#run(this.#timeOf(this.#deltas.length + 1), this.#requests);
      this.#deltas.push(takeDelta(this.#shadow, this.simulation.machine.engine.stateWords()));
      this.#at = this.#deltas.length;
    }
  }

  #restore(frame: number): void {
    for (; this.#at > frame; this.#at--) applyDelta(this.#shadow, this.#deltas[this.#at - 1] as Uint32Array);
    for (; this.#at < frame; this.#at++) applyDelta(this.#shadow, this.#deltas[this.#at] as Uint32Array);
    const { engine } = this.simulation.machine;
    engine.stateWords().set(this.#shadow);
    engine.rebind();
  }

  #run(untilNs: number, requests: LoggedRequest[] | undefined): void {
    while (this.simulation.run(untilNs) !== RunStatus.REACHED) this.#take(requests);
    this.#take(requests);
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
