// Knows: that no input of any verb, however damaged, yields a stack or a fault of our own: seeds from 1.
// Must not know: what the inputs mean.
//
// PAGEBLOCK_INPUTS=2000 drives each verb with so many; the gate affords few.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExitCode, messageFor } from "../../../bindings/cli/exit.js";
import { runExplain } from "../../../bindings/cli/explain.js";
import { runReplay } from "../../../bindings/cli/replay.js";
import { runRun } from "../../../bindings/cli/run/run.js";
import { runShell } from "../../../bindings/cli/shell/shell.js";
import { runSize } from "../../../bindings/cli/size.js";
import { runSnapshot } from "../../../bindings/cli/snapshot.js";
import { scenarioNames, scenarioText } from "../../../bindings/scenario/index.js";
import { tgz } from "../../support/archives.js";
import { CaptureCopy, runCli } from "../../support/cli.js";
import { Random } from "../../support/random.js";

const COUNT = Number(process.env["PAGEBLOCK_INPUTS"] ?? 30);
const GOLDEN = fileURLToPath(new URL("../../golden/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pageblock-nostack-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let said: string[] = [];
beforeEach(() => {
  said = [];
  for (const stream of ["stdout", "stderr"] as const)
    vi.spyOn(process[stream], "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

function below(folder: string): Buffer[] {
  return readdirSync(join(GOLDEN, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/golden$|\.ts$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).subarray(0, 20_000));
}

const TOKENS = [
  "\0",
  "\u001b[2J",
  "9".repeat(40),
  "-1",
  "NaN",
  "0x",
  "[[[[",
  "}",
  "\t",
  "\r",
  "é\u202e",
  "&a [*a]",
  "__proto__",
  "1e999",
  "%s",
  "../..",
  "",
];

/** Bytes set, dropped, repeated; odd tokens put in. */
function mutated(bytes: Buffer, random: Random): Buffer {
  let out = Buffer.from(bytes);
  for (let i = random.below(6); i >= 0; i--) {
    const at = random.below(out.length + 1);
    const way = random.weighted({ set: 3, token: 4, drop: 2, repeat: 1 });
    if (way === "set" && out.length > 0) out[at % out.length] = random.below(256);
    else if (way === "token")
      out = Buffer.concat([
        out.subarray(0, at),
        Buffer.from(random.pick(TOKENS)),
        out.subarray(at + random.below(8)),
      ]);
    else if (way === "drop")
      out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random.below(200))]);
    else out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(0, at - random.below(200)))]);
  }
  return out;
}

/** Runs a verb; an error must have words for the user, and nothing printed may look like a stack. */
async function drive(what: string, verb: () => Promise<ExitCode>): Promise<ExitCode | "refused"> {
  const text = () => said.join("");
  let end: ExitCode | "refused" = "refused";
  try {
    end = await verb();
  } catch (error) {
    const message = messageFor(error);
    if (message === undefined) throw new Error(`${what}: a fault of our own`, { cause: error });
    said.push(message);
  }
  expect(text(), what).not.toMatch(/\n\s+at .*(?::\d+:\d+|<anonymous>)/);
  expect(text().length, what).toBeLessThan(2_000_000);
  said = [];
  return end;
}

function file(name: string, bytes: Buffer | Uint8Array | string): string {
  const path = join(work, name);
  writeFileSync(path, bytes);
  return path;
}

