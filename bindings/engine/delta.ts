// Knows: the difference between two states of one memory, as words to be XORed: the same delta leads forth and back.
// Must not know: what a word means, when a state is kept.
//
//   for each changed chunk: its index | one bit per word that differs (CHUNK_WORDS / 32 words, LSB first) | those words

/** Words of a chunk: 4 KiB. What lies together changes together; a chunk that is equal costs nothing. */
const CHUNK_WORDS = 1024;
const MASK_WORDS = CHUNK_WORDS / 32;

/** Words that are appended one by one. */
class WordList {
  #words = new Uint32Array(4096);
  #length = 0;

  /** Room for so many more, and where they begin; the caller says with end() how many it took. */
  reserve(count: number): number {
    if (this.#length + count > this.#words.length) {
      const larger = new Uint32Array(Math.max(this.#words.length * 2, this.#length + count));
      larger.set(this.#words.subarray(0, this.#length));
      this.#words = larger;
    }
    return this.#length;
  }

  get words(): Uint32Array {
    return this.#words;
  }

  end(length: number): void {
    this.#length = length;
  }

  take(): Uint32Array {
    return this.#words.slice(0, this.#length);
  }
}

function firstDifference(a: Int32Array, b: Int32Array, from: number, end: number): number {
  let at = from;
  // Unrolled by hand: nearly all chunks are equal, and this loop is all that they cost.
  for (; at + 4 <= end; at += 4) {
    const differs =
      ((a[at] as number) ^ (b[at] as number)) |
      ((a[at + 1] as number) ^ (b[at + 1] as number)) |
      ((a[at + 2] as number) ^ (b[at + 2] as number)) |
      ((a[at + 3] as number) ^ (b[at + 3] as number));
    if (differs !== 0) break;
  }
  while (at < end && a[at] === b[at]) at++;
  return at;
}

/** Appends one chunk whose words differ from `from` on, and brings `shadow` up to `now`. */
function addChunk(list: WordList, shadow: Int32Array, now: Int32Array, chunk: number, from: number): void {
  const start = chunk * CHUNK_WORDS;
  const end = Math.min(start + CHUNK_WORDS, now.length);
  const at = list.reserve(1 + MASK_WORDS + CHUNK_WORDS);
  const { words } = list;
  words[at] = chunk;
  words.fill(0, at + 1, at + 1 + MASK_WORDS);
  let next = at + 1 + MASK_WORDS;
  for (let i = from; i < end; i++) {
    const value = now[i] as number;
    const changed = (shadow[i] as number) ^ value;
    if (changed === 0) continue;
    const mask = at + 1 + ((i - start) >>> 5);
    words[mask] = (words[mask] as number) | (1 << (i & 31));
    words[next++] = changed;
    shadow[i] = value;
  }
  list.end(next);
}

/**
 * What turns `shadow` into `now`, and `now` into `shadow`; `shadow` is brought up to `now` in the same pass.
 * Both have the same length.
 */
export function takeDelta(shadow: Int32Array, now: Int32Array): Uint32Array {
  const list = new WordList();
  for (let chunk = 0; chunk * CHUNK_WORDS < now.length; chunk++) {
    const start = chunk * CHUNK_WORDS;
    const end = Math.min(start + CHUNK_WORDS, now.length);
    const from = firstDifference(shadow, now, start, end);
    if (from < end) addChunk(list, shadow, now, chunk, from);
  }
  return list.take();
}

/** Applies a delta in place, in either direction. */
export function applyDelta(memory: Int32Array, delta: Uint32Array): void {
  for (let at = 0; at < delta.length; ) {
    const start = (delta[at] as number) * CHUNK_WORDS;
    let next = at + 1 + MASK_WORDS;
    for (let word = 0; word < MASK_WORDS; word++) {
      for (let mask = delta[at + 1 + word] as number; mask !== 0; mask &= mask - 1) {
        const i = start + word * 32 + (31 - Math.clz32(mask & -mask));
        memory[i] = (memory[i] as number) ^ (delta[next++] as number);
      }
    }
    at = next;
  }
}

/** Which words of [first, end) a delta changes, ascending. */
export function changedWords(
  delta: Uint32Array,
  first: number,
  end: number,
  visit: (word: number) => void,
): void {
  for (let at = 0; at < delta.length; ) {
    const start = (delta[at] as number) * CHUNK_WORDS;
    let next = at + 1 + MASK_WORDS;
    for (let word = 0; word < MASK_WORDS; word++) {
      for (let mask = delta[at + 1 + word] as number; mask !== 0; mask &= mask - 1) {
        const i = start + word * 32 + (31 - Math.clz32(mask & -mask));
        if (i >= first && i < end) visit(i);
        next++;
      }
    }
    at = next;
  }
}
