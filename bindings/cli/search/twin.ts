// Knows: how the kernel's walk in C is compiled and asked, where there is a C compiler and its source.
// Must not know: what it is compared with.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Contestant, Twin } from "../../bitmap/lab/index.js";
import { packageFile } from "../package_files.js";

/** In a source checkout; the package does not ship it. */
const SOURCE = packageFile("bench/native/search.c");
const COMPILERS = [process.env["CC"] ?? "cc", "gcc", "clang"];
const FLAGS = ["-O3", "-march=native"];

export const TWIN_NAME = "C";

/** A running twin; close() ends it and removes its files. */
export class SearchTwin implements Twin, Disposable {
  readonly name = TWIN_NAME;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#child = spawn(join(folder, "search"), { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#child.stdout === null) throw new Error("the twin has no output");
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#waiting.shift()?.resolve(line));
    const fail = (error: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#child.on("error", fail);
    this.#child.on("exit", (code) => fail(new Error(`the twin ended with ${code}`)));
  }

  /** The twin, or in words why there is none. */
  static build(): SearchTwin | string {
    if (!existsSync(SOURCE))
      return "bench/native/search.c is not here: it comes with the sources, not with the package";
    const folder = mkdtempSync(join(tmpdir(), "pageblock-search-"));
    for (const compiler of COMPILERS) {
      try {
        execFileSync(compiler, [...FLAGS, "-o", join(folder, "search"), SOURCE], {
          stdio: ["ignore", "ignore", "pipe"],
        });
        return new SearchTwin(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
        rmSync(folder, { recursive: true, force: true });
        return `${compiler} does not compile ${SOURCE}: ${(error as Error).message}`;
      }
    }
    rmSync(folder, { recursive: true, force: true });
    return `there is no C compiler (${COMPILERS.join(", ")})`;
  }

  #ask(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${line}\n`);
    });
  }

  async load(words: Uint32Array, bits: number): Promise<Contestant> {
    const path = join(this.#folder, "map");
    writeFileSync(path, words);
    const answer = await this.#ask(`map ${bits} ${path}`);
    if (answer !== "ok") throw new Error(`the twin: ${answer}`);
    return {
      name: this.name,
      run: async ({ start, count, mask, offset }, times) => {
        const answer = await this.#ask(`find ${start} ${count} ${mask} ${offset} ${times}`);
        const [nanoseconds, place] = answer.split(" ").map(Number);
        if (nanoseconds === undefined || place === undefined) throw new Error(`the twin: ${answer}`);
        return { nanoseconds, place };
      },
    };
  }

  [Symbol.dispose](): void {
    this.#child.stdin?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
