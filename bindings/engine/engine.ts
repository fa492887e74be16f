// Knows: one instance of the core: its memory, its regions, its exports. The boundary: pointers end here.
// Must not know: devices, captures, what an operation is for.

import { AuditWord, Fault, type Pattern } from "../../assembly/abi/findings.js";
import {
  ABI_MAGIC,
  ABI_VERSION,
  EntryWord,
  InitStatus,
  Region,
  TableWord,
} from "../../assembly/abi/layout.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { StateError, UnitError } from "./errors.js";
import { FrameRecords } from "./frames.js";
import { type CoreExports, instantiate } from "./load.js";

/** What validate() found. `pfn` is the first broken frame, or the zone or CPU for a counter. */
export interface Soundness {
  /** NONE when everything agrees. */
  readonly fault: Fault;
  /** The fault in words: its name in Fault. */
  readonly name: string;
  /** First broken frame, or the zone or CPU for a counter. */
  readonly pfn: number;
  /** What the frames say. */
  readonly expected: number;
  /** What the counter or list says. */
  readonly got: number;
}

interface RegionView {
  readonly pointer: number;
  readonly length: number;
}

/** One machine's memory and exports. After a trap every call throws StateError: the state is not to be trusted. */
export class Engine {
  readonly module: WebAssembly.Module;
  readonly #exports: CoreExports;
  #broken: Error | undefined;
  #disposed = false;
  #words: Int32Array;
  #table: number;
  /** Views made so far, by region: dispose() lets go of them, and with them of the memory. */
  readonly #signed: Int32Array[] = [];
  readonly #unsigned: Uint32Array[] = [];
  readonly #bytes: Uint8Array[] = [];
  #frames: FrameRecords | undefined;

  private constructor(module: WebAssembly.Module, exports: CoreExports) {
    this.module = module;
    this.#exports = exports;
    this.#table = exports.table() >>> 0;
    this.#words = new Int32Array(exports.memory.buffer);
    const at = this.#table >> 2;
    if (
      this.#words[at + TableWord.MAGIC] !== ABI_MAGIC ||
      this.#words[at + TableWord.VERSION] !== ABI_VERSION
    ) {
      throw new StateError(
        `the core speaks another version of the boundary than these bindings (${ABI_VERSION})`,
      );
    }
  }

  /** A new machine with these ConfigWord values; all frames BODY, all lists empty. */
  static create(module: WebAssembly.Module, config: Int32Array): Engine {
    const engine = new Engine(module, instantiate(module));
    engine.words(Region.CONFIG).set(config.subarray(0, ConfigWord.COUNT));
    const status = engine.#call(() => engine.#exports.init());
    engine.#forget();
    engine.#words = new Int32Array(engine.#exports.memory.buffer);
    if (status !== InitStatus.OK) throw new StateError(`init: ${InitStatus[status] ?? status}`);
    return engine;
  }

  /** A machine from a copy of another's memory. What lies before the table are constants of the module, each build's own. */
  static attach(module: WebAssembly.Module, memory: Uint8Array): Engine {
    const exports = instantiate(module);
    const pages = Math.ceil(memory.length / 65_536) - exports.memory.buffer.byteLength / 65_536;
    if (pages > 0) exports.memory.grow(pages);
    const table = exports.table() >>> 0;
    new Uint8Array(exports.memory.buffer).set(memory.subarray(table), table);
    const engine = new Engine(module, exports);
    engine.#bind();
    engine.#checkTable();
    return engine;
  }

