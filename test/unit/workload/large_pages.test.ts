// Knows: large pages of applications: which order they are asked for in, and that a request whose window they fill splits those
// that no target is to be had for. Must not know: how pages move.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaUse } from "../../../assembly/abi/proposals.js";
import { ActorKind, AppsParameter, FileReadParameter, Parameter } from "../../../assembly/abi/simulation.js";
import { PageLife } from "../../../assembly/abi/vocabulary.js";
import { StatWord } from "../../../assembly/abi/words.js";

import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { actor, framesInUse, isSound, MS, S, tiny } from "./support.js";

const APPS = {
  [AppsParameter.INITIAL]: 1,
  [AppsParameter.MOST]: 2,
  [AppsParameter.INTERVAL]: 10 * S,
  [AppsParameter.FILE_SHARE]: 0,
  [AppsParameter.THP_SHARE]: 1,
  [AppsParameter.TOUCH_PAGES]: 100,
  [AppsParameter.TOUCH_INTERVAL]: 5 * MS,
};
const CAMERA = {
  [Parameter.START]: S,
  [CameraParameter.PAGES]: 2 * 1024,
  [CameraParameter.ALIGN]: 8,
  [CameraParameter.INTERVAL]: 400 * MS,
  [CameraParameter.HOLD]: 50 * MS,
};

/** Applications in large pages; with `full`, in the area first, and a page cache that leaves no large piece free elsewhere. */
function load(order: number, pages: number, full = false) {
  const cache = {
    [FileReadParameter.INTERVAL]: MS / 4,
    [FileReadParameter.PAGES]: 10,
    [FileReadParameter.READAHEAD]: 4,
    [FileReadParameter.CACHE]: 14_000,
  };
  const apps = {
    ...APPS,
    [AppsParameter.PAGES_MIN]: pages,
    [AppsParameter.PAGES_MAX]: pages,
    [AppsParameter.THP_ORDER]: order,
  };
  const actors = [
    actor(ActorKind.APPS, pages * 3, apps),
    actor(ActorKind.CAMERA, 0, CAMERA, { area: 0 }),
    ...(full ? [actor(ActorKind.FILE_READ, 15_000, cache)] : []),
  ];
  return tiny(actors, full ? { policy: { cmaUse: CmaUse.FIRST } } : {});
}

const large = (simulation: Simulation, wanted: number) =>
  framesInUse(simulation)
    .filter(({ order, life }) => order === wanted && life === PageLife.ANON)
    .reduce((pages, { order }) => pages + 2 ** order, 0);

describe("large pages of applications", () => {
  it.each([2, 4, 9])("are asked for in their order: %i", async (order) => {
    using simulation = await load(order, 4096);
    simulation.run(900 * MS);
    expect(large(simulation, order)).toBeGreaterThan(2000);
    expect(isSound(simulation)).toBe("sound");
  });

  it("are of the kernel's own size without an order", async () => {
    using simulation = await load(0, 4096);
    simulation.run(900 * MS);
    expect(large(simulation, 9)).toBeGreaterThan(2000);
  });
});

describe("a request for a window that large pages fill", () => {
  it("splits those that no target is to be had for, and moves the pieces: it fails for no other reason", async () => {
    using simulation = await load(9, 4000, true);
    simulation.run(990 * MS);
    const before = large(simulation, 9);
    simulation.run(4 * S);
    const { views } = simulation.machine;
    expect(views.stat(StatWord.CMA_ALLOC_SUCCESS)).toBeGreaterThan(2);
    expect(views.stat(StatWord.CMA_ALLOC_FAIL)).toBe(0);
    expect(large(simulation, 9)).toBeLessThan(before);
    expect(isSound(simulation)).toBe("sound");
  });
});
