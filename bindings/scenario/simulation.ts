// Knows: a machine with actors and virtual time: create, run until a time, read what happened.
// Must not know: scenario files, statistics, reports.

import { Region } from "../../assembly/abi/layout.js";
import { KILL_CAPACITY } from "../../assembly/abi/limits.js";
import { KillWord, RunStatus, RunStop, SimulationWord } from "../../assembly/abi/run.js";
import { ActorKind, ActorWord, Counter, Parameter } from "../../assembly/abi/simulation.js";
import { LevelWord } from "../../assembly/abi/words.js";
import type { DeviceDescription } from "../device/description.js";
import type { ResolvedDevice } from "../device/resolved.js";
import { type Problem, StateError } from "../engine/errors.js";
import { FNV_OFFSET, fnvStep } from "../engine/hash.js";
import type { CoreBuild, CoreSource } from "../engine/load.js";
import type { PressureOptions } from "../machine/config.js";
import { type CreateOptions, Machine } from "../machine/machine.js";
import type { MachinePolicy } from "../machine/policy.js";
import type { MachineState } from "../state/types.js";
import { type costFigures, costWords } from "./costs.js";
import { type CapturedDevice, isCaptured, machineProblems, type ScenarioDevice } from "./device_facts.js";
import { fewestSlots } from "./kinds/index.js";
import {
  alignAnew,
  type LoggedRequest,
  type PendingRequest,
  readPending,
  readWindows,
  takeLog,
} from "./requests.js";
import type { KillRecord, WindowRecord } from "./result.js";

export type { LoggedRequest, PendingRequest } from "./requests.js";

/** One actor: what it is, which pages it can own, its numbers. */
export interface ActorSpec {
  /** What it does. */
  readonly kind: ActorKind;
  /** Unique; its random stream follows from it. */
  readonly name: string;
  /** Absent: another CPU each time, drawn. */
  readonly cpu?: number;
  /** Index of a CMA area; absent: none. */
  readonly area?: number;
  /** Most pages that it can own at a time; a whole number, of a kind that finds them by number all of them. */
  readonly slots: number;
  /** Values by index: Parameter and the kind's own enumeration. What is absent is 0. */
  readonly parameters: ReadonlyMap<number, number>;
}

/** What a simulation is made of. */
export interface SimulationOptions {
  /** A description, the name of a preset, or a captured state to begin from. */
  readonly device: DeviceDescription | ResolvedDevice | MachineState | CapturedDevice | string;
  /** Loads and clients; kswapd and the vmstat worker are always there. */
  readonly actors: readonly ActorSpec[];
  /** All actors draw from streams of their own, which follow from it and from their names. */
  readonly seed: number;
  /** Which proposals it follows; absent: mainline. */
  readonly policy?: MachinePolicy;
  /** Swap, zram, swappiness; kswapd and direct reclaim are always there. */
  readonly pressure?: PressureOptions;
  /** Costs that differ from the default, nanoseconds by name. */
  readonly costs?: Readonly<Partial<Record<keyof typeof costFigures, number>>>;
  /** Room for pending events, and for I/O and buffers in flight. Default 65,536 each. */
  readonly capacity?: { readonly events?: number; readonly cells?: number };
  /** Events of the machine that are kept until they are read (recordTrace), a power of two. */
  readonly eventRing?: number;
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
}

/** Where run() stops, beside its time. */
export interface RunStops {
  /** Behind the end of a request. */
  readonly stopAtLog?: boolean;
  /** Where a client has begun a request and nothing of it is done: BEGUN. pendingRequests() tells which. */
  readonly stopAtBegin?: boolean;
  /** Events at most. */
  readonly events?: number;
}

/** FNV-1a of a name: actors keep their random streams when others are added or removed. */
function hashOf(name: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(name)) hash = fnvStep(hash, byte);
  return hash >>> 0;
}

