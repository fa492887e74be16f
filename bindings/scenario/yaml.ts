// Knows: a scenario as YAML text: from text to a Scenario, every problem with its line, its column and a caret.
// Must not know: what any key means (settle), files.

import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";
import { ScenarioError, type ScenarioProblem } from "../engine/errors.js";
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

/** What a path names, or the nearest thing around it that stands in the text. */
function findSpan(document: Document, { path, at }: Issue): Span {
  let node: unknown = document.contents;
  let span = firstLine(spanOf(node));
  for (const [i, key] of path.entries()) {
    const pair = pairAt(node, key);
    const next = isSeq(node) && typeof key === "number" ? node.items[key] : pair?.value;
    if (next === undefined && pair === undefined) break;
    const isLast = i === path.length - 1;
    const keySpan = spanOf(pair?.key);
    const valueSpan = isScalar(next) ? spanOf(next) : firstLine(spanOf(next));
    span = (isLast && at === "key" ? keySpan : (valueSpan ?? keySpan)) ?? span;
    // A group as a whole is named by its key, where it has one.
    if (!isScalar(next) && keySpan !== undefined) span = keySpan;
    node = next;
  }
  return span;
}

/** A whole group is marked at its first character only. */
function firstLine(span: Span | undefined): Span {
  return span === undefined ? [0, 1] : [span[0], span[0] + 1];
}

const MARK_LIMIT = 60;

function excerptOf(text: string, lineNumber: number, column: number, length: number): string {
  const line = (text.split("\n")[lineNumber - 1] ?? "").replace(/\r$/, "").replaceAll("\t", " ");
  const label = String(lineNumber).padStart(5);
  const room = Math.max(1, Math.min(length, MARK_LIMIT, line.length - column + 1));
  return `${label} | ${line}\n${" ".repeat(label.length)} | ${" ".repeat(column - 1)}${"^".repeat(room)}`;
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}

function place(text: string, lines: LineCounter, span: Span, path: string, message: string): ScenarioProblem {
  const { line, col } = lines.linePos(Math.min(span[0], Math.max(0, text.length - 1)));
  const at = Math.max(1, line);
  const column = Math.max(1, col);
  return { path, message, line: at, column, excerpt: excerptOf(text, at, column, span[1] - span[0]) };
}

/** The parser's words without its own excerpt. */
function plain(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "").replace(/:$/, "");
}

function byPlace(a: ScenarioProblem, b: ScenarioProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/**
 * @param name how messages call the text: a file's name
 * @throws ScenarioError with every problem
 */
export function parseScenario(text: string, name = "scenario"): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = [...document.errors, ...document.warnings];
  const syntax = broken.map(({ pos, message }) => place(text, lines, pos, "", plain(message)));
  if (document.errors.length > 0) throw new ScenarioError(name, syntax.sort(byPlace));
  const reader = new Reader();
  const scenario = settleScenario(reader, toPlain(document, name));
  if (scenario !== undefined && syntax.length === 0) return scenario;
  const problems = reader.issues.map((issue) =>
    place(text, lines, findSpan(document, issue), pathText(issue.path), issue.message),
  );
  throw new ScenarioError(name, [...syntax, ...problems].sort(byPlace));
}

/** Aliases resolved; a text that multiplies itself by them is refused by the parser. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ScenarioError(name, [{ path: "", message: (error as Error).message, line: 1, column: 1 }]);
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
