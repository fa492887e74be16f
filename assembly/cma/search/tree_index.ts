// Knows: the tree of clear runs over a map: how a leaf is read from its words, how two nodes become one.
// Must not know: requests.
//
// A binary heap: root 1, children 2k and 2k + 1, leaf i at `first` + i; `first` is a power of two. A node covers
// LEAF_BITS << height bits; bits behind the end of the map count as set. Node 0 is unused.
//
//   node, 32 bytes: | prefix | suffix | - | - | longest0 | longest6 | longest8 | longest9 |        u32 each
//
//   prefix, suffix   clear bits at the beginning, at the end
//   longestK         the longest run of clear bits that begins at a multiple of 2^K inside the node and ends in it
//
//   longestK(node) = max(longestK(left), longestK(right), (suffix(left) & -2^K) + prefix(right))
//
// since the middle of a node is a multiple of every 2^K (K <= LEAF_ORDER): a suffix rounded down begins aligned.

import { pairOf } from "../../memory/bits";

export const LEAF_ORDER: u32 = 9;
export const LEAF_BITS: u32 = 1 << LEAF_ORDER;
const LEAF_WORDS: i32 = 1 << (LEAF_ORDER - 6);
const ALL: u64 = 0xffff_ffff_ffff_ffff;

export const NODE_SHIFT: u32 = 5;
export const NODE_BYTES: usize = 1 << NODE_SHIFT;
export const PREFIX: usize = 0;
export const SUFFIX: usize = 4;
export const LONGEST: usize = 16;

/** Leaves that hold at least one bit of the map. */
export function leavesOf(bits: u32): u32 {
  return bits == 0 ? 1 : ((bits - 1) >> LEAF_ORDER) + 1;
}

/** Heap number of leaf 0: a power of two. */
export function firstLeaf(bits: u32): u32 {
  const leaves = leavesOf(bits);
  return leaves == 1 ? 1 : (<u32>1) << (32 - <u32>clz(leaves - 1));
}

/** A lone last leaf has an empty sibling. */
export function treeBytes(bits: u32): u32 {
  return (firstLeaf(bits) + ((leavesOf(bits) + 1) & ~1)) << NODE_SHIFT;
}

/** Which of the four longest runs bounds a search for starts that are multiples of `unit` (a power of two). */
export function laneOf(unit: u32): u32 {
  return (unit >= 64 ? 1 : 0) + (unit >= 256 ? 1 : 0) + (unit >= 512 ? 1 : 0);
}

export function nodeOf(tree: usize, k: u32): usize {
  return tree + ((<usize>k) << NODE_SHIFT);
}

/** All bits clear, or all set (size 0 is written). */
function uniform(node: usize, size: u32): void {
  store<u32>(node, size, PREFIX);
  store<u32>(node, size, SUFFIX);
  v128.store(node, i32x4.splat(size), LONGEST);
}

/** The longest run of clear bits in one word if it is longer than `least`, else `least`. */
function longestInside(word: u64, least: u32): u32 {
  const clear = ~word;
  let starts = clear;
  let length: u32 = 1;
  while (length <= least) {
    const step = min(length, least + 1 - length);
    starts &= starts >> step;
    if (starts == 0) return least;
    length += step;
  }
  while (starts != 0) {
    starts &= starts >> 1;
    length += 1;
  }
  return max(least, length - 1);
}

/** One word of a leaf; bits behind the end of the map are set. */
function wordOf(map: usize, pair: u32, bits: u32): u64 {
  const first = pair << 6;
  if (first >= bits) return ALL;
  const word = pairOf(map, pair, bits);
  return bits - first < 64 ? word | (ALL << (bits - first)) : word;
}

/** Reads a leaf from its words, from the last to the first: `run` is the clear run that begins at the word. */
function readLeaf(node: usize, map: usize, leaf: u32, bits: u32): void {
  const pair = leaf << (LEAF_ORDER - 6);
  const whole = (leaf + 1) << LEAF_ORDER <= bits;
  const words = map + ((<usize>pair) << 3);
  let run: u32 = 0;
  let suffix: u32 = LEAF_BITS;
  let any: u32 = 0;
  let at64: u32 = 0;
  let at256: u32 = 0;
  for (let i = LEAF_WORDS - 1; i >= 0; i--) {
    const word = whole ? load<u64>(words + ((<usize>i) << 3)) : wordOf(map, pair + i, bits);
    if (word == 0) {
      run += 64;
    } else {
      const length = run + <u32>clz(word);
      if (suffix == LEAF_BITS) suffix = length;
      any = max(any, length);
      if (any < 62) any = longestInside(word, any);
      run = <u32>ctz(word);
    }
    at64 = max(at64, run);
    if ((i & 3) == 0) at256 = max(at256, run);
  }
  store<u32>(node, run, PREFIX);
  store<u32>(node, suffix, SUFFIX);
  store<u32>(node, max(any, run), LONGEST);
  store<u32>(node, at64, LONGEST + 4);
  store<u32>(node, at256, LONGEST + 8);
  store<u32>(node, run, LONGEST + 12);
}

