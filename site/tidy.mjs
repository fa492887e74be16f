// typedoc numbers a name that another door has too (#captureops-1) where the page has it once: such links lead to the one there is.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const API = new URL("pages/api/", import.meta.url);
for (const name of readdirSync(API)) {
  const file = new URL(name, API);
  const text = readFileSync(file, "utf8");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase());
  const isTwice = (anchor) => headings.filter((heading) => heading === anchor).length > 1;
  writeFileSync(
    file,
    text.replaceAll(/\(#([\w-]+)-1\)/g, (link, anchor) => (isTwice(anchor) ? link : `(#${anchor})`)),
  );
}
