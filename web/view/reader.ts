// Knows: what dropped files say: explain's answer, and the state of the device where they make one.
// Must not know: the page, any run.

import { areaMaps, explain, guestsOf, pageShift, pinLengths } from "../../bindings/explain/index.js";
import { Collector, isUsable } from "../../bindings/importers/collect.js";
import { buildState } from "../../bindings/rebuild/index.js";
import { type AnswerDocument, answerOfExplanation } from "../../bindings/report/answer/index.js";
import type { MachineState } from "../../bindings/state/types.js";

export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a page tells of files. */
export interface Told {
  readonly answer: AnswerDocument;
  readonly state?: MachineState;
  /** What the files did not say of the state, or why there is none. */
  readonly notes: readonly string[];
}

function sentenceOf(answer: AnswerDocument, isReadable: boolean): AnswerDocument {
  if (isReadable) return answer;
  const sentence =
    "Nothing here can be read: expected a kernel log, files of debugfs or /proc, or a bundle of them.";
  return { ...answer, sentence };
}

/** Never throws on any content. */
export function readFiles(files: readonly DroppedFile[]): Told {
  const collector = new Collector();
  for (const { name, bytes } of files) {
    collector.begin(name);
    collector.push(bytes);
  }
  collector.end();
  const { facts } = collector;
  const explanation = explain(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  const names = files.map(({ name }) => name).join(" ");
  const answer = answerOfExplanation(explanation, picture, pageShift(facts), `pageblock explain ${names}`);
  const told = sentenceOf(answer, isUsable(facts));
  try {
    const { state, assumed } = buildState(facts, {});
    return { answer: told, state, notes: assumed };
  } catch (error) {
    return { answer: told, notes: [(error as Error).message.split("\n")[0] ?? ""] };
  }
}
