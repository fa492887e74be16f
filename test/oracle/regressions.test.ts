// Knows: each divergence that random operations have found, as the few operations that show it.
// Must not know: how it was put right.

import { describe, expect, it } from "vitest";
import { Gfp, Migratetype, Mobility, Op, Status } from "../../assembly/abi/vocabulary.js";
import type { MachineState } from "../../bindings/state/types.js";
import type { Operation } from "../support/operations.js";
import { type SmallMachine, type SmallZone, smallState } from "../support/small_state.js";
import { Twins } from "../support/twins.js";

const { MOVABLE: M, HIGHATOMIC: H } = Migratetype;

const ZONE: SmallZone = {
  index: 2,
  name: "Normal",
  start: 64,
  pages: 128,
  marks: [6, 9, 14],
  batch: 3,
  highMin: 8,
  highMax: 24,
  threshold: 3,
  types: [M],
};
const MACHINE: SmallMachine = {
  name: "regression",
  kernel: "6.12",
  pageShift: 12,
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 2,
  thp: false,
  cpus: 2,
  maxZones: 4,
  boostFactor: 15_000,
  zones: [ZONE],
};

const KERNEL_PAGE = { order: 0, gfp: Gfp.KSWAPD_RECLAIM, mobility: Mobility.FIXED };

/** Performs all; both agree after each. */
function agree(twins: Twins, operations: readonly Operation[]): void {
  for (const operation of operations) {
    expect(twins.perform(operation), JSON.stringify(operation)).toBeNull();
    expect(twins.differences(), JSON.stringify(operation)).toEqual([]);
  }
}

describe("found by random operations", () => {
  it.each(["6.12", "6.1"] as const)(
    "drain_all_pages: the CPU that drains takes the counter change; Linux %s",
    async (kernel) => {
      using twins = await Twins.create(smallState({ ...MACHINE, kernel }));
      agree(twins, [{ op: "allocate", id: 0, cpu: 1, ...KERNEL_PAGE }]);
      const { diffFree } = twins.core.views.pcp(1, 2);
      const { count } = twins.core.views.pcp(1, 2);
      expect(count).toBe(2);
      agree(twins, [{ op: "drain_all", cpu: 0, zone: null }]);
      expect(twins.core.views.pcp(1, 2).diffFree).toBe(diffFree);
      expect(twins.core.views.pcp(0, 2).diffFree).toBe(count);
    },
  );

  it("DRAIN_PCP of another CPU's lists, as a trace tells it", async () => {
    using twins = await Twins.create(smallState(MACHINE));
    agree(twins, [{ op: "allocate", id: 0, cpu: 1, ...KERNEL_PAGE }]);
    const owner = 1;
    expect(twins.command(Op.DRAIN_PCP, 0, 0, owner + 1, 2, 1, 0).status).toBe(Status.OK);
    expect(twins.core.views.pcp(1, 2).count).toBe(1);
    expect(twins.core.views.pcp(0, 2).diffFree).toBe(1);
    expect(twins.command(Op.DRAIN_PCP, 0, 0, 3, 2, 1, 0).status).toBe(Status.BAD_CPU);
  });

  it.each([
    ["6.12", 0],
    ["6.1", 16],
  ] as const)(
    "a HIGHATOMIC block of two pageblocks is given back; Linux %s keeps %i pages on the books",
    async (kernel, left) => {
      const zone = { ...ZONE, types: [H, H, M] };
      using twins = await Twins.create(smallState({ ...MACHINE, kernel, zones: [zone] }));
      expect(twins.core.views.zone(2).nrReservedHighatomic).toBe(32);
      expect(twins.core.freeList(2, 5, H)).toHaveLength(1);
      agree(twins, [{ op: "unreserve", cpu: 0, gfp: Gfp.KSWAPD_RECLAIM }]);
      expect(twins.core.views.zone(2).nrReservedHighatomic).toBe(left);
      expect(twins.faults()).toEqual([]);
    },
  );

  it("buddies of a pageblock or more may stay apart when a type changes under them: that is sound", async () => {
    const zone = { ...ZONE, types: [H, M, M] };
    using twins = await Twins.create(smallState({ ...MACHINE, kernel: "6.1", zones: [zone] }));
    agree(twins, [{ op: "unreserve", cpu: 0, gfp: Gfp.MOVABLE }]);
    expect(twins.core.freeList(2, 4, M)).toHaveLength(2);
    expect(twins.faults()).toEqual([]);
  });

  it.each(["6.12", "6.1"] as const)(
    "a counter below zero reads as zero in a watermark test; Linux %s",
    async (kernel) => {
      const state = smallState({ ...MACHINE, kernel });
      using twins = await Twins.create(withMinusOneCma(state, 128));
      agree(twins, [{ op: "allocate", id: 0, cpu: 0, ...KERNEL_PAGE }]);
      // 128 free pages and a low mark of 128: one page too few, unless the -1 is counted.
      expect(twins.core.commands.wasSlow(0)).toBe(true);
    },
  );
});

/** The zone's free CMA counter says -1, a CPU holds the +1; the marks are such that one page decides. */
function withMinusOneCma(state: MachineState, low: number): MachineState {
  return {
    ...state,
    zones: state.zones.map((zone) => ({
      ...zone,
      watermark: { ...zone.watermark, low, high: low + 10 },
      counters: { ...zone.counters, freeCma: -1 },
      pcps: zone.pcps.map((pcp) => ({ ...pcp, diffCma: pcp.cpu === 0 ? 1 : 0 })),
    })),
  };
}
