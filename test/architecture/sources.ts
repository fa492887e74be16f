// Knows: how the project's own source files are found, and what each imports, declares and uses.
// Must not know: what is allowed (arrows.ts), or how it is shown (graph.ts).

import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Import {
  /** Path from the root without extension, or the bare specifier of a package. */
  readonly target: string;
  readonly isPackage: boolean;
  /** Nothing of it exists at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** From the root, with `/` and extension. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly ast: ts.SourceFile;
}

function walk(folder: string, found: string[]): string[] {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(path, found);
    else if (/\.(ts|mjs)$/.test(entry.name)) found.push(path);
  }
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  if (clause === undefined || !ts.isNamedExports(clause)) return false;
  return clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly);
}

function importsOf(path: string, ast: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isPackage = !specifier.text.startsWith(".");
    const target = isPackage
      ? specifier.text
      : posix.join(dirname(path), specifier.text).replace(/\.(js|ts)$/, "");
    const { line } = ast.getLineAndCharacterOfPosition(specifier.getStart());
    found.push({ target, isPackage, typeOnly, line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyExport(node));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}

/** All TypeScript and AssemblyScript files below these folders of the project; missing folders are empty. */
export function readSources(...folders: string[]): SourceFile[] {
  const paths = folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => walk(folder, []));
  return paths.sort().map((path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return { path, text, lines, imports: importsOf(path, ast), ast };
  });
}

/** Text files that git tracks or would track (not ignored); NUL bytes mark what is no text. */
export function readTracked(): { readonly path: string; readonly text: string }[] {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const isFile = (path: string) => lstatSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile();
  const paths = list.split("\0").filter((path) => path !== "" && isFile(path));
  return paths
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "latin1") }))
    .filter(({ text }) => !text.includes("\0"));
}

/** Lines on which something stands that is neither space nor comment. */
export function codeLinesOf({ ast, text }: SourceFile): number {
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(ast) === 0 && node.getEnd() > node.getStart(ast)) {
      const first = ast.getLineAndCharacterOfPosition(node.getStart(ast)).line;
      const last = ast.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = first; line <= last; line++) lines.add(line);
    }
    node.getChildren(ast).forEach(visit);
  };
  ast.statements.forEach(visit);
  return text === "" ? 0 : lines.size;
}

/** Every function with a body: its name, first line and length in lines. */
export function functionsOf({ ast }: SourceFile): { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = [];
  const lineOf = (position: number) => ast.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const line = lineOf(node.getStart());
      const name = node.name?.getText() ?? (ts.isConstructorDeclaration(node) ? "constructor" : "a function");
      found.push({ name, line, lines: lineOf(node.getEnd()) - line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}

/** `Name.MEMBER` for every member of every enum that the file declares. */
export function enumRowsOf({ ast }: SourceFile): { enumeration: string; member: string }[] {
  return ast.statements.filter(ts.isEnumDeclaration).flatMap((declaration) =>
    declaration.members.map((member) => ({
      enumeration: declaration.name.text,
      member: member.name.getText(),
    })),
  );
}

/** Every `a.b` that the file contains, as text; element accesses by a constant string count too. */
export function accessesOf({ ast }: SourceFile): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      found.add(`${node.expression.text}.${node.name.text}`);
    } else if (ts.isQualifiedName(node) && ts.isIdentifier(node.left)) {
      found.add(`${node.left.text}.${node.right.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}

/** Identifiers used as values that look like globals of Node: `process.x`, `Buffer.from`, `require(`. */
export function nodeGlobalsOf(source: SourceFile): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isUse =
      ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isUse && ts.isIdentifier(node.expression)) {
      const name = node.expression.text;
      if (["process", "Buffer", "require", "setImmediate"].includes(name)) found.add(name);
    }
    ts.forEachChild(node, visit);
  };
  visit(source.ast);
  return [...found];
}

/** Calls that throw a RangeError when the list is long: a list spread into Math.max(), Math.min() or push(). */
export function spreadCallsOf({ ast }: SourceFile): { call: string; line: number }[] {
  const found: { call: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments.some(ts.isSpreadElement)) {
      const call = node.expression.getText();
      const line = ast.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (/^Math\.|\.(?:push|unshift|splice|concat)$|^String\.from/.test(call)) found.push({ call, line });
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}

/** Where a frame's word is taken apart by hand: shifted or masked by a number, or by a constant of its own (>>> 0 and links, << 2, aside). */
export function unpackedWordsOf({ ast, text }: SourceFile): { code: string; line: number }[] {
  const found: { code: string; line: number }[] = [];
  const seesWords = /\bFrameField\b|abi\/frame_word|frames\/frame"/.test(text);
  const bitwise = new Set([
    ts.SyntaxKind.AmpersandToken,
    ts.SyntaxKind.LessThanLessThanToken,
    ts.SyntaxKind.GreaterThanGreaterThanToken,
    ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  ]);
  const isWord = (node: ts.Node) =>
    /^\(*(word|head|held|frame|words?\[[^\]]*\]!?|wordOf\(\w+\))( \?\? 0)?\)*$/.test(node.getText());
  const isNumber = (node: ts.Node) => ts.isNumericLiteral(node) && !/^[02]$/.test(node.getText());
  const add = (node: ts.Node) =>
    found.push({ code: node.getText(), line: ast.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && bitwise.has(node.operatorToken.kind)) {
      if (seesWords && isWord(node.left) && isNumber(node.right)) add(node);
    }
    if (ts.isVariableDeclaration(node)) {
      const name = node.name.getText();
      if (/^(KIND|ORDER|ZONE|TYPE|MOBILITY|LIFE|PIN)_SHIFT$/.test(name)) add(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}
