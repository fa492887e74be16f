// Knows: how the policies of per-CPU lists read a word of the record that they are given. Must not know: where it lies.

export function word(pcp: usize, index: i32): i32 {
  return load<i32>(pcp + ((<usize>index) << 2));
}
