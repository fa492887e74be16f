// Knows: how the document of a written page is read back.
// Must not know: what a page shows.

import type { AnswerDocument } from "../../bindings/report/answer/index.js";

/** @throws Error when there is none */
export function documentOf(page: string): AnswerDocument {
  const found = /<script type="application\/json" id="document">(.+?)<\/script>/s.exec(page);
  if (found?.[1] === undefined) throw new Error("the page has no document");
  return JSON.parse(found[1]) as AnswerDocument;
}
