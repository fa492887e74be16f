// Knows: what is at hand when one failed request is judged: its numbers, its area, its kernel, its neighbours.
// Must not know: in which order causes are tried, how an answer is shown.

import type { Era } from "./era.js";
import type { FailedRequest, Picture } from "./picture.js";
import type { Situation } from "./remedies.js";
import type { Certainty, Verdict } from "./verdicts.js";
import type { AreaView, Fits } from "./view.js";

export interface Case {
  readonly failure: FailedRequest;
  readonly siblings: readonly FailedRequest[];
  readonly picture: Picture;
  readonly view: AreaView;
  readonly era: Era;
  readonly pages: number | null;
  readonly align: number;
  readonly inferred: boolean;
  readonly fits: Fits | null;
  readonly shift: number;
  readonly situation: Situation;
}

export interface Answer {
  readonly verdict: Verdict;
  readonly alsoPossible?: readonly Verdict[];
  readonly evidence: readonly string[];
  readonly certainty: Certainty;
  readonly nextCommand?: string;
}
