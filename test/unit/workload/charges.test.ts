// Knows: that no work is done for nothing: each action of an actor costs it what the scenario says, and each wait its time.
// Must not know: where in the core it is charged.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaOwnerRule, CmaZoneRule, Guests, PinRule } from "../../../assembly/abi/proposals.js";
import {
  ActorKind,
  AppsParameter,
  Cost,
  Counter,
  DirectIoParameter,
  FileReadParameter,
  FileWriteParameter,
  LongPinParameter,
  MetadataParameter,
  NoiseParameter,
  Parameter,
  ResidentParameter,
  Spread,
} from "../../../assembly/abi/simulation.js";
import { LevelWord, StatWord } from "../../../assembly/abi/words.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import type { costFigures } from "../../../bindings/scenario/costs.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { resident } from "./loads.js";
import { actor, counted, FIRST, isSound, MS, S, tiny } from "./support.js";

type CostName = keyof typeof costFigures;
const names = Object.keys(Cost).filter(
  (name) => Number.isNaN(Number(name)) && name !== "COUNT",
) as CostName[];
/** Times, not work: what is waited for, and periods. */
const WAITS: readonly CostName[] = [
  "CMA_SLEEP",
  "PIN_POLL",
  "LOCK_POLL",
  "KSWAPD_WAKE",
  "VMSTAT_INTERVAL",
  "KILL",
];

/** Everything happens: reclaim, swap, compaction, pins that move, requests that succeed, wait and fail. */
const everything = [
  resident({
    [ResidentParameter.ANON]: 8_500,
    [ResidentParameter.FILE]: 2_000,
    [ResidentParameter.UNMOVABLE]: 300,
    [ResidentParameter.INTERVAL]: 20_000,
    [ResidentParameter.BATCH]: 8,
  }),
  actor(ActorKind.DIRECT_IO, 64 * 8, {
    [DirectIoParameter.QUEUE_DEPTH]: 64,
    [DirectIoParameter.PAGES]: 8,
    [DirectIoParameter.SERVICE]: 3 * MS,
    [DirectIoParameter.FRESH_SHARE]: 1,
  }),
  actor(ActorKind.APPS, 5 * 3000, {
    [AppsParameter.INITIAL]: 1,
    [AppsParameter.MOST]: 3,
    [AppsParameter.INTERVAL]: 100 * MS,
    [AppsParameter.PAGES_MIN]: 1_000,
    [AppsParameter.PAGES_MAX]: 2_500,
    [AppsParameter.THP_SHARE]: 0.5,
    [AppsParameter.FILE_SHARE]: 0.2,
    [AppsParameter.TOUCH_PAGES]: 100,
    [AppsParameter.TOUCH_INTERVAL]: 5 * MS,
  }),
  actor(ActorKind.NOISE, 0, {
    [NoiseParameter.INTERVAL]: MS / 2,
    [NoiseParameter.HOLD]: 5 * MS,
    [NoiseParameter.ORDER_MAX]: 4,
  }),
  actor(
    ActorKind.CAMERA,
    0,
    {
      [Parameter.START]: 100 * MS,
      [CameraParameter.PAGES]: 2_500,
      [CameraParameter.ALIGN]: 6,
      [CameraParameter.INTERVAL]: 70 * MS,
      [CameraParameter.HOLD]: 20 * MS,
    },
    { area: 0 },
  ),
];

function busy(simulation: Simulation): number {
  return simulation.actors.reduce((sum, _, i) => sum + counted(simulation, i - FIRST, Counter.BUSY_TIME), 0);
}

/** Those of areas that keep their pages alone. */
const OF_KEPT: readonly CostName[] = ["COPY_PAGE", "DISCARD_PAGE"];
const KEEPING: MachinePolicy = {
  rules: { cmaOwner: CmaOwnerRule.AREA },
  guests: Guests.EVERY,
  frontswapShare: 50,
};

/** Pages of other zones are turned over where a zone has only movable pages, and requests that may not take them. */
const ZONED: MachinePolicy = { rules: { cmaZone: CmaZoneRule.OWN } };

function policyFor(name: CostName, pinRule: PinRule): MachinePolicy {
  if (OF_KEPT.includes(name)) return KEEPING;
  return name === "RECLAIM_SKIP" ? ZONED : { pinRule };
}

/** What the machine counts of an action, whoever did it. */
const COUNTED: Partial<Record<CostName, (stat: (word: StatWord) => number) => number>> = {
  RECLAIM_SCAN: (stat) => stat(StatWord.PAGES_SCANNED),
  RECLAIM_SKIP: (stat) => stat(StatWord.PAGES_SKIPPED),
  RECLAIM_ROUND: (stat) => stat(StatWord.RECLAIM_ROUNDS),
  SWAP_OUT: (stat) => stat(StatWord.PAGES_SWAPPED_OUT),
  SWAP_IN: (stat) => stat(StatWord.PAGES_SWAPPED_IN),
  ZRAM_STORE: (stat) => stat(StatWord.PAGES_SWAPPED_OUT),
  ZRAM_LOAD: (stat) => stat(StatWord.PAGES_SWAPPED_IN),
  COMPACTION: (stat) => stat(StatWord.COMPACTIONS),
  MIGRATE_PAGE: (stat) => stat(StatWord.PAGES_MIGRATED),
};

