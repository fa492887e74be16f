export function summaryBytes(bits: u32): u32 { return 0; }