  /** @throws StateError when a region of the table leaves the memory: it came from elsewhere */
  #checkTable(): void {
    const bytes = this.#words.buffer.byteLength;
    for (let region = 0; region < Region.COUNT; region++) {
      const at = (this.#table >> 2) + TableWord.FIRST_ENTRY + region * EntryWord.COUNT;
      const { pointer, length } = this.#region(region);
      const each = this.#words[at + EntryWord.ELEMENT_BYTES] ?? 0;
      if (pointer < this.#table || pointer + length * each > bytes)
        throw new StateError(`the machine's memory is damaged: region ${Region[region]} leaves it`);
    }
  }

  /** @throws StateError when what the memory holds is gone or not to be trusted */
  #refuse(): void {
    if (this.#disposed) throw new StateError("the machine was disposed");
    if (this.#broken)
      throw new StateError("the machine stopped at an earlier fault", { cause: this.#broken });
  }

  #call<T>(work: () => T): T {
    this.#refuse();
    try {
      return work();
    } catch (error) {
      this.#broken = error as Error;
      throw new StateError(`the core stopped: ${(error as Error).message}`, { cause: error });
    }
  }

  /** What boot left out is written before anybody sees frames; a machine that has stopped is shown as it is. */
  #settle(): void {
    if (this.#broken === undefined) this.#call(() => this.#exports.settle());
  }

  #region(region: Region): RegionView {
    if (this.#disposed) throw new StateError("the machine was disposed");
    // What is not all written as long as nobody looks (assembly/buddy/frontier).
    if (region === Region.FRAMES) this.#settle();
    const at = (this.#table >> 2) + TableWord.FIRST_ENTRY + region * EntryWord.COUNT;
    return {
      pointer: (this.#words[at + EntryWord.POINTER] ?? 0) >>> 0,
      length: (this.#words[at + EntryWord.LENGTH] ?? 0) >>> 0,
    };
  }

  /** Where every region begins, bytes: for a build that counts what is accessed. */
  regions(): { readonly region: Region; readonly pointer: number }[] {
    return Array.from({ length: Region.COUNT }, (_, region) => ({
      region: region as Region,
      pointer: this.#region(region as Region).pointer,
    }));
  }

  /** A live view of a region of 32-bit words, signed. Memory never grows after creation, so it stays valid. */
  words(region: Region): Int32Array {
    const known = this.#signed[region];
    if (known !== undefined) return known;
    const { pointer, length } = this.#region(region);
    const view = new Int32Array(this.#words.buffer, pointer, length);
    this.#signed[region] = view;
    return view;
  }

  /** The same, unsigned: links, frame words, pfns. */
  unsigned(region: Region): Uint32Array {
    const known = this.#unsigned[region];
    if (known !== undefined) return known;
    const { pointer, length } = this.#region(region);
    const view = new Uint32Array(this.#words.buffer, pointer, length);
    this.#unsigned[region] = view;
    return view;
  }

  /** A live view of a region of bytes (PAGEBLOCKS). */
  bytes(region: Region): Uint8Array {
    const known = this.#bytes[region];
    if (known !== undefined) return known;
    const { pointer, length } = this.#region(region);
    const view = new Uint8Array(this.#words.buffer, pointer, length);
    this.#bytes[region] = view;
    return view;
  }

  /** A live view of all frames. */
  get frames(): FrameRecords {
    if (this.#frames === undefined) {
      const config = this.words(Region.CONFIG);
      const count = (config[ConfigWord.END_PFN] ?? 0) - (config[ConfigWord.START_PFN] ?? 0);
      this.#frames = new FrameRecords(this.unsigned(Region.FRAMES), count);
    }
    return this.#frames;
  }

  #forget(): void {
    for (const views of [this.#signed, this.#unsigned, this.#bytes]) views.length = 0;
    this.#frames = undefined;
  }

  /** Everything that makes up the machine, for snapshot and fork. */
  memory(): Uint8Array {
    this.#refuse();
    this.#settle();
    const used = (this.#words[(this.#table >> 2) + TableWord.BYTES] ?? 0) >>> 0;
    return new Uint8Array(this.#words.buffer, 0, used);
  }

  /**
   * Makes `target` a copy of this machine in the memory that it already has: what a new instance costs is the first touch
   * of each page, and that is saved. Views of `target` stay valid. @throws StateError when they are laid out differently
   */
  copyInto(target: Engine): void {
    if (target === this) return;
    const from = this.memory();
    target.#refuse();
    if (target.memory().length !== from.length || target.#table !== this.#table || !target.#isLaidOutAs(this))
      throw new StateError("a machine can be restored only into one of the same device, policy and options");
    new Uint8Array(target.#words.buffer).set(from.subarray(this.#table), this.#table);
    target.#bind();
  }

  /** The state as words, for deltas between two moments: a live view from the table to the end. */
  stateWords(): Int32Array {
    const bytes = this.memory().length;
    return new Int32Array(this.#words.buffer, this.#table, (bytes - this.#table) >> 2);
  }

  /** The state is what stateWords() was given: makes the core bind to it. */
  rebind(): void {
    this.#refuse();
    this.#bind();
  }

  #bind(): void {
    const status = this.#call(() => this.#exports.attach());
    if (status !== InitStatus.OK) throw new StateError(`attach: ${InitStatus[status] ?? status}`);
  }

  #isLaidOutAs(other: Engine): boolean {
    const length = TableWord.FIRST_ENTRY + Region.COUNT * EntryWord.COUNT;
    const at = this.#table >> 2;
    const [mine, theirs] = [this.#words, other.#words];
    for (let i = 0; i < length; i++) if (mine[at + i] !== theirs[at + i]) return false;
    return true;
  }

  /** See assembly/audit/classes: what it writes is in Region.CLASSES and CLASS_COUNTS until the next call. */
  classify(first: number, count: number, perCell: number): void {
    const done = this.#call(() => this.#exports.classify(first, count, perCell));
    if (done === 0)
      throw new UnitError(`frames ${first} to ${first + count} in cells of ${perCell}: no such frames`);
  }

  /** Runs the first `count` commands of the buffer; answers how many were performed (see commands). */
  execute(count: number, strict: boolean): number {
    return this.#call(() => this.#exports.execute(count, strict ? 1 : 0));
  }

  churn(steps: number): void {
    this.#call(() => this.#exports.churn(steps));
  }

  /** Checksum of one benchmark loop; 0 when memory ran out. */
  pattern(which: Pattern, count: number): number {
    return this.#call(() => this.#exports.pattern(which, count)) >>> 0;
  }

  /** A live view of a region of 64-bit floating point numbers: parameters, counters, costs of a simulation. */
  floats(region: Region): Float64Array {
    const { pointer, length } = this.#region(region);
    return new Float64Array(this.#words.buffer, pointer, length);
  }

  /** Schedules the starts and stops of a simulation's actors. */
  begin(): void {
    this.#call(() => this.#timed(this.#exports.begin)());
  }

  /** Performs events up to and including `untilNs`, at most `most`; RunStop bits. RunStatus. */
  run(untilNs: number, most: number, stops: number): number {
    const high = Math.floor(untilNs / 2 ** 32);
    return this.#call(() => this.#timed(this.#exports.run)(untilNs % 2 ** 32, high, most, stops));
  }

  #timed<T>(member: T | undefined): T {
    if (member === undefined)
      throw new StateError("this machine has no time: it was not created for a simulation");
    return member;
  }

  validate(): Soundness {
    const fault = this.#call(() => this.#exports.validate()) as Fault;
    const audit = this.unsigned(Region.AUDIT);
    return {
      fault,
      name: Fault[fault] ?? String(fault),
      pfn: audit[AuditWord.FAULT_PFN] ?? 0,
      expected: audit[AuditWord.FAULT_EXPECTED] ?? 0,
      got: audit[AuditWord.FAULT_GOT] ?? 0,
    };
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    this.#call(() => this.#exports.digest());
    const audit = this.unsigned(Region.AUDIT);
    const hex = (word: number) => (audit[word] ?? 0).toString(16).padStart(8, "0");
    return hex(AuditWord.DIGEST_HIGH) + hex(AuditWord.DIGEST_LOW);
  }

  checkLevel(): number {
    return this.#call(() => this.#exports.checkLevel());
  }

  /** Lets go of the memory; every later call throws StateError. */
  dispose(): void {
    this.#disposed = true;
    this.#words = new Int32Array(0);
    this.#forget();
  }
}
