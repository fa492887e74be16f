// Knows: how an answer is said in one sentence that a tired person understands.
// Must not know: how the answer was found.

import type { Answer, Case } from "./case.js";
import { enoughMib, sizeText, sizeToWrite } from "./remedies.js";
import { cmaState } from "./totals.js";
import type { Verdict } from "./verdicts.js";

function request({ failure, pages, shift }: Case): string {
  const who = failure.who ?? (failure.form === "user" ? "A program" : "A driver");
  const size = pages === null ? "contiguous memory" : `${sizeText(pages * 2 ** shift)} in one piece`;
  return `${who} asked for ${size} and did not get it`;
}

function area({ view, picture, shift }: Case): string {
  const size = (pages: number) => sizeText(pages * 2 ** shift);
  const total = view.total ?? cmaState(picture).total;
  const free = view.free ?? cmaState(picture).lastFree;
  if (total === null) return "";
  return `the area has ${size(total)} in all${free === null ? "" : `, ${size(free)} of it free`}`;
}

function larger({ situation }: Case): string {
  const mib = enoughMib(situation);
  return mib === null ? "enlarge it" : `enlarge it: ${sizeToWrite(situation.platform, mib)}`;
}

const BUSY_TEXT: Partial<Record<Verdict, string>> = {
  PINNED: "there was room for it, but pages in the way could not be moved (busy or pinned)",
  "PINNED-LONG": "there was room for it, but one and the same page in the way is pinned all the time",
  "PINNED-ROLLING":
    "there was room for it, but short pins came and went, each time on another page in the way",
  "ISOLATION-COLLISION":
    "there was room for it, but another caller was at work in the same blocks at that moment",
  "UNMOVABLE-IN-CMA": "there was room for it, but pages that cannot be moved lie inside the area",
  "NO-MIGRATION-TARGET":
    "there was room for it, but no free memory elsewhere to move the area's present users to",
};

/** What is wrong, and what to do, without the request. */
function cause(given: Case, { verdict, certainty }: Answer): string {
  const { fits, shift } = given;
  const likely = certainty === "likely" ? "most likely " : "";
  const size = (pages: number) => sizeText(pages * 2 ** shift);
  switch (verdict) {
    case "BENIGN":
      return "the caller went on without it, so nothing needs to be done";
    case "IMPOSSIBLE":
      return `${area(given) || "the area is smaller than that"}: it can never fit; ${larger(given)}`;
    case "RESERVATION-SHRANK":
      return `${area(given)}: less than was asked for at boot, because the reservation failed`;
    case "EXHAUSTED":
      return `${area(given) || "not a page of the area is free"}; ${likely}it is used up: find who holds it, or ${larger(given)}`;
    case "FRAGMENTED":
      return `${area(given) || "enough is free"}, but the longest free piece has ${size(fits?.largestRun ?? 0)}: ${likely}it is in pieces`;
    case "ALIGNMENT":
      return `pieces of up to ${size(fits?.largestRun ?? 0)} are free, but none holds it at its alignment of ${size(2 ** given.align)}`;
    case "KILLED":
      return "the process that waited for it was killed, so nothing is wrong in the area";
    case "UNDECIDED": {
      const known = area(given);
      const why = `what was pasted does not say why; run the command under "next" and explain its output as well`;
      return known === "" ? why : `${known}; ${why}`;
    }
    default:
      return BUSY_TEXT[verdict] ?? "";
  }
}

/** One sentence: what was asked for, what is wrong, what to do. */
export function sentenceOf(given: Case, answer: Answer): string {
  const hedge = answer.certainty === "likely" && answer.verdict in BUSY_TEXT ? "most likely " : "";
  const joint = answer.verdict === "UNDECIDED" && area(given) === "" ? ", and " : ": ";
  return `${request(given)}${joint}${hedge}${cause(given, answer)}.`;
}
