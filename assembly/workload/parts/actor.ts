// Knows: one actor of a simulation: its record, parameters, counters, random draws, and what it schedules.
// Must not know: what any kind of actor does. All times in nanoseconds of virtual time, f64 unless said otherwise.

import { SimulationWord } from "../../abi/run";
import { ActorWord, Cost, Counter, Parameter, Spread } from "../../abi/simulation";
import { ConfigWord } from "../../abi/words";
import { random32, randomBelow } from "../../memory/prng";
import { ACTORS, COSTS, COUNTERS, config, PARAMETERS, SIMULATION } from "../../memory/regions";
import { now, resetSpent, spend, spent } from "../../time/clock";
import { elapsed, forgetWork } from "../../time/cpus";
import { schedule } from "../../time/queue";

/** Tags that every actor knows; those of a kind begin at FIRST. */
export enum Tag {
  START,
  STOP,
  /** A step of a cma_alloc under way; the payload is its buffer (workload/parts/buffers). */
  REQUEST,
  FIRST,
}

export function actorAt(actor: i32): usize {
  return ACTORS + <usize>(actor * (ActorWord.COUNT << 2));
}

export function actorWord(actor: i32, word: i32): i32 {
  return load<i32>(actorAt(actor) + ((<usize>word) << 2));
}

export function setActorWord(actor: i32, word: i32, value: i32): void {
  store<i32>(actorAt(actor) + ((<usize>word) << 2), value);
}

export function parameter(actor: i32, index: i32): f64 {
  return load<f64>(PARAMETERS + <usize>((actor * Parameter.COUNT + index) << 3));
}

/** A parameter that is a number of pages, an order or a count. */
export function whole(actor: i32, index: i32): i32 {
  return <i32>parameter(actor, index);
}

export function counter(actor: i32, index: i32): f64 {
  return load<f64>(COUNTERS + <usize>((actor * Counter.COUNT + index) << 3));
}

export function setCounter(actor: i32, index: i32, value: f64): void {
  store<f64>(COUNTERS + <usize>((actor * Counter.COUNT + index) << 3), value);
}

export function addCounter(actor: i32, index: i32, delta: f64): void {
  setCounter(actor, index, counter(actor, index) + delta);
}

export function cost(index: i32): f64 {
  return load<f64>(COSTS + <usize>(index << 3));
}

export function simulationWord(word: i32): i32 {
  return load<i32>(SIMULATION + ((<usize>word) << 2));
}

export function setSimulationWord(word: i32, value: i32): void {
  store<i32>(SIMULATION + ((<usize>word) << 2), value);
}

/** Between its start and its stop. */
export function isActive(actor: i32): bool {
  return actorWord(actor, ActorWord.ACTIVE) != 0;
}

/** The CPU that it runs on now. */
export function cpuOf(actor: i32): i32 {
  const cpu = actorWord(actor, ActorWord.CPU);
  const cpus = config(ConfigWord.NR_CPUS);
  return cpu < cpus ? cpu : <i32>pickBelow(actor, cpus);
}

function seedAt(actor: i32): usize {
  return actorAt(actor) + (ActorWord.SEED_LOW << 2);
}

function sideAt(actor: i32): usize {
  return actorAt(actor) + (ActorWord.SIDE_LOW << 2);
}

function serviceAt(actor: i32): usize {
  return actorAt(actor) + (ActorWord.SERVICE_LOW << 2);
}

/** The second and the third stream follow from the first. */
export function seedStreams(actor: i32): void {
  store<u64>(sideAt(actor), load<u64>(seedAt(actor)) ^ 0x5851_f42d_4c95_7f2d);
  store<u64>(serviceAt(actor), load<u64>(seedAt(actor)) ^ 0x1405_7b7e_f767_814f);
}

function unitOf(stream: usize): f64 {
  return (<f64>random32(stream) + 1) / 4294967296.0;
}

function exponentialOf(stream: usize, mean: f64): f64 {
  return -mean * Math.log(unitOf(stream));
}

/** A standard normal deviate (Box and Muller, 1958). */
function normalOf(stream: usize): f64 {
  const radius = Math.sqrt(-2 * Math.log(unitOf(stream)));
  return radius * Math.cos(2 * Math.PI * unitOf(stream));
}

