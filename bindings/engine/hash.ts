// Knows: FNV-1a, and a digest of plain data: the same for equal data, whatever the order of its keys.
// Must not know: what the data is.
//
// The digest is FNV-1a over the UTF-16 code units, in two lanes of 32 bit with different offsets; the second lane is stirred once
// more per unit, so that the lanes do not move together. Not for secrets: for telling results apart.

const PRIME = 0x0100_0193;
const SECOND_OFFSET = 0xcbf2_9ce4;
/** Where FNV-1a begins. */
export const FNV_OFFSET = 0x811c_9dc5;

/** One step of FNV-1a, 32 bit: `unit` is a byte, a code unit or a word, as the caller has them. The end is taken `>>> 0`. */
export function fnvStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, PRIME);
}

export function digestText(text: string): string {
  let low = FNV_OFFSET;
  let high = SECOND_OFFSET;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = fnvStep(low, unit);
    high = fnvStep(high, unit ^ (low >>> 15));
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Uint8Array || value instanceof Uint32Array) return `[${value.join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** 16 hexadecimal digits over plain data. */
export function digestOf(value: unknown): string {
  return digestText(canonical(value));
}
