// Knows: that docs/scenarios.md says what the tables say. UPDATE_GOLDEN=1 writes it.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseScenario } from "../../../bindings/scenario/index.js";
import { generatedDocs } from "../../support/scenario_docs.js";

const PATH = fileURLToPath(new URL("../../../docs/scenarios.md", import.meta.url));
const MARKED = /(<!-- generated: [^\n]* -->\n)[\s\S]*(<!-- end -->)/;

describe("docs/scenarios.md", () => {
  it("has the tables of today", () => {
    const text = readFileSync(PATH, "utf8");
    const fresh = text.replace(
      MARKED,
      (_, begin: string, end: string) => `${begin}\n${generatedDocs()}\n\n${end}`,
    );
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(PATH, fresh);
    expect(readFileSync(PATH, "utf8")).toBe(fresh);
    expect(fresh).toContain("#### direct-io");
  });

  it("its example is a scenario", () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(readFileSync(PATH, "utf8"))?.[1] ?? "";
    expect(parseScenario(example).actors.map(({ kind }) => kind)).toEqual([
      "resident",
      "direct-io",
      "camera",
    ]);
  });
});
