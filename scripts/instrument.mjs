// Knows: how a module is made to count the branches it takes and to note what it compares: vite's parser, magic-string.
// Must not know: what is done with the counts (test/fuzz/coverage.ts), which modules these are (scripts/fuzz.mjs).
//
// Two globals are named in what is written into a module: __edges[N] += 1 where branch N begins, and __compared.less(a, b, M) in
// place of comparison M, a < b. install() makes both.
import MagicString from "magic-string";
import { parseAst } from "vite";

/** More branches than all of bindings/ has. */
const MOST_BRANCHES = 1 << 16;

/** What stands for each comparison. */
const COMPARISONS = new Map([
  ["===", "same"],
  ["!==", "other"],
  ["<", "less"],
  ["<=", "atMost"],
  [">", "more"],
  [">=", "atLeast"],
]);

/** @returns what modules that are instrumented write to; `note` is told, while it is there, of comparisons that came out one way only so far */
export function install() {
  const learnt = {
    edges: new Uint32Array(MOST_BRANCHES),
    used: 0,
    sites: 0,
    words: new Set(),
    note: undefined,
  };
  // Of each comparison: 1 it has failed, 2 it has held. Who wants to reach more has to turn those that only ever did one.
  const outcomes = new Uint8Array(MOST_BRANCHES);
  const told = (compare) => (a, b, site) => {
    const holds = compare(a, b);
    outcomes[site] |= holds ? 2 : 1;
    if (learnt.note !== undefined && outcomes[site] !== 3) learnt.note(a, b, site);
    return holds;
  };
  globalThis.__learnt = learnt;
  globalThis.__edges = learnt.edges;
  globalThis.__compared = {
    same: told((a, b) => a === b),
    other: told((a, b) => a !== b),
    less: told((a, b) => a < b),
    atMost: told((a, b) => a <= b),
    more: told((a, b) => a > b),
    atLeast: told((a, b) => a >= b),
  };
  return learnt;
}

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const LOOPS = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

/** Text and numbers are compared for their value; with null, undefined or a type's name there is nothing to learn. */
function isValue(node) {
  if (node.type === "Literal") return typeof node.value === "string" || typeof node.value === "number";
  if (node.type === "Identifier") return node.name !== "undefined";
  return node.type !== "UnaryExpression" || node.operator === "-";
}

/** A literal's text that an input may have to contain: what is compared, looked for, or matched. */
function wordsOf(node) {
  if (node.type !== "Literal") return [];
  if (typeof node.value === "string") return [node.value];
  if (node.regex !== undefined) return node.regex.pattern.match(/[\w /:=@-]{3,}/g) ?? [];
  return [];
}

/**
 * @param text a module, JavaScript
 * @param learnt of install(): branches are numbered on, words that the module looks for are added
 * @returns the module that counts
 */
export function instrument(text, learnt) {
  const out = new MagicString(text);
  const { words } = learnt;
  const count = () => `__edges[${learnt.used++ % MOST_BRANCHES}] += 1`;
  const begin = (statement) => {
    if (statement.type === "BlockStatement") out.appendRight(statement.start + 1, `${count()};`);
    else {
      out.appendRight(statement.start, `{${count()};`);
      out.prependLeft(statement.end, "}");
    }
  };
  const value = (expression) => {
    out.appendRight(expression.start, `(${count()}, `);
    out.prependLeft(expression.end, ")");
  };
  const compare = ({ start, end, operator, left, right }) => {
    const at = text.indexOf(operator, left.end);
    if (at < 0 || at >= right.start) return;
    out.appendRight(start, `__compared.${COMPARISONS.get(operator)}(`);
    out.update(at, at + operator.length, ",");
    out.prependLeft(end, `, ${learnt.sites++ % MOST_BRANCHES})`);
  };
  const visit = (node) => {
    if (FUNCTIONS.has(node.type) && node.body) {
      if (node.body.type === "BlockStatement") begin(node.body);
      else value(node.body);
    } else if (LOOPS.has(node.type)) begin(node.body);
    else if (node.type === "IfStatement") {
      if (node.alternate) begin(node.alternate);
      else out.prependLeft(node.end, ` else { ${count()}; }`);
      begin(node.consequent);
    } else if (node.type === "ConditionalExpression") {
      value(node.consequent);
      value(node.alternate);
    } else if (node.type === "LogicalExpression") value(node.right);
    else if (node.type === "SwitchCase") {
      const colon = text.indexOf(":", node.test?.end ?? node.start);
      out.appendRight(colon + 1, `${count()};`);
      if (node.test) for (const word of wordsOf(node.test)) words.add(word);
    } else if (node.type === "CatchClause") begin(node.body);
    else if (node.type === "BinaryExpression" && COMPARISONS.has(node.operator)) {
      if (isValue(node.left) && isValue(node.right)) compare(node);
      for (const side of [node.left, node.right]) for (const word of wordsOf(side)) words.add(word);
    } else if (node.type === "CallExpression" || node.type === "NewExpression")
      for (const argument of node.arguments) for (const word of wordsOf(argument)) words.add(word);
    if (node.regex !== undefined) for (const word of wordsOf(node)) words.add(word);
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) for (const each of child) each?.type && visit(each);
      else if (typeof child?.type === "string") visit(child);
    }
  };
  visit(parseAst(text));
  return out.toString();
}
