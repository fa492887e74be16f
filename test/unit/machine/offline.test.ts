// Knows: what taking memory offline does to a zone, what keeps it from that, and what becomes of an area whose memory went.
// Must not know: the rules themselves (unit/policy/rules.test).

import { afterAll, describe, expect, it } from "vitest";
import { CmaZoneRule } from "../../../assembly/abi/proposals.js";
import { FrameKind, Mobility, PageLife, PinKind } from "../../../assembly/abi/vocabulary.js";
import type { DeviceDescription } from "../../../bindings/device/description.js";
import { getPreset } from "../../../bindings/device/index.js";
import { MachineError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { bytes, GiB, MiB } from "../../../bindings/engine/units.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { offline } from "../../../bindings/machine/offline.js";
import { Random } from "../../support/random.js";

const { IN_PLACE, OWN, MOVABLE } = CmaZoneRule;
const made: Machine[] = [];
afterAll(() => {
  for (const machine of made) machine.dispose();
});

/** 64 MiB of Normal with an area at its start, 64 MiB of ZONE_MOVABLE behind it. */
const DEVICE: DeviceDescription = {
  ...getPreset("tiny"),
  memory: [{ start: bytes(GiB(1) - MiB(64)), size: MiB(128) }],
  zones: [
    { name: "Normal", start: bytes(0), end: GiB(1) },
    { name: "Movable", start: GiB(1), end: GiB(2) },
  ],
  reserved: [],
  areas: [{ name: "linux,cma", size: MiB(16), from: "bottom" }],
};
const AREA = (GiB(1) - MiB(64)) / 4096;
const NORMAL = AREA + MiB(32) / 4096;
const HIGH = GiB(1) / 4096;
/** One memory block of this machine: two of its largest blocks. */
const PAGES = MiB(8) / 4096;

async function machineOf(cmaZone = IN_PLACE) {
  const machine = await Machine.create(DEVICE, {
    core: "checked",
    policy: { rules: { cmaZone } },
    pressure: {},
  });
  made.push(machine);
  return machine;
}

function users(machine: Machine, most: number): number[] {
  const pfns: number[] = [];
  while (pfns.length < most) {
    const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON });
    if (!page.ok) break;
    pfns.push(page.pfn);
  }
  return pfns;
}

const isSound = (machine: Machine) => expect(machine.validate().name).toBe("NONE");

describe("a range of ZONE_MOVABLE", () => {
  it("goes offline with all that users have there, which is moved first", async () => {
    const machine = await machineOf();
    const inRange = users(machine, 9_000).filter((pfn) => pfn >= HIGH && pfn < HIGH + PAGES);
    const movable = machine.views.zone(1);
    const result = offline(machine, { start: HIGH, pages: PAGES });
    expect(result).toEqual({ ok: true, reason: "NONE", blocker: 0, moved: inRange.length });
    expect(inRange.length).toBeGreaterThan(500);
    const after = machine.views.zone(1);
    expect([movable.managed - after.managed, movable.present - after.present]).toEqual([PAGES, PAGES]);
    expect(machine.views.frame(HIGH).kind).toBe(FrameKind.RESERVED);
    isSound(machine);
    const later = users(machine, 20_000);
    expect(later.length).toBeGreaterThan(3_000);
    expect(later.some((pfn) => pfn >= HIGH && pfn < HIGH + PAGES)).toBe(false);
    isSound(machine);
    expect(offline(machine, { start: HIGH, pages: PAGES })).toMatchObject({ reason: "UNMOVABLE" });
  });

  it("stays while one page is pinned, however often it is tried, and all the others have been moved", async () => {
    const machine = await machineOf();
    const held = users(machine, 9_000).find((pfn) => pfn >= HIGH && pfn < HIGH + PAGES)!;
    const pin = machine.pin(held, { kind: PinKind.SHORT })!;
    const first = offline(machine, { start: HIGH, pages: PAGES, passes: 50 });
    expect(first).toMatchObject({ ok: false, reason: "PINNED", blocker: held });
    expect(first.moved).toBeGreaterThan(500);
    isSound(machine);
    machine.unpin(pin);
    expect(offline(machine, { start: HIGH, pages: PAGES })).toMatchObject({ ok: true });
    isSound(machine);
  });
});

