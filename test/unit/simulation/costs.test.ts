// Knows: what the cost sets were fitted to, and how near a simulation with them comes.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaOwnerRule, CmaUse, Guests } from "../../../assembly/abi/proposals.js";
import {
  ActorKind,
  FileReadParameter,
  Parameter,
  ResidentParameter,
} from "../../../assembly/abi/simulation.js";
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

/** The same of guaranteed CMA. */
const KEPT = [
  [1, 26],
  [4_096, 13_091],
  [8_192, 17_519],
  [16_384, 30_474],
] as const;

/** Files that are read once: what reclaim drops of them fills an area that keeps its pages. */
const files = {
  kind: ActorKind.FILE_READ,
  name: "files",
  slots: 200_000,
  parameters: new Map<number, number>([
    [FileReadParameter.INTERVAL, 1e6],
    [FileReadParameter.PAGES, 256],
    [FileReadParameter.READAHEAD, 256],
    [FileReadParameter.SERVICE, 1e5],
    [FileReadParameter.CACHE, 200_000],
    [Parameter.STOP, 0.9e9],
  ]),
};

/** One request of an area of 256 MiB that is full: of anonymous pages, or of copies of file pages. */
async function latency(pages: number, keeps = false): Promise<number> {
  const device = {
    ...imx8Board,
    name: "cubox",
    areas: [{ name: "area", size: MiB(256) }],
  };
  using simulation = await Simulation.create({
    device,
    seed: 1,
    actors: [
      ...(keeps ? [files] : []),
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
    policy: keeps
      ? { rules: { cmaOwner: CmaOwnerRule.AREA }, guests: Guests.EVERY }
      : { cmaUse: CmaUse.GFP_CMA },
    costs: costSets["cubox-i4"].ns,
  });
  simulation.run(10e9);
  const [request] = simulation.takeLog();
  if (request === undefined) throw new Error("no request");
  expect(request.errno).toBe(0);
  if (keeps) expect(request.pagesReclaimed).toBe(pages);
  return (request.endNs - request.beginNs) / 1e3;
}

describe("the cost set cubox-i4", () => {
  it.each(CUBOX)("%i pages take %i us, within a factor of 1.4", async (pages, microseconds) => {
    const ratio = (await latency(pages)) / microseconds;
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.4);
  });

  it.each(KEPT)("guaranteed: %i pages take %i us, within a factor of 1.4", async (pages, microseconds) => {
    const ratio = (await latency(pages, true)) / microseconds;
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
