// Knows: a digest of plain data: the same for equal data, whatever the order of its keys.
// Must not know: what the data is.
//
// FNV-1a over the UTF-16 code units, in two lanes of 32 bit with different offsets; the second lane is stirred once
// more per unit, so that the lanes do not move together. Not for secrets: for telling results apart.

const PRIME = 0x0100_0193;
const OFFSETS = [0x811c_9dc5, 0xcbf2_9ce4] as const;

export function digestText(text: string): string {
  let [low, high]: [number, number] = [...OFFSETS];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, PRIME);
    high = Math.imul(high ^ unit ^ (low >>> 15), PRIME);
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
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
