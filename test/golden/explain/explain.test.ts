// Knows: that every folder beside it holds input files and the answers to them, as text and as JSON.
// Must not know: which cases there are.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { areaMaps, explain, guestsOf, pageShift, VERDICTS } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanation, renderIssues } from "../../../bindings/report/explain.js";

const HERE = new URL(".//", import.meta.url);
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const cases = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function answer(name: string) {
  const folder = new URL(`${name}/`, HERE);
  const inputs = readdirSync(folder).filter((file) => !file.endsWith(".golden"));
  const facts = collect(
    Object.fromEntries(
      inputs.sort().map((file) => [file, new Uint8Array(readFileSync(new URL(file, folder)))]),
    ),
  );
  const explanation = explain(facts);
  const options = { color: false, pageShift: pageShift(facts) };
  const text = renderExplanation(explanation, { maps: areaMaps(facts), guests: guestsOf(facts) }, options);
  return {
    explanation,
    json: `${JSON.stringify(explanation, null, 2)}\n`,
    text: `${text}${explanation.issues.length === 0 ? "" : "\nIssues:\n"}${renderIssues(explanation)}`,
  };
}

function compare(name: string, file: string, actual: string): void {
  const path = new URL(`${name}/${file}`, HERE);
  if (UPDATE) writeFileSync(path, actual);
  expect(existsSync(path), `${name} has no ${file}: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
  expect(actual).toBe(readFileSync(path, "utf8"));
}

describe("explain", () => {
  it("has cases for every verdict", () => {
    const given = new Set(
      cases.flatMap((name) => {
        const { failures, findings } = answer(name).explanation;
        return [...failures, ...findings].map(({ verdict }) => verdict);
      }),
    );
    expect([...given].sort()).toEqual([...VERDICTS].sort());
  });

  for (const name of cases) {
    it(name, () => {
      const { text, json } = answer(name);
      compare(name, "report.txt.golden", text);
      compare(name, "report.json.golden", json);
    });
  }
});
