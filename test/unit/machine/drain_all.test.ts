// Knows: that the lists of all CPUs, read ahead side by side, go as they would one after the other.
// Must not know: how they are read ahead (assembly/buddy/drain_all).

import { describe, expect, it } from "vitest";
import { Op } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** Movable pages on the lists of all CPUs, in no order, and a few of the kernel on those of some. */
async function listed(): Promise<Machine> {
  const machine = await Machine.create("imx8-1g");
  machine.churn({ steps: 400_000, seed: 7, thp: 0, unmovable: 0, reclaimable: 0 });
  for (let i = 0; i < 20; i++) {
    const result = machine.allocate({ gfp: GFP_KERNEL, cpu: i % 3 });
    if (result.ok) machine.release(result.pfn, 0, i % 2);
  }
  return machine;
}

/** From here on lists are read ahead (assembly/buddy/drain_all FEW). */
const LEAST = 1024;

function onLists({ views }: Machine, cpu: number): number {
  return views.populatedZones().reduce((sum, zone) => sum + views.pcp(cpu, zone).count, 0);
}

describe("draining the lists of all CPUs", () => {
  it("frees the same pages in the same order as one CPU after another", async () => {
    using together = await listed();
    using apart = together.fork();
    expect(onLists(together, 1)).toBeGreaterThan(LEAST);
    together.drainAll();
    for (let cpu = 0; cpu < apart.views.config(ConfigWord.NR_CPUS); cpu++) {
      for (const zone of apart.views.populatedZones())
        apart.commands.push(Op.DRAIN_PCP, { flags: cpu + 1, a: zone, b: apart.views.pcp(cpu, zone).count });
    }
    apart.commands.flush("draining one after the other");
    expect(onLists(together, 1)).toBe(0);
    expect(together.validate().name).toBe("NONE");
    expect(together.digest()).toBe(apart.digest());
    // Refills behind a drain read ahead what it has noted: they take the same pages as where nothing is noted.
    for (let i = 0; i < 3000; i++)
      for (const machine of [together, apart])
        machine.allocate({ gfp: i % 8 ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL, cpu: (i >> 6) & 3 });
    expect(together.digest()).toBe(apart.digest());
  });
});
