// Knows: that every kernel runs, that its row says how well it is known, and which rows differ in nothing.
// Must not know: what a rule does (test/oracle).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KERNEL_IDS, kernelProfiles } from "../../../bindings/device/index.js";
import { policyNames } from "../../../bindings/policy/index.js";
import { runScenario } from "../../../bindings/sweep/index.js";
import { smallScenario } from "../../support/small_scenario.js";

const small = smallScenario("120ms");

describe("kernels", () => {
  it("run a scenario, checked; rows with the same rules give the same run, others another one", async () => {
    const digests = new Map<string, string>();
    const byRules = new Map<string, string>();
    for (const kernel of KERNEL_IDS) {
      const scenario = { ...small, device: { ...small.device, kernel } };
      const { actors, totals, requests } = await runScenario(scenario, { seed: 1, core: "checked" });
      digests.set(kernel, JSON.stringify([actors, totals, requests]));
      const { id: _, evidence: __, hasAreaRanges: ___, ...rules } = kernelProfiles[kernel];
      const key = JSON.stringify(rules);
      expect(byRules.get(key) ?? digests.get(kernel), kernel).toBe(digests.get(kernel));
      byRules.set(key, digests.get(kernel) ?? "");
    }
    expect(digests.get("6.1")).not.toBe(digests.get("6.12"));
  });

  it("say what is proved, read and shared; two are proved", () => {
    for (const kernel of KERNEL_IDS) {
      const { id, evidence } = kernelProfiles[kernel];
      expect(id).toBe(kernel);
      expect(policyNames).toContain(evidence.ships);
      expect(evidence.proved === "", kernel).toBe(evidence.shared !== "");
    }
    expect(KERNEL_IDS.filter((id) => kernelProfiles[id].evidence.proved !== "")).toEqual(["6.12", "6.1"]);
  });

  it("stand in docs/kernels.md as they are in the table", () => {
    const file = readFileSync(new URL("../../../docs/kernels.md", import.meta.url), "utf8");
    const text = file.replace(/ +\|/g, " |");
    for (const kernel of KERNEL_IDS) {
      const { proved, read, shared, ships } = kernelProfiles[kernel].evidence;
      expect(text).toContain(
        `| ${[kernel, ships, proved || "nothing", read || "-", shared || "-"].join(" | ")} |`,
      );
    }
  });
});
