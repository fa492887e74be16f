// Knows: every way to misuse a command, and that a refused one leaves the machine as it was.

import { describe, expect, it } from "vitest";
import { CommandFlag, loadedFrames } from "../../../assembly/abi/command_word.js";
import { DEFAULT_SLOTS, HINT_CAPACITY } from "../../../assembly/abi/limits.js";
import { FrameKind, Gfp, Migratetype, Op, Status } from "../../../assembly/abi/vocabulary.js";
import type { CommandArguments } from "../../../bindings/engine/commands.js";
import { PageblockError } from "../../../bindings/engine/errors.js";
import { GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { headsOf } from "./steps.js";

/** A machine in which there is something of everything. */
interface Scene {
  readonly machine: Machine;
  /** An allocated block of order 3, a single page, and one page that was released. */
  readonly block: number;
  readonly single: number;
  readonly gone: number;
  /** A free block of order 10, and a reserved page. */
  readonly free: number;
  readonly reserved: number;
}

async function scene(): Promise<Scene> {
  const machine = await Machine.create("tiny");
  machine.commands.push(Op.ALLOCATE, { a: GFP_KERNEL, b: 1 });
  machine.commands.flush("filling slot 0");
  const block = machine.allocate({ gfp: GFP_KERNEL, order: 3 });
  const single = machine.allocate({ gfp: GFP_KERNEL });
  const page = machine.allocate({ gfp: GFP_KERNEL });
  const free = machine.freeList(1, 10, Migratetype.MOVABLE)[0];
  const reserved = headsOf(machine, FrameKind.RESERVED)[0];
  if (!block.ok || !single.ok || !page.ok || free === undefined || reserved === undefined)
    throw new Error("tiny has changed");
  machine.release(page.pfn);
  return { machine, block: block.pfn, single: single.pfn, gone: page.pfn, free, reserved };
}

type Row = [Status, string, Op, (scene: Scene) => CommandArguments];

const BORDER = 4096; // tiny: DMA below, DMA32 from here on
const EMPTY_ZONE = 2; // Normal

const ROWS: Row[] = [
  [Status.BAD_COMMAND, "unknown operation", 200 as Op, () => ({})],
  [Status.BAD_COMMAND, "a per-CPU list that does not exist", Op.DRAIN_PCP, () => ({ a: 1, b: 1, c: 14 })],
  [Status.BAD_COMMAND, "a zone flag that does not exist", Op.SET_ZONE_FLAG, () => ({ a: 1, b: 8, c: 1 })],
  [Status.BAD_ORDER, "allocation above the largest order", Op.ALLOCATE, () => ({ order: 11, a: GFP_KERNEL })],
  [Status.BAD_ORDER, "release above the largest order", Op.RELEASE, ({ block }) => ({ order: 11, a: block })],
  [
    Status.BAD_ORDER,
    "isolation above the largest order",
    Op.ISOLATE_FREE,
    ({ free }) => ({ order: 11, a: free }),
  ],
  [Status.BAD_CPU, "a CPU that the machine does not have", Op.ALLOCATE, () => ({ cpu: 1, a: GFP_KERNEL })],
  [Status.BAD_CPU, "the last CPU that a command can name", Op.TICK, () => ({ cpu: 255 })],
  [Status.BAD_PFN, "release behind the memory", Op.RELEASE, () => ({ a: 16_384 })],
  [Status.BAD_PFN, "release of the largest number", Op.RELEASE, () => ({ a: 0xffff_ffff })],
  [Status.BAD_PFN, "mobility behind the memory", Op.SET_CONTENT, () => ({ a: 16_384, b: 1 })],
  [Status.BAD_PFN, "boot behind the memory", Op.FREE_BOOT, () => ({ a: 16_383, b: 2, c: 255 })],
  [Status.BAD_PFN, "loading no frames", Op.LOAD_FRAMES, ({ reserved }) => ({ a: reserved, b: 0, c: 2 })],
  [Status.BAD_SLOT, "an empty slot", Op.RELEASE_SLOT, () => ({ a: 1 })],
  [Status.BAD_SLOT, "a slot behind the last", Op.RELEASE_SLOT, () => ({ a: DEFAULT_SLOTS })],
  [Status.BAD_SLOT, "an allocation into a full slot", Op.ALLOCATE, () => ({ a: GFP_KERNEL, b: 1 })],
  [
    Status.BAD_SLOT,
    "an allocation into no slot",
    Op.ALLOCATE,
    () => ({ a: GFP_KERNEL, b: DEFAULT_SLOTS + 1 }),
  ],
  [Status.BAD_ZONE, "bulk from an empty zone", Op.BULK_ALLOCATE, () => ({ a: GFP_KERNEL, b: EMPTY_ZONE })],
  [Status.BAD_ZONE, "bulk from no zone", Op.BULK_ALLOCATE, () => ({ a: GFP_KERNEL, b: 77 })],
  [Status.BAD_ZONE, "decay of an empty zone", Op.DECAY, () => ({ a: EMPTY_ZONE })],
  [Status.BAD_ZONE, "boost of no zone", Op.SET_BOOST, () => ({ a: 4, b: 1 })],
  [Status.BAD_ZONE, "drain of no zone", Op.DRAIN_ALL, () => ({ a: 5 })],
  [Status.BAD_ZONE, "fold of no zone", Op.FOLD, () => ({ a: 5 })],
  [
    Status.BAD_ZONE,
    "loading into no zone",
    Op.LOAD_FREE,
    ({ block }) => ({ order: 0, a: block, b: 1, c: 9 }),
  ],
  [Status.BAD_TYPE, "movable and reclaimable", Op.ALLOCATE, () => ({ a: Gfp.MOVABLE | Gfp.RECLAIMABLE })],
  [Status.BAD_TYPE, "an unknown mobility", Op.SET_CONTENT, ({ block }) => ({ a: block, b: 3 })],
  [
    Status.BAD_TYPE,
    "loading frames onto no list",
    Op.LOAD_FRAMES,
    ({ block }) => ({ a: block, b: 1, c: FrameKind.BUDDY }),
  ],
  [
    Status.BAD_TYPE,
    "loading an unknown migratetype",
    Op.LOAD_FREE,
    ({ block }) => ({ a: block, b: 6, c: 1 }),
  ],
  [
    Status.BAD_TYPE,
    "return to the list of another type than the pageblock's",
    Op.PUTBACK_FREE,
    ({ single }) => ({ a: single, b: Migratetype.ISOLATE }),
  ],
  [Status.NOT_ALLOCATED, "double free", Op.RELEASE, ({ gone }) => ({ a: gone })],
  [Status.NOT_ALLOCATED, "free of a tail", Op.RELEASE, ({ block }) => ({ a: block + 1 })],
  [Status.NOT_ALLOCATED, "free of a part", Op.RELEASE, ({ block }) => ({ order: 2, a: block })],
  [
    Status.NOT_ALLOCATED,
    "free of more than was given",
    Op.RELEASE,
    ({ block }) => ({ order: 4, a: block & ~15 }),
  ],
  [Status.NOT_ALLOCATED, "free of a reserved page", Op.RELEASE, ({ reserved }) => ({ a: reserved })],
  [Status.NOT_ALLOCATED, "free of a free block", Op.RELEASE, ({ free }) => ({ order: 10, a: free })],
  [Status.NOT_ALLOCATED, "split of a free block", Op.SPLIT_RELEASE, ({ free }) => ({ order: 10, a: free })],
  [Status.NOT_ALLOCATED, "direct free of a released page", Op.RELEASE_DIRECT, ({ gone }) => ({ a: gone })],
  [Status.NOT_ALLOCATED, "mobility of a free block", Op.SET_CONTENT, ({ free }) => ({ a: free, b: 1 })],
  [
    Status.NOT_FREE,
    "isolation of an allocated block",
    Op.ISOLATE_FREE,
    ({ block }) => ({ order: 3, a: block }),
  ],
  [Status.NOT_FREE, "isolation of a part", Op.ISOLATE_FREE, ({ free }) => ({ order: 9, a: free })],
  [
    Status.NOT_FREE,
    "rotation of an allocated block",
    Op.ROTATE_FREE,
    ({ block }) => ({ order: 3, a: block }),
  ],
  [Status.NOT_FREE, "taking a reserved page", Op.TAKE_FREE, ({ reserved }) => ({ a: reserved })],
  [
    Status.ALREADY_USED,
    "loading a free block twice",
    Op.LOAD_FREE,
    ({ free }) => ({ order: 10, a: free, b: 1, c: 1 }),
  ],
  [
    Status.ALREADY_USED,
    "loading a free page onto a list",
    Op.LOAD_PCP,
    ({ free }) => ({ a: free, b: 1, c: 1 }),
  ],
  [
    Status.ALREADY_USED,
    "loading frames over a free block",
    Op.LOAD_FRAMES,
    ({ free }) => ({ a: free, b: 1, c: loadedFrames(FrameKind.ALLOCATED, 0, 1) }),
  ],
  [
    Status.ALREADY_USED,
    "loading frames over the rest of a free block",
    Op.LOAD_FRAMES,
    ({ free }) => ({ a: free + 1, b: 8, c: FrameKind.HOLE }),
  ],
  [
    Status.ALREADY_USED,
    "loading frames over an allocated block",
    Op.LOAD_FRAMES,
    ({ block }) => ({ a: block, b: 1, c: loadedFrames(FrameKind.RESERVED, 0, 1) }),
  ],
  [
    Status.ALREADY_USED,
    "boot of memory that is free already",
    Op.FREE_BOOT,
    ({ free }) => ({ a: free, b: 1024, c: 255 }),
  ],
  [
    Status.ALREADY_USED,
    "boot of the rest of a free block",
    Op.FREE_BOOT,
    ({ free }) => ({ a: free + 512, b: 512, c: 255 }),
  ],
  [
    Status.MISALIGNED,
    "release of an odd frame as a pair",
    Op.RELEASE,
    ({ block }) => ({ order: 1, a: block + 1 }),
  ],
  [
    Status.MISALIGNED,
    "boot of half a CMA pageblock",
    Op.FREE_BOOT,
    ({ free }) => ({ a: free, b: 256, c: 4 }),
  ],
  [Status.CROSSES_ZONE, "boot across a border", Op.FREE_BOOT, () => ({ a: BORDER - 1, b: 2, c: 255 })],
  [
    Status.CROSSES_ZONE,
    "loading frames into a zone that does not span them",
    Op.LOAD_FRAMES,
    ({ single }) => ({ a: single, b: 1, c: loadedFrames(FrameKind.ALLOCATED, 0, 2) }),
  ],
  [
    Status.CROSSES_ZONE,
    "loading into another zone",
    Op.LOAD_FREE,
    ({ block }) => ({ order: 3, a: block, b: 1, c: 0 }),
  ],
];

describe("a refused command changes nothing", () => {
  it.each(ROWS.map(([status, ...row]) => [Status[status], ...row] as const))(
    "%s: %s",
    async (status, _, op, args) => {
      const here = await scene();
      using machine = here.machine;
      const before = machine.digest();
      machine.commands.push(op, args(here));
      expect(machine.commands.execute(true)).toBe(1);
      expect(Status[machine.commands.status(0)]).toBe(status);
      expect(machine.commands.pfn(0)).toBe(0);
      expect(machine.digest()).toBe(before);
      expect(machine.validate().name).toBe("NONE");
    },
  );

  it("HINTS_FULL: one hint more than there is room for", async () => {
    using machine = await Machine.create("tiny");
    for (let i = 0; i <= HINT_CAPACITY; i++) machine.commands.push(Op.HINT_MOVABLE, { a: i });
    machine.commands.execute();
    expect(machine.commands.status(HINT_CAPACITY - 1)).toBe(Status.OK);
    expect(machine.commands.status(HINT_CAPACITY)).toBe(Status.HINTS_FULL);
  });

  it("every status of misuse has a row; those behind HINTS_FULL belong to the commands of CMA", () => {
    const seen = new Set([Status.HINTS_FULL, ...ROWS.map(([status]) => status)]);
    const isOurs = (value: number) => value >= Status.BAD_COMMAND && value <= Status.HINTS_FULL;
    const all = Object.values(Status).filter((value): value is Status => isOurs(Number(value)));
    expect(all.filter((status) => !seen.has(status)).map((status) => Status[status])).toEqual([]);
  });
});

describe("the methods name what was refused", () => {
  it.each<[string, (machine: Machine) => void]>([
    ["release pfn 6144, order 0: NOT_ALLOCATED", (machine) => machine.release(6144)],
    ["release pfn 6145, order 1: MISALIGNED", (machine) => machine.release(6145, 1)],
    ["splitRelease pfn 6144, order 3: NOT_ALLOCATED", (machine) => machine.splitRelease(6144, 3)],
    ["drainAll: BAD_ZONE", (machine) => machine.drainAll(9)],
    ["drainAll of zone -1: BAD_ZONE", (machine) => machine.drainAll(-1)],
    ["gfp 0xcc5, cpu 0: BAD_ZONE", (machine) => machine.allocate({ gfp: GFP_KERNEL | Gfp.DMA | Gfp.DMA32 })],
    ["tick: BAD_CPU", (machine) => machine.tick(1)],
    [
      "allocate order 11, gfp 0xcc0, cpu 0: BAD_ORDER",
      (machine) => machine.allocate({ gfp: GFP_KERNEL, order: 11 }),
    ],
  ])("%s", async (message, misuse) => {
    using machine = await Machine.create("tiny");
    const before = machine.digest();
    expect(() => misuse(machine)).toThrow(message);
    expect(machine.digest()).toBe(before);
  });
});

describe("numbers that mean nothing are refused", () => {
  it.each<[string, (machine: Machine, pfn: number) => unknown]>([
    ["a pfn plus 2^32", (machine, pfn) => machine.release(pfn + 2 ** 32)],
    ["half a pfn more", (machine, pfn) => machine.release(pfn + 0.5)],
    ["a negative pfn", (machine) => machine.release(-1)],
    ["half an order", (machine, pfn) => machine.release(pfn, 0.5)],
    ["an order that is no number", (machine) => machine.allocate({ gfp: GFP_KERNEL, order: Number.NaN })],
    ["a mask that is no number", (machine) => machine.allocate({ gfp: Number.NaN })],
    ["half a CPU", (machine) => machine.allocate({ gfp: GFP_KERNEL, cpu: 0.5 })],
  ])("%s", async (_, misuse) => {
    using machine = await Machine.create("tiny");
    const page = machine.allocate({ gfp: GFP_KERNEL });
    if (!page.ok) throw new Error("no page");
    const before = machine.digest();
    expect(() => misuse(machine, page.pfn)).toThrow(PageblockError);
    expect(machine.digest()).toBe(before);
  });
});

describe("single pages", () => {
  it("are not a block, unless LOOSE says so", async () => {
    using machine = await Machine.create("tiny");
    const pages = Array.from({ length: 64 }, () => machine.allocate({ gfp: GFP_KERNEL }));
    const pfns = new Set(pages.map((page) => (page.ok ? (page.pfn as number) : -1)));
    const isRow = (pfn: number) => pfn % 8 === 0 && [1, 2, 3, 4, 5, 6, 7].every((i) => pfns.has(pfn + i));
    const first = [...pfns].find(isRow);
    expect(first).toBeDefined();
    expect(() => machine.release(first ?? 0, 3)).toThrow("NOT_ALLOCATED");
    machine.commands.push(Op.RELEASE, { a: first ?? 0, order: 3, flags: CommandFlag.LOOSE });
    machine.commands.flush("eight pages as one block");
    expect(machine.validate().name).toBe("NONE");
  });
});
