// Knows: the page that `pageblock whatif --html` writes: the sentence, the table, and the area of each branch side by side.
// Must not know: how an answer is found.

import {
  renderHtmlPage,
  renderHtmlParagraph,
  renderHtmlTable,
  renderKindLegend,
  renderKindMap,
} from "../../report/index.js";
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

function figure({ title, ending }: Shown): string {
  if (ending.kind === "refused" || ending.map === undefined) return "";
  const { request } = ending;
  const mine = request?.pfn === undefined ? undefined : { startPfn: request.pfn, pages: request.pages };
  return renderKindMap(ending.map, `${title}: ${endingCell(ending)}`, mine);
}

/** The same answer gives the same bytes. */
export function renderWhatIfHtml(answer: WhatIfAnswer, command: string): string {
  const { request, original } = answer;
  const title = `What would have saved ${request.client}'s request?`;
  return renderHtmlPage(
    { brand: "pageblock whatif", title, lead: answer.sentence },
    [
      renderHtmlTable(COLUMNS, branchRows(answer)),
      ...noteLines(answer).map(renderHtmlParagraph),
      renderHtmlParagraph(
        `The area ${request.area} at the moment at which the request ended, a cell for each pageblock; outlined: where it got its memory.`,
      ),
      original.map === undefined ? "" : renderKindLegend(original.map),
      `<div class="maps">${shown(answer).map(figure).join("")}</div>\n`,
      renderHtmlParagraph(`Again: ${command}`),
    ].join(""),
  );
}
