// Knows: that every policy runs on every scenario of the package: from where the scenario stands after its first events it is
// switched to, or, where it changes the kernel, begun with, and goes on.
// Must not know: what comes of it (docs/policies.md).

import { describe, expect, it } from "vitest";
import { numbersOf, policies, policyOf } from "../../bindings/policy/index.js";
import { getScenario, scenarioNames } from "../../bindings/scenario/presets/index.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";

const FOR_EVER = 1e15;

describe.each(scenarioNames)("%s", (name) => {
  it("runs under every policy", async () => {
    const scenario = getScenario(name);
    using base = await Simulation.create(simulationOptions(scenario, scenario.policies[0]!, 1));
    base.run(FOR_EVER, { events: 100 });
    using copy = base.fork();
    for (const row of policies.values()) {
      if (row.switch === "live") {
        base.restoreInto(copy);
        copy.applyPolicy(numbersOf(row));
        copy.run(FOR_EVER, { events: 100 });
        expect(copy.events, row.name).toBe(base.events + 100);
        expect(copy.nowNs, row.name).toBeGreaterThanOrEqual(base.nowNs);
      } else {
        using booted = await Simulation.create(simulationOptions(scenario, policyOf(row), 1));
        booted.run(FOR_EVER, { events: 100 });
        expect(booted.events, row.name).toBe(100);
      }
    }
    expect(base.machine.validate()).toMatchObject({ name: "NONE" });
  });
});
