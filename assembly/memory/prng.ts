// Knows: one seeded stream of pseudo-random numbers whose state is two words of memory.
// Must not know: who draws. splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).

/** Advances the 64-bit state at `state` and answers 32 random bits. */
export function random32(state: usize): u32 {
  const s: u64 = load<u64>(state) + 0x9e37_79b9_7f4a_7c15;
  store<u64>(state, s);
  let z: u64 = (s ^ (s >> 30)) * 0xbf58_476d_1ce4_e5b9;
  z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
  return <u32>((z ^ (z >> 31)) >> 32);
}

/** A number below `bound` (> 0), by multiplication; the bias is below bound / 2^32. */
export function randomBelow(state: usize, bound: u32): u32 {
  return <u32>((<u64>inline.always(random32(state)) * <u64>bound) >> 32);
}
