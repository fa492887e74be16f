// Knows: `pageblock whatif` as a user meets it: the sentence, the table, JSON, the page, exit codes, what is wrong.
// Must not know: how a branch is run (test/unit/whatif).

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WhatIfAnswer } from "../../../bindings/whatif/index.js";
import { documentOf } from "../../support/answers.js";
import { type CliRun, inFolder, listing, runCli } from "../../support/cli.js";

const SMALL = `name: small
device: tiny
duration: 400ms
sample: 20ms
pressure: { swap: 16MiB }
workloads:
  - { kind: resident, anon: 40%, file: 16%, unmovable: 3%, reclaimable: 2%, interval: 20us, batch: 8 }
  - { kind: direct-io, name: '<b>reader</b>', queue-depth: 32, pages: 16KiB, service: 8ms, buffers: 10MiB, fresh-share: 40% }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 60ms, hold: 20ms, deadline: 5ms }
`;
const HORIZON = ["--horizon", "200ms"];

function withSmall<T>(work: (run: (...args: string[]) => CliRun, folder: string) => T): Promise<T> {
  return inFolder((folder) => {
    writeFileSync(join(folder, "small.yaml"), SMALL);
    return work((...args) => runCli(["whatif", "small.yaml", ...args], folder), folder);
  });
}

describe("pageblock whatif", () => {
  it("says in one sentence what would have saved it, then the table of both columns", async () => {
    await withSmall((run, folder) => {
      const { code, stdout, stderr } = run("--policy", "strict,mainline-retry", "--align", "0,4", ...HORIZON);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(
        /^camera's request for 8 MiB at [\d.]+ ms failed with -16 EBUSY after .*\(.*\).*\.\n\n/,
      );
      expect(stdout).toMatch(/\nsmall under mainline, seed 1: camera's opening \d\n/);
      expect(stdout).toMatch(
        /\nchanged +switched at this instant +in force from the start +saved it +the others, against what was\n/,
      );
      for (const name of ["\\(nothing: mainline\\)", "strict", "mainline-retry", "align 0", "align 4"])
        expect(stdout).toMatch(new RegExp(`\n${name} +(late|on time|-16 EBUSY), `));
      expect(stdout).toMatch(/\nstrict .* yes, from the start +<b>reader<\/b>: operations -/);
      expect(listing(folder)).toEqual(["small.yaml"]);
    });
  });

  it("--json is the library's answer, and --html shows the area of each branch", async () => {
    await withSmall((run, folder) => {
      const { code, stdout } = run("--area", "x0.5..x1.5", "--json", "--html", "w.html", ...HORIZON);
      expect(code).toBe(0);
      const answer = JSON.parse(stdout) as WhatIfAnswer;
      expect(answer.branches.map(({ name }) => name)).toEqual([
        "area x0.5",
        "area x0.75",
        "area x1.25",
        "area x1.5",
      ]);
      expect(answer.branches.map(({ switched }) => switched.kind)).toEqual(Array(4).fill("refused"));
      const page = documentOf(readFileSync(join(folder, "w.html"), "utf8"));
      const ended = answer.branches.filter(({ fromStart }) => fromStart.kind !== "refused" && fromStart.map);
      const [kinds] = page.blocks.flatMap((block) => (block.kind === "kinds" ? [block] : []));
      expect(kinds?.maps).toHaveLength(ended.length + 1);
      expect(page.sentence).toBe(answer.sentence);
      expect(JSON.stringify(page.blocks)).toContain("<b>reader</b>");
      expect(page.command).toBe(
        "pageblock whatif small.yaml --request first-failure --area x0.5..x1.5 --horizon 200ms",
      );
    });
  });

  it("asks about a request by its number", async () => {
    await withSmall((run) => {
      const { stdout } = run("--request", "2", "--retries", "0..2", "--json", ...HORIZON);
      const { request, branches } = JSON.parse(stdout) as WhatIfAnswer;
      expect(request).toMatchObject({ client: "camera", ordinal: 2, nth: 0 });
      expect(branches.map(({ name }) => name)).toEqual(["retries 0", "retries 1", "retries 2"]);
    });
  });

  it("ends with 3 where there is no such request, with 2 for what cannot be", async () => {
    await withSmall((run) => {
      expect(run("--request", "camera:99")).toMatchObject({
        code: 3,
        stderr: "pageblock: camera does not make its request 99 in small\n",
      });
      const wrong: readonly (readonly [string, string, RegExp])[] = [
        ["--request", "radio:1", /--request: there is no client "radio"; the clients are camera/],
        ["--request", "last", /--request: expected first-failure, 3 or camera:3; got "last"/],
        ["--policy", "stricht", /there is no policy "stricht"; did you mean strict\?/],
        ["--policy", "strict,strict", /strict is named twice/],
        ["--align", "8..0", /--align: expected 0\.\.8 or 0,4,8; got "8\.\.0"/],
        ["--align", "0..", /--align: expected/],
        ["--align", "40", /an alignment must be a whole number from 0 to 30, got 40/],
        ["--area", "x0..x1000000", /--area: at most 100 values/],
        ["--horizon", "0", /--horizon: must be longer than nothing/],
      ];
      for (const [option, value, message] of wrong) {
        const { code, stdout, stderr } = run(option, value);
        expect([code, stdout], `${option} ${value}`).toEqual([2, ""]);
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/\n +at /);
      }
    });
  });
});
