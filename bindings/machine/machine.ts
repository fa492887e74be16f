// Knows: the public face of one modelled machine: create, allocate, release, look, check, copy.
// Must not know: files, formats, traces, time; how a scenario drives it (scenario/simulation).

import { CommandFlag, refusalIn, refusedZone } from "../../assembly/abi/command_word.js";
import { SearchStrategy } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { DEFAULT_SLOTS, EVENT_CAPACITY } from "../../assembly/abi/limits.js";
import { type Migratetype, Op, PinKind, Status } from "../../assembly/abi/vocabulary.js";
import { LevelWord } from "../../assembly/abi/words.js";
import type { DeviceDescription } from "../device/description.js";
import type { KernelRules } from "../device/kernel.js";
import { getPreset } from "../device/presets/index.js";
import { resolveDevice } from "../device/resolve.js";
import type { ResolvedDevice } from "../device/resolved.js";
import { CommandBuffer } from "../engine/commands.js";
import { Engine, type Soundness } from "../engine/engine.js";
import {
  CallError,
  DeviceError,
  MachineError,
  type Problem,
  StateError,
  UnitError,
} from "../engine/errors.js";
import { type CoreBuild, type CoreSource, loadCore } from "../engine/load.js";
import { quoted } from "../engine/quoted.js";
import { argument, type Pfn, type ZoneIndex } from "../engine/units.js";
import { placeOf } from "../state/origin.js";
import type { MachineState } from "../state/types.js";
import { type AllocateRequest, type AllocateResult, contentWord, type PageContent } from "./allocation.js";
import { bootDevice, configOfDevice, zoned } from "./boot.js";
import { beginChurn, type ChurnOptions, type ChurnResult, readChurn } from "./churn.js";
import { Cma } from "./cma.js";
import {
  checkConfig,
  configWords,
  type MachineConfig,
  type PressureOptions,
  type SimulationRoom,
  type SystemConfig,
} from "./config.js";
import { configOfState, loadState } from "./from_state.js";
import { type PageHandle, PageHandles } from "./handles.js";
import { type PinExcess, type PinLengths, readPinExcesses, readPinLengths } from "./pin_lengths.js";
import { type Pin, type PinOptions, type PinView, readPins } from "./pins.js";
import { applyPolicy, type MachinePolicy } from "./policy.js";
import { checkRestored, decodeSnapshot, encodeSnapshot, type SnapshotLabels } from "./snapshot.js";
import { MachineViews } from "./views.js";

/** How a machine is made; a device and nothing else gives mainline without reclaim. */
export interface CreateOptions {
  /** Default "release". "checked" runs every assertion at nearly the same speed. */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
  /** What happens when memory is short; absent: requests stop where the kernel would reclaim. */
  readonly pressure?: PressureOptions;
  /**
   * Allocations that may be named by a number (Op.ALLOCATE, Op.RELEASE_SLOT), so that they are found again after
   * migration; DEFAULT_SLOTS where absent, at most SLOT_CAPACITY. Each takes 4 bytes.
   */
  readonly slots?: number;
  /** How cma_alloc looks for a window; every strategy finds the same one. Default COMPOSITE, the fastest. */
  readonly search?: SearchStrategy;
  /** Which proposals it follows; absent: mainline. */
  readonly policy?: MachinePolicy;
  /** Room for actors and events: a machine that a Simulation drives. It comes from simulation.wasm. */
  readonly simulation?: SimulationRoom;
  /** Events that are kept for a reader (see kernel_text/trace); a power of two, default EVENT_CAPACITY. */
  readonly eventRing?: number;
  /** Rules that are to be others than those of the kernel, to see what each of them does. */
  readonly rules?: Partial<KernelRules>;
}

function configured(config: SystemConfig, options: CreateOptions): MachineConfig {
  const {
    pressure,
    slots = DEFAULT_SLOTS,
    search = SearchStrategy.COMPOSITE,
    policy = {},
    simulation,
    eventRing = EVENT_CAPACITY,
  } = options;
  const rules = { ...config.rules, ...policy.rules, ...options.rules };
  return { ...config, rules, pressure, slots, search, policy, simulation, eventRing };
}

/** The build that has what these options ask for. */
function moduleFor({ core = "release", wasm, simulation }: CreateOptions): Promise<WebAssembly.Module> {
  return loadCore(core, wasm, simulation === undefined ? "core" : "simulation");
}

type AnyDevice = DeviceDescription | ResolvedDevice | string;

