// Knows: that the harness can fail: each kind of damage that can be written into a machine's memory is found by
// validate(), under the right name and at the right place. Without this the word "sound" in other tests is empty.

import { beforeEach, describe, expect, it } from "vitest";
import { Fault } from "../../../assembly/abi/findings.js";
import { FrameKind, Migratetype, Op, Status } from "../../../assembly/abi/vocabulary.js";
import { MachineError } from "../../../bindings/engine/errors.js";
import { GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { linkTo } from "../../support/fields.js";
import { DAMAGES } from "./damages.js";
import { DAMAGES_IN_USE } from "./damages_in_use.js";
import { Patient } from "./patient.js";

const ALL = [...DAMAGES, ...DAMAGES_IN_USE];
/** Found in test/unit/movement/guests.test, on a machine whose areas keep their pages. */
const ELSEWHERE = [Fault.GUEST];

let patient: Patient;

beforeEach(async () => {
  patient = await Patient.create();
  expect(patient.machine.validate()).toMatchObject({ name: "NONE" });
});

describe("validate() finds", () => {
  it.each(ALL.map(([fault, ...rest]) => [Fault[fault], ...rest] as const))("%s: %s", (name, _, damage) => {
    const pfn = damage(patient);
    expect(patient.machine.validate()).toMatchObject({ name, pfn });
  });

  it("a list that runs in a circle", () => {
    const { head, pfns } = patient.list();
    const [a = 0, b = 0] = pfns;
    patient.next[b] = linkTo(a);
    patient.prev[a] = linkTo(b);
    patient.prev[head] = linkTo(b);
    expect(["LIST_LENGTH", "LIST_LINK"]).toContain(patient.machine.validate().name);
  });

  it("every kind of damage has a row", () => {
    const seen = new Set([Fault.NONE, Fault.LIST_LENGTH, ...ELSEWHERE, ...ALL.map(([fault]) => fault)]);
    const all = Object.values(Fault).filter((value): value is Fault => typeof value === "number");
    expect(all.filter((fault) => !seen.has(fault)).map((fault) => Fault[fault])).toEqual([]);
  });

  it("nothing once the damage is undone", () => {
    const { words, machine } = patient;
    const { fields } = machine.engine.frames;
    const before = fields.slice();
    const digest = machine.digest();
    words[patient.first(FrameKind.ALLOCATED, 0)] = 0;
    expect(machine.validate().name).toBe("BODY_WITHOUT_HEAD");
    fields.set(before);
    expect(machine.validate().name).toBe("NONE");
    expect(machine.digest()).toBe(digest);
  });
});

describe("other tests would notice", () => {
  it("a wrong free: the machine refuses it and names it", () => {
    const { machine } = patient;
    const result = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
    if (!result.ok) throw new Error("no page");
    machine.release(result.pfn);
    let caught: unknown;
    try {
      machine.release(result.pfn);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MachineError);
    expect((caught as MachineError).status).toBe(Status.NOT_ALLOCATED);
  });

  it("two lists that differ in their order only", () => {
    const { machine, next, prev } = patient;
    const digest = machine.digest();
    const { head, pfns } = patient.list();
    const order = [pfns[1] ?? 0, pfns[0] ?? 0, ...pfns.subarray(2)];
    const chain = [head, ...order, head];
    for (let i = 1; i < chain.length; i++) {
      next[chain[i - 1] ?? 0] = linkTo(chain[i] ?? 0);
      prev[chain[i] ?? 0] = linkTo(chain[i - 1] ?? 0);
    }
    expect(machine.validate().name).toBe("NONE");
    expect(machine.digest()).not.toBe(digest);
  });
});

describe("validate() accepts", () => {
  it("what the kernel leaves behind: an unreserved pageblock beside a free one of its new type", async () => {
    using machine = await Machine.create("imx8-1g");
    const held: [number, number][] = [];
    for (const order of [9, 0]) {
      for (;;) {
        const result = machine.allocate({ gfp: GFP_KERNEL, order });
        if (!result.ok) break;
        held.push([result.pfn, order]);
      }
    }
    const [spare] = held.splice(5, 1);
    machine.release(...(spare ?? [0, 0]));
    const atomic = Array.from({ length: 400 }, () => machine.allocate({ gfp: GFP_ATOMIC, order: 1 }));
    for (const [pfn, order] of held) machine.release(pfn, order);
    for (const result of atomic) if (result.ok) machine.release(result.pfn, 1);
    machine.drainAll();
    const block = machine.freeList(0, 9, Migratetype.HIGHATOMIC).at(0) ?? 0;
    const buddy = machine.views.frame(block ^ 512);
    expect(buddy).toMatchObject({ kind: FrameKind.BUDDY, order: 9 });
    machine.commands.push(Op.UNRESERVE_HIGHATOMIC, { a: block, order: 9, b: buddy.type });
    machine.commands.flush("unreserving");
    expect(machine.validate()).toMatchObject({ name: "NONE" });
  });
});
