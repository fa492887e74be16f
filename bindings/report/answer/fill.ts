// Knows: how a document is put into the page that `npm run build:report` made, safely.
// Must not know: what is in the document or in the page.

import type { AnswerDocument } from "./document.js";

/** Where the page waits for its document; once in the template. */
const SLOT = /<script type="application\/json" id="document">\s*<\/script>/;

/** JSON that is safe inside a script element: no tag, comment or line separator can begin in it. */
export function embeddableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** One HTML file. The same document gives the same bytes. @throws when the template has no place for a document */
export function fillAnswer(template: string, document: AnswerDocument): string {
  const slot = SLOT.exec(template);
  if (slot === null)
    throw new Error('the report template has no <script type="application/json" id="document">');
  const before = template.slice(0, slot.index);
  const after = template.slice(slot.index + slot[0].length);
  return `${before}<script type="application/json" id="document">${embeddableJson(document)}</script>${after}`;
}