/** Node k from its children of `size` bits. Answers whether it changed. */
function merge(tree: usize, k: u32, size: u32): bool {
  const node = nodeOf(tree, k);
  const left = nodeOf(tree, k << 1);
  const right = left + NODE_BYTES;
  const begins = load<u32>(left, PREFIX);
  const ends = load<u32>(left, SUFFIX);
  const begins2 = load<u32>(right, PREFIX);
  const ends2 = load<u32>(right, SUFFIX);
  const prefix = begins == size ? size + begins2 : begins;
  const suffix = ends2 == size ? size + ends : ends2;
  const across = i32x4.add(v128.and(i32x4.splat(ends), i32x4(-1, -64, -256, -512)), i32x4.splat(begins2));
  const longest = i32x4.max_u(i32x4.max_u(v128.load(left, LONGEST), v128.load(right, LONGEST)), across);
  const changed =
    load<u32>(node, PREFIX) != prefix ||
    load<u32>(node, SUFFIX) != suffix ||
    v128.any_true(v128.xor(v128.load(node, LONGEST), longest));
  store<u32>(node, prefix, PREFIX);
  store<u32>(node, suffix, SUFFIX);
  v128.store(node, longest, LONGEST);
  return changed;
}

/** From changed leaves [low, high] up to the root, or until nothing changes. */
function mergeUp(tree: usize, low: u32, high: u32): void {
  let size = LEAF_BITS;
  let a = low;
  let b = high;
  while (b > a) {
    a >>= 1;
    b >>= 1;
    let changed = false;
    for (let k = a; k <= b; k++) {
      if (merge(tree, k, size)) changed = true;
    }
    if (!changed) return;
    size <<= 1;
  }
  climb(tree, a, size);
}

/** As merge(), from node k of `size` bits to the root: what was just computed stays in registers. */
function climb(tree: usize, from: u32, below: u32): void {
  let k = from;
  let size = below;
  let node = nodeOf(tree, k);
  let prefix = load<u32>(node, PREFIX);
  let suffix = load<u32>(node, SUFFIX);
  let longest = v128.load(node, LONGEST);
  while (k > 1) {
    const other = nodeOf(tree, k ^ 1);
    const begins = load<u32>(other, PREFIX);
    const ends = load<u32>(other, SUFFIX);
    const isLeft = (k & 1) == 0;
    const across = i32x4.add(
      v128.and(i32x4.splat(isLeft ? suffix : ends), i32x4(-1, -64, -256, -512)),
      i32x4.splat(isLeft ? begins : prefix),
    );
    longest = i32x4.max_u(i32x4.max_u(longest, v128.load(other, LONGEST)), across);
    if (isLeft) {
      prefix = prefix == size ? size + begins : prefix;
      suffix = ends == size ? size + suffix : ends;
    } else {
      suffix = suffix == size ? size + ends : suffix;
      prefix = begins == size ? size + prefix : begins;
    }
    k >>= 1;
    size <<= 1;
    node = nodeOf(tree, k);
    if (
      load<u32>(node, PREFIX) == prefix &&
      load<u32>(node, SUFFIX) == suffix &&
      !v128.any_true(v128.xor(v128.load(node, LONGEST), longest))
    ) {
      return;
    }
    store<u32>(node, prefix, PREFIX);
    store<u32>(node, suffix, SUFFIX);
    v128.store(node, longest, LONGEST);
  }
}

/** The whole tree from the map. Nodes without a leaf below them stay empty: their children may not exist. */
export function buildTree(tree: usize, map: usize, bits: u32): void {
  const leaves = leavesOf(bits);
  const first = firstLeaf(bits);
  memory.fill(tree, 0, treeBytes(bits));
  for (let leaf: u32 = 0; leaf < leaves; leaf++) readLeaf(nodeOf(tree, first + leaf), map, leaf, bits);
  let size = LEAF_BITS;
  let last = first + leaves - 1;
  for (let from = first >> 1; from > 0; from >>= 1) {
    last >>= 1;
    for (let k = from; k <= last; k++) merge(tree, k, size);
    size <<= 1;
  }
}

/** Bits [from, from + count) have become clear (`size` = LEAF_BITS) or set (`size` = 0). */
export function noteTree(tree: usize, map: usize, bits: u32, from: u32, count: u32, size: u32): void {
  const first = firstLeaf(bits);
  const low = from >> LEAF_ORDER;
  const high = (from + count - 1) >> LEAF_ORDER;
  readLeaf(nodeOf(tree, first + low), map, low, bits);
  for (let leaf = low + 1; leaf < high; leaf++) uniform(nodeOf(tree, first + leaf), size);
  if (high > low) readLeaf(nodeOf(tree, first + high), map, high, bits);
  mergeUp(tree, first + low, first + high);
}
