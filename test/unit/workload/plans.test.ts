// Knows: what an actor's plan is: the n-th unit of its work follows from seed and n alone, under every policy, and goes on
// whatever becomes of it. Must not know: how an actor draws.
//
// The state of an actor's first random stream after n units of work tells every draw of all of them.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { Region } from "../../../assembly/abi/layout.js";
import { RunStatus } from "../../../assembly/abi/run.js";
import {
  ActorKind,
  ActorWord,
  AppsParameter,
  Counter,
  DirectIoParameter,
  Parameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import { policies } from "../../../bindings/policy/index.js";
import type { ActorSpec, Simulation } from "../../../bindings/scenario/simulation.js";
import { Random } from "../../support/random.js";
import { loads, resident } from "./loads.js";
import { actor, counted, FIRST, isSound, MS, owned, S, tiny } from "./support.js";

function stream(simulation: Simulation, nth: number): string {
  const words = simulation.machine.engine.unsigned(Region.ACTORS);
  const at = (FIRST + nth) * ActorWord.COUNT;
  return `${words[at + ActorWord.SEED_HIGH]}:${words[at + ActorWord.SEED_LOW]}`;
}

/** After each of many slices: units of work that an actor's plan had come to, and the draws behind them. */
async function plansOf(actors: readonly ActorSpec[], policy: MachinePolicy, seed: number, time: number) {
  const options = { policy, seed, pressure: { swapPages: 3000, zramPercent: 40 } };
  using simulation = await tiny(actors, options);
  const plans = actors.map(() => new Map<number, string>());
  const last: [number, string][] = [];
  for (let at = 0; at <= time; at += 5 * MS) {
    let status: RunStatus;
    do {
      status = simulation.run(at, { events: 300 });
      simulation.takeLog();
      for (const [nth, plan] of plans.entries())
        plan.set(counted(simulation, nth, Counter.PLANNED), stream(simulation, nth));
    } while (status !== RunStatus.REACHED);
  }
  for (const nth of actors.keys())
    last.push([counted(simulation, nth, Counter.PLANNED), stream(simulation, nth)]);
  return { plans, last };
}

/** The next submission of a closed loop comes when the one before has come back: how far it gets is an outcome. */
function isClosed({ kind, parameters }: ActorSpec): boolean {
  return kind === ActorKind.DIRECT_IO && !parameters.get(DirectIoParameter.INTERVAL);
}

/** A few loads of different names beside memory that is nearly full. */
function randomActors(random: Random): ActorSpec[] {
  const base = resident({
    [ResidentParameter.ANON]: 6_000 + random.below(5_500),
    [ResidentParameter.FILE]: random.below(2_000),
    [ResidentParameter.UNMOVABLE]: random.below(1_200),
    [ResidentParameter.INTERVAL]: 20_000 + random.below(100_000),
    [ResidentParameter.BATCH]: 1 + random.below(40),
    [ResidentParameter.DIRTY_SHARE]: 0.1,
  });
  const actors: ActorSpec[] = [{ ...base, slots: 15_000 }];
  while (actors.length < 5) {
    const { actors: some } = loads[random.below(loads.length)]!;
    for (const one of some)
      if (actors.every(({ name }) => name !== one.name)) actors.push({ ...one, slots: one.slots });
  }
  return actors;
}

describe("the plan of every actor", () => {
  const words = [...policies.values()];
  it.each(Array.from({ length: 8 }, (_, i) => i + 1))(
    "is the same under every policy: scenario %i",
    async (seed) => {
      const random = new Random(seed);
      const actors = randomActors(random);
      const chosen = [words[0]!, words[1 + random.below(words.length - 1)]!];
      const [one, other] = await Promise.all(
        chosen.map(({ cmaUse, cmaFree, quarantine, pinRule, cmaRetries }) =>
          plansOf(actors, { cmaUse, cmaFree, quarantine, pinRule, cmaRetries }, seed, 0.6 * S),
        ),
      );
      for (const [nth, spec] of actors.entries()) {
        const what = `${spec.name}, ${chosen[1]!.name}`;
        const [a, b] = [one!.plans[nth]!, other!.plans[nth]!];
        const both = [...a.keys()].filter((count) => b.has(count));
        expect(both.length, what).toBeGreaterThan(0);
        for (const count of both) expect(a.get(count), `${what} after ${count}`).toBe(b.get(count));
        if (!isClosed(spec)) expect(other!.last[nth], what).toEqual(one!.last[nth]);
      }
    },
  );
});

describe("memory that is wanted and not to be had", () => {
  const full = {
    [ResidentParameter.ANON]: 9_000,
    [ResidentParameter.FILE]: 0,
    [ResidentParameter.UNMOVABLE]: 4_500,
    [ResidentParameter.RECLAIMABLE]: 500,
    [ResidentParameter.INTERVAL]: 100_000,
    [ResidentParameter.BATCH]: 4,
    [ResidentParameter.OOM_SCORE_ADJ]: -1000,
  };

  it("is counted, every kind goes on by itself, and turnover does too", async () => {
    using simulation = await tiny([actor(ActorKind.RESIDENT, 14_000, full)]);
    for (let time = 0; time <= S; time += S / 4) {
      simulation.run(time);
      expect(isSound(simulation)).toBe("sound");
      const lacking = counted(simulation, 0, Counter.LACKING);
      expect(lacking).toBeGreaterThan(0);
      expect(owned(simulation, 0).pages + lacking).toBe(14_000);
    }
    expect(counted(simulation, 0, Counter.OPERATIONS)).toBeGreaterThan(100);
    expect(counted(simulation, 0, Counter.PLANNED)).toBe(14_000 + 10_000);
  });

  it("is asked for again and had as soon as somebody else gives memory back", async () => {
    const others = actor(ActorKind.DIRECT_IO, 3_000, {
      [DirectIoParameter.BUFFERS]: 3_000,
      [DirectIoParameter.QUEUE_DEPTH]: 1,
      [DirectIoParameter.PAGES]: 1,
      [DirectIoParameter.SERVICE]: MS,
      [Parameter.STOP]: 0.5 * S,
    });
    const late = actor(ActorKind.RESIDENT, 14_000, {
      [Parameter.START]: 0.1 * S,
      [ResidentParameter.ANON]: 13_500,
      [ResidentParameter.OOM_SCORE_ADJ]: -1000,
    });
    using simulation = await tiny([others, late]);
    simulation.run(0.4 * S);
    expect(counted(simulation, 1, Counter.LACKING)).toBeGreaterThan(500);
    simulation.run(S);
    expect(counted(simulation, 1, Counter.LACKING)).toBe(0);
    expect(owned(simulation, 1).pages).toBe(13_500);
  });

  it("does not let a closed loop spin: time passes between two tries", async () => {
    const spinner = actor(ActorKind.DIRECT_IO, 64 * 8, {
      [DirectIoParameter.QUEUE_DEPTH]: 64,
      [DirectIoParameter.PAGES]: 8,
      [DirectIoParameter.SERVICE]: 2 * MS,
      [DirectIoParameter.FRESH_SHARE]: 1,
    });
    using simulation = await tiny([
      actor(ActorKind.RESIDENT, 16_500, {
        [ResidentParameter.ANON]: 16_500,
        [ResidentParameter.OOM_SCORE_ADJ]: -1000,
      }),
      spinner,
    ]);
    simulation.run(S);
    expect(simulation.nowNs).toBe(S);
    expect(simulation.events).toBeLessThan(64 * 100 * 3 + 1e5);
    expect(counted(simulation, 1, Counter.LACKING)).toBeGreaterThan(0);
  });
});

describe("an opening while the one before is not over", () => {
  it("is skipped and counted, and the openings behind it come at their times", async () => {
    const camera = actor(
      ActorKind.CAMERA,
      0,
      {
        [CameraParameter.PAGES]: 500,
        [CameraParameter.INTERVAL]: 100 * MS,
        [CameraParameter.HOLD]: 250 * MS,
      },
      { area: 0 },
    );
    using simulation = await tiny([camera]);
    simulation.run(1.05 * S);
    expect(counted(simulation, 0, Counter.PLANNED)).toBe(11);
    expect(counted(simulation, 0, Counter.OPERATIONS)).toBe(4);
    expect(counted(simulation, 0, Counter.SKIPPED)).toBe(7);
    expect(simulation.takeLog().map(({ ordinal }) => ordinal)).toEqual([1, 4, 7, 10]);
  });
});

describe("applications that are killed", () => {
  it("are told: whose, when, and on whose account", async () => {
    const apps = actor(ActorKind.APPS, 21 * 4000, {
      [AppsParameter.INITIAL]: 1,
      [AppsParameter.MOST]: 20,
      [AppsParameter.INTERVAL]: 50 * MS,
      [AppsParameter.PAGES_MIN]: 3000,
      [AppsParameter.PAGES_MAX]: 4000,
    });
    using simulation = await tiny([apps]);
    simulation.run(S);
    const { total, kills } = simulation.killsSince(0);
    expect(total).toBe(counted(simulation, 0, Counter.KILLED));
    expect(total).toBeGreaterThan(3);
    for (const { victim, cause, timeNs, pages } of kills) {
      expect([victim, cause]).toEqual(["apps", "apps"]);
      expect(timeNs).toBeGreaterThan(0);
      // The allocation that failed has taken its time.
      expect(timeNs).toBeLessThan(1.1 * S);
      expect(pages).toBeGreaterThan(500);
    }
    expect(simulation.killsSince(total - 1).kills).toEqual(kills.slice(-1));
  });
});
