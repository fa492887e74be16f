// Knows: that a scenario begins in the state of a real device: from a file of `pageblock snapshot`, the files of one moment,
// or a kernel's dump; on the command line and in the file.
// Must not know: how a state is found (test/unit/rebuild), what a run measures.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readCapturedDevice } from "../../../bindings/cli/scenario_file.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { scenario, scenarioDigest } from "../../../bindings/scenario/index.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";
import { runScenario } from "../../../bindings/sweep/index.js";
import { whatIf } from "../../../bindings/whatif/index.js";
import { sharedCaptures } from "../../support/captures.js";
import { inFolder, runCli } from "../../support/cli.js";

const FILES = fileURLToPath(new URL("../../golden/state/k61-e21-192MiB", import.meta.url));

const onState = (device: string, pages = "6MiB") => `name: st
device: ${device}
duration: 300ms
sample: 50ms
workloads: [{ kind: direct-io, queue-depth: 8, pages: 32 pages, service: 3ms, buffers: 4MiB }]
clients: [{ kind: camera, area: reserved, pages: ${pages}, interval: 60ms, hold: 20ms, deadline: 10ms }]
`;

interface Result {
  readonly scenario: { readonly device: unknown };
  readonly results: readonly { readonly device: string; readonly digest: string; readonly areas: unknown }[];
}

describe("a scenario on a captured device", () => {
  it("is run from a snapshot, and from the files themselves, with the same result", async () => {
    await inFolder((folder) => {
      cpSync(FILES, join(folder, "moment"), { recursive: true });
      expect(runCli(["snapshot", "moment", "-o", "state.pb"], folder).code).toBe(0);
      const results = ["state.pb", "moment"].map((device) => {
        writeFileSync(join(folder, "st.yaml"), onState(device));
        const { code, stderr } = runCli(["run", "st.yaml", "--out", `out-${device}`], folder);
        expect([code, stderr]).toEqual([0, ""]);
        return JSON.parse(readFileSync(join(folder, `out-${device}/result.json`), "utf8")) as Result;
      });
      const [snapshot, files] = results.map(({ results: runs }) => runs[0]);
      expect(snapshot?.device).toBe("state.pb");
      expect(snapshot?.areas).toMatchObject([{ name: "reserved", pages: 2048 }]);
      expect(files?.areas).toEqual(snapshot?.areas);
      // The file says which frames there were by a digest.
      expect(results[0]?.scenario.device).toEqual({
        name: "state.pb",
        kernel: "6.1",
        state: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
    });
  });

  it("may be named on the command line, with a path from there", async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, "st.yaml"), onState("tiny"));
      expect(runCli(["run", "st.yaml", "--device", FILES, "--brief"], folder).stdout).toMatch(
        /^st on k61-e21-192MiB \(Linux 6\.1\): one run /,
      );
      expect(runCli(["run", "st.yaml", "--device", "rpi4-4g"], folder).stderr).toMatch(/area of rpi4-4g/);
      const asked = [
        "whatif",
        "st.yaml",
        "--device",
        FILES,
        "--request",
        "1",
        "--area",
        "x2",
        "--retries",
        "1",
      ];
      const { code, stdout } = runCli([...asked, "--horizon", "100ms"], folder);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /- area x2: the size of an area is decided at boot\.\n- area x2: the areas of a captured device are where they are\./,
      );
    });
  });

  it("says what is wrong with its area, its size and its file", async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, "st.yaml"), onState("tiny", "48MiB"));
      const large = runCli(["run", "st.yaml", "--device", FILES], folder);
      expect([large.code, large.stderr]).toEqual([
        2,
        expect.stringMatching(/st\.yaml:6:\d+: 48 MiB can never fit: area reserved has 8 MiB/),
      ]);
      const gone = runCli(["run", "st.yaml", "--device", "gone.pb"], folder);
      expect([gone.code, gone.stderr]).toEqual([
        2,
        expect.stringMatching(/^pageblock: gone\.pb: no such file or folder, and no preset; presets: /),
      ]);
      const none = runCli(["run", "st.yaml", "--device", "st.yaml"], folder);
      expect(none.code).toBe(2);
      expect(none.stderr).not.toMatch(/\n +at /);
    });
  });
});

const WORKLOADS = ["d2_cma80_anon", "d4_cma80_dio8_remap", "k61_d4_cma80_dio8_remap"];
const captures = sharedCaptures().filter(({ name }) => WORKLOADS.includes(name));

describe.skipIf(captures.length === 0)("from the state of a captured workload", () => {
  it.each(captures)("$name goes on under pressure", { timeout: 60_000 }, async ({ path }) => {
    const device = await readCapturedDevice(path);
    const load = scenario("on")
      .device(device)
      .duration("600ms")
      .pressure({ swap: "128MiB", zram: "40%" })
      .workload("resident", { anon: "85%", file: "8%", unmovable: 0, reclaimable: 0, "fill-time": "200ms" })
      .workload("direct-io", { "queue-depth": 8, pages: "128KiB", service: "4ms", buffers: "4MiB" })
      .client("camera", { area: "reserved", pages: "16MiB", start: "100ms", interval: "80ms", hold: "20ms" })
      .build();
    expect(scenarioDigest(load)).toMatch(/^[0-9a-f]{16}$/);
    // It begins in the very state.
    const [policy] = load.policies;
    using simulation = await Simulation.create(simulationOptions(load, policy!, 1));
    using machine = await Machine.fromState(device.state);
    expect(Buffer.compare(simulation.machine.views.classMap(), machine.views.classMap())).toBe(0);
    const run = await runScenario(load, { seed: 1, core: "checked" });
    expect(run.requests.length).toBeGreaterThan(3);
    expect(run.totals["pagesReclaimed"]).toBeGreaterThan(0);
    expect((await runScenario(load, { seed: 1 })).digest).toBe(run.digest);
    const answer = await whatIf(load, ["mainline", "gup-wait"], {
      request: { client: "camera", ordinal: 2 },
      horizonNs: 100e6,
    });
    expect(answer.branches[0]?.switched).toEqual(answer.original);
  });
});