describe("mutated inputs", () => {
  const logs = [...below("explain"), ...below("faults"), ...below("state")];

  it("explain, size, snapshot: logs, tables, trees, bundles", async () => {
    for (let seed = 1; seed <= COUNT; seed++) {
      const random = new Random(seed);
      const some = Array.from({ length: 1 + random.below(3) }, () => mutated(random.pick(logs), random));
      const paths = some.map((bytes, i) => file(`in${i}`, bytes));
      if (random.oneIn(3))
        paths.push(
          file("in.tgz", mutated(Buffer.from(tgz(some.map((data, i) => ({ path: `f${i}`, data })))), random)),
        );
      await drive(`explain, seed ${seed}`, () =>
        runExplain(paths, { json: random.oneIn(2), html: join(work, "out.html") }),
      );
      await drive(`size, seed ${seed}`, () =>
        runSize({ fromLog: paths[0]!, buffer: random.oneIn(2) ? ["8M"] : [] }),
      );
      await drive(`tree, seed ${seed}`, () => runSize({ deviceTree: paths[0]! }));
      await drive(`snapshot, seed ${seed}`, () => runSnapshot(paths, { output: join(work, "out.state") }));
    }
  }, 600_000);

  it("run: scenarios", async () => {
    const texts: Buffer[] = scenarioNames.map((name) =>
      Buffer.from(scenarioText(name).replace(/^device: .*$/m, "device: tiny")),
    );
    texts.push(...below("scenario"));
    const ends = new Set<unknown>();
    for (let seed = 1; seed <= COUNT; seed++) {
      const random = new Random(seed);
      const path = file("in.yaml", mutated(random.pick(texts), random));
      ends.add(
        await drive(`run, seed ${seed}`, () =>
          runRun(path, { jobs: 1, seeds: "1", until: "1us", brief: true }),
        ),
      );
    }
    expect(ends).toContain("refused");
  }, 600_000);

  it("replay, shell --capture, shell --state: captures and snapshots", async () => {
    const copy = new CaptureCopy(work);
    const files = ["state_before.txt", "ops.csv"].map((name) => ({ name, bytes: copy.bytes(name) }));
    for (let seed = 1; seed <= Math.ceil(COUNT / 15); seed++) {
      const random = new Random(seed);
      const { name, bytes } = random.pick(files);
      copy.replace(name, mutated(bytes, random));
      await drive(`replay, seed ${seed}`, () => runReplay(copy.path, { json: true } as never));
      await drive(`shell, seed ${seed}`, () => runShell({ capture: copy.path, command: "ls" }, streams()));
      copy.replace(name, bytes);
    }
    const state = join(work, "whole.state");
    await runSnapshot([join(GOLDEN, "state", "k61-e21-192MiB")], { output: state });
    const bytes = readFileSync(state);
    for (let seed = 1; seed <= Math.ceil(COUNT / 15); seed++) {
      const path = file("cut.state", mutated(bytes, new Random(seed)));
      await drive(`shell --state, seed ${seed}`, () => runShell({ state: path, command: "ls" }, streams()));
    }
    const cut = file("short.state", bytes.subarray(0, 400));
    await expect(runShell({ state: cut, command: "ls" }, streams())).rejects.toThrow(
      `${cut}: the snapshot has`,
    );
  }, 600_000);

  it("shell: lines", async () => {
    const words = [
      "ls",
      "cd",
      "cat",
      "echo",
      "tree",
      "churn",
      "help",
      "trace",
      "on",
      "/",
      "..",
      "node-0",
      "buddyinfo",
      ">",
      "cma",
      "1",
      "-1",
      "99999999999",
      "*",
      '"',
      "'",
      "\\",
      "$",
      "|",
      "\u001b[2J",
      "__proto__",
      "alloc",
      "linux,cma",
    ];
    for (let seed = 1; seed <= COUNT; seed++) {
      const random = new Random(seed);
      const line = Array.from({ length: 1 + random.below(5) }, () => random.pick(words)).join(" ");
      if (/churn/.test(line)) continue;
      await drive(`shell ${line}`, () => runShell({ device: "tiny", command: line }, streams()));
    }
  }, 600_000);
});

function streams() {
  const output = new PassThrough();
  output.on("data", (text) => said.push(String(text)));
  return { input: new PassThrough(), output, error: output };
}

describe("calls as a user makes them", () => {
  const REPRO = fileURLToPath(new URL("../../../../shared/data/repro/", import.meta.url));

  it.each([
    [["--what"]],
    [["run", "/dev/zero"]],
    [["run", work]],
    [["explain", join(work, "missing")]],
    [["explain", "/dev/zero"]],
    [["shell", "--state", "/dev/zero", "-c", "ls"]],
    [["snapshot", "/dev/null", "-o", join(work, "x")]],
    [["replay", "/dev/null"]],
    [["run", "rolling-blockade", "--seeds", "9007199254740991"]],
    [["demo", "--device", "tiny", "--steps", "10", "--out", "/dev/null/x"]],
    [["run", join(REPRO, "pcplists.yaml")]],
    [["run", join(REPRO, "many_actors.yaml")]],
    [["run", join(REPRO, "evil.yaml")]],
  ])("%j: one short answer, exit 2", (args) => {
    const { code, stdout, stderr } = runCli(args, work);
    expect(stdout + stderr).not.toMatch(/\n\s+at .*:\d+:\d+|node:internal/);
    expect(stderr).not.toMatch(/fault of our own/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(code).toBe(ExitCode.UNUSABLE);
    expect(stderr.length).toBeLessThan(5000);
  });
});
