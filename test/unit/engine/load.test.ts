// Knows: where a core may come from, and what a wrong one is answered with.

import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PageblockError } from "../../../bindings/engine/errors.js";
import { type CoreBuild, loadCore } from "../../../bindings/engine/load.js";
import { readCore } from "../../../bindings/engine/platform.node.js";
import { readCore as fetchCore } from "../../../bindings/engine/platform.web.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** An empty but valid module. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("loadCore", () => {
  it.each<[CoreBuild, number]>([
    ["release", 0],
    ["checked", 1],
    ["debug", 2],
  ])("%s is a build of its own", async (core, level) => {
    using machine = await Machine.create("tiny", { core });
    expect(machine.engine.checkLevel()).toBe(level);
  });

  it("compiles each build once", async () => {
    const [one, two, other] = await Promise.all([loadCore(), loadCore("release"), loadCore("checked")]);
    expect(one).toBe(two);
    expect(one).not.toBe(other);
  });

  it("takes bytes, a compiled module, a response and a URL", async () => {
    const bytes = (await readCore("release", "core")) as Uint8Array<ArrayBuffer>;
    const type = { headers: { "content-type": "application/wasm" } };
    vi.stubGlobal("fetch", async () => new Response(bytes, type));
    const sources = [
      bytes,
      bytes.buffer,
      await WebAssembly.compile(bytes),
      new Response(bytes, type),
      new URL("http://localhost/core.wasm"),
    ];
    const digests = new Set<string>();
    for (const wasm of sources) {
      using machine = await Machine.create("tiny", { wasm });
      digests.add(machine.digest());
    }
    expect(digests.size).toBe(1);
  });

  it("names the status of a response that is no core", async () => {
    const missing = new Response("not here", { status: 404 });
    await expect(loadCore("release", missing)).rejects.toThrow("404");
  });

  it("does not keep a failure", async () => {
    await expect(loadCore("release", EMPTY.subarray(0, 4))).rejects.toThrow();
    await expect(loadCore("release")).resolves.toBeInstanceOf(WebAssembly.Module);
  });
});

describe("the platform of the web", () => {
  const answer = (body: BodyInit | null, init?: ResponseInit) =>
    vi.stubGlobal("fetch", async () => new Response(body, init));

  it("fetches the core beside the package", async () => {
    const bytes = await readFile(new URL("../../../build/core.release.wasm", import.meta.url));
    answer(new Uint8Array(bytes));
    expect(new Uint8Array((await fetchCore("release", "core")) as Uint8Array<ArrayBuffer>)).toEqual(
      new Uint8Array(bytes),
    );
  });

  it("names the URL when the server has no core, or answers with a page", async () => {
    answer("gone", { status: 410 });
    await expect(fetchCore("release", "core")).rejects.toThrow(/core\.wasm answered 410.*\{ wasm \}/);
    answer("<!doctype html>");
    await expect(fetchCore("checked", "core")).rejects.toThrow(
      /core\.checked\.wasm is not a WebAssembly module/,
    );
  });
});

describe("errors", () => {
  it("a caller can tell ours from others", async () => {
    const error = await Machine.create("no-such-device").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PageblockError);
    expect((error as PageblockError).code).toBe("UNKNOWN_PRESET");
  });
});
