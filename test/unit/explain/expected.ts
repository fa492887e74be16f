// Knows: how an expectation of an answer is written down, and how an answer is held against it.
// Must not know: any input.

import { expect } from "vitest";
import {
  areaMaps,
  type Certainty,
  type Explanation,
  explain,
  guestsOf,
  pageShift,
  type Verdict,
} from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanation, renderIssues } from "../../../bindings/report/explain.js";
import { renderSize } from "../../../bindings/report/explain_size.js";
import { sizeForPicture } from "../../../bindings/size/index.js";

export interface ExpectedRequest {
  readonly pages?: number | null;
  readonly errno?: number | null;
  /** One of these. */
  readonly verdict?: readonly Verdict[];
  readonly certainty?: Certainty;
  /** Must be named beside the verdict. */
  readonly possible?: readonly Verdict[];
  /** Must be struck out. */
  readonly impossible?: readonly Verdict[];
}

export interface Expected {
  /** All failed requests, in order. */
  readonly requests: readonly ExpectedRequest[];
  /** The first finding has one of these verdicts. */
  readonly findings?: readonly Verdict[];
  /** What the text must say, and what it must not. */
  readonly says?: readonly RegExp[];
  readonly never?: readonly RegExp[];
  /** Areas with files of their own. */
  readonly areas?: number;
  readonly size?: {
    readonly atLeast?: number;
    /** No `cma=` without the area's size. */
    readonly noCommandLine?: boolean;
    readonly says?: readonly RegExp[];
  };
}

export interface Answer {
  readonly explanation: Explanation;
  readonly text: string;
}

export function answerTo(files: Readonly<Record<string, Uint8Array | string>>): Answer {
  const facts = collect(files);
  const explanation = explain(facts);
  const options = { color: false, pageShift: pageShift(facts) };
  const text = renderExplanation(explanation, { maps: areaMaps(facts), guests: guestsOf(facts) }, options);
  return { explanation, text: `${text}${renderIssues(explanation)}` };
}

export function hold(files: Readonly<Record<string, Uint8Array | string>>, expected: Expected): void {
  const { explanation, text } = answerTo(files);
  const { failures, findings, issues } = explanation;
  expect(failures.map(({ pages }) => pages)).toHaveLength(expected.requests.length);
  for (const [i, wanted] of expected.requests.entries()) {
    const given = failures[i]!;
    if (wanted.pages !== undefined) expect(given.pages).toBe(wanted.pages);
    if (wanted.errno !== undefined) expect(given.errno).toBe(wanted.errno);
    if (wanted.verdict !== undefined) expect(wanted.verdict).toContain(given.verdict);
    if (wanted.certainty !== undefined) expect(given.certainty).toBe(wanted.certainty);
    for (const verdict of wanted.possible ?? []) expect(given.alsoPossible).toContain(verdict);
    for (const verdict of wanted.impossible ?? [])
      expect([given.verdict, ...given.alsoPossible]).not.toContain(verdict);
  }
  if (expected.findings !== undefined) expect(expected.findings).toContain(findings[0]?.verdict);
  for (const words of expected.says ?? []) expect(text).toMatch(words);
  for (const words of expected.never ?? []) expect(text).not.toMatch(words);
  expect(issues.map(({ code }) => code)).not.toContain("nothing-for-us");
  const facts = collect(files);
  if (expected.areas !== undefined) expect(facts.areas).toHaveLength(expected.areas);
  if (expected.size === undefined) return;
  const size = sizeForPicture(facts, 2 ** pageShift(facts))!;
  const shown = renderSize(size);
  if (expected.size.atLeast !== undefined)
    expect(size.recommended.pages).toBeGreaterThanOrEqual(expected.size.atLeast);
  if (expected.size.noCommandLine === true) expect(shown).not.toMatch(/cma=/);
  for (const words of expected.size.says ?? []) expect(shown).toMatch(words);
}
