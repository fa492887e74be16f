import { describe, expect, it } from "vitest";
import {
  CMA_FREES,
  CMA_USES,
  PIN_RULES,
  policies,
  policyFromWords,
  policyNames,
  QUARANTINES,
} from "../../../bindings/policy/index.js";

describe("the table of policies", () => {
  it.each(policyNames)("%s says what it is and where it comes from, and survives JSON", (name) => {
    const policy = policies.get(name);
    expect(policy?.name).toBe(name);
    expect(policy?.doc.length).toBeGreaterThan(30);
    expect(policy?.source.length).toBeGreaterThan(15);
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it("no two are the same numbers", () => {
    const numbers = policyNames.map((name) => {
      const { name: _, doc: __, source: ___, ...rest } = policies.get(name)!;
      return JSON.stringify(rest);
    });
    expect(new Set(numbers).size).toBe(policyNames.length);
  });

  it("mainline is all zeros but the length of a sleep that it never takes", () => {
    expect(policies.get("mainline")).toMatchObject({
      cmaUse: 0,
      cmaFree: 0,
      quarantine: 0,
      pinRule: 0,
      cmaRetries: 0,
      cmaSleepNs: 100e6,
    });
    expect(policies.get("android")).toMatchObject({ cmaUse: 2, cmaFree: 2, cmaRetries: 5 });
  });

  it("words become numbers over a base", () => {
    const base = policies.get("android")!;
    const words = {
      cmaUse: CMA_USES[3],
      cmaFree: CMA_FREES[1],
      pinRule: PIN_RULES[2],
      quarantine: [...QUARANTINES],
    };
    expect(policyFromWords("own", base, words)).toEqual({
      name: "own",
      cmaUse: 3,
      cmaFree: 1,
      quarantine: 3,
      pinRule: 2,
      cmaRetries: 5,
      cmaSleepNs: 100e6,
    });
    expect(policyFromWords("same", base, {})).toMatchObject({ cmaUse: 2, cmaFree: 2, cmaRetries: 5 });
  });
});