describe("the work of all actors together", () => {
  const onlyCost = async (name: CostName, pinRule: PinRule) => {
    const costs = Object.fromEntries(names.filter((one) => !WAITS.includes(one)).map((one) => [one, 0]));
    const pressure = { swapPages: 2_500, zramPercent: name.startsWith("ZRAM") ? 35 : 0 };
    const simulation = await tiny(everything, {
      costs: { ...costs, [name]: 500 },
      policy: policyFor(name, pinRule),
      pressure,
    });
    simulation.run(S);
    simulation.takeLog();
    return simulation;
  };

  const work = names.filter((name) => !WAITS.includes(name) && name !== "MIGRATE_FAILED");
  it.each(work)("is paid for: %s", async (name) => {
    using simulation = await onlyCost(name, PinRule.ALLOW);
    const count = COUNTED[name]?.((word) => simulation.machine.views.stat(word));
    const paid = busy(simulation) / 500;
    expect(paid).toBeGreaterThan(0);
    if (count !== undefined) expect(paid).toBeCloseTo(count, 3);
    expect(isSound(simulation)).toBe("sound");
  });

  it("includes tries of a migration that fail: file pages that somebody holds", async () => {
    const mounted = actor(ActorKind.METADATA, 0, { [MetadataParameter.PAGES]: 600 });
    const camera = everything.filter(({ kind }) => kind === ActorKind.CAMERA);
    const paid: number[] = [];
    for (const MIGRATE_FAILED of [0, MS]) {
      using simulation = await tiny([resident({ [ResidentParameter.ANON]: 8_000 }), mounted, ...camera], {
        costs: { MIGRATE_FAILED },
      });
      simulation.run(0.15 * S);
      paid.push(counted(simulation, 2, Counter.BUSY_TIME));
    }
    expect(paid[1]).toBeGreaterThan((paid[0] ?? 0) + 5 * MS);
  });

  it("includes what pins move out of CMA: not one page moves for nothing", async () => {
    using simulation = await onlyCost("MIGRATE_PAGE", PinRule.MIGRATE);
    const moved = counted(simulation, 1, Counter.MOVED);
    expect(moved).toBeGreaterThan(100);
    expect(counted(simulation, 1, Counter.BUSY_TIME) / 500).toBeGreaterThanOrEqual(moved);
    expect(busy(simulation) / 500).toBeCloseTo(simulation.machine.views.stat(StatWord.PAGES_MIGRATED), 3);
  });
});

describe("pages that a pin moves out of CMA", () => {
  it("delay the I/O of who pins them, a call of migrate_pages() for each buffer", async () => {
    const used = resident({ [ResidentParameter.ANON]: 7_000 });
    const io = actor(ActorKind.DIRECT_IO, 64, {
      [DirectIoParameter.QUEUE_DEPTH]: 1,
      [DirectIoParameter.PAGES]: 64,
      [DirectIoParameter.SERVICE]: MS,
      [DirectIoParameter.FRESH_SHARE]: 1,
    });
    const operations: number[] = [];
    for (const MIGRATE_BATCH of [0, 10 * MS]) {
      const costs = { MIGRATE_BATCH, MIGRATE_PAGE: 10_000 };
      using simulation = await tiny([used, io], { costs, policy: { pinRule: PinRule.MIGRATE } });
      simulation.run(S);
      operations.push(counted(simulation, 1, Counter.OPERATIONS));
    }
    using free = await tiny([used, io], {
      costs: { MIGRATE_PAGE: 0, MIGRATE_BATCH: 0 },
      policy: { pinRule: PinRule.MIGRATE },
    });
    free.run(S);
    const [paid = 0, slow = 0] = operations;
    expect(counted(free, 1, Counter.OPERATIONS)).toBeGreaterThan(1.2 * paid);
    expect(paid).toBeGreaterThan(1.1 * slow);
  });

  it("are paid by a long pin too", async () => {
    const pins = actor(ActorKind.LONG_PIN, 0, {
      [LongPinParameter.PAGES]: 200,
      [LongPinParameter.INTERVAL]: MS,
      [LongPinParameter.HOLD]: 10 * S,
    });
    using simulation = await tiny([resident({ [ResidentParameter.ANON]: 8000 }), pins], {
      costs: { MIGRATE_PAGE: MS },
    });
    simulation.run(S);
    expect(counted(simulation, 1, Counter.MOVED)).toBeGreaterThan(50);
    expect(counted(simulation, 1, Counter.BUSY_TIME)).toBeGreaterThan(
      MS * counted(simulation, 1, Counter.MOVED),
    );
  });
});

