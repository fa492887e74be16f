// Knows: copying a tree of objects with their classes, so that a model can go two ways from one state.
// Must not know: any class in particular.

/**
 * A deep copy of a tree: an object that is reached twice becomes two, unless it is one of `shared`, which never
 * change and are not copied. Private `#fields` are not seen.
 */
export function deepClone<T>(value: T, shared: ReadonlySet<unknown> = new Set()): T {
  return copy(value, shared) as T;
}

/** No objects inside, as the first value tells: a map has values of one kind. */
function isFlat(map: ReadonlyMap<unknown, unknown>): boolean {
  for (const first of map.values()) return typeof first !== "object";
  return true;
}

function copy(value: unknown, shared: ReadonlySet<unknown>): unknown {
  if (typeof value !== "object" || value === null || shared.has(value)) return value;
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (Array.isArray(value)) return value.map((each) => copy(each, shared));
  if (value instanceof Map) {
    if (isFlat(value)) return new Map(value);
    const out = new Map<unknown, unknown>();
    for (const [key, each] of value) out.set(key, copy(each, shared));
    return out;
  }
  if (value instanceof Set) return new Set(value);
  const out = Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>;
  const source = value as Record<string, unknown>;
  for (const key of Object.keys(source)) out[key] = copy(source[key], shared);
  return out;
}
