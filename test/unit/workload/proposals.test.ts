// Knows: what each proposal changes for the same load: where pages are, what waits, how often a request sleeps.
// Must not know: where in the core the decision is made.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaFree, CmaUse, PinRule, Quarantine } from "../../../assembly/abi/proposals.js";
import {
  ActorKind,
  Counter,
  DirectIoParameter,
  MetadataParameter,
  Parameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
import { PageLife } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import type { Simulation, SimulationOptions } from "../../../bindings/scenario/simulation.js";
import { resident } from "./loads.js";
import { actor, counted, framesInUse, isSound, MS, S, tiny } from "./support.js";

/** Most of the memory outside of the area is in use: movable requests find the area. */
const used = resident({
  [ResidentParameter.ANON]: 8000,
  [ResidentParameter.INTERVAL]: 20_000,
  [ResidentParameter.BATCH]: 16,
});

const stream = {
  [DirectIoParameter.QUEUE_DEPTH]: 64,
  [DirectIoParameter.PAGES]: 8,
  [DirectIoParameter.SERVICE]: 4 * MS,
  [DirectIoParameter.SERVICE_SPREAD]: 1,
  [Parameter.STOP]: 1.5 * S,
};
const io = actor(ActorKind.DIRECT_IO, 64 * 8, { ...stream, [DirectIoParameter.FRESH_SHARE]: 1 });
/** The same buffers again and again. */
const reuse = actor(ActorKind.DIRECT_IO, 1600, {
  ...stream,
  [DirectIoParameter.BUFFERS]: 1000,
  [DirectIoParameter.RANDOM]: 1,
});

/** Asks for most of the area once, after half a second. */
function camera(pages: number, more: Readonly<Record<number, number>> = {}) {
  const values = { [Parameter.START]: S / 2, [CameraParameter.PAGES]: pages, ...more };
  return actor(ActorKind.CAMERA, 0, values, { area: 0 });
}

const often = camera(3500, {
  [CameraParameter.INTERVAL]: 100 * MS,
  [CameraParameter.HOLD]: 20 * MS,
  [Parameter.STOP]: 1.4 * S,
});

/** A file system that holds pages, in the area too. */
const mounted = actor(ActorKind.METADATA, 0, { [MetadataParameter.PAGES]: 600 });

async function ranFor(time: number, policy: MachinePolicy, actors: SimulationOptions["actors"]) {
  const simulation = await tiny(actors, { policy });
  simulation.run(time);
  return simulation;
}

function inArea(simulation: Simulation) {
  return framesInUse(simulation).filter(({ isInArea, life }) => isInArea && life !== PageLife.CMA);
}

function pinnedInArea(simulation: Simulation): number {
  return inArea(simulation).filter(({ pins }) => pins > 0).length;
}

describe("the retries of cma_alloc", () => {
  it("are five sleeps of 100 ms while windows are busy, and the error is then of the last search", async () => {
    const latencies: number[] = [];
    for (const cmaRetries of [0, 5]) {
      const simulation = await ranFor(4 * S, { cmaRetries }, [used, mounted, camera(3500)]);
      const [request] = simulation.takeLog();
      expect(request).toMatchObject({ errno: -16, sleeps: cmaRetries });
      latencies.push((request?.endNs ?? 0) - (request?.beginNs ?? 0));
      expect(isSound(simulation)).toBe("sound");
      simulation.dispose();
    }
    const [once = 0, retried = 0] = latencies;
    expect(retried - once).toBeGreaterThan(500 * MS);
  });

  it("do not happen for a request that fits nowhere", async () => {
    const first = actor(ActorKind.CAMERA, 0, { [CameraParameter.PAGES]: 1000 }, { area: 0, name: "first" });
    using simulation = await ranFor(2 * S, { cmaRetries: 5 }, [first, camera(4000)]);
    const [, request] = simulation.takeLog();
    expect(request).toMatchObject({ pages: 4000, errno: -12, sleeps: 0, windows: 0 });
  });

  it("are one sleep and -ENOMEM from 6.15 on, where the first error is -EBUSY; later ranges are not tried", async () => {
    // 1024 pages in the first range, 2048 in the second: only the second one could hold it.
    const options = { device: "tiny-ranges", policy: { cmaRetries: 5 } };
    using simulation = await tiny([camera(1500)], options);
    simulation.run(2 * S);
    const [request] = simulation.takeLog();
    expect(request).toMatchObject({ errno: -12, sleeps: 1, windows: 0 });
    using without = await tiny([camera(1500)], { device: "tiny-ranges" });
    without.run(2 * S);
    expect(without.takeLog()[0]?.errno).toBe(0);
  });
});

describe("what a short pin does", () => {
  it("ALLOW: pins are in the area, and nothing waits", async () => {
    using simulation = await ranFor(S, {}, [used, io, often]);
    expect(pinnedInArea(simulation)).toBeGreaterThan(10);
    expect(counted(simulation, 1, Counter.PIN_WAIT_TIME)).toBe(0);
  });

  it("WAIT: get_user_pages waits for the end of a migration, then goes on", async () => {
    using simulation = await tiny([used, reuse, often], { policy: { pinRule: PinRule.WAIT } });
    for (let time = S / 2; time <= 3 * S; time += S / 4) {
      simulation.run(time);
      expect(isSound(simulation)).toBe("sound");
    }
    expect(counted(simulation, 1, Counter.PIN_WAIT_TIME)).toBeGreaterThan(0);
    expect(counted(simulation, 1, Counter.PINNED)).toBe(0);
    expect(counted(simulation, 1, Counter.DROPPED)).toBe(0);
  });

  it("MIGRATE: no pinned page is ever in the area", async () => {
    using simulation = await tiny([used, io, often], { policy: { pinRule: PinRule.MIGRATE } });
    for (let time = S / 2; time <= 1.4 * S; time += S / 10) {
      simulation.run(time);
      expect(pinnedInArea(simulation)).toBe(0);
    }
    expect(counted(simulation, 1, Counter.PINNED)).toBeGreaterThan(100);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("quarantine", () => {
  it("keeps fresh buffers of direct I/O out of the area", async () => {
    for (const quarantine of [0, Quarantine.DIRECT_IO]) {
      const simulation = await ranFor(S, { quarantine }, [used, io]);
      expect(counted(simulation, 1, Counter.PINNED)).toBeGreaterThan(100);
      expect(pinnedInArea(simulation) > 0).toBe(quarantine === 0);
      expect(inArea(simulation).length).toBeGreaterThan(0);
      expect(isSound(simulation)).toBe("sound");
      simulation.dispose();
    }
  });

  it("keeps metadata out of the area", async () => {
    for (const quarantine of [0, Quarantine.METADATA]) {
      const simulation = await ranFor(S, { quarantine }, [used, mounted]);
      expect(counted(simulation, 1, Counter.PINNED)).toBe(600);
      expect(pinnedInArea(simulation) > 0).toBe(quarantine === 0);
      expect(isSound(simulation)).toBe("sound");
      simulation.dispose();
    }
  });
});

describe("who takes CMA pages", () => {
  it("strict: nobody, under any load", async () => {
    using simulation = await tiny([used, io, mounted], {
      policy: { cmaUse: CmaUse.STRICT, cmaFree: CmaFree.BUDDY },
    });
    for (let time = S / 2; time <= 2 * S; time += S / 2) {
      simulation.run(time);
      expect(inArea(simulation)).toEqual([]);
      expect(isSound(simulation)).toBe("sound");
    }
  });

  it("Android: user memory first of all, file pages never; freed CMA pages wait on lists of their own", async () => {
    const files = resident(
      { [ResidentParameter.FILE]: 3000, [ResidentParameter.INTERVAL]: 50_000, [ResidentParameter.BATCH]: 16 },
      "files",
    );
    const anon = resident(
      { [ResidentParameter.ANON]: 2000, [ResidentParameter.INTERVAL]: 50_000, [ResidentParameter.BATCH]: 16 },
      "anon",
    );
    const policy = { cmaUse: CmaUse.GFP_CMA, cmaFree: CmaFree.OWN_LIST };
    using simulation = await ranFor(S, policy, [files, anon]);
    const { views } = simulation.machine;
    const frames = framesInUse(simulation);
    expect(frames.filter(({ life, isInArea }) => life === PageLife.FILE && isInArea)).toEqual([]);
    const anonymous = frames.filter(({ life }) => life === PageLife.ANON);
    expect(anonymous.filter(({ isInArea }) => isInArea).length).toBeGreaterThan(0.95 * anonymous.length);
    // The lists of CMA pages are behind those of the kernel.
    const kernel = views.config(ConfigWord.NR_PCP_LISTS);
    const lists = views.populatedZones().flatMap((zone) =>
      Array.from({ length: views.pcpLists }, (_, list) => ({
        list,
        pfns: [...views.pcpList(0, zone, list)],
      })),
    );
    const [own, others] = [true, false].map((isOwn) =>
      lists.filter(({ list }) => list >= kernel === isOwn).flatMap(({ pfns }) => pfns),
    ) as [number[], number[]];
    const ranges = simulation.machine.cma.areas.flatMap((area) => area.ranges);
    const isOfArea = (pfn: number) =>
      ranges.some(({ basePfn, pages }) => pfn >= basePfn && pfn < basePfn + pages);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(isOfArea)).toBe(true);
    expect(others.some(isOfArea)).toBe(false);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("the preset CMA first (CmaUse.FIRST)", () => {
  it("fills the area before anything else, whatever asks; the half rule leaves half of it", async () => {
    const small = resident({ [ResidentParameter.ANON]: 3000, [ResidentParameter.FILE]: 1200 });
    const used = async (policy: MachinePolicy) => {
      using simulation = await ranFor(MS, policy, [small]);
      expect(isSound(simulation)).toBe("sound");
      return new Set(inArea(simulation).map(({ life }) => life)).size * 1e6 + inArea(simulation).length;
    };
    const [first, half, byGfp] = [
      await used({ cmaUse: CmaUse.FIRST }),
      await used({ cmaUse: CmaUse.HALF }),
      await used({ cmaUse: CmaUse.GFP_CMA, cmaFree: CmaFree.OWN_LIST }),
    ];
    // Two kinds of pages, all but what lies on per-CPU lists; Android's rule takes the anonymous ones alone.
    expect(Math.floor(first / 1e6)).toBe(2);
    expect(first % 1e6).toBeGreaterThan(4_000);
    expect(half % 1e6).toBeLessThan(2_000);
    expect(Math.floor(byGfp / 1e6)).toBe(1);
  });

  it("quarantine looks for pages of the area on the movable lists under it, too", async () => {
    const policy = { cmaUse: CmaUse.FIRST, quarantine: Quarantine.DIRECT_IO };
    using simulation = await ranFor(400 * MS, policy, [used, io]);
    expect(pinnedInArea(simulation)).toBe(0);
  });
});