describe("a page under I/O", () => {
  const camera = (start: number) =>
    actor(
      ActorKind.CAMERA,
      0,
      { [Parameter.START]: start, [CameraParameter.PAGES]: 4_000, [CameraParameter.ALIGN]: 8 },
      { area: 0 },
    );
  /** So much is in use that files come into the area. */
  const used = resident({ [ResidentParameter.ANON]: 9_000 });

  async function latencyBeside(load: Parameters<typeof tiny>[0][number], start: number) {
    using simulation = await tiny([used, load, camera(start)]);
    simulation.run(20 * S);
    const [request] = simulation.takeLog();
    expect(isSound(simulation)).toBe("sound");
    return {
      ...request!,
      latency: request!.endNs - request!.beginNs,
      waited: counted(simulation, 2, Counter.IO_WAIT_TIME),
    };
  }

  const writer = (service: number) =>
    actor(ActorKind.FILE_WRITE, 1_500, {
      [Parameter.STOP]: 400 * MS,
      [FileWriteParameter.INTERVAL]: 5 * MS,
      [FileWriteParameter.PAGES]: 10,
      [FileWriteParameter.EXPIRE]: 100 * MS,
      [FileWriteParameter.SERVICE]: service,
      [FileWriteParameter.SERVICE_SPREAD]: Spread.FIXED,
      [FileWriteParameter.CACHE]: 1_400,
    });

  it("is waited for until its writeback ends, and then moved: late, no failure, and no window is lost to it", async () => {
    const slow = await latencyBeside(writer(5 * S), 600 * MS);
    expect(slow).toMatchObject({ errno: 0, windows: 1 });
    // Written at 500 ms at the latest; the last of it ends at 5.5 s.
    expect(slow.latency).toBeGreaterThan(4.5 * S);
    expect(slow.latency).toBeLessThan(5 * S);
    expect(slow.waited).toBeGreaterThan(4.4 * S);
    const quick = await latencyBeside(writer(MS), 600 * MS);
    expect(quick).toMatchObject({ errno: 0, waited: 0 });
    expect(quick.latency).toBeLessThan(0.5 * S);
  });

  it("is locked while it is read in, and waited for until the device has answered", async () => {
    const reader = (service: number) =>
      actor(ActorKind.FILE_READ, 3_000, {
        [FileReadParameter.INTERVAL]: 5 * MS,
        [FileReadParameter.PAGES]: 32,
        [FileReadParameter.READAHEAD]: 32,
        [FileReadParameter.SERVICE]: service,
        [FileReadParameter.CACHE]: 2_000,
        [Parameter.STOP]: 250 * MS,
      });
    const slow = await latencyBeside(reader(2 * S), 200 * MS);
    expect(slow.errno).toBe(0);
    expect(slow.waited).toBeGreaterThan(1.5 * S);
    const quick = await latencyBeside(reader(10_000), 200 * MS);
    expect(quick).toMatchObject({ errno: 0, waited: 0 });
  });
});

describe("kswapd", () => {
  /** Nothing can be reclaimed but a few file pages that are read again and again. */
  const tight = [
    actor(ActorKind.RESIDENT, 15_400, {
      [ResidentParameter.ANON]: 15_400,
      [ResidentParameter.INTERVAL]: MS,
      [ResidentParameter.BATCH]: 1,
      [ResidentParameter.OOM_SCORE_ADJ]: -1000,
    }),
    actor(ActorKind.FILE_READ, 900, {
      [FileReadParameter.INTERVAL]: 10 * MS,
      [FileReadParameter.PAGES]: 16,
      [FileReadParameter.READAHEAD]: 8,
      [FileReadParameter.SERVICE]: MS,
      [FileReadParameter.CACHE]: 600,
    }),
    actor(ActorKind.NOISE, 0, { [NoiseParameter.INTERVAL]: MS, [NoiseParameter.HOLD]: 5 * MS }),
  ];

  it("burns the CPU while it cannot make progress and somebody else makes a little: no swap, hardly any file pages", async () => {
    using poor = await tiny(tight);
    poor.run(2 * S);
    using rich = await tiny(tight, { pressure: { swapPages: 6_000 } });
    rich.run(2 * S);
    const time = (simulation: Simulation) => counted(simulation, -FIRST, Counter.BUSY_TIME);
    expect(time(poor)).toBeGreaterThan(50 * MS);
    expect(time(rich)).toBeLessThan(0.6 * time(poor));
  });

  it("gives up after 16 passes that free nothing, and direct reclaim is left", async () => {
    using simulation = await tiny([
      actor(ActorKind.RESIDENT, 16_500, {
        [ResidentParameter.ANON]: 16_500,
        [ResidentParameter.OOM_SCORE_ADJ]: -1000,
      }),
      actor(ActorKind.NOISE, 0, { [NoiseParameter.INTERVAL]: MS, [NoiseParameter.HOLD]: 5 * MS }),
    ]);
    simulation.run(S);
    const { views } = simulation.machine;
    expect(views.level(LevelWord.KSWAPD_FAILURES)).toBe(16);
    const before = counted(simulation, -FIRST, Counter.BUSY_TIME);
    expect(before).toBeGreaterThan(0);
    simulation.run(2 * S);
    expect(counted(simulation, -FIRST, Counter.BUSY_TIME)).toBe(before);
    expect(views.stat(StatWord.DIRECT_RECLAIMS)).toBeGreaterThan(100);
  });
});
