// Knows: the command buffer: its bounds, batches against single steps, strict runs, and how misuse is named.

import { beforeEach, describe, expect, it } from "vitest";
import { CommandFlag } from "../../../assembly/abi/command_word.js";
import { COMMAND_CAPACITY } from "../../../assembly/abi/limits.js";
import { Op, Status } from "../../../assembly/abi/vocabulary.js";
import { MachineError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";

let machine: Machine;

beforeEach(async () => {
  machine = await Machine.create("tiny");
});

describe("CommandBuffer", () => {
  it("holds COMMAND_CAPACITY operations and refuses one more", () => {
    const { commands } = machine;
    for (let i = 0; i < COMMAND_CAPACITY; i++) expect(commands.push(Op.NOP)).toBe(i);
    expect(commands.isFull).toBe(true);
    expect(() => commands.push(Op.NOP)).toThrow(MachineError);
    expect(commands.execute()).toBe(COMMAND_CAPACITY);
    commands.clear();
    expect(commands.length).toBe(0);
  });

  it("refuses an order or a cpu that does not fit its field", () => {
    for (const order of [-1, 256])
      expect(() => machine.commands.push(Op.ALLOCATE, { order })).toThrow("BAD_ORDER");
    for (const cpu of [-1, 256]) expect(() => machine.commands.push(Op.ALLOCATE, { cpu })).toThrow("BAD_CPU");
    expect(machine.commands.length).toBe(0);
  });

  it("answers each operation: status, frame, zone, slow path", () => {
    const { commands } = machine;
    commands.push(Op.ALLOCATE, { a: GFP_KERNEL, order: 3 });
    commands.push(Op.ALLOCATE, { a: GFP_KERNEL, order: 14 });
    commands.push(Op.NOP);
    expect(commands.execute()).toBe(3);
    expect([0, 1, 2].map((i) => commands.status(i))).toEqual([Status.OK, Status.BAD_ORDER, Status.OK]);
    expect(commands.pfn(0) % 8).toBe(0);
    expect(commands.detail(0)).toBe(1);
    expect(commands.wasSlow(0)).toBe(false);
    expect(commands.pfn(1)).toBe(0);
  });

  it("strict: stops behind the first refused operation", () => {
    const { commands } = machine;
    commands.push(Op.NOP);
    commands.push(Op.RELEASE, { a: 6144 });
    commands.push(Op.ALLOCATE, { a: GFP_KERNEL });
    expect(commands.execute(true)).toBe(2);
    expect(commands.status(1)).toBe(Status.NOT_ALLOCATED);
    expect(commands.execute(false)).toBe(3);
    expect(commands.status(2)).toBe(Status.OK);
  });

  it("a failed allocation is a result: strict runs go on", () => {
    const { commands } = machine;
    for (let i = 0; i < 40; i++) commands.push(Op.ALLOCATE, { a: GFP_KERNEL, order: 10 });
    expect(commands.execute(true)).toBe(40);
    expect(commands.status(39)).toBe(Status.WOULD_RECLAIM);
  });

  it("flush names the refused operation and empties the buffer", () => {
    const { commands } = machine;
    commands.push(Op.RELEASE, { a: 6144 });
    expect(() => commands.flush("undoing")).toThrow("undoing: RELEASE of pfn 6144: NOT_ALLOCATED");
    expect(commands.length).toBe(0);
    commands.push(Op.NOP);
    commands.flush("nothing");
    expect(commands.length).toBe(0);
  });

  it("slots name allocations without their frame", () => {
    const { commands } = machine;
    const before = machine.digest();
    commands.push(Op.ALLOCATE, { a: GFP_HIGHUSER_MOVABLE, order: 5, b: 8 });
    commands.push(Op.RELEASE_SLOT, { a: 7 });
    commands.push(Op.RELEASE_SLOT, { a: 7 });
    commands.execute();
    expect([0, 1, 2].map((i) => commands.status(i))).toEqual([Status.OK, Status.OK, Status.BAD_SLOT]);
    expect(commands.pfn(0)).toBe(commands.pfn(1));
    machine.fold();
    expect(machine.digest()).toBe(before);
  });

  it("a slot whose page was released by its pfn is empty, whoever owns the page next", () => {
    const { commands } = machine;
    commands.push(Op.ALLOCATE, { a: GFP_KERNEL, b: 1 });
    commands.execute();
    const pfn = commands.pfn(0);
    machine.release(pfn);
    expect(machine.allocate({ gfp: GFP_KERNEL })).toMatchObject({ pfn });
    commands.push(Op.RELEASE_SLOT, { a: 0 });
    commands.execute();
    expect(commands.status(0)).toBe(Status.BAD_SLOT);
  });

  it("a batch is its single steps, whatever it contains", async () => {
    using single = await Machine.create("tiny");
    using batched = await Machine.create("tiny");
    const steps = [...Array(300).keys()].map((i) => {
      if (i % 7 === 6) return { op: Op.TICK, args: {} };
      if (i % 5 === 4) return { op: Op.RELEASE, args: { a: 6144 + i, flags: CommandFlag.LOOSE } };
      return { op: Op.ALLOCATE, args: { a: i % 2 ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE, order: i % 4 } };
    });
    for (const { op, args } of steps) batched.commands.push(op, args);
    batched.commands.execute();
    steps.forEach(({ op, args }, i) => {
      single.commands.clear();
      single.commands.push(op, args);
      single.commands.execute();
      expect(single.commands.status(0)).toBe(batched.commands.status(i));
      expect(single.commands.pfn(0)).toBe(batched.commands.pfn(i));
    });
    expect(single.digest()).toBe(batched.digest());
    expect(steps.some((_, i) => batched.commands.status(i) === Status.NOT_ALLOCATED)).toBe(true);
  });
});
