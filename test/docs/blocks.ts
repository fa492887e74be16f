// Knows: how a document's code blocks are found, run as a reader would run them, and brought up to date.
// Must not know: what a document says.
//
// A fence's first word is its language, a second one the name of a file that the block is saved as:
//   console   commands behind "$ " and what they print; a last line "..." stands for the rest
//   sh        commands that are checked against the table of commands, and not run
// In front of a fence a comment may give what the reader has already:
//   <!-- given: dmesg.txt = test/golden/explain/nxp-cas-2022-seed/input.txt -->   a file
//   <!-- given: declare const text: string; -->                                   a name

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "dist/cli.js");
const TIMEOUT_MS = 120_000;

export interface Block {
  /** The document, from the project's folder. */
  readonly document: string;
  /** Of its opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The name under which a reader saves it. */
  readonly file: string | undefined;
  readonly text: string;
  readonly given: readonly string[];
}

/** README, what stands beside it, and docs/. */
export function documents(): string[] {
  const beside = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "examples/README.md",
    "examples/ci/README.md",
  ];
  const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return [...beside, ...docs.sort().map((name) => `docs/${name}`)];
}

export function readDocument(document: string): string {
  return readFileSync(join(ROOT, document), "utf8");
}

const GIVEN = /^<!-- given: (.*) -->$/;

/** Fenced blocks in order. A fence that is not closed ends with the document. */
export function blocksOf(document: string, text = readDocument(document)): Block[] {
  const lines = text.split("\n");
  const found: Block[] = [];
  let given: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const name = GIVEN.exec(line)?.[1];
    const fence = /^(```+)\s*(\S*)\s*(\S*)\s*$/.exec(line);
    if (name !== undefined) given.push(name);
    else if (fence !== null) {
      const [, marks = "", language = "", file = ""] = fence;
      const end = lines.findIndex((other, at) => at > i && other.trimEnd() === marks);
      const last = end < 0 ? lines.length : end;
      const body = lines.slice(i + 1, last).join("\n");
      found.push({ document, line: i + 1, language, file: file || undefined, text: body, given });
      given = [];
      i = last;
    } else if (line.trim() !== "") given = [];
  }
  return found;
}

export interface Step {
  readonly command: string;
  readonly expected: readonly string[];
}

/** Commands of a console block, each with the lines that it is said to print. */
export function stepsOf(block: Block): Step[] {
  const steps: { command: string; expected: string[] }[] = [];
  for (const line of block.text.split("\n")) {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), expected: [] });
    else if (last?.command.endsWith("\\") === true && last.expected.length === 0) last.command += `\n${line}`;
    else last?.expected.push(line);
  }
  return steps;
}

/** What a block shows of an output: all of it, or as many lines as it showed before its "...". */
export function shown(output: string, expected: readonly string[]): string[] {
  const lines = output.replace(/\n+$/, "").split("\n");
  if (expected.at(-1) !== "...") return lines[0] === "" && lines.length === 1 ? [] : lines;
  return [...lines.slice(0, expected.length - 1), "..."];
}

/** A folder in which a document's commands run one after the other; `pageblock` and `npx` are those of this project. */
export class Desk {
  readonly folder: string;
  readonly #bin: string;

  constructor(folder: string) {
    this.folder = join(folder, "desk");
    this.#bin = join(folder, "bin");
    mkdirSync(this.folder);
    mkdirSync(this.#bin);
    this.#tool("pageblock", `exec '${process.execPath}' '${MAIN}' "$@"`);
    this.#tool("npx", 'exec "$@"');
    for (const name of ["examples", "scenarios", "scripts"])
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
  }

  #tool(name: string, line: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(this.#bin, name), 0o755);
  }

  /** Puts there what a reader has before the block, and the block itself if it is a file. */
  prepare(block: Block): void {
    for (const given of block.given) {
      const [, name, source] = /^(\S+) = (\S+)$/.exec(given) ?? [];
      if (name !== undefined && source !== undefined) cpSync(join(ROOT, source), join(this.folder, name));
    }
    if (block.file !== undefined) writeFileSync(join(this.folder, block.file), `${block.text}\n`);
  }

  /** Both outputs of a command line, as a terminal shows them. */
  run(command: string): string {
    const { stdout, error } = spawnSync("bash", ["-c", `${command}\n`], {
      cwd: this.folder,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      env: { ...process.env, NO_COLOR: "1", PATH: `${this.#bin}:${process.env["PATH"]}` },
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (error !== undefined) throw error;
    return stdout.replaceAll(this.folder, ".");
  }
}

/** The document with the outputs of today in its console blocks. */
export function refreshed(document: string, desk: Desk): string {
  const lines = readDocument(document).split("\n");
  // From the end, so that the lines of earlier blocks stay where they are; the commands run from the start.
  const fresh = blocksOf(document).map((block) => {
    desk.prepare(block);
    if (block.language !== "console") return { block, body: undefined };
    const body = stepsOf(block).flatMap(({ command, expected }) => [
      ...`$ ${command}`.split("\n"),
      ...shown(desk.run(command), expected),
    ]);
    return { block, body };
  });
  for (const { block, body } of fresh.reverse())
    if (body !== undefined) lines.splice(block.line, block.text.split("\n").length, ...body);
  return lines.join("\n");
}
