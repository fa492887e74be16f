// Knows: the shape of a finding: something that logs and files show beside failed requests.
// Must not know: what is found.

import { NO_SITUATION, remediesFor } from "./remedies.js";
import type { Certainty, Verdict } from "./verdicts.js";

/** Something that the files show beside failed requests. */
export interface Finding {
  /** What kind of cause it is or would be. */
  readonly verdict: Verdict;
  /** proved, likely or undecided. */
  readonly certainty: Certainty;
  /** Causes that the facts do not rule out. */
  readonly alsoPossible: readonly Verdict[];
  /** For programs; stable. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** What it rests on, a sentence each. */
  readonly evidence: readonly string[];
  /** What helps against it; none where it is harmless. */
  readonly remedies: readonly string[];
  /** What to collect or to try next. */
  readonly nextCommand: string;
}

interface Given {
  readonly verdict: Verdict;
  readonly code: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly nextCommand: string;
  readonly certainty?: Certainty;
  readonly alsoPossible?: readonly Verdict[];
  readonly remedies?: readonly string[];
}

/** What is harmless needs no remedy; else those of its verdict, unless the finding has better ones. */
export function finding({ verdict, code, message, evidence, nextCommand, ...more }: Given): Finding {
  const certainty = more.certainty ?? (verdict === "UNDECIDED" ? "undecided" : "proved");
  const usual = verdict === "BENIGN" || verdict === "UNDECIDED" ? [] : remediesFor(verdict, NO_SITUATION);
  const remedies = more.remedies ?? usual;
  return {
    verdict,
    certainty,
    alsoPossible: more.alsoPossible ?? [],
    code,
    message,
    evidence,
    remedies,
    nextCommand,
  };
}
