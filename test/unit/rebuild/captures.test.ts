// Knows: that the state built from the files of a real kernel prints those files again, and is the kernel's own state but
// for what moved in between and what no file shows.
// Must not know: how it is built. Captures other than the one shipped are skipped where they are not at hand.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { actorSpec, Simulation, scenario } from "../../../bindings/doors/pageblock.js";
import { parseStateDumps } from "../../../bindings/importers/capture/dump/dump.js";
import { DirectoryFiles } from "../../../bindings/importers/capture/node.js";
import { collectFiles } from "../../../bindings/importers/node.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { buildState } from "../../../bindings/rebuild/index.js";
import { sharedCaptures } from "../../support/captures.js";
import { agreement, reproduces } from "../../support/state.js";

const SHIPPED = fileURLToPath(new URL("../../golden/state/k61-e21-192MiB", import.meta.url));
const ALL = { buddyinfo: true, pagetypeinfo: true };

function inFolder(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, `${name}.gz`)).filter((path) => existsSync(path));
}

const FRAMES = ["kpageflags.bin", "kpagecount.bin"];
const TABLES = ["buddyinfo.txt", "pagetypeinfo.txt", "zoneinfo.txt", "meminfo.txt", "vmstat.txt"];
const SUMS = ["cma_debugfs.txt", "pagetypeinfo.txt"];

describe("the shipped files of a 6.1 kernel", () => {
  it("give a machine that prints the same tables, with every frame told", async () => {
    const files = inFolder(SHIPPED, [...FRAMES, ...TABLES, "cma_debugfs.txt"]);
    const built = buildState(await collectFiles(files));
    expect(built.source).toBe("frames");
    expect(built.issues).toEqual([]);
    using machine = await Machine.fromState(built.state, { core: "checked" });
    expect(reproduces(machine, SHIPPED)).toEqual(ALL);
    expect(machine.validate().name).toBe("NONE");
    expect(machine.cma.areas).toMatchObject([{ name: "reserved", pages: 2048, available: 2048 }]);
  });

  it("from bitmap and pagetypeinfo alone: the same tables, the rest drawn, the same for the same seed", async () => {
    const facts = await collectFiles(inFolder(SHIPPED, SUMS));
    const digests = new Set<string>();
    for (const seed of [1, 1, 2]) {
      const built = buildState(facts, { kernel: "6.1", seed });
      expect(built.source).toBe("drawn");
      expect(built.assumed.join("\n")).toMatch(/seeded model/);
      using machine = await Machine.fromState(built.state, { core: "checked" });
      expect(reproduces(machine, SHIPPED)).toEqual(ALL);
      digests.add(machine.digest());
    }
    expect(digests.size).toBe(2);
  });

  it("a simulation goes on from them, the same again and soundly", async () => {
    const files = inFolder(SHIPPED, [...FRAMES, ...TABLES, "cma_debugfs.txt"]);
    const { state } = buildState(await collectFiles(files));
    const load = scenario("readers")
      .device("tiny")
      .duration("1s")
      .workload("direct-io", {
        name: "reader",
        "queue-depth": 8,
        pages: "32 pages",
        service: "3ms",
        buffers: "8MiB",
      })
      .build();
    const areas = state.areas.map(({ name }) => name);
    const actors = load.actors.map((actor) => actorSpec(actor, areas));
    const digests = new Set<string>();
    for (const seed of [1, 1, 2]) {
      using simulation = await Simulation.create({ device: state, seed, actors, core: "checked" });
      const before = simulation.digest();
      simulation.run(1e9);
      expect(simulation.machine.validate().name).toBe("NONE");
      expect(simulation.counters(simulation.actors.length - 1)["pins"]).toBeGreaterThan(1_000);
      expect(simulation.digest()).not.toBe(before);
      digests.add(simulation.digest());
    }
    expect(digests.size).toBe(2);
  });

  it("a machine of them goes on: it allocates, moves pages out of its area, and stays sound", async () => {
    const files = inFolder(SHIPPED, [...FRAMES, ...TABLES, "cma_debugfs.txt"]);
    using machine = await Machine.fromState(buildState(await collectFiles(files)).state, { core: "checked" });
    expect(machine.cma.allocate({ area: 0, pages: 1500, align: 8 })).toMatchObject({ errno: 0 });
    machine.churn({ steps: 20_000, seed: 5 });
    expect(machine.validate().name).toBe("NONE");
  });
});

/** Its page cache was filled between the files and the state: the two are not of one moment. */
const FILLED_SINCE = new Set(["e12_reclaim_s12"]);

const captures = sharedCaptures().filter(({ path }) => existsSync(join(path, "before", "kpageflags.bin.gz")));

describe.skipIf(captures.length === 0)("the files of before/ of every capture", () => {
  it("there are some", () => expect(captures.length).toBeGreaterThan(30));

  for (const { name, path } of captures) {
    it(name, async () => {
      const folder = join(path, "before");
      expect(readdirSync(folder)).toContain("zoneinfo.txt.gz");
      const files = inFolder(folder, [...FRAMES, ...TABLES, "cma_debugfs.txt", "cma_sysfs.txt"]);
      const built = buildState(await collectFiles(files));
      using machine = await Machine.fromState(built.state);
      expect(reproduces(machine, folder)).toEqual(ALL);
      expect(built.issues.filter(({ severity }) => severity === "error")).toEqual([]);
      if (FILLED_SINCE.has(name)) return;
      const [state] = parseStateDumps(new DirectoryFiles(path).read("state_before.txt")!, name);
      using kernel = await Machine.fromState(state!);
      const shares = agreement(machine, kernel);
      expect(shares.free).toBeGreaterThan(0.999);
      expect(shares.kind).toBeGreaterThan(0.99);
      expect(shares.blocks).toBeGreaterThan(0.95);
    });

    it(`${name}: from bitmap and pagetypeinfo alone`, async () => {
      const folder = join(path, "before");
      const built = buildState(await collectFiles(inFolder(folder, SUMS)), { seed: 7 });
      using machine = await Machine.fromState(built.state);
      expect(reproduces(machine, folder).pagetypeinfo).toBe(true);
    });
  }
});
