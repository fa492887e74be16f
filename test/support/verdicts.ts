// Knows: the rules of assembly/policy run as plain JavaScript, whole or with one line left out.
// Must not know: what a rule says. Memory of a record is an array of words; integers are small enough for numbers.

import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";

const ROOM = new URL("../../assembly/policy/", import.meta.url).pathname;

/** What AssemblyScript has and JavaScript has not. */
const PRELUDE = `
  const memory = new Int32Array(256);
  const load = (at, offset = 0) => memory[(at + offset) >> 2];
  const store = (at, value, offset = 0) => { memory[(at + offset) >> 2] = value; };
  const { min, max, abs, clz32: clz } = Math;
  const ctz = (value) => (value === 0 ? 32 : 31 - Math.clz32(value & -value));
  const inline = { always: (value) => value };
`;

export type Rule = (...args: readonly (number | boolean)[]) => number | boolean | undefined;

export interface Rules {
  readonly rules: Readonly<Record<string, Rule>>;
  readonly memory: Int32Array;
}

export function textOf(file: string): string {
  return readFileSync(`${ROOM}${file}.ts`, "utf8");
}

/** A file of the room, its text perhaps another one. Undefined: that is no program. */
export function rulesOf(file: string, text = textOf(file)): Rules | undefined {
  try {
    const { outputFiles } = buildSync({
      stdin: { contents: text, resolveDir: ROOM, sourcefile: `${file}.ts`, loader: "ts" },
      bundle: true,
      write: false,
      format: "cjs",
      logLevel: "silent",
    });
    const code = `${PRELUDE}\nconst module = { exports: {} };\n${outputFiles[0]?.text}\nreturn { rules: module.exports, memory };`;
    return new Function(code)() as Rules;
  } catch {
    return undefined;
  }
}

/** Where a function begins and behind its last line, from 0. */
function rangeOf(lines: readonly string[], name: string): { from: number; to: number } {
  const from = lines.findIndex((line) => new RegExp(`function ${name}\\(`).test(line));
  if (from < 0) throw new Error(`there is no function ${name}`);
  const to = from + lines.slice(from).indexOf("}");
  return { from, to };
}

/** Every text with one line of these functions less, of those lines that a pattern picks in other functions too. */
export function withoutOneLine(
  file: string,
  functions: readonly string[],
  lines: readonly RegExp[] = [],
): { readonly line: string; readonly text: string }[] {
  const all = textOf(file).split("\n");
  const ranges = functions.map((name) => rangeOf(all, name));
  const isOf = (index: number) => ranges.some(({ from, to }) => index > from && index < to);
  return all.flatMap((line, index) => {
    const isStatement = /;\s*$/.test(line) && !/^\s*(const|let|import|export)\b/.test(line);
    const isWanted = isStatement && (isOf(index) || lines.some((pattern) => pattern.test(line)));
    if (!isWanted) return [];
    return [{ line: line.trim(), text: all.filter((_, i) => i !== index).join("\n") }];
  });
}
