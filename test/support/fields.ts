// Knows: one field of all frames' records, for tests that look at machines from inside or damage them.
// Must not know: what a field says.

import { FRAME_SHIFT, FrameField } from "../../assembly/abi/layout.js";
import type { Machine } from "../../bindings/machine/machine.js";

/** By record: frames, then list heads. */
export type Field = Record<number, number> & { readonly length: number };

/** Where a field of a record lies in Region.FRAMES, in words. */
export function placeOf(record: number, field = FrameField.WORD): number {
  return record * FrameField.COUNT + field;
}

/** What names a record in NEXT and PREV. */
export function linkTo(record: number): number {
  return record * 2 ** FRAME_SHIFT;
}

/** A copy of one field of every frame. */
export function fieldOf({ engine }: Machine, field = FrameField.WORD): Uint32Array {
  const { fields, length } = engine.frames;
  return Uint32Array.from({ length }, (_, frame) => fields[placeOf(frame, field)] ?? 0);
}

/** The field itself, to be read and written like an array; `length` counts frames alone. */
export function liveField({ engine }: Machine, field = FrameField.WORD): Field {
  const { fields, length } = engine.frames;
  return new Proxy({ length } as Field, {
    get: (target, key) => (key === "length" ? target.length : fields[placeOf(Number(key), field)]),
    set: (_, key, value: number) => {
      fields[placeOf(Number(key), field)] = value;
      return true;
    },
  });
}
