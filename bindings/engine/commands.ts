// Knows: how an operation is written into the command buffer and its result read back.
// Must not know: what an operation is for. Arguments per operation: assembly/command/execute.

import { commandOf, opIn } from "../../assembly/abi/command_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { COMMAND_CAPACITY } from "../../assembly/abi/limits.js";
import { Op, Status } from "../../assembly/abi/vocabulary.js";
import { CommandWord } from "../../assembly/abi/words.js";
import type { Engine } from "./engine.js";
import { CallError, MachineError } from "./errors.js";

/** A whole number of 32 bits, signed or not: anything else would be taken for another number. */
function isWord(value: number): boolean {
  return (value | 0) === value || value >>> 0 === value;
}

/** What a command takes; what a, b and c are is listed at each row of Op. 0 where absent. */
export interface CommandArguments {
  /** Order of the block, or of the alignment of a CMA request. */
  readonly order?: number;
  /** CPU that acts. */
  readonly cpu?: number;
  /** CommandFlag bits. */
  readonly flags?: number;
  /** First argument. */
  readonly a?: number;
  /** Second argument. */
  readonly b?: number;
  /** Third argument. */
  readonly c?: number;
}

function nameOf(op: unknown): string {
  return Op[op as Op] ?? (Number.isSafeInteger(op) ? `command ${op}` : "a command that is no number");
}

/** Which argument of a command is none. */
function refused(status: Status, op: Op, args: Readonly<Record<string, unknown>>): Error {
  for (const [name, value] of Object.entries(args)) {
    const what = value === undefined ? `${name} is missing` : `${name} must be a whole number`;
    if (typeof value !== "number") return new CallError(`${nameOf(op)}: ${what}`);
    if (!Number.isSafeInteger(value)) return new MachineError(status, `${nameOf(op)}: ${what}`);
  }
  const all = Object.entries(args).map(([name, value]) => `${name} ${value}`);
  return new MachineError(status, `${nameOf(op)} with ${all.join(", ")}`);
}

/**
 * A batch of operations that one crossing of the boundary performs. Fill with push(), run with execute(), read
 * status(i) and pfn(i), then clear(). One buffer per machine; capacity COMMAND_CAPACITY.
 */
export class CommandBuffer {
  readonly #engine: Engine;
  #count = 0;

  /** @internal */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get #words(): Uint32Array {
    return this.#engine.unsigned(Region.COMMANDS);
  }

  /** Commands written since clear(). */
  get length(): number {
    return this.#count;
  }

  /** No further command fits: execute() and clear() first. */
  get isFull(): boolean {
    return this.#count === COMMAND_CAPACITY;
  }

  /** Appends an operation; answers its index. @throws MachineError when the buffer is full */
  push(op: Op, options: CommandArguments = {}): number {
    if (typeof options !== "object" || options === null)
      throw new CallError("push: the arguments must be an object");
    const { order = 0, cpu = 0, flags = 0, a = 0, b = 0, c = 0 } = options;
    return this.append(op, cpu, order, flags, a, b, c);
  }

  /** push() without an object: for loops of many thousand operations. */
  append(op: Op, cpu: number, order: number, flags: number, a: number, b: number, c: number): number {
    if (this.isFull)
      throw new MachineError(Status.BAD_COMMAND, `more than ${COMMAND_CAPACITY} commands in one batch`);
    if ((order & 255) !== order) throw refused(Status.BAD_ORDER, op, { order });
    if ((cpu & 255) !== cpu) throw refused(Status.BAD_CPU, op, { cpu });
    if (!isWord(a) || !isWord(b) || !isWord(c)) throw refused(Status.BAD_COMMAND, op, { a, b, c });
    const at = this.#count * CommandWord.COUNT;
    const words = this.#words;
    words[at + CommandWord.OP] = commandOf(op, cpu, order, flags);
    words[at + CommandWord.A] = a;
    words[at + CommandWord.B] = b;
    words[at + CommandWord.C] = c;
    return this.#count++;
  }

  /** Performs all commands in one crossing. With `strict` it stops behind the first refused one. Answers how many ran. */
  execute(strict = false): number {
    return this.#engine.execute(this.#count, strict);
  }

  /** Performs all and throws if one was refused, naming it; then clears. For callers that expect no misuse. */
  flush(what: string): void {
    const ran = this.execute(true);
    const last = ran - 1;
    if (ran > 0 && this.status(last) >= Status.BAD_COMMAND) {
      const at = last * CommandWord.COUNT;
      const op = nameOf(opIn(this.#words[at] ?? 0));
      const status = this.status(last);
      const pfn = this.#words[at + CommandWord.A] ?? 0;
      this.clear();
      throw new MachineError(status, `${what}: ${op} of pfn ${pfn}`);
    }
    this.clear();
  }

  #word(index: number, word: CommandWord): number {
    return this.#words[index * CommandWord.COUNT + word] ?? 0;
  }

  /** What became of a command, after execute(). */
  status(index: number): Status {
    return this.#word(index, CommandWord.STATUS);
  }

  /** The frame allocated or freed. Meaningful for Status.OK. */
  pfn(index: number): number {
    return this.#word(index, CommandWord.PFN);
  }

  /** See CommandWord.DETAIL. */
  detail(index: number): number {
    return this.#word(index, CommandWord.DETAIL);
  }

  /** The command left the fast path: kswapd was woken, or more was tried. */
  wasSlow(index: number): boolean {
    return this.#word(index, CommandWord.SLOW) === 1;
  }

  /** What else a command answers: the request of CMA_ALLOCATE, the pages that OFFLINE has moved. */
  more(index: number): number {
    return this.#word(index, CommandWord.SLOW);
  }

  /** Forgets all commands and answers. */
  clear(): void {
    this.#count = 0;
  }
}
