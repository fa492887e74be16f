// Knows: how good the answers to labelled excerpts are, and that none gets worse.
// Must not know: how an answer is found.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerTo } from "./expected.js";
import { LABELS, type Label } from "./labels.js";

/** Excerpts whose answer is known not to be what its label asks for. */
const KNOWN: ReadonlySet<string> = new Set<string>([]);

const STRENGTH = ["undecided", "likely", "proved"];

function check(name: string, { verdict, atMost, next }: Label): void {
  const path = new URL(`../../golden/explain/${name}/input.txt`, import.meta.url);
  const { explanation } = answerTo({ "input.txt": readFileSync(path) });
  const [first] = [...explanation.failures, ...explanation.findings];
  expect(verdict).toContain(first?.verdict);
  expect(STRENGTH.indexOf(first?.certainty ?? "")).toBeLessThanOrEqual(STRENGTH.indexOf(atMost));
  if (next !== undefined) expect(first?.nextCommand).toMatch(next);
}

describe("excerpts of real threads", () => {
  for (const [name, label] of Object.entries(LABELS)) {
    const test = KNOWN.has(name) ? it.fails : it;
    test(name, () => check(name, label));
  }
});
