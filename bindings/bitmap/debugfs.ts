// Knows: the text of /sys/kernel/debug/cma/<area>/bitmap: u32 words in decimal, the lowest bits first.
// Must not know: bitmaps as objects. Models cma_debugfs.c (u32_array, Linux 4.0 to 6.12).

import { UnitError } from "../engine/errors.js";

/**
 * The words of the text; a label up to the last colon ("cma-reserved bitmap: ...") may stand before them.
 * @throws UnitError naming the first word that is none
 */
export function parseDebugfsBitmap(text: string): Uint32Array {
  const tokens = text
    .slice(text.lastIndexOf(":") + 1)
    .split(/\s+/)
    .filter((token) => token !== "");
  if (tokens.length === 0) throw new UnitError("a debugfs bitmap has at least one word");
  return Uint32Array.from(tokens, (token, i) => {
    const value = Number(token);
    if (/^\d{1,10}$/.test(token) && value <= 0xffff_ffff) return value;
    throw new UnitError(
      `word ${i} of a debugfs bitmap must be a number below 2^32, not ${JSON.stringify(token.slice(0, 20))}`,
    );
  });
}

/** The text of /sys/kernel/debug/cma/<area>/bitmap: decimal words, least significant bit first. */
export function formatDebugfsBitmap(words: Uint32Array): string {
  return `${words.join(" ")}\n`;
}
