// Knows: copying an object graph with its classes, so that a model can go two ways from one state.
// Must not know: any class in particular.

/** A deep copy. Objects in `shared` are not copied: they never change. Private `#fields` are not seen. */
export function deepClone<T>(value: T, shared: readonly object[] = []): T {
  return copy(value, new Map(shared.map((each) => [each, each]))) as T;
}

function copy(value: unknown, done: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = done.get(value);
  if (known !== undefined) return known;
  if (ArrayBuffer.isView(value)) return remember(value, (value as Uint8Array).slice(), done);
  if (Array.isArray(value)) {
    const out = remember(value, new Array<unknown>(value.length), done);
    for (let i = 0; i < value.length; i++) out[i] = copy(value[i], done);
    return out;
  }
  if (value instanceof Map) {
    const out = remember(value, new Map<unknown, unknown>(), done);
    for (const [key, each] of value) out.set(copy(key, done), copy(each, done));
    return out;
  }
  if (value instanceof Set) {
    const out = remember(value, new Set<unknown>(), done);
    for (const each of value) out.add(copy(each, done));
    return out;
  }
  const out = remember(value, Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>, done);
  for (const [key, each] of Object.entries(value)) out[key] = copy(each, done);
  return out;
}

function remember<T extends object>(original: object, out: T, done: Map<object, object>): T {
  done.set(original, out);
  return out;
}
