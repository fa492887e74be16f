// Knows: how the captures write integers: decimal, 0x hexadecimal, 64-bit two's complement.
// Must not know: what any number means.

const ZERO = 48;
const NINE = 57;
const MINUS = 45;
const X = 120;
const TWO_POW_32 = 0x1_0000_0000;

/** Value of a hexadecimal digit's character code, -1 for anything else. */
export function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) {
    return code - ZERO;
  }
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * The integer in text[start, end): `12`, `-12`, `0x1f`; NaN for anything else. Hexadecimal numbers of 64 bits
 * with the top bit set are negative (`pfn=0xffffffffffffffff` is -1). Beyond 2^53 digits are lost, never invented.
 */
export function scanInteger(text: string, start: number, end: number): number {
  let at = start;
  const negative = text.charCodeAt(at) === MINUS;
  if (negative) {
    at += 1;
  }
  if (at >= end) {
    return Number.NaN;
  }
  if (text.charCodeAt(at) === ZERO && text.charCodeAt(at + 1) === X && at + 2 < end) {
    const value = scanHex(text, at + 2, end);
    return negative ? -value : value;
  }
  let value = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) {
      return Number.NaN;
    }
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

function scanHex(text: string, start: number, end: number): number {
  if (end - start > 16) {
    return Number.NaN;
  }
  let high = 0;
  let low = 0;
  for (let at = start; at < end; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) {
      return Number.NaN;
    }
    if (at < end - 8) {
      high = high * 16 + digit;
    } else {
      low = low * 16 + digit;
    }
  }
  return (high >= 0x8000_0000 ? high - TWO_POW_32 : high) * TWO_POW_32 + low;
}

export function parseInteger(text: string): number {
  return scanInteger(text, 0, text.length);
}
