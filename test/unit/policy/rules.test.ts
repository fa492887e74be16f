// Knows: the rule of every proposal as a table of cases, and that no line of it can be left out unseen.
// Must not know: how the core carries a decision out (the tests of each mechanism).
//
// A case is (function, arguments, answer). For each preset every line of its rule is left out in turn: a case must fail.

import { describe, expect, it } from "vitest";
import { Effort } from "../../../assembly/abi/proposals.js";
import { policyNames } from "../../../bindings/policy/index.js";
import { type Rules, rulesOf, textOf, withoutOneLine } from "../../support/verdicts.js";
import type { Preset } from "./case.js";
import { ALLOCATION } from "./cases.js";
import { OWNERS } from "./cases_owners.js";
import { REQUESTS } from "./cases_requests.js";

const PRESETS = { ...ALLOCATION, ...REQUESTS, ...OWNERS };

function holds(rules: Rules | undefined, { cases, also }: Preset): boolean {
  if (rules === undefined) return false;
  try {
    const right = cases.every(([rule, args, answer]) => rules.rules[rule]?.(...args) === answer);
    return right && (also?.(rules) ?? true);
  } catch {
    return false;
  }
}

describe("the rule of every proposal", () => {
  it("has its cases", () => {
    expect(Object.keys(PRESETS).sort()).toEqual([...policyNames].sort());
  });

  describe.each(Object.entries(PRESETS))("%s", (_, preset) => {
    const parts = Array.isArray(preset) ? (preset as readonly Preset[]) : [preset as Preset];

    it("answers as its source says", () => {
      for (const part of parts) {
        const rules = rulesOf(part.file);
        for (const [rule, args, answer] of part.cases)
          expect([rule, args, rules?.rules[rule]?.(...args)]).toEqual([rule, args, answer]);
        expect(holds(rulesOf(part.file), part)).toBe(true);
      }
    });

    it("has no line whose loss goes unseen", () => {
      for (const part of parts) {
        const mutants = withoutOneLine(part.file, part.functions, part.lines);
        expect(mutants.length).toBeGreaterThan(0);
        const unseen = mutants.filter(({ text }) => holds(rulesOf(part.file, text), part));
        expect(unseen.map(({ line }) => line)).toEqual([]);
      }
    });
  });

  it("is a program without the line that is left out, or the check would show nothing", () => {
    const { text = "" } = withoutOneLine("busy", ["triesOf"])[0] ?? {};
    expect(text.length).toBeLessThan(textOf("busy").length);
    expect(rulesOf("busy", text)?.rules["triesOf"]?.(Effort.NORETRY)).toBe(5);
  });
});
