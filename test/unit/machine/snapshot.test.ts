// Knows: copies of a machine: snapshot, restore, fork. Equal at birth, independent afterwards; damage is refused.

import { describe, expect, it } from "vitest";
import { ABI_MAGIC, ABI_VERSION, Region } from "../../../assembly/abi/layout.js";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { StateError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { liveField } from "../../support/fields.js";

/** magic, version, two lengths, checksum */
const HEADER_BYTES = 20;

async function aged(device = "tiny"): Promise<Machine> {
  const machine = await Machine.create(device);
  machine.churn({ steps: 5_000, seed: 21 });
  return machine;
}

describe("a copy", () => {
  it.each(["tiny", "tablet-8g"])("%s: has the digest of its original and ages alike", async (device) => {
    using original = await aged(device);
    using restored = await Machine.restore(original.snapshot());
    using forked = original.fork();
    const digest = original.digest();
    for (const copy of [restored, forked]) {
      expect(copy.digest()).toBe(digest);
      expect(copy.validate().name).toBe("NONE");
    }
    for (const machine of [original, restored, forked]) machine.continueChurn(5_000);
    expect(original.digest()).not.toBe(digest);
    expect(restored.digest()).toBe(original.digest());
    expect(forked.digest()).toBe(original.digest());
  });

  it("is independent, both ways, and outlives its original", async () => {
    const original = await aged();
    using forked = original.fork();
    const digest = original.digest();
    forked.continueChurn(100);
    expect(original.digest()).toBe(digest);
    const later = forked.digest();
    original.continueChurn(300);
    original.dispose();
    expect(forked.digest()).toBe(later);
    using again = forked.fork();
    expect(again.digest()).toBe(later);
  });

  it("the same frames come next in all of them", async () => {
    using original = await aged();
    const copies = [
      original,
      original.fork(),
      original.fork().fork(),
      await Machine.restore(original.snapshot()),
    ];
    const next = copies.map((machine) => machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, order: 2 }));
    expect(new Set(next.map((result) => JSON.stringify(result))).size).toBe(1);
    for (const machine of copies) machine.dispose();
  });

  it("looking does not change anything", async () => {
    using machine = await aged();
    const regions = [Region.CONFIG, Region.ZONES, Region.PCPS, Region.FRAMES, Region.STATS];
    const copy = () => regions.map((region) => machine.engine.words(region).slice());
    const before = copy();
    machine.digest();
    machine.validate();
    machine.snapshot();
    machine.fork().dispose();
    for (const zone of machine.views.populatedZones()) {
      machine.views.zone(zone);
      machine.views.pcp(0, zone);
      machine.freeList(zone, 0, Migratetype.MOVABLE);
    }
    const after = copy();
    before.forEach((words, i) => {
      expect(
        words.every((word, at) => word === after[i]?.[at]),
        `region ${i}`,
      ).toBe(true);
    });
  });

  it("a snapshot does not follow the machine", async () => {
    using machine = await aged();
    const digest = machine.digest();
    const bytes = machine.snapshot();
    machine.continueChurn(1_000);
    using old = await Machine.restore(bytes);
    expect(old.digest()).toBe(digest);
  });

  it.each([
    ["release", "debug"],
    ["checked", "release"],
    ["debug", "checked"],
  ] as const)("of the %s core lives on in the %s core", async (from, to) => {
    using machine = await Machine.create("tiny", { core: from });
    machine.churn({ steps: 5_000, seed: 21 });
    using restored = await Machine.restore(machine.snapshot(), { core: to });
    expect(restored.digest()).toBe(machine.digest());
    for (const each of [machine, restored]) each.continueChurn(2_000);
    expect(restored.digest()).toBe(machine.digest());
  });

  it("may lie anywhere in a larger buffer", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    for (const offset of [0, 1, 2, 4]) {
      const larger = new Uint8Array(bytes.length + offset);
      larger.set(bytes, offset);
      using restored = await Machine.restore(larger.subarray(offset));
      expect(restored.digest()).toBe(machine.digest());
    }
  });

  it("may lie anywhere in a Buffer, as readFile may return one", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    const buffer = Buffer.alloc(bytes.length + 3);
    buffer.set(bytes, 3);
    using restored = await Machine.restore(buffer.subarray(3));
    expect(restored.digest()).toBe(machine.digest());
  });
});

