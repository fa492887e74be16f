// Knows: what single policies must show on a machine: how a fill is divided, what an area never holds, what a rule costs.
// Must not know: the rules themselves (rules.test).

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaUse, type WindowRule } from "../../../assembly/abi/proposals.js";
import {
  ActorKind,
  Counter,
  DirectIoParameter,
  Parameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
import { FrameKind, PageLife } from "../../../assembly/abi/vocabulary.js";
import { PolicyError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import { numbersOf, policies } from "../../../bindings/policy/index.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { resident } from "../workload/loads.js";
import { actor, counted, framesInUse, isSound, MS, S, tiny } from "../workload/support.js";

const policy = (name: string): MachinePolicy => numbersOf(policies.get(name)!);

/** Movable pages one after another, until there is none: true where the page lies in the area. */
async function fill(asked: MachinePolicy, most = 20_000): Promise<{ places: boolean[]; machine: Machine }> {
  const machine = await Machine.create("tiny", { policy: asked, core: "checked" });
  const [range] = machine.cma.area(0).ranges;
  const places: boolean[] = [];
  while (places.length < most) {
    const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
    if (!page.ok) break;
    places.push(page.pfn >= range!.basePfn && page.pfn < range!.basePfn + range!.pages);
  }
  return { places, machine };
}

/** How many were in the area before the first that was not. */
const leading = (places: readonly boolean[], of: boolean) => places.findIndex((place) => place !== of);

/** Movable requests begin in this zone, the highest; what it does not have they take from the next. */
function zoneOfArea({ views }: Machine) {
  const zone = views
    .populatedZones()
    .map((index) => views.zone(index))
    .find(({ cmaPages }) => cmaPages > 0);
  if (zone === undefined) throw new Error("the device has no area");
  return zone;
}

describe("a fill with movable pages", () => {
  it("mainline: own pages until free CMA is half of what is free, then one to one", async () => {
    const { places, machine } = await fill(policy("mainline"));
    const { managed, cmaPages: cma } = zoneOfArea(machine);
    machine.dispose();
    const own = places.indexOf(true);
    // Where half is reached: managed - own = 2 * cma, but for what lies on per-CPU lists and in differentials.
    expect(Math.abs(managed - own - 2 * cma)).toBeLessThan(300);
    const next = places.slice(own, own + 3000);
    const inArea = next.filter(Boolean).length;
    expect(Math.abs(inArea - 1500)).toBeLessThan(70);
    // In every stretch of the length of a refill, too.
    for (let at = 0; at + 256 <= next.length; at += 256)
      expect(Math.abs(next.slice(at, at + 256).filter(Boolean).length - 128)).toBeLessThan(64);
  });

  it("a limit of 0, 50 and 100 per cent is first, half and last, page by page", async () => {
    const { FIRST, HALF, LAST, PERCENT } = CmaUse;
    for (const [cmaLimit, cmaUse] of [
      [0, FIRST],
      [50, HALF],
      [100, LAST],
    ] as const) {
      const limited = await fill({ cmaUse: PERCENT, cmaLimit });
      const named = await fill({ cmaUse });
      expect(limited.places.length).toBeGreaterThan(10_000);
      expect(limited.places).toEqual(named.places);
      limited.machine.dispose();
      named.machine.dispose();
    }
  });

  it("first fills the area first, last fills it last, and strict never", async () => {
    const first = await fill(policy("cma-first"));
    const last = await fill(policy("original"));
    const strict = await fill(policy("strict"));
    const area = first.machine.cma.area(0).pages;
    expect(leading(first.places, true)).toBe(area);
    // No turns: once it takes of the area, it goes on until a zone's mark says no.
    const longest = (places: readonly boolean[]) =>
      Math.max(
        ...places
          .join(" ")
          .split("false")
          .map((run) => run.trim().split(" ").length),
      );
    const mainline = await fill(policy("mainline"));
    expect(last.places.indexOf(true)).toBeGreaterThan(mainline.places.indexOf(true) + 1500);
    expect(longest(last.places)).toBeGreaterThan(1000);
    expect(longest(mainline.places.slice(0, 6000))).toBeLessThan(70);
    mainline.machine.dispose();
    expect(strict.places.length).toBeGreaterThan(8_000);
    expect(strict.places.includes(true)).toBe(false);
    for (const { machine } of [first, last, strict]) machine.dispose();
  });

  it("12 sixteenths: own pages until free CMA is three quarters of what is free", async () => {
    const { places, machine } = await fill(policy("raspberry-pi"));
    const { managed, cmaPages: cma } = zoneOfArea(machine);
    machine.dispose();
    const own = places.indexOf(true);
    expect(Math.abs(managed - own - (cma * 16) / 12)).toBeLessThan(300);
    // From there on three of four pages come from the area.
    const next = places.slice(own, own + 2000);
    expect(Math.abs(next.filter(Boolean).length - 1500)).toBeLessThan(70);
  });

  it("by turns: a pageblock of the smaller kind, and as many more of the larger as it is larger", async () => {
    const { places, machine } = await fill(policy("ratio"));
    const zone = zoneOfArea(machine);
    machine.dispose();
    const own = zone.managed - zone.cmaPages;
    const share = zone.cmaPages / (own + zone.cmaPages);
    const whole = places.slice(0, 8192);
    expect(Math.abs(whole.filter(Boolean).length / whole.length - share)).toBeLessThan(0.12);
    expect(places.indexOf(true)).toBeLessThan(Math.ceil((own / zone.cmaPages) * 512) + 300);
  });
});

/** Most of the memory outside of the area is in use, so that movable requests find the area. */
const used = resident({
  [ResidentParameter.ANON]: 8000,
  [ResidentParameter.INTERVAL]: 20_000,
  [ResidentParameter.BATCH]: 16,
});
const stream = actor(ActorKind.DIRECT_IO, 1600, {
  [DirectIoParameter.QUEUE_DEPTH]: 120,
  [DirectIoParameter.PAGES]: 8,
  [DirectIoParameter.SERVICE]: 10 * MS,
  [DirectIoParameter.THINK]: MS,
  [DirectIoParameter.BUFFERS]: 960,
  [DirectIoParameter.OWN_BUFFERS]: 1,
  [Parameter.STOP]: 1.5 * S,
});
const camera = actor(
  ActorKind.CAMERA,
  0,
  {
    [Parameter.START]: S / 2,
    [Parameter.STOP]: 1.4 * S,
    [CameraParameter.PAGES]: 3500,
    [CameraParameter.ALIGN]: 8,
    [CameraParameter.INTERVAL]: 100 * MS,
    [CameraParameter.HOLD]: 20 * MS,
  },
  { area: 0 },
);

async function blockade(name: string): Promise<Simulation> {
  const simulation = await tiny([used, stream, camera], { policy: policy(name) });
  simulation.run(1.5 * S);
  return simulation;
}

function pinnedInArea(simulation: Simulation): number {
  return framesInUse(simulation).filter(
    ({ isInArea, pins, life }) => isInArea && pins > 0 && life !== PageLife.CMA,
  ).length;
}

describe("a blockade of short pins", () => {
  it("mainline fails with -16 for pinned pages", async () => {
    using simulation = await blockade("mainline");
    const log = simulation.takeLog();
    expect(log.some(({ errno }) => errno === -16)).toBe(true);
    const windows = log.flatMap((request) => simulation.windowsOf(request));
    expect(windows.some(({ reason }) => reason === "PINNED")).toBe(true);
  });

  it("get_user_pages that waits, with the wait for what is pinned already, ends -16, and I/O pays for it", async () => {
    using without = await blockade("mainline");
    using waits = await blockade("gup-wait-refs");
    const log = waits.takeLog();
    expect(log.length).toBeGreaterThan(0);
    expect(log.filter(({ errno }) => errno === -16)).toEqual([]);
    expect(counted(waits, 1, Counter.PIN_WAIT_TIME)).toBeGreaterThan(0);
    expect(counted(waits, 1, Counter.OPERATIONS)).toBeLessThan(counted(without, 1, Counter.OPERATIONS));
    expect(isSound(waits)).toBe("sound");
  });

  it("get_user_pages that waits leaves no blocker that was pinned while its window was isolated", async () => {
    const youngest = async (name: string) => {
      using simulation = await blockade(name);
      const windows = simulation.takeLog().flatMap((request) => simulation.windowsOf(request));
      const held = windows.filter(({ reason }) => reason === "PINNED").map(({ heldNs }) => heldNs);
      return { youngest: Math.min(...held), waited: counted(simulation, 1, Counter.PIN_WAIT_TIME) };
    };
    const [mainline, waits] = [await youngest("mainline"), await youngest("gup-wait")];
    expect(mainline.waited).toBe(0);
    expect(waits.youngest).toBeGreaterThan(1.5 * mainline.youngest);
    expect(waits.waited).toBeGreaterThan(0);
  });

  it("wait for references: a request waits, at most a second a page, and its window goes on", async () => {
    using without = await blockade("mainline");
    using waits = await blockade("wait-refs");
    const failed = (simulation: Simulation) => simulation.takeLog().filter(({ errno }) => errno !== 0).length;
    expect(counted(waits, 2, Counter.IO_WAIT_TIME)).toBeGreaterThan(0);
    expect(failed(waits)).toBeLessThan(failed(without));
    expect(isSound(waits)).toBe("sound");
  });

  it("migrate on pin leaves no pinned page in the area, and who pins pays for it", async () => {
    using simulation = await tiny([used, stream, camera], { policy: policy("migrate-on-pin") });
    for (let time = S / 4; time <= 1.4 * S; time += S / 8) {
      simulation.run(time);
      expect(pinnedInArea(simulation)).toBe(0);
    }
    expect(counted(simulation, 1, Counter.MOVED)).toBeGreaterThan(0);
    expect(simulation.takeLog().filter(({ errno }) => errno === -16)).toEqual([]);
    expect(isSound(simulation)).toBe("sound");
  });

  it("a window without pins is found where there is one, at the cost of looking", async () => {
    const small = actor(
      ActorKind.CAMERA,
      0,
      { ...Object.fromEntries(camera.parameters), [CameraParameter.PAGES]: 32 },
      { area: 0 },
    );
    const tried = async (name: string) => {
      const simulation = await tiny([used, stream, small], { policy: policy(name) });
      simulation.run(1.5 * S);
      const log = simulation.takeLog();
      const busy = log.reduce((sum, { busyRetries }) => sum + busyRetries, 0);
      expect(isSound(simulation)).toBe("sound");
      simulation.dispose();
      return { busy, asked: log.length };
    };
    const [first, avoiding] = [await tried("mainline"), await tried("pin-avoiding")];
    expect(first.busy).toBeGreaterThan(0);
    expect(avoiding.busy / avoiding.asked).toBeLessThan(first.busy / first.asked);
  });

  it("pins are measured, and the long ones told with their holder", async () => {
    const warning = { ...policy("pin-lengths"), pinWarnNs: 5e6 };
    using simulation = await tiny([used, stream, camera], { policy: warning });
    simulation.run(1.5 * S);
    const lengths = simulation.machine.pinLengths();
    const { total, last } = simulation.machine.pinExcesses();
    const holder = simulation.actors.findIndex(({ kind }) => kind === ActorKind.DIRECT_IO);
    const own = lengths.find(({ owner }) => owner === holder);
    expect(own?.counts.reduce((a, b) => a + b, 0)).toBe(
      counted(simulation, 1, Counter.PINS) - counted(simulation, 1, Counter.PINNED),
    );
    expect(total).toBeGreaterThan(0);
    expect(last.every(({ owner, heldNs }) => owner === holder && heldNs > 5e6)).toBe(true);
    // 10 ms, and what a wait adds, are in the buckets from 8,192 us on.
    const longer = (own?.counts ?? []).slice(14).reduce((a, b) => a + b, 0);
    expect(longer).toBe(total);
  });
});

describe("files that are written", () => {
  const writer = actor(ActorKind.FILE_WRITE, 4000, { 2: 2 * MS, 3: 64, 5: 20 * MS, 6: 5 * MS, 8: 3000 });
  const dirtyInArea = (simulation: Simulation) =>
    framesInUse(simulation).filter(({ isInArea, pfn }) => {
      const { flags, kind } = simulation.machine.views.frame(pfn);
      return isInArea && kind === FrameKind.ALLOCATED && (flags & 0x30_0000) !== 0;
    }).length;

  it("migrate on dirtying: no dirty page, and none under writeback, is in the area", async () => {
    using mainline = await tiny([used, writer]);
    using moves = await tiny([used, writer], { policy: policy("migrate-on-dirty") });
    let seen = 0;
    for (let time = S / 4; time <= S; time += S / 8) {
      for (const simulation of [mainline, moves]) simulation.run(time);
      seen += dirtyInArea(mainline);
      expect(dirtyInArea(moves)).toBe(0);
    }
    expect(seen).toBeGreaterThan(0);
    expect(counted(moves, 1, Counter.MOVED)).toBeGreaterThan(0);
    expect(isSound(moves)).toBe("sound");
  });
});

describe("ranges and requests", () => {
  it("the retries on several ranges never reach the second range", async () => {
    const request = actor(
      ActorKind.CAMERA,
      0,
      { [Parameter.START]: MS, [CameraParameter.PAGES]: 1500 },
      { area: 0 },
    );
    using multi = await tiny([request], { device: "tiny-ranges", policy: policy("retry-multi-range") });
    using single = await tiny([request], { device: "tiny-ranges", policy: policy("mainline") });
    for (const simulation of [multi, single]) simulation.run(2 * S);
    // 1024 pages in the first range, 2048 in the second.
    expect(multi.takeLog()[0]).toMatchObject({ errno: -12, sleeps: 1, windows: 0 });
    expect(single.takeLog()[0]).toMatchObject({ errno: 0 });
  });

  it("what changes rules of the kernel cannot be switched to, in words", async () => {
    using machine = await Machine.create("tiny");
    const before = machine.digest();
    expect(() => machine.applyPolicy(policy("retry-multi-range"))).toThrow(PolicyError);
    expect(() => machine.applyPolicy(policy("retry-multi-range"))).toThrow(
      /decided at boot.*cannot be switched to/,
    );
    expect(machine.digest()).toBe(before);
    using booted = await Machine.create("tiny", { policy: policy("retry-multi-range") });
    booted.applyPolicy(policy("retry-multi-range"));
    booted.applyPolicy({});
    expect(booted.validate().name).toBe("NONE");
  });

  it("next, best and first fit choose their windows", async () => {
    const places = async (name: string) => {
      using machine = await Machine.create("tiny", { policy: policy(name), core: "checked" });
      const take = (pages: number) =>
        machine.cma.allocate({ area: 0, pages }).pfn - machine.cma.area(0).ranges[0]!.basePfn;
      // Holes of 64 pages at 0 and of 16 at 128; the rest is behind 208.
      const [a, b, c, d] = [take(64), take(64), take(16), take(64)];
      machine.cma.release(0, a + machine.cma.area(0).ranges[0]!.basePfn, 64);
      machine.cma.release(0, c + machine.cma.area(0).ranges[0]!.basePfn, 16);
      const placed = [take(16), take(16)];
      expect(machine.validate().name).toBe("NONE");
      return { held: [b, d], placed };
    };
    expect((await places("mainline")).placed).toEqual([0, 16]);
    expect((await places("next-fit")).placed).toEqual([208, 224]);
    expect((await places("best-fit")).placed).toEqual([128, 0]);
  });

  it("one request may ask for another window, effort and number of retries", async () => {
    using machine = await Machine.create("tiny", { policy: policy("best-fit"), core: "checked" });
    const before = machine.cma.allocate({ area: 0, pages: 32, window: 1 });
    machine.cma.release(0, before.pfn, 32);
    expect(machine.cma.allocate({ area: 0, pages: 32, window: 1 }).pfn).toBe(before.pfn + 32);
    expect(machine.cma.allocate({ area: 0, pages: 16, effort: 1, retries: 3 }).ok).toBe(true);
    expect(() => machine.cma.allocate({ area: 0, pages: 16, window: 6 as WindowRule })).toThrow(/BAD_POLICY/);
  });

  it("a range goes back in the largest blocks, and leaves the machine as it was", async () => {
    using machine = await Machine.create("tiny", { policy: policy("free-range"), core: "checked" });
    const before = machine.views.populatedZones().map((zone) => machine.views.zone(zone).nrFree);
    const got = machine.cma.allocate({ area: 0, pages: 1300 });
    machine.cma.release(0, got.pfn, 1300);
    machine.fold();
    expect(machine.views.populatedZones().map((zone) => machine.views.pcp(0, zone).count)).toEqual(
      machine.views.populatedZones().map(() => 0),
    );
    const after = machine.views.populatedZones().map((zone) => machine.views.zone(zone).nrFree);
    expect(after).toEqual(before);
    expect(machine.validate().name).toBe("NONE");
  });

  it("keeps a pinned page of a released range for its holder", async () => {
    using machine = await Machine.create("tiny", { policy: policy("free-range"), core: "checked" });
    const got = machine.cma.allocate({ area: 0, pages: 512 });
    const pin = machine.pin(got.pfn + 100)!;
    machine.cma.release(0, got.pfn, 512);
    expect(machine.validate().name).toBe("NONE");
    machine.unpin(pin);
    expect(machine.validate().name).toBe("NONE");
  });
});

describe("a balance", () => {
  it("moves movable pages into CMA down to the limit, and its worker pays", async () => {
    const anon = resident({ [ResidentParameter.ANON]: 6000 });
    const free = (simulation: Simulation) => {
      const zones = simulation.machine.views
        .populatedZones()
        .map((zone) => simulation.machine.views.zone(zone));
      return (
        zones
          .filter(({ cmaPages }) => cmaPages > 0)
          .map(({ freePages, freeCma }) => freeCma / freePages)[0] ?? 0
      );
    };
    // Under CMA last the area is left empty; then the worker comes.
    using simulation = await tiny([anon], { policy: { cmaUse: CmaUse.LAST } });
    simulation.run(100 * MS);
    const before = free(simulation);
    simulation.applyPolicy({ ...policy("cma-balance"), cmaLimit: 20 });
    simulation.run(3 * S);
    expect(before).toBeGreaterThan(0.3);
    expect(free(simulation)).toBeLessThan(0.22);
    const vmstat = simulation.actors.findIndex(({ kind }) => kind === ActorKind.VMSTAT);
    expect(simulation.counters(vmstat)["busyTime"]).toBeGreaterThan(0);
    expect(isSound(simulation)).toBe("sound");
  });
});
