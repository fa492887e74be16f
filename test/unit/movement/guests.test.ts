// Knows: areas that keep their pages: what they hold, what a request finds, what a reader gets back, what each costs.
// Must not know: the rules themselves (test/unit/policy/rules.test).

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { Fault } from "../../../assembly/abi/findings.js";
import { Region } from "../../../assembly/abi/layout.js";
import { CmaOwnerRule, Guests } from "../../../assembly/abi/proposals.js";
import { GuestWord } from "../../../assembly/abi/records.js";
import {
  ActorKind,
  FileReadParameter,
  Parameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
import { FrameKind, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { StatWord } from "../../../assembly/abi/words.js";
import { DeviceError, MachineError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import { numbersOf, policies } from "../../../bindings/policy/index.js";
import { takeBackBound } from "../../../bindings/scenario/costs.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { liveField } from "../../support/fields.js";
import { resident } from "../workload/loads.js";
import { actor, isSound, MS, S, tiny } from "../workload/support.js";

const policy = (name: string): MachinePolicy => numbersOf(policies.get(name)!);
const RULES = { cmaOwner: CmaOwnerRule.AREA };

/** More anonymous and file pages than fit, files that are read again and again, a client of a quarter of the area. */
const busy = (pages = 1024) => [
  resident({
    [ResidentParameter.ANON]: 9_000,
    [ResidentParameter.INTERVAL]: 20_000,
    [ResidentParameter.BATCH]: 8,
    [ResidentParameter.TOUCH_PAGES]: 40,
    [ResidentParameter.TOUCH_INTERVAL]: 2 * MS,
    [ResidentParameter.TOUCH_SHARE]: 1,
  }),
  actor(ActorKind.FILE_READ, 9_000, {
    [FileReadParameter.INTERVAL]: 3 * MS,
    [FileReadParameter.PAGES]: 100,
    [FileReadParameter.READAHEAD]: 32,
    [FileReadParameter.SERVICE]: MS / 5,
    [FileReadParameter.CACHE]: 8_000,
    [FileReadParameter.ACTIVE_SHARE]: 0.7,
  }),
  actor(
    ActorKind.CAMERA,
    0,
    {
      [Parameter.START]: 300 * MS,
      [CameraParameter.PAGES]: pages,
      [CameraParameter.INTERVAL]: 100 * MS,
      [CameraParameter.HOLD]: 30 * MS,
    },
    { area: 0 },
  ),
];

async function run(asked: MachinePolicy, seed = 7, pages = 1024, costs = {}): Promise<Simulation> {
  const simulation = await tiny(busy(pages), { policy: asked, pressure: { swapPages: 8_000 }, seed, costs });
  simulation.run(S);
  return simulation;
}

describe("an area that keeps its pages", () => {
  it("is never lent, answers every request in one step, and takes its pages back", async () => {
    using machine = await Machine.create("tiny", { policy: { rules: RULES }, core: "checked" });
    const { pages, ranges } = machine.cma.area(0);
    const [{ basePfn = 0 } = {}] = ranges;
    expect(machine.views.guests()).toMatchObject({ pages, spare: pages, file: 0, swap: 0 });
    const managed = machine.views.populatedZones().map((zone) => machine.views.zone(zone));
    expect(managed.every(({ cmaPages, freeCma }) => cmaPages === 0 && freeCma === 0)).toBe(true);
    for (;;) {
      const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
      if (!page.ok) break;
      expect(page.pfn >= basePfn && page.pfn < basePfn + pages).toBe(false);
    }
    const got = machine.cma.allocate({ area: 0, pages });
    expect(got).toMatchObject({ ok: true, pfn: basePfn });
    expect(machine.cma.allocate({ area: 0, pages: 1 })).toMatchObject({ ok: false });
    expect(machine.validate().name).toBe("NONE");
    machine.cma.release(0, basePfn, pages);
    expect(machine.views.guests()?.spare).toBe(pages);
    expect(machine.validate().name).toBe("NONE");
  });

  it("lets no other command touch its pages", async () => {
    using machine = await Machine.create("tiny", { policy: { rules: RULES }, core: "checked" });
    const got = machine.cma.allocate({ area: 0, pages: 8 });
    const pfn = got.pfn ?? 0;
    const before = machine.digest();
    for (const act of [
      () => machine.release(pfn),
      () => machine.pin(pfn),
      () => machine.setContent(pfn, { life: PageLife.FILE }),
    ])
      expect(act).toThrow(MachineError);
    for (const [op, order, a, b, c] of [
      [Op.UNTAKE, 0, pfn, 0, 0],
      [Op.TAKE_FREE, 0, pfn, 0, 0],
      [Op.RETYPE, 0, pfn, 1, 0],
      [Op.PUTBACK_FREE, 0, pfn, 4, 0],
      [Op.LOAD_FRAMES, 0, pfn, 1, FrameKind.RESERVED],
      [Op.LOAD_FREE, 0, pfn, 4, 1],
      [Op.CMA_CLEAR, 0, 0, pfn, 8],
      [Op.LOAD_BITMAP, 0, 0, 100, 8],
    ] as const) {
      machine.commands.clear();
      machine.commands.append(op, 0, order, 0, a, b, c);
      machine.commands.execute();
      expect(machine.commands.status(0), Op[op]).toBeGreaterThanOrEqual(Status.BAD_COMMAND);
    }
    expect(machine.digest()).toBe(before);
  });

  it("cannot be had of a state in which areas have lent their pages", async () => {
    using machine = await Machine.create("tiny");
    expect(() => machine.applyPolicy({ rules: RULES })).toThrow(/decided at boot/);
    await expect(
      Machine.create("tiny", { policy: { rules: { cmaOwner: 2 as CmaOwnerRule } } }),
    ).rejects.toThrow(DeviceError);
  });
});

describe("what a policy lets in", () => {
  it.each(["carveout", "carveout-tmem", "gcma", "gcma-frontswap", "gcma-write-through"])(
    "%s",
    async (name) => {
      using simulation = await run(policy(name));
      expect(isSound(simulation)).toBe("sound");
      const guests = simulation.machine.views.guests()!;
      const requests = simulation.takeLog();
      expect(requests.length).toBeGreaterThan(5);
      expect(
        requests.every(
          ({ errno, windows, pagesMigrated }) => errno === 0 && windows === 1 && pagesMigrated === 0,
        ),
      ).toBe(true);
      const holds = { carveout: [0, 0], "carveout-tmem": [1, 0], gcma: [1, 0] }[name] ?? [1, 1];
      expect([guests.fileKept, guests.swapKept].map((kept) => (kept > 100 ? 1 : kept))).toEqual(holds);
      expect([guests.fileBack, guests.swapBack].map((back) => (back > 100 ? 1 : back))).toEqual(holds);
      expect(guests.discarded).toBe(requests.reduce((sum, { pagesReclaimed }) => sum + pagesReclaimed, 0));
      expect(guests.written).toBe(requests.reduce((sum, { pagesWritten }) => sum + pagesWritten, 0));
      expect(guests.written > 0).toBe(name === "gcma-frontswap");
      expect(guests.swap).toBeLessThanOrEqual(guests.pages / 2);
      if (name === "gcma") expect(guests.evicted % 64).toBe(0);
    },
  );

  it("only pages that have been active come in as the working set", async () => {
    using all = await run({ rules: RULES, guests: Guests.EVERY });
    using some = await run({ rules: RULES, guests: Guests.WORKINGSET });
    const kept = (of: Simulation) => of.machine.views.guests()?.fileKept ?? 0;
    expect(kept(some)).toBeGreaterThan(0);
    expect(kept(some)).toBeLessThan(kept(all));
  });

  it("behind zram no swapped-out page comes in", async () => {
    using simulation = await tiny(busy(), {
      policy: policy("gcma-frontswap"),
      pressure: { swapPages: 8_000, zramPercent: 35 },
    });
    simulation.run(S);
    expect(simulation.machine.views.guests()?.swapKept).toBe(0);
    expect(simulation.machine.views.stat(StatWord.PAGES_SWAPPED_OUT)).toBeGreaterThan(0);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("the bound on taking back", () => {
  const SEEDS = 30;
  it(`of ${SEEDS} seeds: a higher share of swapped-out pages is slower, and never beyond the bound`, async () => {
    const slowest: number[] = [];
    for (const frontswapShare of [0, 25, 75]) {
      let longest = 0;
      let sum = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        using simulation = await tiny(busy(2048), {
          policy: { ...policy("gcma-frontswap"), frontswapShare },
          pressure: { swapPages: 8_000 },
          seed,
          core: "release",
        });
        simulation.run(0.6 * S);
        const pages = simulation.machine.views.guests()?.pages ?? 0;
        const share = Math.floor((pages * frontswapShare) / 100);
        for (const request of simulation.takeLog()) {
          const took = request.endNs - request.beginNs;
          expect(request.pagesWritten).toBeLessThanOrEqual(share);
          expect(took).toBeLessThanOrEqual(takeBackBound(request.pages, request.pagesWritten) + 1);
          expect(took).toBeLessThanOrEqual(takeBackBound(request.pages, Math.min(request.pages, share)) + 1);
          longest = Math.max(longest, took);
          sum += took;
        }
      }
      slowest.push(longest);
      expect(sum).toBeGreaterThan(0);
    }
    expect(slowest[1]).toBeGreaterThan(2 * slowest[0]!);
    expect(slowest[2]).toBeGreaterThan(slowest[1]!);
  });
});

describe("validate() finds", () => {
  /** In an area: the newest copy of a file page, and its slot. */
  async function patient() {
    const simulation = await run(policy("gcma"));
    const { engine, views } = simulation.machine;
    const copies = engine.unsigned(Region.COPIES);
    const slot = copies.findIndex((held) => held !== 0);
    const link = copies[slot]! - 1 - views.startPfn;
    return { simulation, copies, slot, link, words: liveField(simulation.machine), engine };
  }
  type Patient = Awaited<ReturnType<typeof patient>>;
  const damages: [string, (p: Patient) => void][] = [
    [
      "a copy that its slot does not know",
      ({ copies, slot }) => {
        copies[slot] = 0;
      },
    ],
    [
      "a copy of a page that is in memory",
      ({ engine, slot }) => {
        engine.unsigned(Region.SLOTS)[slot] = 0;
      },
    ],
    [
      "a list that counts wrong",
      ({ engine }) => {
        engine.words(Region.GUESTS)[GuestWord.SPARE]! += 1;
      },
    ],
    [
      "a copy that is given out, and no client has it",
      ({ words, link }) => {
        words[link] = (words[link]! & ~(15 << 14)) | (PageLife.CMA << 14);
      },
    ],
  ];

  it("nothing where nothing is broken", async () => {
    const { simulation } = await patient();
    expect(isSound(simulation)).toBe("sound");
    simulation.dispose();
  });

  it.each(damages)("%s", async (_, damage) => {
    const one = await patient();
    damage(one);
    expect(Fault[one.simulation.machine.validate().fault]).toBe("GUEST");
    one.simulation.dispose();
  });
});
