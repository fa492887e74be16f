// Knows: that an actor has all the slots that it finds by number, on a device that has less memory as well.
// Must not know: what is in them.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import {
  ActorKind,
  ActorWord,
  DirectIoParameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
import { StateError } from "../../../bindings/engine/errors.js";
import { varied } from "../../../bindings/scenario/inputs.js";
import { kinds } from "../../../bindings/scenario/kinds/index.js";
import type { Kind } from "../../../bindings/scenario/kinds/kind.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { readScenario } from "../../../bindings/scenario/yaml.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";
import { actor, FIRST, isSound, MS, tiny } from "./support.js";

/** More than the 64 MiB and the swap of the device, behind its start, where nobody counts it against what is managed. */
const LARGER: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  resident: { anon: "90%", file: "90%", unmovable: "5%", reclaimable: "5%", "fill-time": "50ms" },
  "file-read": { file: 50_000, pages: "30%", interval: "1ms" },
  "direct-io": { buffers: "80%", scatter: 2, "fresh-size": "90%", "queue-depth": 3, service: "1ms" },
};

function larger(kind: string) {
  return readScenario({
    name: kind,
    device: "tiny",
    duration: "200ms",
    pressure: { swap: "20%", zram: "50%" },
    workloads: [{ kind, start: "1ms", ...LARGER[kind] }],
  });
}

const numbered = Object.entries<Kind>(kinds).filter(([, { numbered }]) => numbered !== undefined);

describe.each(numbered)("%s", (name, { numbered }) => {
  it("has its slots, and finds no page of others behind them", async () => {
    const scenario = larger(name);
    const [{ slots, parameters } = { slots: 0, parameters: {} }] = scenario.actors;
    expect(slots).toBeGreaterThanOrEqual(numbered?.(parameters) ?? 0);
    const [policy] = scenario.policies;
    using simulation = await Simulation.create({
      ...simulationOptions(scenario, policy!, 1),
      core: "checked",
    });
    expect(slots).toBeGreaterThan(simulation.machine.views.frameCount);
    for (let time = 20 * MS; time <= 200 * MS; time += 20 * MS) {
      simulation.run(time);
      simulation.takeLog();
      expect(isSound(simulation), `at ${time / MS} ms`).toBe("sound");
    }
  });
});

describe("slots", () => {
  it("grow with a number that is varied, beyond the memory of the device", () => {
    const scenario = larger("resident");
    const before = scenario.actors[0]!;
    const anon = (before.parameters["anon"] ?? 0) * 3;
    const [after] = varied(scenario, "resident.anon", anon).actors;
    expect(after?.slots).toBe(before.slots + (anon * 2) / 3);
  });

  it("that are too few, or no number, are refused before anything is made", async () => {
    const one = (slots: number) =>
      tiny([actor(ActorKind.RESIDENT, slots, { [ResidentParameter.ANON]: 100 })]);
    for (const slots of [99, -1, 100.5, Number.NaN]) await expect(one(slots)).rejects.toThrow(StateError);
    await expect(one(99)).rejects.toThrow("slots of resident must be a whole number, at least 100, got 99");
    using simulation = await one(100);
    expect(isSound(simulation)).toBe("sound");
    const buffers = { [DirectIoParameter.BUFFERS]: 8, [DirectIoParameter.SCATTER]: 3 };
    await expect(tiny([actor(ActorKind.DIRECT_IO, 23, buffers)])).rejects.toThrow(/at least 24/);
  });

  it("behind those of an actor stop the checked core", async () => {
    using simulation = await tiny([actor(ActorKind.RESIDENT, 100, { [ResidentParameter.ANON]: 100 })]);
    const words = simulation.machine.engine.unsigned(Region.ACTORS);
    words[FIRST * ActorWord.COUNT + ActorWord.SLOT_COUNT] = 50;
    expect(() => simulation.run(MS)).toThrow();
  });
});
