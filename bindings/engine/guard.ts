// Knows: how a public call looks at its arguments before it begins: what is missing or of another kind is said in the words of
// the call, "explain: facts is missing; expected Facts".
// Must not know: any call. Which arguments a call takes is read from its declaration when the package is built
// (scripts/guard.mjs); sources call each other without guards.

import { CallError } from "./errors.js";

/**
 * What a value must be. A letter: n number, s text, b true or false, f function, z null, x anything. Else a pair:
 * a list of what, one of several, a value that has members, or an object of a built-in class.
 */
export type Shape =
  | "n"
  | "s"
  | "b"
  | "f"
  | "z"
  | "x"
  | readonly ["list", Shape]
  | readonly ["iterable", Shape]
  | readonly ["any", readonly Shape[]]
  | readonly ["is", string]
  | readonly ["has", string, () => Readonly<Record<string, Shape>>];

/** Name and shape of a parameter; `?` behind the name: it may be left out. */
export type Parameter = readonly [string, Shape];

/** Members of members of members are looked at, and the first few of a list: what is deeper is the call's own to find. */
const DEPTH = 3;
const ITEMS = 4;

const WORDS = { n: "a number", s: "text", b: "true or false", f: "a function", z: "null", x: "anything" };

function article(name: string): string {
  return name === "bytes" ? name : `${/^[AEIOUaeio]/.test(name) ? "an" : "a"} ${name}`;
}

function wordsFor(shape: Shape): string {
  if (typeof shape === "string") return WORDS[shape];
  if (shape[0] === "list" || shape[0] === "iterable")
    return `a list of ${wordsFor(shape[1]).replace(/^an? /, "")}`;
  if (shape[0] === "any") return shape[1].map(wordsFor).join(" or ");
  return article(shape[1]);
}

function shown(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value !== "object" || value === null) return String(value);
  return article(Object.getPrototypeOf(value)?.constructor?.name ?? "Object");
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === "object" && typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === "function"
  );
}

function isBuiltIn(value: unknown, name: string): boolean {
  if (name === "bytes") return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
  // By name: a value of another realm (a frame, a worker's message) is as good.
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}

/** Arguments that are all there, and numbers where numbers are wanted: the common case, at little cost. */
function areNumbers(args: ArrayLike<unknown>, parameters: readonly Parameter[]): boolean {
  if (args.length < parameters.length) return false;
  for (let i = 0; i < parameters.length; i++) {
    const value = args[i];
    if (typeof value !== "number" || Number.isNaN(value) || parameters[i]?.[1] !== "n") return false;
  }
  return true;
}

/** What is wrong, behind the name of the call; undefined: nothing. */
function wrong(path: string, value: unknown, shape: Shape, depth: number): string | undefined {
  if (shape === "x") return undefined;
  if (value === undefined) return `${path} is missing; expected ${wordsFor(shape)}`;
  const no = () => `${path} must be ${wordsFor(shape)}, got ${shown(value)}`;
  switch (shape) {
    case "n":
      return typeof value === "number" && !Number.isNaN(value) ? undefined : no();
    case "s":
      return typeof value === "string" ? undefined : no();
    case "b":
      return typeof value === "boolean" ? undefined : no();
    case "f":
      return typeof value === "function" ? undefined : no();
    case "z":
      return value === null ? undefined : no();
    default:
  }
  if (shape[0] === "is") return isBuiltIn(value, shape[1]) ? undefined : no();
  if (shape[0] === "any") {
    const faults = shape[1].map((each) => wrong(path, value, each, depth));
    if (faults.includes(undefined)) return undefined;
    // The one that was meant says more than all of them.
    return faults.find((fault) => fault !== undefined && !fault.startsWith(`${path} must`)) ?? no();
  }
  if (shape[0] === "list" || shape[0] === "iterable") {
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    // Of others nothing is taken out: it would be missing afterwards.
    if (!isList) return shape[0] === "iterable" && isIterable(value) ? undefined : no();
    return first((value as readonly unknown[]).slice(0, ITEMS), (item, i) =>
      wrong(`${path}[${i}]`, item, shape[1], depth - 1),
    );
  }
  if ((typeof value !== "object" && typeof value !== "function") || value === null || Array.isArray(value))
    return no();
  if (depth <= 0) return undefined;
  return first(Object.entries(shape[2]()), ([name, member]) => {
    const own = (value as Record<string, unknown>)[name.replace("?", "")];
    if (own === undefined && name.endsWith("?")) return undefined;
    return wrong(`${path}.${name.replace("?", "")}`, own, member, depth - 1);
  });
}

function first<T>(items: readonly T[], fault: (item: T, i: number) => string | undefined) {
  for (const [i, item] of items.entries()) {
    const found = fault(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

function faultIn(args: ArrayLike<unknown>, parameters: readonly Parameter[]): string | undefined {
  return first(parameters, ([name, shape], i) => {
    const rest = name.startsWith("...");
    if (rest)
      return first(Array.from(args).slice(i), (item, n) =>
        wrong(`${name.slice(3)}[${n}]`, item, shape, DEPTH - 1),
      );
    if (args[i] === undefined && name.endsWith("?")) return undefined;
    return wrong(name.replace("?", ""), args[i], shape, DEPTH);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a guard stands before functions of every type
type Call = (...args: any[]) => any;

/** The call behind a look at its arguments. @throws CallError, or an `async` call's promise is rejected with one */
export function guarded<F extends Call>(
  call: F,
  name: string,
  parameters: readonly Parameter[],
  isAsync = false,
): F {
  const own = function (this: unknown, ...args: unknown[]) {
    const fault = areNumbers(args, parameters) ? undefined : faultIn(args, parameters);
    if (fault === undefined) return call.apply(this, args);
    const error = new CallError(`${name}: ${fault}`);
    if (isAsync) return Promise.reject(error);
    throw error;
  };
  Object.defineProperty(own, "name", { value: call.name });
  return own as unknown as F;
}

/** Of a class: its constructor, its static methods, its methods. */
export interface Guards {
  /** Classes that its users meet and cannot name. */
  readonly others?: readonly (readonly [abstract new (...args: never[]) => object, string, Guards])[];
  readonly create?: readonly Parameter[];
  readonly statics?: Readonly<Record<string, readonly [readonly Parameter[], boolean]>>;
  readonly methods?: Readonly<Record<string, readonly [readonly Parameter[], boolean]>>;
}

/** The class, with guards put before its methods; behind a proxy where its constructor has one. */
export function guardedClass<C extends abstract new (...args: never[]) => object>(
  type: C,
  name: string,
  { others = [], create, statics = {}, methods = {} }: Guards,
): C {
  const put = (on: object, all: NonNullable<Guards["methods"]>, prefix: string) => {
    for (const [method, [parameters, isAsync]] of Object.entries(all)) {
      const value = guarded(Reflect.get(on, method) as Call, `${prefix}.${method}`, parameters, isAsync);
      Object.defineProperty(on, method, { value, configurable: true, writable: true });
    }
  };
  for (const other of others) guardedClass(...other);
  put(type, statics, name);
  put(type.prototype as object, methods, name);
  if (create === undefined) return type;
  return new Proxy(type, {
    construct(target, args, newTarget) {
      const fault = faultIn(args, create);
      if (fault !== undefined) throw new CallError(`new ${name}: ${fault}`);
      return Reflect.construct(target as unknown as new () => object, args, newTarget) as object;
    },
  });
}
