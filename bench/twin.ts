// Knows: compiling and driving the C twin: a child process that starts from the same memory image.
// Must not know: what is compared. Where no C compiler is found there is no twin, and the bench says so.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as events from "../assembly/abi/events.js";
import * as findings from "../assembly/abi/findings.js";
import * as layout from "../assembly/abi/layout.js";
import * as limits from "../assembly/abi/limits.js";
import * as run from "../assembly/abi/run.js";
import * as simulation from "../assembly/abi/simulation.js";
import * as vocabulary from "../assembly/abi/vocabulary.js";
import * as words from "../assembly/abi/words.js";

/** The byte at which the region table begins: the magic word is nowhere else before it. */
export function tableOf(image: Uint8Array): number {
  const words = new Uint32Array(image.buffer, image.byteOffset, image.length >> 2);
  return words.indexOf(layout.ABI_MAGIC) * 4;
}

/** The shared enumerations as C macros: Enum_MEMBER and CONSTANT. */
function abiHeader(): string {
  const lines: string[] = [];
  for (const module of [layout, limits, vocabulary, events, findings, words, run, simulation]) {
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === "number") lines.push(`#define ${name} ${value}`);
      if (typeof value !== "object") continue;
      for (const [member, number] of Object.entries(value)) {
        if (typeof number === "number") lines.push(`#define ${name}_${member} ${number}`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The sources lie beside this file in a checkout, and two levels up from the compiled one. */
function sourceFolder(): string {
  const places = ["./native/", "../../bench/native/"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((path) => existsSync(join(path, "twin.c"))) ?? (places[0] as string);
}

function findCompiler(): string | undefined {
  for (const name of [process.env["CC"], "gcc", "cc", "clang"]) {
    if (name === undefined) continue;
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return name;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

export interface TwinRun {
  readonly nanoseconds: number;
  readonly checksum: number;
}

/**
 * The same C twice: with its four entry points kept as functions with arguments (`noipa`), as calls of the core are, and
 * free for the compiler to specialise and dissolve. Undefined where no C compiler is found.
 */
export interface Twins {
  readonly separate: Twin | undefined;
  readonly fused: Twin | undefined;
}

export function startTwins(image: Uint8Array, table: number): Twins {
  return { separate: Twin.start(image, table), fused: Twin.start(image, table, true) };
}

export function stopTwins({ separate, fused }: Twins): void {
  separate?.stop();
  fused?.stop();
}

export class Twin {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    if (child.stdout === null) throw new Error("the twin has no output");
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** undefined where no C compiler is found. @throws Error with the compiler's words when it fails */
  static start(image: Uint8Array, table: number, fused = false): Twin | undefined {
    const compiler = findCompiler();
    if (compiler === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "pageblock-twin-"));
    writeFileSync(join(folder, "abi.h"), abiHeader());
    writeFileSync(join(folder, "image.bin"), image);
    const binary = join(folder, "twin");
    const options = [
      ...(fused ? ["-DFUSED"] : []),
      "-O3",
      "-march=native",
      `-I${folder}`,
      join(sourceFolder(), "twin.c"),
      "-o",
      binary,
    ];
    execFileSync(compiler, options, { stdio: ["ignore", "ignore", "pipe"] });
    const child = spawn(binary, [join(folder, "image.bin"), String(table)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Twin(child, folder);
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the twin ended at "${line}"`);
    return value;
  }

  /** The memory is the image again. */
  async reset(): Promise<void> {
    await this.#ask("reset");
  }

  async #measure(line: string): Promise<TwinRun> {
    const [nanoseconds = "0", checksum = "0"] = (await this.#ask(line)).split(" ");
    return { nanoseconds: Number(nanoseconds), checksum: Number(checksum) };
  }

  /** Events of a simulation of one resident actor; checksum 0: it could not go on. */
  turn(events: number): Promise<TwinRun> {
    return this.#measure(`turn ${events}`);
  }

  run(row: number, count: number, seed: number): Promise<TwinRun> {
    return this.#measure(`run ${row} ${count} ${seed}`);
  }

  /** Its memory as it is now: a machine can be made of it. */
  async memory(): Promise<Uint8Array> {
    const path = join(this.#folder, "now.bin");
    const answer = await this.#ask(`dump ${path}`);
    if (answer !== "ok") throw new Error(`the twin said ${JSON.stringify(answer)}`);
    return new Uint8Array(readFileSync(path));
  }

  stop(): void {
    this.#child.stdin?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
