// Knows: whom the OOM killer takes, when, and what becomes of the victim and of its plan.
// Must not know: how.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { ActorKind, Counter, Parameter, ResidentParameter } from "../../../assembly/abi/simulation.js";
import { StatWord } from "../../../assembly/abi/words.js";
import { resident } from "./loads.js";
import { actor, counted, isSound, MS, owned, S, tiny } from "./support.js";

/** A process that replaces pages all the time, so that it meets whatever memory is left. */
const busy = { [ResidentParameter.INTERVAL]: 5000, [ResidentParameter.BATCH]: 32 };

/** Asks for nearly all of the area once, at 500 ms. */
const camera = actor(
  ActorKind.CAMERA,
  0,
  {
    [Parameter.START]: 500 * MS,
    [CameraParameter.PAGES]: 3500,
    [CameraParameter.ALIGN]: 8,
    [CameraParameter.INTERVAL]: 200 * MS,
    [CameraParameter.HOLD]: 20 * MS,
  },
  { area: 0 },
);

describe("a cma_alloc near the end of memory", () => {
  it("has a process killed during the call, whose memory comes back and whose plan is dropped", async () => {
    const filler = { ...busy, [ResidentParameter.ANON]: 13_600 };
    using simulation = await tiny([{ ...resident(filler, "filler"), slots: 14_000 }, camera]);
    simulation.run(499 * MS);
    expect(simulation.killsSince(0).total).toBe(0);
    expect(owned(simulation, 0).pages).toBe(13_600);
    simulation.run(2 * S);
    const { kills } = simulation.killsSince(0);
    expect(kills).toMatchObject([
      { victim: "filler", what: "process", cause: "filler", client: "camera", ordinal: 1, order: 0 },
    ]);
    // It fails when the memory is gone, and is granted when the process is.
    const log = simulation.takeLog();
    expect(log[0]?.errno).toBe(-12);
    expect(kills[0]?.timeNs).toBeGreaterThan(log[0]?.beginNs ?? Number.NaN);
    expect(log.slice(1).map(({ errno }) => errno)).toEqual(log.slice(1).map(() => 0));
    expect(owned(simulation, 0).pages).toBe(0);
    expect(counted(simulation, 0, Counter.KILLED)).toBe(1);
    expect(counted(simulation, 0, Counter.LACKING)).toBe(0);
    expect(counted(simulation, 0, Counter.DROPPED)).toBeGreaterThan(20_000);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("the OOM killer", () => {
  const full = { ...busy, [ResidentParameter.ANON]: 9000 };

  it("takes the process with most pages, as oom_score_adj has it, and one process of several", async () => {
    const large = { ...resident(full, "large"), slots: 9000 };
    const small = { ...resident({ ...full, [ResidentParameter.ANON]: 8000 }, "small"), slots: 9000 };
    const victim = async (...actors: Parameters<typeof tiny>[0][number][]) => {
      using simulation = await tiny(actors);
      simulation.run(100 * MS);
      expect(isSound(simulation)).toBe("sound");
      const [first] = simulation.killsSince(0).kills;
      return [first?.victim, first?.pages];
    };
    const adjusted = (of: typeof large, score: number) => ({
      ...of,
      parameters: new Map([...of.parameters, [ResidentParameter.OOM_SCORE_ADJ, score]]),
    });
    const several = {
      ...large,
      parameters: new Map([...large.parameters, [ResidentParameter.PROCESSES, 9]]),
    };
    expect((await victim(large, small))[0]).toBe("large");
    expect((await victim(large, adjusted(small, 500)))[0]).toBe("small");
    expect((await victim(adjusted(large, -1000), small))[0]).toBe("small");
    expect((await victim(several, small))[0]).toBe("small");
    expect(await victim(several, adjusted(small, -1000))).toEqual(["large", 1000]);
  });

  it("kills nobody whom it must not, and the allocations go on failing", async () => {
    const kept = { ...full, [ResidentParameter.ANON]: 17_000, [ResidentParameter.OOM_SCORE_ADJ]: -1000 };
    using simulation = await tiny([{ ...resident(kept), slots: 17_000 }]);
    simulation.run(200 * MS);
    expect(simulation.killsSince(0).total).toBe(0);
    expect(counted(simulation, 0, Counter.LACKING)).toBeGreaterThan(500);
    expect(simulation.machine.views.stat(StatWord.OOMS)).toBeGreaterThan(10);
  });

  it("lets one that starts again want all its pages again", async () => {
    const again = { ...full, [ResidentParameter.RESTART]: 50 * MS };
    const slots = 12_000;
    const large = { ...resident({ ...again, [ResidentParameter.ANON]: 9000 }, "large"), slots };
    const late = {
      ...resident({ [Parameter.START]: 100 * MS, [ResidentParameter.ANON]: 8000 }, "late"),
      slots,
    };
    using simulation = await tiny([large, late]);
    simulation.run(130 * MS);
    expect(simulation.killsSince(0).kills.map(({ victim }) => victim)).toEqual(["large"]);
    expect(owned(simulation, 0).pages).toBe(0);
    expect(owned(simulation, 1).pages).toBe(8000);
    simulation.run(155 * MS);
    expect(owned(simulation, 0).pages).toBeGreaterThan(1000);
    expect(isSound(simulation)).toBe("sound");
  });
});
