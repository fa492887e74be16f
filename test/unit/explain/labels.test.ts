// Knows: how good the answers to labelled excerpts are, and that none gets worse.
// Must not know: how an answer is found.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerTo } from "./expected.js";
import { LABELS, type Label, POSTS } from "./labels.js";

const STRENGTH = ["undecided", "likely", "proved"];
const GOLDEN = new URL("../../golden/", import.meta.url);

function check(path: string, { verdict, atMost, next }: Label): void {
  const { explanation } = answerTo({ "input.txt": readFileSync(new URL(path, GOLDEN)) });
  const [first] = [...explanation.failures, ...explanation.findings];
  expect(verdict).toContain(first?.verdict);
  expect(STRENGTH.indexOf(first?.certainty ?? "")).toBeLessThanOrEqual(STRENGTH.indexOf(atMost));
  if (next !== undefined) expect(first?.nextCommand).toMatch(next);
}

describe("excerpts of real threads", () => {
  for (const [name, label] of Object.entries(LABELS))
    it(name, () => check(`explain/${name}/input.txt`, label));
});

describe("further posts", () => {
  it("have a label each", () => {
    const names = readdirSync(new URL("posts/", GOLDEN)).map((file) => file.replace(/\.txt$/, ""));
    expect(names.sort()).toEqual(Object.keys(POSTS).sort());
  });

  for (const [name, label] of Object.entries(POSTS)) it(name, () => check(`posts/${name}.txt`, label));
});