function spreadOf(stream: usize, mean: f64, spread: i32): f64 {
  switch (spread) {
    case Spread.EXPONENTIAL:
      return exponentialOf(stream, mean);
    case Spread.LOGNORMAL:
      return mean * Math.exp(normalOf(stream) - 0.5);
    case Spread.LOGNORMAL_NARROW:
      return mean * Math.exp(0.4 * normalOf(stream) - 0.08);
    case Spread.UNIFORM:
      return mean * (0.5 + unitOf(stream));
    default:
      return mean;
  }
}

export function drawBelow(actor: i32, bound: u32): u32 {
  return randomBelow(seedAt(actor), bound);
}

/** Above 0, at most 1. */
export function drawUnit(actor: i32): f64 {
  return unitOf(seedAt(actor));
}

/** True with this chance. */
export function drawChance(actor: i32, share: f64): bool {
  return drawUnit(actor) <= share;
}

export function drawExponential(actor: i32, mean: f64): f64 {
  return exponentialOf(seedAt(actor), mean);
}

/** A value around `mean`, by its Spread; the mean of all of them is `mean`. */
export function drawSpread(actor: i32, mean: f64, spread: i32): f64 {
  return spreadOf(seedAt(actor), mean, spread);
}

/** As the draws above, from the stream for what the state of the machine decides how often it is drawn. */
export function pickBelow(actor: i32, bound: u32): u32 {
  return randomBelow(sideAt(actor), bound);
}

export function pickChance(actor: i32, share: f64): bool {
  return share > 0 && unitOf(sideAt(actor)) <= share;
}

export function pickSpread(actor: i32, mean: f64, spread: i32): f64 {
  return spreadOf(sideAt(actor), mean, spread);
}

/** Service time of the actor's next I/O, in the order in which it gives them to the device. */
export function drawService(actor: i32, mean: f64, spread: i32): f64 {
  return spreadOf(serviceAt(actor), mean, spread);
}

/** Pages of one unit of work: at least one. */
export function drawPages(actor: i32, mean: f64, spread: i32): i32 {
  return max(<i32>Math.round(min(drawSpread(actor, mean, spread), 2147483647.0)), 1);
}

/** A whole number from `low` to `high`, both included. */
export function drawBetween(actor: i32, low: i32, high: i32): i32 {
  return high <= low ? low : low + <i32>drawBelow(actor, high - low + 1);
}

/** An event of this actor, `delay` after what the present one has taken so far. A full queue stops the simulation. */
export function later(actor: i32, tag: i32, delay: f64, payload: u32): void {
  const time = now() + <u64>max(delay + spent(), 0);
  if (!schedule(time, actor, tag, payload)) setSimulationWord(SimulationWord.LOST, 1);
}

/**
 * The next arrival of an open loop, `interval` after the present one: whatever the present event takes, it comes at the
 * time that the plan says. Nothing where the interval is 0: never.
 */
export function arrive(actor: i32, tag: i32, interval: f64, payload: u32 = 0): void {
  if (interval <= 0) return;
  if (!schedule(now() + <u64>interval, actor, tag, payload)) setSimulationWord(SimulationWord.LOST, 1);
}

/** The plan has come to `count` more units of work: their draws are made, whatever becomes of them. */
export function plan(actor: i32, count: i32 = 1): void {
  addCounter(actor, Counter.PLANNED, count);
}

/** CPU time: adds what it takes, beside others on that CPU, to the present event, and itself to the actor's own time. */
export function charge(actor: i32, nanoseconds: f64): void {
  if (nanoseconds > 0) spend(elapsed(<f64>now() + spent(), nanoseconds));
  addCounter(actor, Counter.BUSY_TIME, nanoseconds);
}

/** Time of the actor that needs no CPU: a disk's. */
export function chargeDisk(actor: i32, nanoseconds: f64): void {
  spend(nanoseconds);
  addCounter(actor, Counter.BUSY_TIME, nanoseconds);
}

/** What the present event has done so far has been there since boot: it took no time. */
export function takeNoTime(): void {
  resetSpent();
  forgetWork(<f64>now());
}

/** Time that swapping so many pages out, or reading them back, takes: on a disk or in zram. */
export function costOfSwap(pages: i32, read: bool): f64 {
  if (config(ConfigWord.ZRAM_PERCENT)) return pages * cost(read ? <i32>Cost.ZRAM_LOAD : <i32>Cost.ZRAM_STORE);
  return pages * cost(read ? <i32>Cost.SWAP_IN : <i32>Cost.SWAP_OUT);
}
