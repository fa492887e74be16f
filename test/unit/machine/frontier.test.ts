// Knows: that free blocks which boot left out of the lists cannot be told from written ones, whatever happens to them.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { FrontierHead, FrontierWord } from "../../../assembly/abi/records.js";
import { ActorKind, ResidentParameter } from "../../../assembly/abi/simulation.js";
import { BootFree, FrameKind, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { presetNames } from "../../../bindings/device/presets/index.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { type CreateOptions, Machine } from "../../../bindings/machine/machine.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";

const CHECKED: CreateOptions = { core: "checked" };

function leftOut(machine: Machine): number {
  return machine.engine.words(Region.FRONTIERS)[FrontierHead.LEFT] ?? 0;
}

/** Two machines after the same boot; somebody has looked at the frames of the second. */
async function pair(device: string): Promise<[Machine, Machine]> {
  const lazy = await Machine.create(device, CHECKED);
  const written = await Machine.create(device, CHECKED);
  written.digest();
  expect(leftOut(written)).toBe(0);
  return [lazy, written];
}

/** Frames of one block in the middle of the first run that is left out. */
function someLeftOut(machine: Machine): { pfn: number; order: number } {
  const words = machine.engine.unsigned(Region.FRONTIERS);
  const order = machine.views.config(ConfigWord.MAX_PAGE_ORDER);
  const start = (words[FrontierHead.COUNT + FrontierWord.START] ?? 0) / 4;
  return { pfn: machine.views.startPfn + start + 2 * 2 ** order, order };
}

describe("what boot leaves out", () => {
  it.each(presetNames)(
    "%s: has the digest and the lists of a machine that is all written",
    async (device) => {
      const [lazy, written] = await pair(device);
      expect(lazy.digest()).toBe(written.digest());
      expect(lazy.validate().name).toBe("NONE");
      for (const machine of [lazy, written]) machine.dispose();
    },
  );

  it("is most of a phone", async () => {
    using machine = await Machine.create("phone-16g");
    expect(leftOut(machine)).toBeGreaterThan(3);
    machine.views.classMap();
    expect(leftOut(machine)).toBe(0);
  });

  it.each(["phone-16g", "tablet-8g"])(
    "%s: is handed out in the same order, to the last block",
    async (device) => {
      const machines = await pair(device);
      const [taken, others] = machines.map((machine) => {
        const order = machine.views.config(ConfigWord.MAX_PAGE_ORDER);
        const pfns: number[] = [];
        for (;;) {
          const kind = pfns.length % 3;
          const gfp = kind === 0 ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE;
          const page = machine.allocate({ gfp, order: kind === 2 ? 0 : order, life: PageLife.ANON });
          if (!page.ok) return pfns;
          pfns.push(page.pfn);
        }
      });
      expect(taken?.length).toBeGreaterThan(500);
      expect(taken).toEqual(others);
      expect(machines[0].digest()).toBe(machines[1].digest());
      expect(machines[0].validate().name).toBe("NONE");
      for (const machine of machines) machine.dispose();
    },
  );

  it.each(["phone-16g", "server-64g"])("%s: under churn", async (device) => {
    const machines = await pair(device);
    for (const machine of machines) machine.churn({ steps: 200_000, seed: 5, freeShare: 0.6 });
    expect(leftOut(machines[0])).toBeGreaterThan(0);
    expect(machines[0].digest()).toBe(machines[1].digest());
    expect(machines[0].validate().name).toBe("NONE");
    for (const machine of machines) machine.dispose();
  });

  it("answers commands on its frames as written ones do", async () => {
    const ops: readonly (readonly [Op, number, number, number])[] = [
      [Op.RELEASE, 0, 0, 0],
      [Op.SET_CONTENT, 0, 0, 0],
      [Op.PIN, 0, 0, 0],
      [Op.LOAD_FRAMES, 0, 1, FrameKind.RESERVED],
      [Op.LOAD_FREE, 0, 1, 0],
      [Op.FREE_BOOT, 0, 16, BootFree.LATE],
      [Op.FREE_BOOT, 0, 1024, BootFree.EARLY],
      [Op.TAKE_FREE, 0, 0, 0],
      [Op.TAKE_FREE, 9, 0, 0],
      [Op.ISOLATE_FREE, 10, 1, 0],
      [Op.ROTATE_FREE, 10, 1, 0],
      [Op.RETYPE, 0, 2, 0],
      [Op.COMPACT, 9, 0, 1],
    ];
    for (const [op, order, b, c] of ops) {
      const machines = await pair("phone-16g");
      const { pfn } = someLeftOut(machines[0]);
      const answers = machines.map(({ commands }) => {
        commands.clear();
        commands.append(op, 0, order, 0, op === Op.COMPACT ? 1 : pfn, b, c);
        commands.execute();
        return [Status[commands.status(0)], commands.pfn(0)];
      });
      expect(answers[0], Op[op]).toEqual(answers[1]);
      expect(machines[0].digest(), Op[op]).toBe(machines[1].digest());
      for (const machine of machines) machine.dispose();
    }
  });

  it("is written before anybody sees frames, links or copies", async () => {
    const looks: readonly ((machine: Machine) => unknown)[] = [
      (machine) => machine.views.frame(machine.views.startPfn),
      (machine) => machine.freeList(1, 10, 1),
      (machine) => machine.snapshot(),
      (machine) => machine.fork().dispose(),
      (machine) => machine.validate(),
    ];
    for (const look of looks) {
      using machine = await Machine.create("phone-16g");
      look(machine);
      expect(leftOut(machine)).toBe(0);
    }
  });

  it("does not change a simulation", async () => {
    const parameters = new Map<number, number>([
      [ResidentParameter.ANON, 40_000],
      [ResidentParameter.FILE, 20_000],
      [ResidentParameter.INTERVAL, 50_000],
      [ResidentParameter.BATCH, 8],
    ]);
    const actors = [{ kind: ActorKind.RESIDENT, name: "resident", slots: 60_000, parameters }];
    const [lazy, written] = await Promise.all(
      [0, 1].map(() => Simulation.create({ device: "phone-16g", seed: 3, actors })),
    );
    written?.digest();
    for (const simulation of [lazy, written]) simulation?.run(3e8);
    expect(leftOut((lazy as Simulation).machine)).toBeGreaterThan(0);
    expect(lazy?.digest()).toBe(written?.digest());
  });
});
