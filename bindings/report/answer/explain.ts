// Knows: what a page tells of an explanation: each failure with its verdict, the map of its area, pins, findings, the input.
// Must not know: how a verdict is reached, how a page is drawn.

import type { AreaMap, Explained, Explanation, Finding } from "../../explain/index.js";
import { describeFits, describeRequest, type ExplainPicture, renderHolders } from "../explain.js";
import { describeMap } from "../explain_map.js";
import { renderPinLengths } from "../explain_pins.js";
import { formatCount } from "../sizes.js";
import { ANSWER_VERSION, type AnswerDocument, type Block } from "./document.js";

const MOST_SHOWN = 200;

function list(items: readonly string[], isOrdered = false): Block[] {
  return items.length === 0 ? [] : [{ kind: "list", items, isOrdered }];
}

function helps(remedies: readonly string[]): Block[] {
  return remedies.length === 0 ? [] : [{ kind: "text", text: "What helps:" }, ...list(remedies, true)];
}

/** @param sentence what the page begins with: it is not said twice */
function failureBlocks(failure: Explained, number: number, pageShift: number, sentence: string): Block[] {
  const { verdict, certainty, alsoPossible, fits } = failure;
  const also = alsoPossible.length === 0 ? "" : `also possible: ${alsoPossible.join(", ")}`;
  return [
    { kind: "heading", text: `${number}. ${describeRequest(failure, pageShift)}` },
    ...(failure.sentence === sentence ? [] : [{ kind: "text", text: failure.sentence } as const]),
    { kind: "verdict", verdict, certainty, text: also },
    ...(fits === null ? [] : [{ kind: "text", text: `Runs that hold it: ${describeFits(fits)}` } as const]),
    ...list(failure.evidence),
    ...helps(failure.remedies),
    { kind: "command", label: "Next", text: failure.nextCommand },
  ];
}

function findingBlocks({ verdict, certainty, message, evidence, remedies, nextCommand }: Finding): Block[] {
  return [
    { kind: "verdict", verdict, certainty, text: message },
    ...list(evidence),
    ...helps(remedies),
    { kind: "command", label: "Next", text: nextCommand },
  ];
}

function areaBlock(map: AreaMap): Block {
  const { pages, cell, free, culprits } = map;
  const title = `${map.name === "" ? "area" : map.name}: ${formatCount(pages)} pages, one cell is ${formatCount(cell)} pages, pale is free`;
  return { kind: "area", area: { title, told: describeMap(map), pages, cell, free, culprits } };
}

/** Equal failures once. */
function differentOf(failures: readonly Explained[]): Explained[] {
  const byText = new Map(failures.map((failure) => [JSON.stringify(failure), failure] as const));
  return [...byText.values()];
}

function sectionOf(title: string, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: "heading", text: title }, ...blocks];
}

/** What stands below the sentence. */
export function explanationBlocks(
  explanation: Explanation,
  { maps, pins }: ExplainPicture,
  pageShift: number,
): Block[] {
  const failures = differentOf(explanation.failures);
  const more = failures.length - MOST_SHOWN;
  const issues = explanation.issues
    .slice(0, MOST_SHOWN)
    .map(({ file, line, severity, message }) => `${file}:${line}: ${severity}: ${message}`);
  const { holders, sentence } = explanation;
  return [
    ...failures
      .slice(0, MOST_SHOWN)
      .flatMap((failure, i) => failureBlocks(failure, i + 1, pageShift, sentence)),
    ...(more > 0 ? [{ kind: "text", text: `${more} more kinds: --json shows all.` } as const] : []),
    ...sectionOf("The area", maps.map(areaBlock)),
    ...(holders === null ? [] : [{ kind: "lines", lines: renderHolders(holders, pageShift) } as const]),
    ...sectionOf("Pins", pins === undefined ? [] : [{ kind: "lines", lines: renderPinLengths(pins) }]),
    ...sectionOf("Findings", explanation.findings.slice(0, MOST_SHOWN).flatMap(findingBlocks)),
    ...sectionOf("About the input", list(issues)),
  ];
}

/** The whole answer. */
export function answerOfExplanation(
  explanation: Explanation,
  picture: ExplainPicture,
  pageShift: number,
  command: string,
): AnswerDocument {
  return {
    version: ANSWER_VERSION,
    brand: "pageblock explain",
    title: "Why contiguous allocations failed",
    sentence: explanation.sentence,
    command,
    blocks: explanationBlocks(explanation, picture, pageShift),
  };
}
