import { describe, expect, it } from "vitest";
import {
  BALANCES,
  CMA_FREES,
  CMA_USES,
  EFFORTS,
  MAINLINE,
  MOVE_ONS,
  numbersOf,
  PIN_RULES,
  policies,
  policyFromWords,
  policyNames,
  policyOf,
  QUARANTINES,
  THP_CMAS,
  THP_LISTS,
  WINDOW_RULES,
} from "../../../bindings/policy/index.js";

describe("the table of policies", () => {
  it.each(policyNames)("%s says its rule, what its source claims and where it comes from", (name) => {
    const policy = policies.get(name);
    expect(policy?.name).toBe(name);
    expect(policy?.doc.length).toBeGreaterThan(30);
    expect(policy?.claim.length).toBeGreaterThan(20);
    expect(policy?.source.length).toBeGreaterThan(10);
    expect(policy?.switch).toBe(policy?.rules === undefined ? "live" : "boot");
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it("no two are the same numbers, but for Android's rule with its restriction turned off", () => {
    const names = policyNames.filter((name) => name !== "android-unrestricted");
    const numbers = names.map((name) => JSON.stringify(numbersOf(policies.get(name)!)));
    expect(new Set(numbers).size).toBe(names.length);
    expect(numbersOf(policies.get("android-unrestricted")!)).toEqual(
      numbersOf(policies.get("mainline-retry")!),
    );
  });

  it("mainline is all zeros but the length of a sleep that it never takes", () => {
    const { cmaSleepNs, ...zeros } = numbersOf(policies.get("mainline")!);
    expect(cmaSleepNs).toBe(100e6);
    expect(new Set(Object.values(zeros))).toEqual(new Set([0]));
    expect(policyOf(policies.get("mainline")!)).toEqual({ ...MAINLINE, name: "mainline" });
    expect(policies.get("android")).toMatchObject({ cmaUse: 2, cmaFree: 2, cmaRetries: 5 });
  });

  it("words become numbers over a base", () => {
    const base = policies.get("android")!;
    const words = {
      cmaUse: CMA_USES[3],
      cmaLimit: 7,
      cmaFree: CMA_FREES[1],
      pinRule: PIN_RULES[2],
      pinAgain: true,
      moveOn: [...MOVE_ONS],
      quarantine: [...QUARANTINES],
      thpCma: THP_CMAS[1],
      thpLists: THP_LISTS[2],
      effort: EFFORTS[1],
      window: WINDOW_RULES[3],
      freeRange: true,
      balance: BALANCES[2],
    };
    expect(policyFromWords("own", base, words)).toEqual({
      ...MAINLINE,
      name: "own",
      cmaUse: 3,
      cmaLimit: 7,
      cmaFree: 1,
      quarantine: 3,
      pinRule: 2,
      pinAgain: 1,
      moveOn: 7,
      thpCma: 1,
      thpLists: 2,
      effort: 1,
      window: 3,
      freeRange: 1,
      balance: 2,
      cmaRetries: 5,
    });
    expect(policyFromWords("same", base, {})).toMatchObject({ cmaUse: 2, cmaFree: 2, cmaRetries: 5 });
  });
});
