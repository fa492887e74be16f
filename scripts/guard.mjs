// Knows: how the doors of the package get guards (bindings/engine/guard.ts): the declarations that tsc wrote say what each
// function, class and method takes; beside each door a module is written that exports the same names, guarded.
// Must not know: what any of them does.
import { readdirSync, writeFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import ts from "typescript";

const DOORS = "dist/bindings/doors";
/** Called for each page of millions: their numbers are looked at where they are used. */
const HOT = new Set(
  ["append", "push", "status", "pfn", "detail", "wasSlow"].map((method) => `CommandBuffer.${method}`),
).add("Machine.allocate");
/** Objects of the language, told by their name. */
const BUILT_IN = new Set(["Map", "Set", "Date", "RegExp", "URL", "AbortSignal", "Promise"]);

const files = readdirSync(DOORS)
  .filter((file) => file.endsWith(".d.ts"))
  .map((file) => `${DOORS}/${file}`);
const program = ts.createProgram(files, {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
  types: ["node"],
});
const checker = program.getTypeChecker();
const F = ts.TypeFlags;

/** Modules of one door: what is needed of a shape is a constant of its own, so that a bundler can leave out the others. */
class Door {
  shapes = new Map();
  lines = [];

  /** @returns code of a Shape */
  shape(type) {
    if (type.flags & (F.Any | F.Unknown | F.Never | F.TypeParameter)) {
      const limit = type.flags & F.TypeParameter ? checker.getBaseConstraintOfType(type) : undefined;
      return limit === undefined || limit === type ? '"x"' : this.shape(limit);
    }
    if (type.flags & F.NumberLike) return '"n"';
    if (type.flags & F.StringLike) return '"s"';
    if (type.flags & F.BooleanLike) return '"b"';
    if (type.flags & F.Null) return '"z"';
    if (type.isUnion()) return this.union(type);
    if (type.isIntersection()) {
      const plain = type.types.find((each) => each.flags & (F.NumberLike | F.StringLike));
      return plain === undefined ? this.object(type) : this.shape(plain);
    }
    return type.flags & F.Object ? this.object(type) : '"x"';
  }

  union(type) {
    const parts = type.types.filter((each) => !(each.flags & F.Undefined));
    const all = [...new Set(parts.map((each) => this.shape(each)))];
    if (all.includes('"x"')) return '"x"';
    return all.length === 1 ? all[0] : `["any", [${all.join(", ")}]]`;
  }

  object(type) {
    const name = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const [item] = checker.getTypeArguments(type);
      return `["list", ${checker.isArrayType(type) && item !== undefined ? this.shape(item) : '"x"'}]`;
    }
    if (type.getCallSignatures().length > 0) return '"f"';
    if (this.isForeign(type)) return this.foreign(type.symbol?.name ?? name, type);
    const known = this.shapes.get(type);
    if (known !== undefined) return known;
    const constant = `S${this.shapes.size}`;
    this.shapes.set(type, constant);
    const title = /^(?:__.*|Readonly|Record|Partial|Pick|Omit|)$/.test(name) ? "object" : name;
    const at = this.lines.push("") - 1;
    this.lines[at] =
      `const ${constant} = ["has", ${JSON.stringify(title)}, () => ({ ${this.members(type).join(", ")} })];`;
    return constant;
  }

  foreign(name, type) {
    if (/Array$|^ArrayBuffer|^Buffer/.test(name)) return '["is", "bytes"]';
    if (name === "ArrayLike") return '["list", "x"]';
    if (/^Iterable/.test(name)) {
      const [item] = checker.getTypeArguments(type);
      return `["iterable", ${item === undefined ? '"x"' : this.shape(item)}]`;
    }
    if (name === "ReadonlyMap" || name === "ReadonlySet") return `["is", "${name.slice(8)}"]`;
    return BUILT_IN.has(name) ? `["is", "${name}"]` : '"x"';
  }

  /** The language's own, Node's, the DOM's. */
  isForeign(type) {
    const file = type.symbol?.declarations?.[0]?.getSourceFile().fileName ?? "";
    return !(type.symbol?.name ?? "__").startsWith("__") && /node_modules/.test(file);
  }

  members(type) {
    const isClass = (type.symbol?.flags ?? 0) & ts.SymbolFlags.Class;
    const own = checker
      .getPropertiesOfType(type)
      .filter((each) => !each.name.startsWith("__") && !each.name.startsWith("#"));
    const members = own.flatMap((each) => {
      const place = each.valueDeclaration ?? each.declarations?.[0];
      if (place === undefined) return [];
      const flags = ts.getCombinedModifierFlags(place);
      if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return [];
      const kind = checker.getTypeOfSymbolAtLocation(each, place);
      const isMethod = kind.getCallSignatures().length > 0;
      // A getter may cost something: a class is told by its methods.
      if (isClass && !isMethod) return [];
      const mayMiss = each.flags & ts.SymbolFlags.Optional || this.takesUndefined(kind);
      const shape = isMethod ? '"f"' : this.shape(kind);
      return [`${JSON.stringify(`${each.name}${mayMiss ? "?" : ""}`)}: ${shape}`];
    });
    return isClass ? members.slice(0, 3) : members;
  }

  takesUndefined(type) {
    if (type.flags & (F.Undefined | F.Any | F.Unknown | F.Void)) return true;
    return type.isUnion() && type.types.some((each) => each.flags & F.Undefined);
  }

  /** Code of a list of Parameter; undefined: nothing of it can be looked at. */
  parameters(signatures) {
    if (signatures.length !== 1) return undefined;
    const parts = signatures[0].getParameters().map((each) => {
      const place = each.valueDeclaration;
      const type = checker.getTypeOfSymbolAtLocation(each, place);
      if (place.dotDotDotToken !== undefined) {
        const [item] = checker.getTypeArguments(type);
        return `["...${each.name}", ${item === undefined ? '"x"' : this.shape(item)}]`;
      }
      const mayMiss = checker.isOptionalParameter(place) || this.takesUndefined(type);
      return `[${JSON.stringify(`${this.nameOf(each)}${mayMiss ? "?" : ""}`)}, ${this.shape(type)}]`;
    });
    return parts.length === 0 || parts.every((part) => part.endsWith('"x"]'))
      ? undefined
      : `[${parts.join(", ")}]`;
  }

  /** A destructured parameter is called by what it is. */
  nameOf(parameter) {
    return parameter.name.startsWith("__") ? "options" : parameter.name;
  }

  method(owner, symbol) {
    if (HOT.has(`${owner}.${symbol.name}`)) return [];
    const place = symbol.valueDeclaration;
    if (place === undefined || !(symbol.flags & ts.SymbolFlags.Method) || symbol.name.startsWith("__"))
      return [];
    const signatures = checker.getTypeOfSymbolAtLocation(symbol, place).getCallSignatures();
    const parameters = this.parameters(signatures);
    return parameters === undefined
      ? []
      : [`${symbol.name}: [${parameters}, ${this.isAsync(signatures[0])}]`];
  }

  isAsync(signature) {
    return signature.getReturnType().symbol?.name === "Promise";
  }

  /** Code of the Guards of a class, in parts; undefined: it takes nothing that can be looked at. */
  class(name, symbol) {
    const instance = checker.getDeclaredTypeOfSymbol(symbol);
    if (checker.getPropertyOfType(instance, "stack") !== undefined) return undefined;
    const type = checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration);
    const parts = [];
    const isInternal = (each) =>
      ts.getJSDocTags(each).some(({ tagName }) => tagName.text === "internal") ||
      ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Private;
    const constructors = type.getConstructSignatures().filter(({ declaration }) => declaration !== undefined);
    if (constructors.length > 0 && !constructors.some(({ declaration }) => isInternal(declaration))) {
      const create = this.parameters(constructors);
      if (create !== undefined) parts.push(`create: ${create}`);
    }
    const statics = checker.getPropertiesOfType(type).flatMap((each) => this.method(name, each));
    if (statics.length > 0) parts.push(`statics: { ${statics.join(", ")} }`);
    const methods = checker.getPropertiesOfType(instance).flatMap((each) => this.method(name, each));
    if (methods.length > 0) parts.push(`methods: { ${methods.join(", ")} }`);
    return parts.length === 0 ? undefined : parts;
  }

  function(name, symbol) {
    const signatures = checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration).getCallSignatures();
    const parameters = this.parameters(signatures);
    return parameters && `guarded(own.${name}, "${name}", ${parameters}, ${this.isAsync(signatures[0])})`;
  }

  /** `export type { Cma }` on the way: there is no value of this name. */
  isTypeOnly(symbol) {
    for (
      let at = symbol;
      at !== undefined && at.flags & ts.SymbolFlags.Alias;
      at = checker.getImmediateAliasedSymbol(at)
    )
      if (
        at.declarations?.some(
          (each) => ts.isExportSpecifier(each) && (each.isTypeOnly || each.parent.parent.isTypeOnly),
        )
      )
        return true;
    return false;
  }

  /** Where tsc wrote the module of a declaration, seen from the doors. */
  moduleOf(symbol) {
    const path = symbol.valueDeclaration.getSourceFile().fileName.replace(/\.d\.ts$/, ".js");
    return relative(resolve(DOORS), resolve(path));
  }

  write(file) {
    const door = basename(file, ".d.ts");
    const head = [
      `import * as own from "./${door}.js";`,
      'import { guarded, guardedClass } from "../engine/guard.js";',
      `export * from "./${door}.js";`,
    ];
    const others = [];
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
    const guards = exports.flatMap((each) => {
      const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      if (symbol.valueDeclaration === undefined) return [];
      const isClass = symbol.flags & ts.SymbolFlags.Class;
      if (this.isTypeOnly(each)) {
        const parts = isClass ? this.class(each.name, symbol) : undefined;
        if (parts === undefined) return [];
        head.push(`import { ${each.name} as ${each.name}_ } from "${this.moduleOf(symbol)}";`);
        others.push(`[${each.name}_, "${each.name}", { ${parts.join(", ")} }]`);
        return [];
      }
      if (!isClass) {
        const code = symbol.flags & ts.SymbolFlags.Function ? this.function(each.name, symbol) : undefined;
        return code === undefined ? [] : [[each.name, code]];
      }
      const parts = this.class(each.name, symbol);
      return parts === undefined ? [] : [[each.name, parts]];
    });
    const lines = guards.map(([name, code]) => {
      if (typeof code === "string") return `export const ${name} = /* @__PURE__ */ ${code};`;
      // Whoever has a machine has these.
      if (name === "Machine") code.push(`others: [${others.join(", ")}]`);
      return `export const ${name} = /* @__PURE__ */ guardedClass(own.${name}, "${name}", { ${code.join(", ")} });`;
    });
    writeFileSync(`${DOORS}/${door}.guarded.js`, `${[...head, ...this.lines, ...lines].join("\n")}\n`);
  }
}

for (const file of files) new Door().write(file);
