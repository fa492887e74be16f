// Knows: what should hold and does not yet. Each test fails as written, which `it.fails` turns into a pass; whoever
// mends one of them is told by a red test to move it, without `.fails`, to the file where it belongs.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { FrameKind, Gfp, Mobility, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { MachineError, StateError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** Far behind the memory. */
const WILD = 0x7fff_fff0;

async function aged(): Promise<Machine> {
  const machine = await Machine.create("tiny");
  machine.churn({ steps: 30_000, seed: 3 });
  return machine;
}

function page(machine: Machine): number {
  const result = machine.allocate({ gfp: GFP_KERNEL });
  if (!result.ok) throw new Error("no page");
  return result.pfn;
}

/** What a command answers, and whether the machine is sound afterwards. */
function attempt(machine: Machine, op: Op, args: { a: number; b?: number; c?: number; order?: number }) {
  machine.commands.clear();
  machine.commands.push(op, args);
  machine.commands.execute();
  return { status: Status[machine.commands.status(0)], sound: machine.validate().name };
}

describe("snapshots", () => {
  it.fails("restore from a Buffer at any offset, as readFile may return one", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    const buffer = Buffer.alloc(bytes.length + 3);
    buffer.set(bytes, 3);
    using restored = await Machine.restore(buffer.subarray(3));
    expect(restored.digest()).toBe(machine.digest());
  });

  it.fails("a damaged length of the labels is refused as damage", async () => {
    using machine = await aged();
    const bytes = machine.snapshot();
    bytes[12]! ^= 1;
    await expect(Machine.restore(bytes)).rejects.toThrow(StateError);
  });

  it.fails("a machine that stopped at a trap gives no snapshot", async () => {
    using machine = await Machine.create("tiny");
    machine.engine.unsigned(Region.FRAME_NEXT).fill(WILD);
    expect(() => page(machine)).toThrow(StateError);
    expect(() => machine.snapshot()).toThrow(StateError);
  });
});

describe("dispose", () => {
  it.fails("ends the views as well: they hold the memory", async () => {
    const machine = await Machine.create("tiny");
    machine.dispose();
    expect(() => machine.views.frame(6144)).toThrow(StateError);
  });
});

describe("numbers that mean nothing are refused", () => {
  it.fails("drainAll of zone -1, which now drains all of them", async () => {
    using machine = await Machine.create("tiny");
    expect(() => machine.drainAll(-1)).toThrow(MachineError);
  });

  it.fails("a zone that gfp_zone() has no answer for: DMA and DMA32 together", async () => {
    using machine = await Machine.create("tiny");
    expect(() => machine.allocate({ gfp: GFP_KERNEL | Gfp.DMA | Gfp.DMA32 })).toThrow("BAD_ZONE");
  });

  it.fails("eight single pages are not a block of order 3, unless LOOSE says so", async () => {
    using machine = await Machine.create("tiny");
    const pfns = new Set(Array.from({ length: 64 }, () => page(machine)));
    const first = [...pfns].find(
      (pfn) => pfn % 8 === 0 && [1, 2, 3, 4, 5, 6, 7].every((i) => pfns.has(pfn + i)),
    );
    expect(first).toBeDefined();
    expect(() => machine.release(first ?? 0, 3)).toThrow("NOT_ALLOCATED");
  });
});

describe("loading refuses what contradicts the state", () => {
  it.fails("LOAD_FRAMES over a free block", async () => {
    using machine = await Machine.create("tiny");
    const free = machine.freeList(1, 10, 1)[0] ?? 0;
    const loaded = attempt(machine, Op.LOAD_FRAMES, { a: free, b: 1, c: FrameKind.ALLOCATED | (1 << 16) });
    expect(loaded).toEqual({ status: "ALREADY_USED", sound: "NONE" });
  });

  it.fails("LOAD_FRAMES into a zone that does not span the frame", async () => {
    using machine = await Machine.create("tiny");
    const c = FrameKind.ALLOCATED | (2 << 16);
    expect(attempt(machine, Op.LOAD_FRAMES, { a: page(machine), b: 1, c }).sound).toBe("NONE");
  });

  it.fails("FREE_BOOT of memory that is free already", async () => {
    using machine = await Machine.create("tiny");
    const free = machine.freeList(1, 10, 1)[0] ?? 0;
    expect(attempt(machine, Op.FREE_BOOT, { a: free, b: 1024, c: 255 }).sound).toBe("NONE");
  });

  it.fails("PUTBACK_FREE into the list of another type than the pageblock's (6.12)", async () => {
    using machine = await Machine.create("tiny");
    expect(attempt(machine, Op.PUTBACK_FREE, { a: page(machine), b: 5 }).sound).toBe("NONE");
  });
});

describe("content", () => {
  it("UNTAKE of a page on an LRU list takes it off the list", async () => {
    using machine = await Machine.create("tiny");
    const result = machine.allocate({
      gfp: GFP_HIGHUSER_MOVABLE,
      mobility: Mobility.LRU,
      life: PageLife.ANON,
    });
    if (!result.ok) throw new Error("no page");
    expect(attempt(machine, Op.UNTAKE, { a: result.pfn })).toEqual({ status: "OK", sound: "NONE" });
  });
});
