// Knows: how the lines of a file are read one at a time, with their places, however long the file is.
// Must not know: what a line means, how the file is opened.
// Not in the index: declarations that the package ships do without the classes of Node.

/** A whole line, without its LF. */
export interface Line {
  /** Its first byte in the file. */
  readonly at: number;
  /** With its LF. */
  readonly length: number;
  /** From 1. */
  readonly number: number;
  readonly text: Buffer;
}

const LF = 10;

/**
 * Whole lines; what follows the last LF is not given.
 * @param read puts bytes of the file from a position on into a buffer and answers how many: 0 at the end
 */
export function* linesOf(
  read: (chunk: Buffer, from: number) => number,
  chunkBytes: number = 2 ** 20,
): Generator<Line> {
  const chunk = Buffer.alloc(chunkBytes);
  let parts: Buffer[] = [];
  let at = 0;
  let number = 1;
  for (let bytes = 0, from = 0; ; from += bytes) {
    bytes = read(chunk, from);
    if (bytes === 0) return;
    let rest = Buffer.from(chunk.subarray(0, bytes));
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      const text = Buffer.concat([...parts, rest.subarray(0, end)]);
      yield { at, length: text.length + 1, number: number++, text };
      at += text.length + 1;
      parts = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
  }
}
