// Knows: how a word of a record is read by its index, where reader and record meet at run time.
// Must not know: which records there are.

/** The word as a signed number. */
export function word(at: usize, index: i32): i32 {
  return load<i32>(at + ((<usize>index) << 2));
}
