// Knows: the release and the checked build of one machine, which go through the same commands in lockstep.
// Must not know: which commands, what a caller owns.

import { Region } from "../../../assembly/abi/layout.js";
import { COMMAND_CAPACITY } from "../../../assembly/abi/limits.js";
import type { Op, Status } from "../../../assembly/abi/vocabulary.js";
import { CommandWord } from "../../../assembly/abi/words.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { Choice } from "./device.js";
import { WORDS } from "./words.js";

/** Something that must not be. The first words name its kind: shrinking looks for the same one. */
export class Finding extends Error {
  constructor(
    readonly kind: string,
    what: string,
  ) {
    super(`${kind}: ${what}`);
  }
}

export class Pair implements Disposable {
  private constructor(private machines: readonly [Machine, Machine]) {}

  static async create({ device, options }: Choice): Promise<Pair> {
    const [release, checked] = await Promise.all([
      Machine.create(device, { ...options, core: "release" }),
      Machine.create(device, { ...options, core: "checked" }),
    ]);
    return new Pair([release, checked]);
  }

  /** The one that is read: the release build. */
  get machine(): Machine {
    return this.machines[0];
  }

  /** Status, pfn, detail and slow of the i-th command of the last run. */
  result(i: number, word: CommandWord): number {
    return this.machine.engine.unsigned(Region.COMMANDS)[i * CommandWord.COUNT + word] as number;
  }

  /** @throws Finding where they part; a trap is one */
  run(script: Int32Array): void {
    const count = script.length / WORDS;
    if (count > COMMAND_CAPACITY) throw new Error(`${count} commands at once`);
    const [first, second] = this.machines.map(({ engine }) => engine.unsigned(Region.COMMANDS)) as [
      Uint32Array,
      Uint32Array,
    ];
    for (let i = 0; i < count; i++) {
      const [at, from] = [i * CommandWord.COUNT, i * WORDS];
      first[at] = second[at] = script[from] as number;
      first[at + 1] = second[at + 1] = script[from + 1] as number;
      first[at + 2] = second[at + 2] = script[from + 2] as number;
      first[at + 3] = second[at + 3] = script[from + 3] as number;
    }
    for (const { engine } of this.machines) {
      try {
        engine.execute(count, false);
      } catch (error) {
        throw new Finding("trap", (error as Error).message);
      }
    }
    for (let at = 0; at < count * CommandWord.COUNT; at++) {
      if (first[at] === second[at]) continue;
      const i = Math.floor(at / CommandWord.COUNT);
      const word = CommandWord[at % CommandWord.COUNT];
      throw new Finding("builds differ", `command ${i}: ${word} is ${first[at]} and ${second[at]}`);
    }
  }

  /** One command now. @returns its status */
  one(op: Op, cpu = 0, order = 0, flags = 0, a = 0, b = 0, c = 0): Status {
    this.run(Int32Array.of(op | (cpu << 8) | (order << 16) | (flags << 24), a, b, c));
    return this.result(0, CommandWord.STATUS);
  }

  /** Both are sound, and equal. @throws Finding */
  check(): void {
    for (const machine of this.machines) {
      const { fault, name, pfn, expected, got } = machine.validate();
      if (fault !== 0) throw new Finding(`validate ${name}`, `at ${pfn}: expected ${expected}, got ${got}`);
    }
    const [release, checked] = this.machines.map((machine) => machine.digest());
    if (release !== checked) throw new Finding("digests differ", `${release} and ${checked}`);
  }

  /** Goes on in copies of both, made in either of two ways. @throws Finding when they are not what they were */
  async copy(how: "fork" | "snapshot"): Promise<void> {
    const digest = this.machine.digest();
    const copies = await Promise.all(
      this.machines.map(async (machine, i) => {
        if (how === "fork") return machine.fork();
        return await Machine.restore(machine.snapshot(), { core: i === 0 ? "release" : "checked" });
      }),
    );
    this[Symbol.dispose]();
    this.machines = copies as [Machine, Machine];
    if (this.machine.digest() !== digest) throw new Finding("copy differs", `by ${how}`);
  }

  [Symbol.dispose](): void {
    for (const machine of this.machines) machine.dispose();
  }
}
