// Knows: a shell over a debug tree between two lines of input: where it is, patterns, redirection, what went wrong.
// Must not know: what the commands do (shell_commands), where lines come from and text goes to (shell).

import { type DebugTree, DebugTreeError } from "../../kernel_text/tree/index.js";
import { splitPath } from "../../kernel_text/tree/tree.js";
import type { Machine } from "../../machine/machine.js";
import { commands } from "./commands.js";
import { type CommandContext, CommandFailure, reasonOf } from "./context.js";
import { pollTrace } from "./trace.js";
import { type CommandLine, parseLine, ShellSyntaxError, type Word } from "./words.js";

export interface SessionOutput {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly columns?: number | undefined;
}

function canonical(path: string): string {
  return `/${splitPath(path).join("/")}`;
}

/** One user's shell: run() each line. */
export class ShellSession {
  readonly machine: Machine;
  readonly tree: DebugTree;
  readonly #output: SessionOutput;
  #directory = "/";
  #ended = false;
  #failures = 0;

  constructor(machine: Machine, tree: DebugTree, output: SessionOutput) {
    this.machine = machine;
    this.tree = tree;
    this.#output = output;
  }

  get directory(): string {
    return this.#directory;
  }

  /** `exit` was run. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Commands that failed so far. */
  get failures(): number {
    return this.#failures;
  }

  resolve(path: string): string {
    const absolute = path.startsWith("/") ? path : `${this.#directory}/${path}`;
    const resolved = canonical(absolute);
    return path.endsWith("/") && resolved !== "/" ? `${resolved}/` : resolved;
  }

  /** All commands of a line; with `stop` none behind the first that fails. True when all succeeded. */
  run(line: string, stop = false): boolean {
    const before = this.#failures;
    let parsed: CommandLine[];
    try {
      parsed = parseLine(line);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.#complain(`syntax error: ${error.message}`);
      return false;
    }
    for (const command of parsed) {
      this.#perform(command);
      if (this.#ended || (stop && this.#failures > before)) break;
    }
    return this.#failures === before;
  }

  #complain(text: string): void {
    this.#failures += 1;
    this.#output.complain(`${text}\n`);
  }

  /** Paths that a pattern matches, sorted; the word itself when none does, as a shell has it. */
  #expand(word: Word): string[] {
    if (!word.isPattern) return [word.text];
    const isAbsolute = word.text.startsWith("/");
    let found = [isAbsolute ? "/" : ""];
    for (const part of word.parts()) {
      if (part === "") continue;
      found = found.flatMap((base) => this.#children(base, part));
    }
    return found.length > 0 ? found : [word.text];
  }

  #children(base: string, part: string | RegExp): string[] {
    const join = (name: string) => (base === "" || base.endsWith("/") ? `${base}${name}` : `${base}/${name}`);
    try {
      if (typeof part === "string") {
        this.tree.stat(this.resolve(join(part)));
        return [join(part)];
      }
      const names = this.tree.list(this.resolve(base)).map(({ name }) => name);
      return names.filter((name) => part.test(name)).map(join);
    } catch (error) {
      if (error instanceof DebugTreeError) return [];
      throw error;
    }
  }

  #perform({ words, target }: CommandLine): void {
    const [name = "", ...args] = words.flatMap((word) => this.#expand(word));
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) return this.#complain(`${name}: command not found`);
    const before = this.#failures;
    let text = "";
    try {
      if (target !== undefined) this.#checkTarget(name, target.text);
      if (before !== this.#failures) return;
      command.run(this.#context(name, target === undefined ? undefined : (more) => (text += more)), args);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      return this.#complain(`${name}: ${error.message}`);
    }
    if (target !== undefined && before === this.#failures)
      this.#attempt(name, target.text, () => this.tree.write(this.resolve(target.text), text));
    pollTrace(this.machine);
  }

  /** A shell opens the file before it runs the command. */
  #checkTarget(name: string, path: string): void {
    this.#attempt(name, path, () => {
      const { kind, writable } = this.tree.stat(this.resolve(path));
      if (kind === "directory") throw new DebugTreeError("EISDIR", path);
      if (!writable) throw new DebugTreeError("EACCES", path);
    });
  }

  #attempt(name: string, path: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#complain(`${name}: ${path}: ${reasonOf(error)}`);
    }
  }

  #context(name: string, into: ((text: string) => void) | undefined): CommandContext {
    return {
      machine: this.machine,
      tree: this.tree,
      directory: this.#directory,
      columns: into === undefined ? this.#output.columns : undefined,
      resolve: (path) => this.resolve(path),
      enter: (directory) => {
        this.#directory = canonical(directory);
      },
      leave: () => {
        this.#ended = true;
      },
      print: into ?? this.#output.print,
      complain: (text) => this.#complain(`${name}: ${text}`),
    };
  }
}
