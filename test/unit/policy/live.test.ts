// Knows: policies that are put in force while a machine runs. Must not know: what each of them decides.

import { describe, expect, it } from "vitest";
import { CmaFree, CmaUse, PolicyWord } from "../../../assembly/abi/proposals.js";
import { ResidentParameter } from "../../../assembly/abi/simulation.js";
import { Op, Status } from "../../../assembly/abi/vocabulary.js";
import { PolicyError } from "../../../bindings/engine/errors.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import { MAINLINE, numbersOf, policies, policyNames } from "../../../bindings/policy/index.js";
import { resident } from "../workload/loads.js";
import { isSound, MS, tiny } from "../workload/support.js";

/** What a machine is told; a boot policy without the rules that only a new machine can have. */
function numbers(name: string): MachinePolicy {
  const { rules: _, ...rest } = numbersOf(policies.get(name) ?? MAINLINE);
  return rest;
}

const load = resident({
  [ResidentParameter.ANON]: 9000,
  [ResidentParameter.FILE]: 2000,
  [ResidentParameter.INTERVAL]: 20_000,
  [ResidentParameter.BATCH]: 16,
});

describe("applyPolicy", () => {
  it.each(policyNames)("%s before the first event is as from the start", async (name) => {
    const policy = numbers(name);
    using fromStart = await tiny([load], { policy });
    using switched = await tiny([load]);
    switched.applyPolicy(policy);
    expect(switched.digest()).toBe(fromStart.digest());
    for (const simulation of [fromStart, switched]) simulation.run(30 * MS);
    expect(switched.digest()).toBe(fromStart.digest());
  });

  it("drains every per-CPU list, leaves a sound machine, and goes on by the new rules", async () => {
    using simulation = await tiny([load]);
    const { views } = simulation.machine;
    const listed = () => {
      const counts = views
        .populatedZones()
        .flatMap((zone) => [0, 1].map((cpu) => views.pcp(cpu, zone).count));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    simulation.run(20 * MS);
    for (const name of [...policyNames, "mainline"]) {
      expect(listed()).toBeGreaterThan(0);
      simulation.applyPolicy(numbers(name));
      expect(listed()).toBe(0);
      expect(isSound(simulation)).toBe("sound");
      simulation.run(simulation.nowNs + 10 * MS);
      expect(isSound(simulation)).toBe("sound");
    }
  });

  it("takes the lists of CMA pages into use and out of it again", async () => {
    using machine = await Machine.create("tiny", { core: "checked" });
    const kernel = machine.views.pcpLists;
    const onOwnLists = () => {
      const lists = Array.from({ length: machine.views.pcpLists - kernel }, (_, i) => kernel + i);
      return lists.flatMap((list) =>
        machine.views.populatedZones().flatMap((zone) => [...machine.views.pcpList(0, zone, list)]),
      );
    };
    machine.applyPolicy({ cmaUse: CmaUse.GFP_CMA, cmaFree: CmaFree.OWN_LIST });
    const got = machine.cma.allocate({ area: 0, pages: 5 });
    machine.cma.release(0, got.pfn, 5);
    expect(onOwnLists().sort()).toEqual([0, 1, 2, 3, 4].map((i) => got.pfn + i));
    machine.applyPolicy({});
    expect(onOwnLists()).toEqual([]);
    expect(machine.views.pcpLists).toBe(kernel);
    expect(machine.validate()).toMatchObject({ name: "NONE" });
  });

  it("refuses every number that cannot be, by its path, and changes nothing", async () => {
    using machine = await Machine.create("tiny");
    const before = machine.digest();
    const wrong = { cmaUse: 99 as CmaUse, cmaRetries: -1, cmaSleepNs: Number.NaN, areas: { none: {} } };
    expect(() => machine.applyPolicy(wrong)).toThrow(PolicyError);
    const paths = () => {
      try {
        machine.applyPolicy(wrong);
      } catch (error) {
        return (error as PolicyError).problems.map(({ path }) => path);
      }
      return [];
    };
    expect(paths()).toEqual(["policy.cmaUse", "policy.cmaRetries", "policy.cmaSleepNs", "policy.areas.none"]);
    expect(machine.digest()).toBe(before);
    for (const [row, word, value, status] of [
      [65, 0, 0, Status.BAD_AREA],
      [0, PolicyWord.COUNT, 0, Status.BAD_POLICY],
      [0, PolicyWord.CMA_USE, 2 ** 31, Status.BAD_POLICY],
    ] as const) {
      machine.commands.clear();
      machine.commands.push(Op.SET_POLICY, { a: row, b: word, c: value });
      machine.commands.execute();
      expect(machine.commands.status(0)).toBe(status);
    }
  });

  it("lets one area differ, in what a request or a pin of it asks for", async () => {
    using same = await Machine.create("tiny", { policy: { cmaRetries: 5 } });
    const name = same.labels.areas[0] ?? "";
    using own = await Machine.create("tiny", { policy: { areas: { [name]: { cmaRetries: 5 } } } });
    expect(own.digest()).not.toBe(same.digest());
    own.applyPolicy({ cmaRetries: 5 });
    expect(own.digest()).toBe(same.digest());
  });
});
