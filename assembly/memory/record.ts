// Knows: how a word of a record is read and written by its index, where reader and record meet at run time.
// Must not know: which records there are.

/** The word as a signed number. */
export function word(at: usize, index: i32): i32 {
  return load<i32>(at + ((<usize>index) << 2));
}

export function set(at: usize, index: i32, value: i32): void {
  store<i32>(at + ((<usize>index) << 2), value);
}

export function add(at: usize, index: i32, value: i32): void {
  set(at, index, word(at, index) + value);
}
