// Knows: how the rows of an abi enumeration and the words that people write for them belong together: by name, never by
// position.
// Must not know: any enumeration.
//
// A table of words is written `{ HALF: "half", ... } as const satisfies Record<keyof typeof CmaUse, string>`, so that a
// row without a word, and a word without a row, is an error of the compiler.

/** The number that a word stands for. */
export function numberOf<Row extends string, Word extends string>(
  rows: Readonly<Record<Row, number>>,
  words: Readonly<Record<Row, Word>>,
  word: Word,
): number {
  const row = (Object.keys(words) as Row[]).find((key) => words[key] === word);
  if (row === undefined) throw new RangeError(`"${word}" is no word of ${Object.values(words).join(", ")}`);
  return rows[row];
}
