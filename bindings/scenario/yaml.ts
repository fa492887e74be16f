// Knows: a scenario as YAML text: from text to a Scenario, every problem with its line, its column and a caret.
// Must not know: what any key means (settle), files.

import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { presetNames } from "../device/presets/index.js";
import { ScenarioError, type ScenarioProblem } from "../engine/errors.js";
import { SCENARIO } from "../engine/limits.js";
import type { CapturedDevice } from "./device_facts.js";
import { type Issue, type Path, Reader } from "./read.js";
import type { Scenario } from "./scenario.js";
import { settleScenario } from "./settle.js";

/** Offsets [start, end) in the text. */
type Span = readonly [number, number];

function spanOf(node: unknown): Span | undefined {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : undefined;
}

function pairAt(node: unknown, key: string | number): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(({ key: own }) => (isScalar(own) ? String(own.value) === String(key) : false));
}

/** What a path names, or the nearest thing around it that stands in the text, and `lacking`, the path from there on. */
function findSpan(document: Document, { path, at }: Issue): { readonly span: Span; readonly lacking: Path } {
  let node: unknown = document.contents;
  let span = firstLine(spanOf(node));
  for (const [i, key] of path.entries()) {
    const pair = pairAt(node, key);
    const next = isSeq(node) && typeof key === "number" ? node.items[key] : pair?.value;
    if (next === undefined && pair === undefined) return { span, lacking: path.slice(i) };
    const isLast = i === path.length - 1;
    const keySpan = spanOf(pair?.key);
    const valueSpan = isScalar(next) ? spanOf(next) : firstLine(spanOf(next));
    span = (isLast && at === "key" ? keySpan : (valueSpan ?? keySpan)) ?? span;
    // A group as a whole is named by its key, where it has one.
    if (!isScalar(next) && keySpan !== undefined) span = keySpan;
    node = next;
  }
  return { span, lacking: [] };
}

/** A whole group is marked at its first character only. */
function firstLine(span: Span | undefined): Span {
  return span === undefined ? [0, 1] : [span[0], span[0] + 1];
}

const MARK_LIMIT = 60;

/** The line with a mark below; of a long line the part around the mark. */
function excerptOf(whole: string, lineNumber: number, wholeColumn: number, length: number): string {
  const most = SCENARIO.excerptColumns;
  const from =
    whole.length <= most ? 0 : Math.max(0, Math.min(wholeColumn - 1 - most / 2, whole.length - most));
  const line = whole
    .slice(from, from + most)
    .replace(/\r$/, "")
    .replaceAll("\t", " ");
  const column = wholeColumn - from;
  const label = String(lineNumber).padStart(5);
  const room = Math.max(1, Math.min(length, MARK_LIMIT, line.length - column + 1));
  return `${label} | ${line}\n${" ".repeat(label.length)} | ${" ".repeat(column - 1)}${"^".repeat(room)}`;
}

/** A text with its lines, for places in it. */
interface Source {
  readonly text: string;
  readonly lines: readonly string[];
  readonly counter: LineCounter;
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}

function place({ text, lines, counter }: Source, span: Span, path: string, message: string): ScenarioProblem {
  const { line, col } = counter.linePos(Math.min(span[0], Math.max(0, text.length - 1)));
  const at = Math.max(1, line);
  const column = Math.max(1, col);
  return {
    path,
    message,
    line: at,
    column,
    excerpt: excerptOf(lines[at - 1] ?? "", at, column, span[1] - span[0]),
  };
}

/** The parser's words without its own excerpt. */
function plain(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "").replace(/:$/, "");
}

