// Knows: how to say which formats a text contains, without its name.
// Must not know: any format; what is in the text.

import { emptyFacts } from "./facts.js";
import type { Importer } from "./importer.js";
import { importers } from "./registry.js";
import { cleanLine, LineSplitter } from "./text.js";

/** Does this importer find lines of its own in the text? */
export function detects(importer: Importer, text: string): boolean {
  return detect(text, [importer]).length > 0;
}

/** Ids of the formats that the text contains; pasted reports often hold several. */
export function detect(text: string, among: readonly Importer[] = importers): string[] {
  const facts = emptyFacts();
  const readers = among.map((importer) => ({
    id: importer.id,
    reader: importer.open({ facts, file: "", issue: () => {} }),
    found: false,
  }));
  const splitter = new LineSplitter((raw, line) => {
    const clean = cleanLine(raw);
    for (const entry of readers) {
      if (entry.reader.line(clean, { file: "", line })) entry.found = true;
    }
  });
  splitter.push(text);
  splitter.finish();
  return readers.filter(({ found }) => found).map(({ id }) => id);
}
