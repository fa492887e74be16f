// Knows: copies into memory that exists already: restoreInto(), the pool, deltas between two moments.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDelta, takeDelta } from "../../../bindings/engine/delta.js";
import { StateError } from "../../../bindings/engine/errors.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { CopyPool } from "../../../bindings/machine/pool.js";
import { crowded } from "../simulation/machines.js";

async function aged(seed: number, device = "tiny"): Promise<Machine> {
  const machine = await Machine.create(device);
  machine.churn({ steps: 5_000, seed });
  return machine;
}

describe("restoreInto", () => {
  it.each(["tiny", "phone-16g"])(
    "%s: the target has the digest, is sound, and ages alike",
    async (device) => {
      using original = await aged(3, device);
      using target = await aged(4, device);
      const { views } = target;
      original.restoreInto(target);
      const digest = original.digest();
      expect(target.digest()).toBe(digest);
      expect(target.validate().name).toBe("NONE");
      for (const machine of [original, target]) machine.continueChurn(5_000);
      expect(target.digest()).toBe(original.digest());
      expect(target.digest()).not.toBe(digest);
      const zone = views.populatedZones()[0] ?? 0;
      expect(views.zone(zone)).toEqual(original.views.zone(zone));
    },
  );

  it("leaves two independent machines", async () => {
    using original = await aged(3);
    using target = original.fork();
    target.continueChurn(77);
    original.restoreInto(target);
    const digest = original.digest();
    target.continueChurn(100);
    expect(original.digest()).toBe(digest);
    expect(target.digest()).not.toBe(digest);
    original.restoreInto(original);
    expect(original.digest()).toBe(digest);
  });

  it("refuses a machine of another device, with other options, or disposed, and leaves it alone", async () => {
    using original = await aged(3);
    using other = await Machine.create("tablet-8g");
    using fewer = await Machine.create("tiny", { slots: 16 });
    const gone = await aged(4);
    gone.dispose();
    for (const target of [other, fewer]) {
      const digest = target.digest();
      expect(() => original.restoreInto(target)).toThrow(StateError);
      expect(target.digest()).toBe(digest);
    }
    expect(() => original.restoreInto(gone)).toThrow(/disposed/);
  });

  it("a simulation goes on from there to the same end", async () => {
    using original = await crowded();
    original.run(2e8);
    using target = original.fork();
    original.run(3e8);
    const middle = original.digest();
    target.run(9e8);
    original.restoreInto(target);
    expect(target.digest()).toBe(middle);
    expect(target.nowNs).toBe(3e8);
    for (const simulation of [original, target]) simulation.run(6e8);
    expect(target.digest()).toBe(original.digest());
  });
});

describe("a pool of copies", () => {
  it("hands out what was given back, as a copy of whoever is asked for", async () => {
    using first = await aged(5);
    using second = await aged(6);
    using pool = new CopyPool<Machine>(1);
    const copy = pool.take(first);
    const another = pool.take(first);
    pool.give(copy);
    pool.give(another);
    expect(pool.spare).toBe(1);
    expect(() => another.digest()).toThrow(/disposed/);
    const again = pool.take(second);
    expect(again).toBe(copy);
    expect(again.digest()).toBe(second.digest());
    pool.give(again);
    pool.dispose();
    expect(() => again.digest()).toThrow(/disposed/);
  });
});

describe("a delta", () => {
  it("leads forth and back, whatever changed", () => {
    const change = fc.tuple(fc.nat(2_999), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 60 }), fc.array(change), (start, changes) => {
        const before = new Int32Array(3_000);
        before.set(start);
        const after = before.slice();
        for (const [at, value] of changes) after[at] = value;
        const shadow = before.slice();
        const delta = takeDelta(shadow, after);
        expect(shadow).toEqual(after);
        applyDelta(shadow, delta);
        expect(shadow).toEqual(before);
        applyDelta(shadow, delta);
        expect(shadow).toEqual(after);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("takes a machine from one moment to another, and is as large as what changed", async () => {
    using machine = await aged(8);
    const words = machine.engine.stateWords();
    const shadow = words.slice();
    expect(takeDelta(shadow, words).length).toBe(0);
    const before = machine.digest();
    takeDelta(shadow, words);
    machine.continueChurn(40);
    const after = machine.digest();
    const delta = takeDelta(shadow, words);
    expect(delta.length).toBeGreaterThan(0);
    expect(delta.length).toBeLessThan(words.length / 4);
    applyDelta(words, delta);
    machine.engine.rebind();
    expect(machine.digest()).toBe(before);
    machine.continueChurn(40);
    expect(machine.digest()).toBe(after);
  });
});
