// Knows: `pageblock run` as a user meets it: answers, exit codes, files, an interrupt.
// Must not know: the figures (they follow from the model), nor how tables look (test/unit/report/run_text).

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { scenarioNames, scenarioText } from "../../../bindings/scenario/index.js";
import { inFolder, listing, runCli } from "../../support/cli.js";

const MAIN = fileURLToPath(new URL("../../../dist/bindings/cli/main.js", import.meta.url));

const SMALL = `name: small
device: tiny
policy: [mainline, strict]
duration: 200ms
sample: 20ms
seeds: 2
pressure: { swap: 16MiB }
workloads:
  - { kind: resident, anon: 40%, file: 16%, unmovable: 3%, reclaimable: 2%, interval: 20us, batch: 8 }
  - { kind: direct-io, queue-depth: 64, pages: 16KiB, service: 8ms, buffers: 14MiB, fresh-share: 40% }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 30ms, hold: 10ms, deadline: 5ms }
`;

function withSmall<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  return inFolder((folder) => {
    writeFileSync(join(folder, "small.yaml"), SMALL);
    return work(folder);
  });
}

describe("pageblock run", () => {
  it("tells tables, series and failures, the same in one thread and in two", async () => {
    await withSmall((folder) => {
      const alone = runCli(["run", "small.yaml", "--jobs", "1"], folder);
      expect([alone.code, alone.stderr]).toEqual([0, ""]);
      expect(alone.stdout).toMatch(
        /^client +policy +runs[^\n]*\n[- ]+\ncamera +mainline +2 [^\n]* x -16 EBUSY\ncamera +strict +2 /,
      );
      expect(alone.stdout).toMatch(/\ncamera +strict +mainline +success rate +\+/);
      expect(alone.stdout).toMatch(/\nmainline, seed 1, 200 ms\n +reserved in movable use +[▁-█]{11} /);
      expect(alone.stdout).toMatch(
        /\ncamera under mainline failed with -16 EBUSY [\s\S]* direct-io [\s\S]*no pin was\s+long/,
      );
      expect(runCli(["run", "small.yaml", "--jobs", "2"], folder).stdout).toBe(alone.stdout);
      expect(listing(folder)).toEqual(["small.yaml"]);
    });
  });

  it("--out leaves four whole files, the same bytes each time", async () => {
    await withSmall(async (folder) => {
      const run = (out: string, jobs: string) =>
        runCli(["run", "small.yaml", "--out", out, "--jobs", jobs], folder);
      expect(run("one", "1").stdout).toContain("report: one/report.html");
      expect(run("two", "2").code).toBe(0);
      const files = ["report.html", "result.json", "series.csv", "series.parquet"];
      expect(listing(join(folder, "one"))).toEqual(files);
      for (const file of files)
        expect(
          readFileSync(join(folder, "one", file)).equals(readFileSync(join(folder, "two", file))),
          file,
        ).toBe(true);
      const { results } = JSON.parse(readFileSync(join(folder, "one/result.json"), "utf8")) as {
        results: { policy: string; seed: number }[];
      };
      expect(results.map(({ policy, seed }) => `${policy} ${seed}`)).toEqual([
        ...["mainline 1", "mainline 2", "strict 1", "strict 2"],
      ]);
      const parquet = readFileSync(join(folder, "one/series.parquet"));
      const bytes = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.byteLength);
      expect(await parquetReadObjects({ file: bytes as ArrayBuffer })).toHaveLength(4 * 11);
    });
  });

  it("--json prints the summary; --policy, --seeds and --until choose", async () => {
    await withSmall((folder) => {
      const args = [
        "run",
        "small.yaml",
        "--json",
        "--policy",
        "gup-wait",
        "--seeds",
        "1",
        "--until",
        "100ms",
      ];
      const { code, stdout } = runCli(args, folder);
      expect(code).toBe(0);
      const { clients, runs, missing } = JSON.parse(stdout) as {
        clients: unknown[];
        runs: { policy: string; seed: number; durationNs: number; digest: string }[];
        missing: number;
      };
      expect([clients.length, missing]).toEqual([1, 0]);
      expect(runs).toMatchObject([{ policy: "gup-wait", seed: 1, durationNs: 100e6 }]);
      expect(runs[0]?.digest).toMatch(/^[0-9a-f]{16}$/);
    });
  });

  it("--list names the scenarios of the package, --show prints one", async () => {
    await inFolder((folder) => {
      const { stdout } = runCli(["run", "--list"], folder);
      expect(
        stdout
          .trimEnd()
          .split("\n")
          .map((line) => line.split(" ")[0]),
      ).toEqual([...scenarioNames]);
      expect(runCli(["run", "lpc-acts", "--show"], folder).stdout).toBe(scenarioText("lpc-acts"));
    });
  });

  it("what cannot be used is said in words, exit 2", async () => {
    await withSmall((folder) => {
      writeFileSync(join(folder, "bad.yaml"), SMALL.replace("queue-depth: 64", "queue-dept: -64"));
      const cases: [string[], RegExp][] = [
        [
          ["bad.yaml"],
          /bad\.yaml:10:\d+: "queue-dept" is no key of direct-io; did you mean "queue-depth"\?[\s\S]*\^/,
        ],
        [["absent.yaml"], /absent\.yaml cannot be read: ENOENT/],
        [["roling-blockade"], /Did you mean "rolling-blockade"\?/],
        [[], /which scenario\?/],
        [["small.yaml", "--policy", "mainlin"], /did you mean mainline\?/],
        [["small.yaml", "--until", "10 parsecs"], /"parsecs" is no unit/],
        [["small.yaml", "--seeds", "0"], /at least 1/],
        [["small.yaml", "--out", "bad.yaml/results"], /bad\.yaml.*: cannot be used \(/],
        [["small.yaml", "--trace", "absent/run.txt"], /absent: cannot be used \(ENOENT\)/],
      ];
      for (const [args, message] of cases) {
        const { code, stdout, stderr } = runCli(["run", ...args], folder);
        expect([code, stdout], args.join(" ")).toEqual([2, ""]);
        expect(stderr, args.join(" ")).toMatch(message);
        expect(stderr).not.toMatch(/\n\s+at /);
      }
    });
  });

  it("Ctrl-C leaves what is finished, and says what is not: exit 130", async () => {
    await withSmall(async (folder) => {
      writeFileSync(join(folder, "long.yaml"), SMALL.replace("200ms", "600s").replace("20ms", "1s"));
      const child = spawn(process.execPath, [MAIN, "run", "long.yaml", "--out", "kept", "--jobs", "1"], {
        cwd: folder,
      });
      const said: string[] = [];
      child.stderr.on("data", (text: Buffer) => said.push(text.toString()));
      const code = new Promise<number | null>((resolve) => {
        child.on("exit", resolve);
      });
      // Long enough to be running, far too short to be finished.
      setTimeout(() => child.kill("SIGINT"), 4000);
      expect(await code).toBe(130);
      expect(said.join("")).toMatch(/interrupted: 0 runs are finished \(in kept\), 4 are not/);
      expect(listing(join(folder, "kept"))).toContain("result.json");
    });
  });
});