describe("a range of the kernel's memory", () => {
  it("is refused at once for one page of the kernel", async () => {
    const machine = await machineOf();
    const kernel: number[] = [];
    for (let i = 0; i < 9_000; i++) {
      const page = machine.allocate({ gfp: GFP_KERNEL });
      if (page.ok) kernel.push(page.pfn);
    }
    const [pfn = 0] = kernel.filter((each) => each >= NORMAL && each < NORMAL + PAGES).sort((a, b) => a - b);
    expect(pfn).toBeGreaterThan(0);
    const result = offline(machine, { start: NORMAL, pages: PAGES });
    expect(result).toEqual({ ok: false, reason: "UNMOVABLE", blocker: pfn, moved: 0 });
    isSound(machine);
  });
});

describe("a range of an area", () => {
  it("cannot be had in mainline, nor of ZONE_CMA", async () => {
    for (const rule of [IN_PLACE, OWN]) {
      const machine = await machineOf(rule);
      const result = offline(machine, { start: AREA, pages: PAGES });
      expect(result).toEqual({ ok: false, reason: "UNMOVABLE", blocker: AREA, moved: 0 });
      expect(machine.cma.allocate({ area: 0, pages: PAGES * 2, align: 0 }).ok).toBe(true);
      isSound(machine);
    }
  });

  it("goes where areas lie in ZONE_MOVABLE, and its client finds it gone: what Kim objected to in 2015", async () => {
    const machine = await machineOf(MOVABLE);
    expect(offline(machine, { start: AREA, pages: PAGES })).toMatchObject({ ok: true });
    const whole = machine.cma.allocate({ area: 0, pages: PAGES * 2, align: 0 });
    expect(whole).toMatchObject({ ok: false, errno: -16 });
    expect(whole.windows[0]).toMatchObject({ blocker: AREA });
    // What is left of it still serves.
    expect(machine.cma.allocate({ area: 0, pages: PAGES, align: 0 }).ok).toBe(true);
    isSound(machine);
  });
});

describe("whatever is in use", () => {
  it.each([1, 2, 3])(
    "memory stays sound, seed %i, and what is offline is never handed out again",
    async (seed) => {
      const random = new Random(seed);
      const machine = await machineOf(random.pick([IN_PLACE, OWN, MOVABLE]));
      const gone: number[] = [];
      const held: number[] = [];
      const seen = new Set<string>();
      for (let step = 0; step < 60; step++) {
        for (const pfn of users(machine, random.below(400))) {
          expect(gone.some((start) => pfn >= start && pfn < start + PAGES)).toBe(false);
          if (random.oneIn(3)) machine.release(pfn);
          else held.push(pfn);
        }
        if (random.oneIn(3)) machine.allocate({ gfp: GFP_KERNEL, order: random.below(4) });
        const [pfn] = held.slice(-1);
        if (pfn !== undefined && random.oneIn(4) && machine.views.frame(pfn).kind === FrameKind.ALLOCATED)
          machine.pin(pfn);
        const start = AREA + PAGES * random.below(16);
        const result = offline(machine, { start, pages: PAGES, passes: 1 + random.below(3) });
        seen.add(result.reason);
        if (result.ok) gone.push(start);
        isSound(machine);
      }
      expect(seen.size).toBeGreaterThan(1);
    },
  );
});

describe("misuse", () => {
  it("is refused, and changes nothing", async () => {
    const machine = await machineOf();
    const digest = machine.digest();
    const odd = [
      { start: HIGH + 512, pages: PAGES },
      { start: HIGH, pages: 100 },
      { start: HIGH - PAGES, pages: PAGES * 2 },
      { start: 0, pages: PAGES },
      { start: HIGH, pages: 0 },
      { start: HIGH, pages: PAGES, passes: 0 },
    ];
    for (const range of odd)
      expect(() => offline(machine, range), JSON.stringify(range)).toThrow(MachineError);
    expect(machine.digest()).toBe(digest);
  });
});
