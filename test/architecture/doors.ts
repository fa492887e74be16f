// Knows: what the doors of the package offer: their exports, the members of these, and the types that these name.
// Must not know: how many names a door may have, or what is wrong (doors.test.ts).

import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./sources.js";

export const DOORS = ["pageblock", "explain", "capture", "bitmap", "kernel", "node"] as const;
export type Door = (typeof DOORS)[number];

/** Something that a caller can name: an export, or a member of one. */
export interface Offer {
  readonly door: Door;
  /** `Machine.fork` */
  readonly name: string;
  readonly place: string;
  readonly documented: boolean;
}

export interface DoorNames {
  /** Names that exist at run time. */
  readonly values: readonly string[];
  readonly types: readonly string[];
}

export class Doors {
  readonly #checker: ts.TypeChecker;
  readonly #exports = new Map<Door, readonly ts.Symbol[]>();

  constructor() {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
    const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, "tsconfig.json"), {}, host)!;
    const roots = DOORS.map((door) => join(ROOT, `bindings/doors/${door}.ts`));
    const program = ts.createProgram(roots, config.options);
    this.#checker = program.getTypeChecker();
    DOORS.forEach((door, nth) => {
      const module = this.#checker.getSymbolAtLocation(program.getSourceFile(roots[nth]!)!)!;
      this.#exports.set(door, this.#checker.getExportsOfModule(module));
    });
  }

  /** What an export stands for. */
  #target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  names(door: Door): DoorNames {
    const values: string[] = [];
    const types: string[] = [];
    for (const symbol of this.#exports.get(door)!) {
      const typeOnly = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration) === true;
      const isValue = (this.#target(symbol).flags & ts.SymbolFlags.Value) !== 0 && !typeOnly;
      (isValue ? values : types).push(symbol.name);
    }
    return { values, types };
  }

  /** Exports under another name than they were declared with, as `ours -> theirs`. */
  aliases(door: Door): string[] {
    return this.#exports
      .get(door)!
      .filter((symbol) => this.#target(symbol).name !== symbol.name)
      .map((symbol) => `${this.#target(symbol).name} -> ${symbol.name}`);
  }

  /** Every export and every member of the exported interfaces, type literals and classes; rows of an enumeration are its own. */
  offers(): Offer[] {
    const found = new Map<ts.Declaration, Offer>();
    for (const door of DOORS) {
      for (const symbol of this.#exports.get(door)!) {
        for (const declaration of this.#target(symbol).declarations ?? []) {
          this.#add(found, door, declaration, symbol.name);
          for (const [member, name] of membersOf(declaration))
            this.#add(found, door, member, `${symbol.name}.${name}`);
        }
      }
    }
    return [...found.values()];
  }

  #add(found: Map<ts.Declaration, Offer>, door: Door, declaration: ts.Declaration, name: string): void {
    const file = declaration.getSourceFile();
    if (found.has(declaration) || file.fileName.includes("node_modules") || isInternal(declaration)) return;
    const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
    const place = `${file.fileName.slice(ROOT.length)}:${line + 1}`;
    found.set(declaration, { door, name, place, documented: isDocumented(declaration) });
  }

  /** Types of the package that a door's declarations name and no door exports. */
  hidden(): string[] {
    const exported = new Set(
      DOORS.flatMap((door) => this.#exports.get(door)!.map((each) => this.#target(each))),
    );
    const found = new Set<string>();
    const look = (node: ts.Node, from: string): void => {
      if (ts.isBlock(node) || isHiddenMember(node)) return;
      if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
        const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
        const symbol = this.#checker.getSymbolAtLocation(name);
        const target = symbol && this.#target(symbol);
        const file = target?.declarations?.[0]?.getSourceFile().fileName ?? "";
        const isParameter = target !== undefined && (target.flags & ts.SymbolFlags.TypeParameter) !== 0;
        if (
          target &&
          !isParameter &&
          file.startsWith(ROOT) &&
          !file.includes("node_modules") &&
          !exported.has(target)
        )
          found.add(`${target.name} (${file.slice(ROOT.length)}), named by ${from}`);
      }
      ts.forEachChild(node, (child) => look(child, from));
    };
    for (const symbol of exported) {
      for (const declaration of symbol.declarations ?? []) {
        if (ts.isVariableDeclaration(declaration)) {
          if (declaration.type !== undefined) look(declaration.type, symbol.name);
        } else look(declaration, symbol.name);
      }
    }
    return [...found].sort();
  }
}

/** `@internal`: public for other rooms, no offer to a caller. */
function isInternal(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal");
}

function isHiddenMember(node: ts.Node): boolean {
  if (ts.isPrivateIdentifier(node)) return true;
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

/** Literals inside a type: `{ ... } | { ... }`, `readonly { ... }[]`. */
function literalsIn(node: ts.Node): ts.TypeElement[] {
  if (ts.isTypeLiteralNode(node)) return [...node.members];
  const found: ts.TypeElement[] = [];
  ts.forEachChild(node, (child) => {
    if (!ts.isFunctionTypeNode(child)) found.push(...literalsIn(child));
  });
  return found;
}

function membersOf(declaration: ts.Declaration): (readonly [ts.Declaration, string])[] {
  const members: readonly ts.Declaration[] = ts.isInterfaceDeclaration(declaration)
    ? declaration.members
    : ts.isClassDeclaration(declaration)
      ? declaration.members.filter((member) => !isHiddenMember(member) && !ts.isSemicolonClassElement(member))
      : ts.isTypeAliasDeclaration(declaration)
        ? literalsIn(declaration.type)
        : [];
  return members
    .filter((member) => !ts.isClassStaticBlockDeclaration(member) && nameOf(member) !== "__brand")
    .map((member) => [member, ts.isConstructorDeclaration(member) ? "constructor" : nameOf(member)] as const);
}

function nameOf(member: ts.Declaration): string {
  return ts.getNameOfDeclaration(member)?.getText() ?? "[index]";
}

/** A docstring of its own, or of the overload before it; a member that overrides has that of its base. */
function isDocumented(declaration: ts.Declaration): boolean {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  if (ts.getJSDocCommentsAndTags(holder).length > 0) return true;
  return (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Override) !== 0;
}
