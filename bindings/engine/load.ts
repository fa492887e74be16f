// Knows: how the core becomes an instance: compiled once per build and cached, one instance per machine.
// Must not know: devices, regions. The only file that imports @assemblyscript/loader.

import { instantiateSync } from "@assemblyscript/loader";
import { readCore } from "#platform";

/** release: no assertions. checked: every assertion. debug: assertions, not optimised. */
export type CoreBuild = "release" | "checked" | "debug";

/** core: the machine. simulation: the machine with time. bitmap: bitmaps without a machine. */
export type CoreModule = "core" | "simulation" | "bitmap";

/** Where the core comes from; by default the file that the package ships. */
export type CoreSource = URL | Response | BufferSource | WebAssembly.Module;

/** The exports of assembly/index.ts. */
export interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  attach(): number;
  checkLevel(): number;
  churn(steps: number): void;
  classify(first: number, count: number, perCell: number): number;
  digest(): void;
  execute(count: number, strict: number): number;
  init(): number;
  pattern(which: number, count: number): number;
  settle(): void;
  table(): number;
  validate(): number;
  /** simulation.wasm only. */
  begin?(): void;
  run?(untilLow: number, untilHigh: number, most: number, stops: number): number;
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

async function bytesOf(source: URL | Response | BufferSource): Promise<BufferSource> {
  if (source instanceof URL) return bytesOf(await fetch(source));
  if (typeof Response !== "undefined" && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url} answered ${source.status} instead of the core`);
    return await source.arrayBuffer();
  }
  return source as BufferSource;
}

/** The compiled module: structured-clonable, so that workers need not compile again. */
export async function loadCore(
  build: CoreBuild = "release",
  source?: CoreSource,
  name: CoreModule = "core",
): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined) return WebAssembly.compile(await bytesOf(source));
  const key = `${name}.${build}`;
  let module = compiled.get(key);
  if (module === undefined) {
    module = readCore(build, name).then((bytes) => WebAssembly.compile(bytes));
    compiled.set(key, module);
    module.catch(() => compiled.delete(key));
  }
  return module;
}

/** What a module asks its host for. The core asks for nothing; a build that measures itself does (bench/counted). */
export const importsOf = new WeakMap<WebAssembly.Module, Record<string, Record<string, unknown>>>();

export function instantiate(module: WebAssembly.Module): CoreExports {
  return instantiateSync<CoreExports>(module, importsOf.get(module) ?? {}).exports;
}
