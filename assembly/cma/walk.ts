// Knows: runs of bits in a word bitmap, one bit at a time. Must not know: areas.

export function isSet(map: usize, bit: u32): bool {
  return ((load<u32>(map + <usize>((bit >> 5) << 2)) >> (bit & 31)) & 1) != 0;
}

export function setRun(map: usize, bit: u32, bits: u32): void {
  for (let i = bit; i < bit + bits; i++) {
    const at = map + <usize>((i >> 5) << 2);
    store<u32>(at, load<u32>(at) | ((<u32>1) << (i & 31)));
  }
}

export function clearRun(map: usize, bit: u32, bits: u32): void {
  for (let i = bit; i < bit + bits; i++) {
    const at = map + <usize>((i >> 5) << 2);
    store<u32>(at, load<u32>(at) & ~((<u32>1) << (i & 31)));
  }
}

export function countRun(map: usize, bit: u32, bits: u32): u32 {
  let sum: u32 = 0;
  for (let i = bit; i < bit + bits; i++) sum += isSet(map, i) ? 1 : 0;
  return sum;
}

export function findRun(map: usize, total: u32, from: u32, count: u32, mask: u32, offset: u32): u32 {
  let at = from;
  while (true) {
    while (at < total && isSet(map, at)) at += 1;
    at = ((at + offset + mask) & ~mask) - offset;
    if (at >= total || count > total - at) return 0xffff_ffff;
    let end = at;
    while (end < at + count && !isSet(map, end)) end += 1;
    if (end == at + count) return at;
    at = end + 1;
  }
}
