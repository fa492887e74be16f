// Knows: what a page tells of a what-if: the sentence, the table, and the area of each branch side by side.
// Must not know: how an answer is found, how a page is drawn.

import {
  ANSWER_VERSION,
  type AnswerDocument,
  type AnswerKinds,
  type Block,
  type Scene,
} from "../../report/answer/index.js";
import type { WhatIfAnswer, WhatIfEnding, WhatIfRefusal } from "../../whatif/index.js";
import { branchRows, COLUMNS, endingCell, noteLines } from "./tables.js";

interface Shown {
  readonly title: string;
  readonly ending: WhatIfEnding | WhatIfRefusal;
}

/** One figure for each column of each branch in which the request has ended. */
function shown({ original, branches, policy }: WhatIfAnswer): Shown[] {
  return [
    { title: `what was: ${policy}`, ending: original },
    ...branches.flatMap(({ name, switched, fromStart }) => [
      { title: `${name}, switched at this instant`, ending: switched },
      { title: `${name}, in force from the start`, ending: fromStart },
    ]),
  ];
}

function kindsOf({ title, ending }: Shown): AnswerKinds[] {
  if (ending.kind === "refused" || ending.map === undefined) return [];
  const { request, map } = ending;
  const mine = request?.pfn === undefined ? {} : { mine: { startPfn: request.pfn, pages: request.pages } };
  return [{ title: `${title}: ${endingCell(ending)}`, map, ...mine }];
}

/** The same answer gives the same document. */
export function answerOfWhatIf(answer: WhatIfAnswer, command: string, scene?: Scene): AnswerDocument {
  const { request } = answer;
  const text = (line: string): Block => ({ kind: "text", text: line });
  const maps = shown(answer).flatMap(kindsOf);
  return {
    version: ANSWER_VERSION,
    brand: "pageblock whatif",
    title: `What would have saved ${request.client}'s request?`,
    sentence: answer.sentence,
    command,
    blocks: [
      { kind: "table", columns: COLUMNS, rows: branchRows(answer) },
      ...noteLines(answer).map(text),
      { kind: "heading", text: `The area ${request.area}` },
      text(
        "At the moment at which the request ended, a cell for each pageblock; outlined: where it got its memory.",
      ),
      ...(maps.length === 0 ? [] : [{ kind: "kinds", maps } as const]),
    ],
    ...(scene === undefined ? {} : { scene }),
  };
}
