// Knows: the MANIFEST that pbcap.sh writes: `pbcap 1`, then `page_size 4096`, what was read and what was not.
// Must not know: the files that it names.

import { PAGE_SHIFTS } from "../../engine/units.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";

class ManifestReader implements LineReader {
  private isOurs = false;

  constructor(private readonly context: ReaderContext) {}

  line(text: string): boolean {
    if (/^pbcap \d{1,3}$/.test(text)) this.isOurs = true;
    if (!this.isOurs) return false;
    const size = Number(/^page_size (\d{4,6})$/.exec(text)?.[1]);
    if (PAGE_SHIFTS.includes(Math.log2(size))) this.context.facts.pageSize = size;
    return true;
  }
}

export const manifestImporter: Importer = {
  id: "pbcap",
  title: "MANIFEST of pbcap.sh",
  open: (context) => new ManifestReader(context),
};
