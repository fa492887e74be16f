// Knows: that work on one CPU takes longer while others work there, and not on a device that has a CPU for each.
// Must not know: how a CPU is shared.

import { describe, expect, it } from "vitest";
import { parseScenario } from "../../../bindings/scenario/index.js";
import { runScenario } from "../../../bindings/sweep/run.js";

/** 512 MiB with zram: a request whose targets are reclaimed while kswapd works, too. */
async function play(cpus: number) {
  const text = `
name: shared
device: { base: lab-512m, cpus: ${cpus} }
duration: 2s
pressure: { swap: 256MiB, zram: 50% }
workloads:
  - { kind: resident, anon: 440MiB, file: 4MiB, unmovable: 0, reclaimable: 0 }
  - { kind: resident, name: more, start: 5ms, anon: 80MiB, file: 0, unmovable: 0, reclaimable: 0 }
clients:
  - { kind: camera, area: reserved, pages: 13107 pages, start: 50ms, interval: 100s, hold: 1ms, deadline: 0 }
`;
  const { requests } = await runScenario(parseScenario(text), { seed: 1 });
  return requests[0]?.latencyNs ?? Number.NaN;
}

describe("CPUs", () => {
  it("are shared: a request beside kswapd takes longer on one CPU than on two", async () => {
    const [one, two] = [await play(1), await play(2)];
    expect(one).toBeGreaterThan(1.2 * two);
    expect(one).toBeLessThan(2.2 * two);
  });
});
