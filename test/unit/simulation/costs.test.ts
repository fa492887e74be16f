// Knows: what the cost sets were fitted to, and how near a simulation with them comes.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaUse } from "../../../assembly/abi/proposals.js";
import { ActorKind, Parameter, ResidentParameter } from "../../../assembly/abi/simulation.js";
import { imx8Board } from "../../../bindings/device/presets/boards.js";
import { MiB } from "../../../bindings/engine/units.js";
import { costFigures, costSets } from "../../../bindings/scenario/costs.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";

/** Average microseconds of a request on the CuBox-i4, by pages. */
const CUBOX = [
  [1, 684],
  [4_096, 298_640],
  [8_192, 407_076],
  [16_384, 657_603],
] as const;

/** One request of an area of 256 MiB that is full of anonymous pages. */
async function latency(pages: number): Promise<number> {
  const device = {
    ...imx8Board,
    name: "cubox",
    areas: [{ name: "area", size: MiB(256) }],
  };
  using simulation = await Simulation.create({
    device,
    seed: 1,
    actors: [
      {
        kind: ActorKind.RESIDENT,
        name: "resident",
        slots: 150_000,
        parameters: new Map<number, number>([[ResidentParameter.ANON, 150_000]]),
      },
      {
        kind: ActorKind.CAMERA,
        name: "client",
        area: 0,
        slots: 0,
        parameters: new Map<number, number>([
          [Parameter.START, 1e9],
          [CameraParameter.PAGES, pages],
          [CameraParameter.ALIGN, 0],
        ]),
      },
    ],
    policy: { cmaUse: CmaUse.GFP_CMA },
    costs: costSets["cubox-i4"].ns,
  });
  simulation.run(10e9);
  const [request] = simulation.takeLog();
  if (request === undefined) throw new Error("no request");
  expect(request.errno).toBe(0);
  return (request.endNs - request.beginNs) / 1e3;
}

describe("the cost set cubox-i4", () => {
  it.each(CUBOX)("%i pages take %i us, within a factor of 1.4", async (pages, microseconds) => {
    const ratio = (await latency(pages)) / microseconds;
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.4);
  });
});

describe("every figure", () => {
  it("names its source and is a time", () => {
    for (const [name, { ns, source }] of Object.entries(costFigures)) {
      expect(ns, name).toBeGreaterThanOrEqual(0);
      expect(source.length, name).toBeGreaterThan(5);
    }
    for (const { ns } of Object.values(costSets))
      for (const name of Object.keys(ns)) expect(costFigures).toHaveProperty(name);
  });
});
