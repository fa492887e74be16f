// UPDATE_GOLDEN=1 writes what is said now.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { outcomesOf } from "../../../bindings/analysis/outcomes/index.js";
import { renderBrief, renderRuns } from "../../../bindings/report/index.js";
import { makeResults } from "../../support/run_results.js";

const FOLDER = fileURLToPath(new URL("../../golden/run/", import.meta.url));

function golden(name: string, text: string): void {
  const path = `${FOLDER}${name}.txt`;
  if (process.env["UPDATE_GOLDEN"] !== undefined || !existsSync(path)) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe("runs on a terminal", () => {
  const results = makeResults({ seeds: 4, seconds: 20 });

  it("tables, sparklines, and a paragraph for each distinct failure", () => {
    golden("tables", renderRuns(outcomesOf(results)));
  });

  it("ten lines for somebody who sees them for the first time", () => {
    const camera = results.map((run) => ({
      ...run,
      clients: ["camera"],
      requests: run.requests.filter(({ client }) => client === "camera"),
    }));
    const text = renderBrief(outcomesOf(camera));
    golden("brief", text);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
  });

  it("one policy, one seed, nothing asked: still a text", () => {
    const [first] = makeResults({ seeds: 1, policies: ["mainline"], seconds: 3 });
    const quiet = [{ ...first!, requests: [], failures: [], clients: [] }];
    const text = renderRuns(outcomesOf(quiet));
    expect(text).toContain("mainline, seed 1");
    expect(renderBrief(outcomesOf([]))).toContain("No run was finished");
  });
});
