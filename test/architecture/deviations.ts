// Knows: how a deviation from the kernel is declared in a comment, and listed in docs/deviations.md.
// Must not know: which there are.
//
// A declaration begins with DEVIATION: in a comment and ends with the comment, at an empty comment line, or at the
// next declaration. The document has one bullet for each under "## Deviations". Backquotes do not count.

/** A declaration may follow "//" or the "*" of a block comment only; text that mentions the word is none. */
const START = /^\s*(?:\/\/|\/?\*+)\s*DEVIATION:\s*(.*)$/;
const GOES_ON = /^\s*(?:\/\/|\*(?!\/))\s?(.*\S.*)$/;

function plain(text: string): string {
  return text
    .replaceAll("`", "")
    .replace(/\s*\*\/\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function deviationsOf(source: string): string[] {
  const found: string[] = [];
  let open = false;
  for (const line of source.split("\n")) {
    const start = START.exec(line);
    const more: RegExpExecArray | null = open ? GOES_ON.exec(line) : null;
    if (start !== null) found.push(start[1] ?? "");
    else if (more !== null) found[found.length - 1] += ` ${more[1]}`;
    open = start !== null || more !== null;
  }
  return found.map(plain);
}

/** Sorted; undefined when there is no such section. */
export function deviationsListed(document: string): string[] | undefined {
  const section = /^## Deviations\s*$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(document)?.[1];
  if (section === undefined) return undefined;
  const bullets = section.split(/^[-*] /m).slice(1);
  return bullets.map((bullet) => plain(bullet.split(/\n\s*\n/)[0] ?? "")).sort();
}
