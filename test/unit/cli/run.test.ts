// Knows: `pageblock run` as a user meets it: answers, exit codes, files, an interrupt.
// Must not know: the figures (they follow from the model), nor how tables look (test/unit/report/run_text).

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { scenarioNames, scenarioText } from "../../../bindings/scenario/index.js";
import { linesIn, MAIN, sign, startCli, textIn } from "../../support/children.js";
import { inFolder, listing, runCli } from "../../support/cli.js";
import { Random } from "../../support/random.js";

const FILES = ["report.html", "result.json", "series.csv", "series.parquet"];

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
        /^client +policy +part[^\n]*\n[- ]+\ncamera +mainline +all +[^\n]* x -16 EBUSY\ncamera +strict +all /m,
      );
      expect(alone.stdout).toMatch(
        /\nstrict against mainline, same arrivals: camera is served on time \+100 points /,
      );
      expect(alone.stdout).toMatch(/\nmainline, seed 1, 200 ms\n +reserved in movable use +[▁-█]{11} /);
      expect(alone.stdout).toMatch(
        /\ncamera under mainline failed with -16 EBUSY [\s\S]*\sdirect-io\s[\s\S]*no\s+pin\s+was\s+long/,
      );
      expect(runCli(["run", "small.yaml", "--jobs", "2"], folder).stdout).toBe(alone.stdout);
      expect(listing(folder)).toEqual(["small.yaml"]);
    });
  });

  it("--out leaves four whole files and a journal, the same bytes each time", async () => {
    await withSmall(async (folder) => {
      const run = (out: string, jobs: string) =>
        runCli(["run", "small.yaml", "--out", out, "--jobs", jobs], folder);
      expect(run("one", "1").stdout).toContain("report: one/report.html");
      expect(run("two", "2").code).toBe(0);
      expect(listing(join(folder, "one"))).toEqual(["journal.jsonl", ...FILES]);
      for (const file of FILES)
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

  it("--vary says on which numbers the verdict hangs, in files and in the report too, and goes on where it was", async () => {
    await withSmall((folder) => {
      const ranges = "direct-io.service=1ms..16ms,costs.migrate-page=x0.5..x2";
      const args = ["run", "small.yaml", "--vary", ranges, "--jobs", "1"];
      const alone = runCli(args, folder);
      expect(alone.code, alone.stderr).toBe(0);
      expect(alone.stdout).toMatch(
        /^(UNDECIDED|It holds|It depends): with the scenario's own numbers camera is /,
      );
      expect(alone.stdout).toMatch(/\ndirect-io\.service +1 ms +8 ms +16 ms /);
      expect(alone.stderr).toMatch(/^2 inputs: 20 runs, at most \d+ more .* CPU seconds a run: /);
      expect(runCli([...args, "--out", "out"], folder).code).toBe(0);
      const found = JSON.parse(readFileSync(join(folder, "out/vary.json"), "utf8")) as { inputs: object[] };
      expect(found.inputs).toHaveLength(2);
      expect(readFileSync(join(folder, "out/vary.csv"), "utf8")).toMatch(/^input,source,value,result,seeds,/);
      expect(readFileSync(join(folder, "out/report.html"), "utf8")).toContain(
        '"sensitivity":{"client":"camera"',
      );
      const kept = linesIn(join(folder, "out/vary/journal.jsonl"));
      // The last line says that all is done; without it, and one result less, the same command finishes the rest.
      const journal = join(folder, "out/vary/journal.jsonl");
      const lines = readFileSync(journal, "utf8").split("\n").slice(0, -3);
      writeFileSync(journal, `${lines.join("\n")}\n`);
      const again = runCli([...args, "--out", "out", "--resume"], folder);
      expect(again.stdout.split("\n")[0]).toBe(alone.stdout.split("\n")[0]);
      expect(linesIn(journal)).toBe(kept);
      const { sensitivity } = JSON.parse(runCli([...args, "--json"], folder).stdout) as {
        sensitivity: object;
      };
      expect(sensitivity).toEqual(found);
    });
  });

  it("--vary refuses what it cannot vary, in words", async () => {
    await withSmall((folder) => {
      for (const [ranges, problem] of [
        ["direct-io.servise=1ms..2ms", /did you mean direct-io\.service/],
        ["direct-io.service", /expected NAME=LOW\.\.HIGH/],
        ["direct-io.service=2ms..1ms", /does not grow/],
      ] as const) {
        const run = runCli(["run", "small.yaml", "--vary", ranges], folder);
        expect([run.code, run.stdout]).toEqual([2, ""]);
        expect(run.stderr).toMatch(problem);
      }
      const three = runCli(["run", "small.yaml", "--policy", "mainline,strict,original", "--vary"], folder);
      expect([three.code, three.stderr]).toEqual([
        2,
        expect.stringMatching(/one policy against another/) as string,
      ]);
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
      // The line for editors names a schema that is there; the rest is the package's text.
      const shown = runCli(["run", "lpc-acts", "--show"], folder).stdout;
      const schema = /^# yaml-language-server: \$schema=(.+)$/m.exec(shown)?.[1] ?? "";
      expect(existsSync(schema), schema).toBe(true);
      expect(shown.replace(schema, "../dist/scenario.schema.json")).toBe(scenarioText("lpc-acts"));
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
        [["small.yaml", "--seeds", "9-3"], /ends before it begins/],
        [["small.yaml", "--seeds", "many"], /a number of seeds or a range such as 41-80; got "many"/],
        [["small.yaml", "--seeds", "99999999999"], /a seed is at most 4294967295/],
        [["small.yaml", "--seeds", "2000000"], /at most 1000000 seeds/],
        [["small.yaml", "--jobs", "100000"], /at most 1024/],
        [["small.yaml", "--policy", "strict,mainline,strict"], /strict is named twice/],
        [["small.yaml", "--resume"], /--resume needs --out/],
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

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s leaves what is finished, and says what is not: exit 130",
    async (signal) => {
      await withSmall(async (folder) => {
        writeFileSync(join(folder, "long.yaml"), SMALL.replace("200ms", "600s").replace("20ms", "1s"));
        const child = startCli(["run", "long.yaml", "--out", "kept", "--jobs", "1"], folder);
        // The journal is there when the runs begin.
        await sign(() => linesIn(join(folder, "kept/journal.jsonl")) > 0);
        child.process.kill(signal);
        expect(await child.exit).toBe(130);
        expect(child.said()).toMatch(/interrupted: 0 runs are finished \(in kept; --resume .*\), 4 are not/);
        expect(listing(join(folder, "kept"))).toEqual([
          ...["journal.jsonl", "result.json", "series.csv", "series.parquet"],
        ]);
      });
    },
  );

  it("killed with -9 at any moment and gone on with, it leaves the same bytes", async () => {
    await withSmall(async (folder) => {
      const args = ["run", "small.yaml", "--seeds", "6", "--until", "100ms", "--jobs", "2", "--out"];
      expect(runCli([...args, "whole"], folder).code).toBe(0);
      const random = new Random(Number(process.env["PAGEBLOCK_SEED"] ?? 20261129));
      const journal = join(folder, "kept/journal.jsonl");
      for (let kept = 0; kept < 9; kept = linesIn(journal)) {
        const child = startCli([...args, "kept", ...(kept > 0 ? ["--resume"] : [])], folder);
        const until = kept + 1 + random.below(3);
        await sign(() => linesIn(journal) >= until || child.process.exitCode !== null);
        child.process.kill("SIGKILL");
        await child.exit;
      }
      const refused = runCli([...args, "kept"], folder);
      expect([refused.code, refused.stdout]).toEqual([2, ""]);
      expect(refused.stderr).toMatch(/^pageblock: kept has \d+ finished runs .*--resume goes on with it/);
      const resumed = runCli([...args, "kept", "--resume"], folder);
      expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
      for (const file of FILES)
        expect(
          readFileSync(join(folder, "kept", file)).equals(readFileSync(join(folder, "whole", file))),
          file,
        ).toBe(true);
      // Finished work is begun anew; other work is not gone on with.
      expect(runCli([...args, "kept", "--resume", "--until", "90ms"], folder).stderr).toMatch(
        /results of other work \(untilNs: 100000000 there, 90000000 here\)/,
      );
      expect(runCli([...args, "kept"], folder).code).toBe(0);
    });
  });

  it("a disk that is full in the middle of a line: one line of text, and nothing that was finished is lost", async () => {
    await withSmall((folder) => {
      const args = ["run", "small.yaml", "--seeds", "3", "--until", "100ms", "--jobs", "1", "--out"];
      expect(runCli([...args, "whole"], folder).code).toBe(0);
      const journal = join(folder, "whole/journal.jsonl");
      const blocks = Math.floor((readFileSync(journal).length * 0.7) / 1024);
      // A file may not grow beyond the limit: a write takes what fits and fails, as on a full disk.
      const command = `ulimit -f ${blocks}; exec "$0" "$@"`;
      const { status, stderr } = spawnSync("bash", ["-c", command, process.execPath, MAIN, ...args, "full"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([2, "pageblock: full/journal.jsonl: cannot be used (EFBIG)\n"]);
      expect(linesIn(join(folder, "full/journal.jsonl"))).toBeGreaterThan(2);
      expect(listing(join(folder, "full"))).toEqual(["journal.jsonl"]);
      expect(runCli([...args, "full", "--resume"], folder).code).toBe(0);
      for (const file of FILES)
        expect(
          readFileSync(join(folder, "full", file)).equals(readFileSync(join(folder, "whole", file))),
          file,
        ).toBe(true);
    });
  });

  it("two runs into one folder: the second one is refused", async () => {
    await withSmall(async (folder) => {
      writeFileSync(join(folder, "long.yaml"), SMALL.replace("200ms", "600s").replace("20ms", "1s"));
      const child = startCli(["run", "long.yaml", "--out", "kept", "--jobs", "1"], folder);
      await sign(() => linesIn(join(folder, "kept/journal.jsonl")) > 0);
      const second = runCli(["run", "long.yaml", "--out", "kept", "--resume"], folder);
      expect([second.code, second.stdout]).toEqual([2, ""]);
      expect(second.stderr).toBe(`pageblock: kept is being written by process ${child.process.pid}\n`);
      child.process.kill("SIGKILL");
      await child.exit;
      // Its lock is void with it.
      const third = startCli(["run", "long.yaml", "--out", "kept", "--resume"], folder);
      await sign(() => textIn(join(folder, "kept/journal.lock")).includes(`${third.process.pid}`));
      third.process.kill("SIGINT");
      expect(await third.exit).toBe(130);
    });
  });
});
