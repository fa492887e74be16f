// Knows: the life of an engine: a trap or a disposal ends it, a core of another version is refused.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { Op } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { Engine } from "../../../bindings/engine/engine.js";
import { StateError } from "../../../bindings/engine/errors.js";
import { GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { loadCore } from "../../../bindings/engine/load.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** Far behind the memory of any test machine: following this link traps in every build. */
const WILD = 0x7fff_fff0;

async function trapped(): Promise<Machine> {
  const machine = await Machine.create("tiny");
  machine.engine.unsigned(Region.FRAMES).fill(WILD);
  expect(() => machine.drainAll()).not.toThrow();
  expect(() => machine.allocate({ gfp: GFP_KERNEL })).toThrow(/the core stopped/);
  return machine;
}

describe("a trap", () => {
  it("is reported once with its cause, and every later call refuses", async () => {
    using machine = await trapped();
    const calls: [string, () => unknown][] = [
      ["allocate", () => machine.allocate({ gfp: GFP_KERNEL })],
      ["release", () => machine.release(6144)],
      ["validate", () => machine.validate()],
      ["digest", () => machine.digest()],
      ["churn", () => machine.churn({ steps: 1, seed: 1 })],
      ["commands", () => machine.commands.execute()],
    ];
    for (const [name, call] of calls) expect(call, name).toThrow("the machine stopped at an earlier fault");
    const error = await Promise.resolve()
      .then(() => machine.digest())
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StateError);
    expect((error as StateError).cause).toBeInstanceOf(WebAssembly.RuntimeError);
  });

  it("does not touch other machines of the same module", async () => {
    using other = await Machine.create("tiny");
    const before = other.digest();
    using _ = await trapped();
    expect(other.digest()).toBe(before);
  });
});

describe("dispose", () => {
  it("ends the machine: every call refuses, twice is once", async () => {
    const machine = await Machine.create("tiny");
    machine.dispose();
    machine.dispose();
    const calls: [string, () => unknown][] = [
      ["allocate", () => machine.allocate({ gfp: GFP_KERNEL })],
      ["validate", () => machine.validate()],
      ["digest", () => machine.digest()],
      ["snapshot", () => machine.snapshot()],
      ["fork", () => machine.fork()],
      ["churn", () => machine.churn({ steps: 1, seed: 1 })],
      ["zone", () => machine.views.zone(1)],
      ["frame", () => machine.views.frame(6144)],
      ["freeList", () => machine.views.freeList(1, 0, 1)],
      ["push", () => machine.commands.push(Op.NOP)],
    ];
    for (const [name, call] of calls) expect(call, name).toThrow(StateError);
  });

  it("happens at the end of a using block", async () => {
    let outside: Machine;
    {
      using machine = await Machine.create("tiny");
      outside = machine;
      expect(machine.digest()).toMatch(/^[0-9a-f]{16}$/);
    }
    expect(() => outside.digest()).toThrow("the machine was disposed");
  });
});

describe("create", () => {
  it("refuses geometry that the core cannot lay out", async () => {
    const module = await loadCore();
    const config = new Int32Array(ConfigWord.COUNT);
    expect(() => Engine.create(module, config)).toThrow("init: BAD_GEOMETRY");
    config[ConfigWord.NR_CPUS] = 1;
    expect(() => Engine.create(module, config)).toThrow("init: BAD_GEOMETRY");
    config[ConfigWord.END_PFN] = -1;
    expect(() => Engine.create(module, config)).toThrow("init: TOO_MANY_FRAMES");
  });

  it("keeps machines apart", async () => {
    const [a, b] = await Promise.all([Machine.create("tiny"), Machine.create("tiny")]);
    const before = b.digest();
    expect(a.digest()).toBe(before);
    a.churn({ steps: 100, seed: 1 });
    expect(a.digest()).not.toBe(before);
    expect(b.digest()).toBe(before);
  });
});