describe("what is no snapshot is refused", () => {
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  const refused = async (bytes: Uint8Array, message: RegExp) => {
    const error = await Machine.restore(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StateError);
    expect((error as StateError).message).toMatch(message);
  };

  it("too short, cut off, or with something behind it", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    await refused(new Uint8Array(0), /0 bytes is truncated/);
    await refused(bytes.subarray(0, HEADER_BYTES - 1), /19 bytes is truncated/);
    await refused(bytes.slice(0, HEADER_BYTES), /its header says/);
    await refused(bytes.slice(0, bytes.length - 4), /its header says/);
    const longer = new Uint8Array(bytes.length + 4);
    longer.set(bytes);
    await refused(longer, /its header says/);
  });

  it("something else", async () => {
    await refused(new TextEncoder().encode("PNG? a file of another kind"), /magic word/);
    await refused(new Uint8Array(1_000), /magic word/);
  });

  it("of another version", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    expect(words(bytes)[0]).toBe(ABI_MAGIC);
    words(bytes)[1] = ABI_VERSION + 1;
    await refused(bytes, new RegExp(`version ${ABI_VERSION + 1}; this package reads version ${ABI_VERSION}`));
  });

  it("damaged by one bit of what it holds", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    for (const at of [HEADER_BYTES, HEADER_BYTES + 1_001, bytes.length >> 1, bytes.length - 1]) {
      bytes[at]! ^= 0x10;
      await refused(bytes, /checksum does not match/);
      bytes[at]! ^= 0x10;
    }
    bytes[HEADER_BYTES - 1]! ^= 1;
    await refused(bytes, /checksum does not match/);
  });

  it("damaged in the length of its labels", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    bytes[12]! ^= 1;
    await refused(bytes, /checksum does not match/);
  });

  /** Whoever damages a snapshot can mend its checksum. */
  function summed(bytes: Uint8Array): Uint8Array {
    const all = new Uint32Array(bytes.buffer);
    const at = HEADER_BYTES / 4 - 1;
    let sum = 0x811c9dc5;
    all.forEach((word, i) => {
      if (i !== at) sum = Math.imul(sum ^ word, 0x01000193);
    });
    all[at] = sum >>> 0;
    return bytes;
  }

  it("memory of no machine, even under a right checksum", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    const all = new Uint32Array(bytes.buffer);
    const first = HEADER_BYTES / 4;
    all.fill(0, first, first + (all[2] ?? 0) / 4);
    await refused(summed(bytes), /./);
  });

  it.each([
    ["NR_ZONES", ConfigWord.NR_ZONES, 9],
    ["NORMAL_ZONE", ConfigWord.NORMAL_ZONE, 7],
    ["MOVABLE_ZONE", ConfigWord.MOVABLE_ZONE, -1],
    ["GFP_ZONE", ConfigWord.GFP_ZONE + 10, 0x4000_0000],
  ])(
    "a configuration that no machine has: %s, which only a command would meet",
    async (name, word, value) => {
      using machine = await aged();
      machine.engine.words(Region.CONFIG)[word] = value;
      await refused(summed(machine.snapshot()), new RegExp(`damaged: ${name} of its configuration`));
    },
  );

  it("memory of a machine that is not sound, even under a right checksum", async () => {
    using machine = await aged();
    liveField(machine)[5_000]! ^= 1;
    await refused(summed(machine.snapshot()), /damaged: [A-Z_]+ at pfn/);
  });

  it.each([
    ["no JSON", "{x", /its labels, from byte \d+, are not JSON/],
    ["nothing", "null", /do not name areas/],
    ["no areas", "{}", /do not name areas/],
    ["a number of areas", '{"areas":5}', /do not name areas/],
    ["areas that are no names", '{"areas":[5]}', /do not name areas/],
  ])("labels of another type, even under a right checksum: %s", async (_, text, message) => {
    using machine = await aged();
    const bytes = machine.snapshot();
    const [, , length = 0, room = 0] = new Uint32Array(bytes.buffer);
    bytes.set(new TextEncoder().encode(text.padEnd(room)), HEADER_BYTES + Math.ceil(length / 4) * 4);
    await refused(summed(bytes), message);
  });
});

describe("where there is nothing to copy", () => {
  it("a machine that stopped at a trap gives no snapshot and no fork", async () => {
    using machine = await Machine.create("tiny");
    machine.engine.unsigned(Region.FRAMES).fill(0x7fff_fff0);
    expect(() => machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE })).toThrow(StateError);
    expect(() => machine.snapshot()).toThrow(StateError);
    expect(() => machine.fork()).toThrow(StateError);
  });
});
