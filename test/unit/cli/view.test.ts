// Knows: what `pageblock view` refuses before it serves anything. Must not know: the page (test/view).

import { describe, expect, it } from "vitest";
import { inFolder, runCli } from "../../support/cli.js";

describe("pageblock view refuses", () => {
  it.each([
    [
      "--policy",
      "adroid",
      /^pageblock: --policy: there is no policy "adroid"; did you mean android\? known: mainline, /,
    ],
    ["--beside", "nope", /^pageblock: --beside: there is no policy "nope"; known: mainline, /],
  ])("%s %s", async (option, name, words) => {
    await inFolder((folder) => {
      const { code, stdout, stderr } = runCli(["view", "pcp-window", option, name, "--no-open"], folder);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(words);
    });
  });
});