async function resolvedOf(device: AnyDevice, options: CreateOptions): Promise<ResolvedDevice> {
  const description = typeof device === "string" ? getPreset(device) : device;
  if (typeof description !== "object" || description === null) {
    const got =
      description === undefined ? "is missing" : `must be an object or a name, got ${quoted(description)}`;
    throw new UnitError(`create: device ${got}; a description, or a preset's name such as "phone-16g"`);
  }
  return zoned("gfpZone" in description ? description : resolveDevice(description), options);
}

/** A page allocator at one instant, page by page. Dispose it, or declare it with `using`. */
export class Machine implements Disposable {
  readonly #engine: Engine;
  readonly #core: CoreBuild;
  readonly #handles: PageHandles;
  /** Read access to zones, lists, per-CPU sets, pageblocks and frames. */
  readonly views: MachineViews;
  /** The batch interface: one crossing for thousands of operations. */
  readonly commands: CommandBuffer;
  /** CMA areas: allocate, release, look. */
  readonly cma: Cma;
  /** What the memory does not hold: names. */
  readonly labels: SnapshotLabels;

  private constructor(engine: Engine, core: CoreBuild, labels: SnapshotLabels) {
    this.#engine = engine;
    this.#core = core;
    this.#handles = new PageHandles(engine);
    this.labels = labels;
    this.views = new MachineViews(engine);
    this.commands = new CommandBuffer(engine);
    this.cma = new Cma(engine, this.commands, labels.areas);
  }

  static #fresh(module: WebAssembly.Module, config: MachineConfig, name: string, core: CoreBuild): Machine {
    const problems = checkConfig(config);
    if (problems.length > 0) throw new DeviceError(name, problems);
    const areas = config.areas.map((area) => area.name);
    const labels = config.simulation ? { areas, actors: config.simulation.names } : { areas };
    const machine = new Machine(Engine.create(module, configWords(config)), core, labels);
    applyPolicy(machine.#engine, machine.commands, { ...config.policy, rules: {} }, areas);
    return machine;
  }

  /** Every reason for which create(), or fromState(), would refuse these numbers; nothing is made. */
  static problems(device: ResolvedDevice | MachineState, options: CreateOptions = {}): readonly Problem[] {
    const config = "constants" in device ? configOfState(device) : configOfDevice(zoned(device, options));
    return checkConfig(configured(config, options));
  }

