// Knows: how a frame's owner is written into a machine's memory, for tests that make one up.
// Must not know: what a slot stands for.

import { FrameField } from "../../assembly/abi/layout.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { placeOf } from "./fields.js";

/** @param owner slot + 1, or 0 */
export function setOwner({ engine, views }: Machine, pfn: number, owner: number): void {
  engine.frames.fields[placeOf(pfn - views.startPfn, FrameField.OWNER)] = owner;
}
