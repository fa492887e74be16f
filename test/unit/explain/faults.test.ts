// Knows: that every small input of test/golden/faults is answered as it should be.
// Must not know: how it is answered.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerTo, hold } from "./expected.js";
import { FAULTS } from "./faults.js";

const HERE = new URL("../../golden/faults/", import.meta.url);
const names = readdirSync(HERE)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => file.slice(0, -4));

const UPDATE = process.env["UPDATE_GOLDEN"] === "1";

describe("inputs that once got a wrong answer", () => {
  it("have an expectation each", () => {
    expect(names.sort()).toEqual(Object.keys(FAULTS).sort());
  });

  for (const name of names) {
    it(name, () => {
      const files = { "input.txt": readFileSync(new URL(`${name}.txt`, HERE)) };
      hold(files, FAULTS[name]!);
      const golden = new URL(`${name}.golden`, HERE);
      const { text } = answerTo(files);
      if (UPDATE) writeFileSync(golden, text);
      expect(text).toBe(readFileSync(golden, "utf8"));
    });
  }
});