  /**
   * A machine right after boot: all memory free.
   * @param device a description, a resolved device, or the name of a preset
   * @throws DeviceError with every problem of the description
   */
  static async create(
    device: DeviceDescription | ResolvedDevice | string,
    options: CreateOptions = {},
  ): Promise<Machine> {
    const { core = "release" } = options;
    // Side by side: the core is read while the device is worked out.
    const [module, resolved] = await Promise.all([moduleFor(options), resolvedOf(device, options)]);
    const config = configured(configOfDevice(resolved), options);
    const machine = Machine.#fresh(module, config, resolved.name, core);
    bootDevice(machine.#engine, machine.commands, resolved, config.rules);
    return machine;
  }

  /**
   * A machine in exactly the captured state.
   * @throws CaptureError, DeviceError or MachineError when the state contradicts itself
   */
  static async fromState(state: MachineState, options: CreateOptions = {}): Promise<Machine> {
    const { core = "release" } = options;
    const module = await moduleFor(options);
    const config = configured(configOfState(state), options);
    const machine = Machine.#fresh(module, config, placeOf(state).file, core);
    loadState(machine.#engine, machine.commands, state, config);
    return machine;
  }

  /** One allocation. @throws UnitError for an argument that is missing or no number, MachineError for an order or a CPU that this machine lacks */
  allocate(request: AllocateRequest): AllocateResult {
    if (typeof request !== "object" || request === null)
      throw new CallError("allocate: request is missing; expected { gfp }");
    const { order = 0, gfp, cpu = 0, direct = false } = request;
    argument("allocate", "gfp", gfp, 2 ** 32);
    argument("allocate", "order", order, 256);
    argument("allocate", "cpu", cpu, 256);
    const { commands } = this;
    commands.clear();
    const handle = this.#handles.take(request.mobility, request.life);
    const flags = direct ? CommandFlag.DIRECT : 0;
    commands.append(Op.ALLOCATE, cpu, order, flags, gfp, (handle ?? -1) + 1, contentWord(request));
    commands.execute();
    const status = commands.status(0);
    commands.clear();
    if (status === Status.OK) {
      const zone = commands.detail(0) as ZoneIndex;
      const page = { ok: true, pfn: commands.pfn(0) as Pfn, zone, slow: commands.wasSlow(0) } as const;
      return handle === undefined ? page : { ...page, handle };
    }
    if (status >= Status.BAD_COMMAND)
      throw new MachineError(status, `allocate order ${order}, gfp 0x${gfp.toString(16)}, cpu ${cpu}`);
    return {
      ok: false,
      status,
      refusal: refusalIn(commands.detail(0)),
      zone: refusedZone(commands.detail(0)),
    };
  }

  /** Frees a block. @throws MachineError when the frame is not an allocated block of this order */
  release(pfn: number, order = 0, cpu = 0): void {
    this.#single(Op.RELEASE, `release pfn ${pfn}, order ${order}`, cpu, order, pfn);
  }

  /** Where the page of a handle is now; undefined while it is swapped out. @throws MachineError when it was released */
  pageOf(handle: PageHandle): Pfn | undefined {
    return this.#handles.pageOf(handle);
  }

  /** Frees the page of a handle wherever it is: in memory, or swapped out. @throws MachineError when it was released */
  releaseHandle(handle: PageHandle, cpu = 0): void {
    this.#single(Op.RELEASE_SLOT, `releaseHandle ${handle}`, cpu, 0, handle);
  }

  /** split_page(), then frees the 2^order pages one by one, ascending. */
  splitRelease(pfn: number, order: number, cpu = 0): void {
    this.#single(Op.SPLIT_RELEASE, `splitRelease pfn ${pfn}, order ${order}`, cpu, order, pfn);
  }

  /** Changes what an allocated page is: on or off the LRU, dirty, mapped ... @throws MachineError for a free frame */
  setContent(pfn: number, content: PageContent): void {
    this.#single(Op.SET_CONTENT, `setContent of pfn ${pfn}`, 0, 0, pfn, contentWord(content));
  }

  /**
   * One more reference that no page table knows (get_user_pages, O_DIRECT). A long pin moves the page out of CMA first.
   * @returns the pin, with the frame that the page is in now; undefined when a long pin found no target
   * @throws MachineError for a free frame, or at the limits of pins per page and in all
   */
  pin(pfn: number, { kind = PinKind.SHORT, owner = 0, cpu = 0 }: PinOptions = {}): Pin | undefined {
    const { commands } = this;
    const status = this.#single(Op.PIN, `pin pfn ${pfn}`, cpu, 0, pfn, kind, owner);
    return status === Status.OK ? { id: commands.detail(0), pfn: commands.pfn(0) as Pfn } : undefined;
  }

  /** Lets go of a pin, or of the oldest pin of a frame. @throws MachineError BAD_PIN when there is none */
  unpin(which: Pin | number, cpu = 0): void {
    const pfn = typeof which === "number" ? which : which.pfn;
    const record = typeof which === "number" ? 0 : which.id + 1;
    this.#single(Op.UNPIN, `unpin pfn ${pfn}`, cpu, 0, pfn, record);
  }

  /** Every pin there is, or those of one frame: who holds it, of what kind, since when. */
  pins(pfn?: number): PinView[] {
    return readPins(this.#engine, pfn);
  }

  /** How long the pins of each holder were held, while a policy measures (MachinePolicy.pinWarnNs). */
  pinLengths(): PinLengths[] {
    return readPinLengths(this.#engine);
  }

  /** Pins that were held for longer than pinWarnNs: how many so far, and the last of them. */
  pinExcesses(): { readonly total: number; readonly last: PinExcess[] } {
    return readPinExcesses(this.#engine);
  }

  /** Virtual time that new pins carry, in nanoseconds. */
  setClock(nanoseconds: number): void {
    const words = this.#engine.unsigned(Region.LEVELS);
    words[LevelWord.CLOCK_LOW] = nanoseconds % 2 ** 32;
    words[LevelWord.CLOCK_HIGH] = Math.floor(nanoseconds / 2 ** 32);
  }

  /** drain_all_pages(): the per-CPU lists of all CPUs go back to the buddy lists; one zone or all. */
  drainAll(zone?: number): void {
    if (zone !== undefined && zone < 0) throw new MachineError(Status.BAD_ZONE, `drainAll of zone ${zone}`);
    this.#single(Op.DRAIN_ALL, "drainAll", 0, 0, zone === undefined ? 0 : zone + 1);
  }

  /**
   * Puts other policies in force while the machine runs: drain_all_pages() by the rules so far, then the new ones hold,
   * for requests under way too. What is absent is as in mainline. @throws PolicyError with every number that cannot be
   */
  applyPolicy(policy: MachinePolicy): void {
    applyPolicy(this.#engine, this.commands, policy, this.labels.areas);
  }

  /** Folds the per-CPU counter differentials of all CPUs into the zone counters. */
  fold(): void {
    this.#single(Op.FOLD, "fold", 0, 0, 0, 1);
  }

  /** The vmstat worker on one CPU: fold, then decay of its per-CPU lists. */
  tick(cpu = 0): void {
    this.#single(Op.TICK, "tick", cpu, 0, 0);
  }

  /** kswapd, if an allocation has woken it: until the zones meet their high marks, or nothing helps. */
  runKswapd(cpu = 0): void {
    this.#single(Op.RUN_KSWAPD, "runKswapd", cpu, 0, 0);
  }

  /** Compacts a zone; true when a block of the order is free for the type now. */
  compact(zone: number, order: number, type: Migratetype, cpu = 0): boolean {
    return (
      this.#single(Op.COMPACT, `compact zone ${zone} for order ${order}`, cpu, order, zone, type) ===
      Status.OK
    );
  }

  #single(op: Op, what: string, cpu: number, order: number, a: number, b = 0, c = 0): Status {
    this.commands.clear();
    this.commands.append(op, cpu, order, 0, a, b, c);
    this.commands.execute();
    const status = this.commands.status(0);
    this.commands.clear();
    if (status >= Status.BAD_COMMAND) throw new MachineError(status, what);
    return status;
  }

  /** Ages the machine with `steps` random operations that run inside the core; the seed decides them all. */
  churn(options: ChurnOptions): ChurnResult {
    beginChurn(this.#engine, this.views, options);
    this.continueChurn(options.steps);
    return this.churnResult();
  }

  /** Totals of the churn so far. */
  churnResult(): ChurnResult {
    return readChurn(this.#engine);
  }

  /** More steps of the churn begun before; any slicing gives the same machine. */
  continueChurn(steps: number): void {
    this.#engine.churn(steps);
  }

  /** Recomputes every counter and list from the frames; names the first that is broken. */
  validate(): Soundness {
    return this.#engine.validate();
  }

  /** 16 hexadecimal digits over the whole allocator state; equal states, equal digests. */
  digest(): string {
    return this.#engine.digest();
  }

  /** Everything, as bytes that restore() takes; tied to this version of the boundary. */
  snapshot(): Uint8Array {
    return encodeSnapshot(this.#engine.memory(), this.labels);
  }

  /** @throws StateError when the bytes are not a snapshot of this version, or hold no sound machine */
  static async restore(snapshot: Uint8Array, options: CreateOptions = {}): Promise<Machine> {
    const core = options.core ?? "release";
    const { memory, labels } = decodeSnapshot(snapshot);
    const module = await loadCore(core, options.wasm, labels.actors === undefined ? "core" : "simulation");
    const machine = new Machine(Engine.attach(module, memory), core, labels);
    checkRestored(machine);
    return machine;
  }

  /** An independent copy at this instant; neither sees what happens to the other. */
  fork(): Machine {
    return new Machine(Engine.attach(this.#engine.module, this.#engine.memory()), this.#core, this.labels);
  }

  /**
   * Makes `target` a copy of this machine at this instant, in the memory that it already has: some fifty times cheaper
   * than fork(), which touches new memory. See CopyPool for spare machines.
   * @throws StateError when they differ in device, areas, actors or options that decide the layout
   */
  restoreInto(target: Machine): void {
    const names = ({ areas, actors }: SnapshotLabels) => JSON.stringify([areas, actors]);
    if (names(target.labels) !== names(this.labels))
      throw new StateError("a machine can be restored only into one with the same areas and actors");
    this.#engine.copyInto(target.#engine);
    target.commands.clear();
  }

  /** For rooms above that drive the machine in their own way. */
  get engine(): Engine {
    return this.#engine;
  }

  /** First frames of the free blocks of one list, head to tail. */
  freeList(zone: number, order: number, type: Migratetype): Uint32Array {
    return this.views.freeList(zone, order, type);
  }

  /** Lets go of the memory; every later call throws StateError. */
  dispose(): void {
    this.#engine.dispose();
  }

  /** What `using` calls: dispose(). */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
