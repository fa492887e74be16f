export function pyramidBytes(bits: u32): u32 { return 0; }
