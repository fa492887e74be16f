// Knows: that a machine told as a state and loaded again is the same machine, and what cannot be told.

import { describe, expect, it } from "vitest";
import { Mobility, PageLife } from "../../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { readCaptureDirectory } from "../../../bindings/importers/capture/node.js";
import { compareState } from "../../../bindings/machine/compare.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { stateOfMachine } from "../../../bindings/machine/to_state.js";
import { EXAMPLE, sharedCaptures } from "../../support/captures.js";
import { fieldOf } from "../../support/fields.js";

/** One of each kernel and page size, with user memory in its areas. */
const CHOSEN = ["d4_cma80_dio8_remap", "a16k_c01_cma_nxp", "k61_e21_stealmov_s131"];
const captures = [
  { name: "example", path: EXAMPLE },
  ...sharedCaptures().filter(({ name }) => CHOSEN.includes(name)),
];

/** All of a frame but its links: where it is, of what order, zone and type, what it holds. */
function wordsOf(machine: Machine): Buffer {
  const words = fieldOf(machine);
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

/** Allocated user pages of one machine. */
async function used(): Promise<Machine> {
  const machine = await Machine.create("tiny");
  for (let i = 0; i < 500; i++)
    machine.allocate({
      gfp: GFP_HIGHUSER_MOVABLE,
      order: i % 3,
      mobility: i % 3 ? Mobility.FIXED : Mobility.LRU,
      life: PageLife.ANON,
    });
  return machine;
}

describe("a machine as a state", () => {
  it.each(captures)(
    "$name: loaded, told and loaded again is the same, list by list",
    { timeout: 30_000 },
    async ({ path }) => {
      const { before } = await readCaptureDirectory(path);
      using first = await Machine.fromState(before);
      using second = await Machine.fromState(stateOfMachine(first));
      expect(compareState(second, before)).toEqual([]);
      expect(wordsOf(second).equals(wordsOf(first))).toBe(true);
    },
  );

  it.each(["tiny", "imx8-1g"])("%s right after boot", async (device) => {
    using first = await Machine.create(device);
    using second = await Machine.fromState(stateOfMachine(first));
    expect(compareState(second, stateOfMachine(first))).toEqual([]);
    expect(wordsOf(second).equals(wordsOf(first))).toBe(true);
    expect(second.cma.areas).toEqual(first.cma.areas);
  });

  it("of pages in use: what each is, which bits are set", async () => {
    using first = await used();
    first.cma.allocate({ area: 0, pages: 100, align: 4 });
    using second = await Machine.fromState(stateOfMachine(first));
    expect(Buffer.compare(second.views.classMap(), first.views.classMap())).toBe(0);
    expect(second.cma.bitmap(0)).toEqual(first.cma.bitmap(0));
    expect(compareState(second, stateOfMachine(first))).toEqual([]);
    expect(second.validate().name).toBe("NONE");
  });

  it("is refused where something is held that it cannot tell", async () => {
    using pinned = await used();
    const page = pinned.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON });
    if (page.ok) pinned.pin(page.pfn);
    expect(() => stateOfMachine(pinned)).toThrow(/pinned pages/);
    using asking = await used();
    asking.cma.begin({ area: 0, pages: 10 });
    expect(() => stateOfMachine(asking)).toThrow(/cma_alloc under way/);
  });
});