function byPlace(a: ScenarioProblem, b: ScenarioProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/**
 * Data of any kind from YAML text, by what reads its plain data.
 * @param name how messages call the text: a file's name
 * @throws ScenarioError with every problem
 */
export function readYaml<T>(
  text: string,
  name: string,
  settle: (reader: Reader, data: unknown) => T | undefined,
  captured?: ReadonlyMap<string, CapturedDevice>,
): T {
  refuseOversized(text, name);
  const counter = new LineCounter();
  const source = { text, lines: text.split("\n"), counter };
  const document = parsed(text, counter, name);
  const twice = document.errors.length > 0 ? [] : keysTwice(document);
  const broken = [...document.errors, ...twice, ...document.warnings].slice(0, SCENARIO.problems);
  const syntax = broken.map(({ pos, message }) => place(source, pos, "", plain(message)));
  if (document.errors.length + twice.length > 0) throw new ScenarioError(name, syntax.sort(byPlace));
  const reader = new Reader(captured);
  const settled = settle(reader, toPlain(document, name));
  if (settled !== undefined && syntax.length === 0) return settled;
  const problems = reader.issues.map((issue) => {
    const { span, lacking } = findSpan(document, issue);
    // The mark is at what stands around it: the message says which key is meant.
    const message = lacking.length === 0 ? issue.message : `${pathText(lacking)}: ${issue.message}`;
    return place(source, span, pathText(issue.path), message);
  });
  throw new ScenarioError(name, [...syntax, ...problems].sort(byPlace));
}

/**
 * @param name how messages call the text: a file's name
 * @param device a preset or a captured device to run on instead of the device in the text
 * @param captured devices that the text may name beside the presets, by that name (`device: state.pb`)
 * @throws ScenarioError with every problem
 */
export function parseScenario(
  text: string,
  name = "scenario",
  device?: string | CapturedDevice,
  captured?: ReadonlyMap<string, CapturedDevice>,
): Scenario {
  return readYaml(
    text,
    name,
    (reader, data) =>
      settleScenario(reader, device === undefined || !isGroup(data) ? data : { ...data, device }),
    captured,
  );
}

function isGroup(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** The word that a text names its device by, where it is no preset: a file, for who can read one. Undefined: none, or no YAML. */
export function deviceWord(text: string): string | undefined {
  if (text.length > SCENARIO.characters) return undefined;
  try {
    refuseOversized(text, "");
    const data: unknown = parsed(text, new LineCounter(), "").get("device");
    return typeof data === "string" && !(presetNames as readonly string[]).includes(data) ? data : undefined;
  } catch {
    // What is wrong with it is said by parseScenario().
    return undefined;
  }
}

function refused(name: string, message: string, line = 1): ScenarioError {
  return new ScenarioError(name, [{ path: "", message, line, column: 1 }]);
}

/** What the parser would need a deep stack or much memory for. @throws ScenarioError */
function refuseOversized(text: string, name: string): void {
  const { characters, depth } = SCENARIO;
  if (text.length > characters)
    throw refused(name, `the text has more than ${characters} characters: this is no scenario`);
  if (text.includes("\0")) throw refused(name, "this is no text: it has bytes of value 0");
  let unclosed = 0;
  for (const [i, line] of text.split("\n").entries()) {
    // Brackets in words count too: nobody writes dozens of them unmatched on one line.
    let open = 0;
    let most = /^(?:\s{0,8}- ){0,200}/.exec(line)![0].split("-").length - 1;
    for (const letter of line) {
      if (letter === "[" || letter === "{") most = Math.max(most, ++open);
      else if (letter === "]" || letter === "}") open -= 1;
    }
    unclosed = Math.max(0, unclosed + open);
    if (most > depth || unclosed > 16 * depth)
      throw refused(name, `groups and lists are nested deeper than ${depth}`, i + 1);
  }
}

/** Keys that a group has twice. The parser's own check compares each with each. */
function keysTwice(document: Document): { readonly pos: Span; readonly message: string }[] {
  const found: { pos: Span; message: string }[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value) && value !== "<<")
          found.push({ pos: firstLine(spanOf(key)), message: "Map keys must be unique" });
        seen.add(value);
      }
    },
  });
  return found;
}

/** @throws ScenarioError where the parser gives up: nesting over many lines */
function parsed(text: string, lineCounter: LineCounter, name: string): Document {
  try {
    return parseDocument(text, { lineCounter, logLevel: "error", prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) throw refused(name, "groups and lists are nested too deep to be read");
    throw refused(name, `this cannot be read as YAML: ${(error as Error).message}`);
  }
}

/** Aliases resolved; a text that multiplies itself by them is refused by the parser. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw refused(name, (error as Error).message);
  }
}

/** Plain data in the same words: what the builder makes. @throws ScenarioError with every problem */
export function readScenario(data: unknown, name = "scenario"): Scenario {
  const reader = new Reader();
  const scenario = settleScenario(reader, data);
  if (scenario !== undefined) return scenario;
  throw new ScenarioError(
    name,
    reader.issues.map(({ path, message }) => ({ path: pathText(path) || "scenario", message })),
  );
}