/** kswapd and the vmstat worker, which every kernel has. */
const KERNEL_ACTORS: readonly ActorSpec[] = [
  { kind: ActorKind.KSWAPD, name: "kswapd0", slots: 0, parameters: new Map() },
  { kind: ActorKind.VMSTAT, name: "vmstat", slots: 0, parameters: new Map() },
];

/** DRAIN_... -> drain... ; BUSY_TIME -> busyTime */
export function camelCaseOfEnum(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The actors as they were given; parameters that are 0 are absent. */
function readActors({ engine }: Machine, names: readonly string[]): ActorSpec[] {
  const words = engine.words(Region.ACTORS);
  const parameters = engine.floats(Region.ACTOR_PARAMETERS);
  return names.map((name, index) => {
    const word = (which: ActorWord) => words[index * ActorWord.COUNT + which] ?? 0;
    const own = [...parameters.subarray(index * Parameter.COUNT, (index + 1) * Parameter.COUNT).entries()];
    const [cpu, area] = [word(ActorWord.CPU), word(ActorWord.AREA)];
    return {
      kind: word(ActorWord.KIND),
      name,
      ...(cpu === 0xffff ? {} : { cpu }),
      ...(area === -1 ? {} : { area }),
      slots: word(ActorWord.SLOT_COUNT),
      parameters: new Map(own.filter(([, value]) => value !== 0)),
    };
  });
}

/** What a machine needs for actors and their load, whoever they are. */
type RoomOptions = Pick<
  SimulationOptions,
  "core" | "wasm" | "eventRing" | "policy" | "pressure" | "capacity"
> & {
  readonly actors: readonly Pick<ActorSpec, "name" | "slots">[];
};

function roomFor(options: RoomOptions): CreateOptions {
  const actors = [...KERNEL_ACTORS, ...options.actors];
  const { events = 65_536, cells = 65_536 } = options.capacity ?? {};
  return {
    ...(options.core === undefined ? {} : { core: options.core }),
    ...(options.wasm === undefined ? {} : { wasm: options.wasm }),
    ...(options.eventRing === undefined ? {} : { eventRing: options.eventRing }),
    policy: options.policy ?? {},
    pressure: { ...options.pressure, directReclaim: true, kswapd: false },
    slots: actors.reduce((sum, { slots }) => sum + slots, 0),
    simulation: { names: actors.map(({ name }) => name), events, cells },
  };
}

/** The core takes no look at where an actor's slots end. @throws StateError */
function checkSlots(actors: readonly ActorSpec[]): void {
  for (const { kind, name, slots, parameters } of actors) {
    const fewest = fewestSlots(kind, parameters);
    if (Number.isInteger(slots) && slots >= fewest) continue;
    throw new StateError(`slots of ${name} must be a whole number, at least ${fewest}, got ${slots}`);
  }
}

/** Every reason for which a simulation of these actors on this device could not be made; nothing is made. */
export function simulationProblems(device: ScenarioDevice, options: RoomOptions): readonly Problem[] {
  return machineProblems(device, roomFor(options));
}

/** A run of a device under load, in virtual time. Dispose it, or declare it with `using`. */
export class Simulation implements Disposable {
  /** The machine whose time it is; look, and leave it as it is. */
  readonly machine: Machine;
  /** Those of the options, behind kswapd and the vmstat worker. */
  readonly actors: readonly ActorSpec[];

  private constructor(machine: Machine, actors: readonly ActorSpec[]) {
    this.machine = machine;
    this.actors = actors;
  }

  /**
   * @throws DeviceError with every problem of the device or of the numbers
   * @throws StateError for an actor with fewer slots than it finds by number
   */
  static async create(options: SimulationOptions): Promise<Simulation> {
    const actors = [...KERNEL_ACTORS, ...options.actors];
    checkSlots(actors);
    const room = roomFor(options);
    const device = isCaptured(options.device) ? options.device.state : options.device;
    const isState = typeof device === "object" && "constants" in device;
    const machine = await (isState ? Machine.fromState(device, room) : Machine.create(device, room));
    const simulation = new Simulation(machine, actors);
    simulation.#write(options.seed, costWords(options.costs));
    machine.engine.begin();
    return simulation;
  }

  #write(seed: number, costs: Float64Array): void {
    const { engine } = this.machine;
    engine.floats(Region.COSTS).set(costs);
    const words = engine.unsigned(Region.ACTORS);
    const parameters = engine.floats(Region.ACTOR_PARAMETERS);
    engine.unsigned(Region.SIMULATION)[SimulationWord.ACTORS] = this.actors.length;
    let firstSlot = 0;
    for (const [index, actor] of this.actors.entries()) {
      const at = index * ActorWord.COUNT;
      words[at + ActorWord.KIND] = actor.kind;
      words[at + ActorWord.CPU] = actor.cpu ?? 0xffff;
      words[at + ActorWord.AREA] = actor.area ?? 0xffff_ffff;
      words[at + ActorWord.FIRST_SLOT] = firstSlot;
      words[at + ActorWord.SLOT_COUNT] = actor.slots;
      words[at + ActorWord.SEED_LOW] = (seed ^ hashOf(actor.name)) >>> 0;
      words[at + ActorWord.SEED_HIGH] = (Math.floor(seed / 2 ** 32) ^ hashOf(`${actor.name}/high`)) >>> 0;
      firstSlot += actor.slots;
      for (const [parameter, value] of actor.parameters) {
        if (parameter >= Parameter.COUNT)
          throw new StateError(`parameter ${parameter} of ${actor.name} is none`);
        parameters[index * Parameter.COUNT + parameter] = value;
      }
    }
  }

  /** Virtual time since the start. */
  get nowNs(): number {
    const words = this.machine.engine.unsigned(Region.LEVELS);
    return (words[LevelWord.CLOCK_LOW] ?? 0) + (words[LevelWord.CLOCK_HIGH] ?? 0) * 2 ** 32;
  }

  /** Events performed. */
  get events(): number {
    const words = this.machine.engine.unsigned(Region.SIMULATION);
    return (words[SimulationWord.EVENTS_LOW] ?? 0) + (words[SimulationWord.EVENTS_HIGH] ?? 0) * 2 ** 32;
  }

  /**
   * Runs inside WebAssembly up to and including `untilNs`, at most `events` events. LOGGED: a request has ended (only
   * when asked to stop there, or when the log is full): take the log, then go on. BEGUN: one has begun (it may be that
   * another has ended in the same event). Any slicing gives the same run.
   * @throws StateError when more was in flight than there is room for
   */
  run(
    untilNs: number,
    { stopAtLog = false, stopAtBegin = false, events = 2 ** 31 - 1 }: RunStops = {},
  ): RunStatus {
    const stops = (stopAtLog ? RunStop.LOG : 0) | (stopAtBegin ? RunStop.BEGIN : 0);
    const status = this.machine.engine.run(untilNs, events, stops) as RunStatus;
    if (status === RunStatus.OVERFLOW)
      throw new StateError(
        "more events, I/O or buffers are in flight than the simulation has room for (capacity)",
      );
    return status;
  }

  /** The requests of clients that have begun and not ended, by their number. */
  pendingRequests(): PendingRequest[] {
    return readPending(this.machine.engine);
  }

  /**
   * Gives a request that has just begun another alignment. @throws StateError when it has looked for a window already,
   * or there is none
   */
  realign(request: number, align: number): void {
    alignAnew(this.machine.engine, request, align);
  }

  /**
   * Puts other policies in force at this moment: per-CPU lists are drained, then the new rules hold, for requests under
   * way too. What is absent is as in mainline. @throws PolicyError with every number that cannot be
   */
  applyPolicy(policy: MachinePolicy): void {
    this.machine.applyPolicy(policy);
  }

  /** The requests that have ended since the last call, in order. */
  takeLog(): LoggedRequest[] {
    return takeLog(this.machine.engine);
  }

  /** Who was killed since the `seen`th; the ring keeps the last KILL_CAPACITY. */
  killsSince(seen: number): { readonly total: number; readonly kills: readonly KillRecord[] } {
    const { engine } = this.machine;
    const total = engine.unsigned(Region.SIMULATION)[SimulationWord.KILLS] ?? 0;
    const words = engine.unsigned(Region.KILLS);
    const first = Math.max(seen, total - KILL_CAPACITY);
    const kills = Array.from({ length: total - first }, (_, i): KillRecord => {
      const at = ((first + i) % KILL_CAPACITY) * KillWord.COUNT;
      const word = (index: KillWord) => words[at + index] ?? 0;
      const victim = this.actors[word(KillWord.ACTOR)];
      return {
        timeNs: word(KillWord.TIME_LOW) + word(KillWord.TIME_HIGH) * 2 ** 32,
        victim: victim?.name ?? "",
        what: victim?.kind === ActorKind.APPS ? "application" : "process",
        pages: word(KillWord.PAGES),
        cause: this.actors[word(KillWord.CAUSE)]?.name ?? "",
        order: word(KillWord.ORDER),
        gfp: word(KillWord.GFP),
        client: this.actors[word(KillWord.CLIENT) - 1]?.name ?? "",
        ordinal: word(KillWord.ORDINAL),
      };
    });
    return { total, kills };
  }

  /** The windows that a request tried and who blocked each; the ring keeps the last WINDOW_CAPACITY of all requests. */
  windowsOf(logged: LoggedRequest): WindowRecord[] {
    return readWindows(this.machine.engine, this.actors, logged);
  }

  /** What an actor has counted: names of Counter in lower camel case. */
  counters(actor: number): Readonly<Record<string, number>> {
    const values = this.machine.engine.floats(Region.ACTOR_COUNTERS);
    const names = Object.keys(Counter).filter((name) => Number.isNaN(Number(name)) && name !== "COUNT");
    return Object.fromEntries(
      names.map((name) => [
        camelCaseOfEnum(name),
        values[actor * Counter.COUNT + Counter[name as keyof typeof Counter]] ?? 0,
      ]),
    );
  }

  /**
   * An independent copy at this instant: both go on alike until one of them is changed. With a policy the copy is switched
   * to it, as applyPolicy() does; CopyPool copies without first touching new memory. @throws PolicyError with all problems
   */
  fork({ policy }: { readonly policy?: MachinePolicy } = {}): Simulation {
    const copy = new Simulation(this.machine.fork(), this.actors);
    if (policy !== undefined) copy.applyPolicy(policy);
    return copy;
  }

  /** Makes `target` a copy at this instant, in the memory that it already has. @throws StateError when it is another's run */
  restoreInto(target: Simulation): void {
    this.machine.restoreInto(target.machine);
  }

  /** Everything, as bytes that restore() takes; tied to this version of the boundary. */
  snapshot(): Uint8Array {
    return this.machine.snapshot();
  }

  /** @throws StateError when the bytes are no snapshot of this version, or that of a machine without time */
  static async restore(
    snapshot: Uint8Array,
    options: Pick<CreateOptions, "core" | "wasm"> = {},
  ): Promise<Simulation> {
    const machine = await Machine.restore(snapshot, options);
    const { actors } = machine.labels;
    if (actors === undefined) throw new StateError("this is a snapshot of a machine without time");
    return new Simulation(machine, readActors(machine, actors));
  }

  /** 16 hexadecimal digits over the allocator's state and that of the simulation. */
  digest(): string {
    return this.machine.digest();
  }

  /** Lets go of the memory; every later call throws StateError. */
  dispose(): void {
    this.machine.dispose();
  }

  /** What `using` calls: dispose(). */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
