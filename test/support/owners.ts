// Knows: how a frame's owner is written into a machine's memory, for tests that make one up.
// Must not know: what a slot stands for.

import { Region } from "../../assembly/abi/layout.js";
import type { Machine } from "../../bindings/machine/machine.js";

/** @param owner slot + 1, or 0 */
export function setOwner({ engine, views }: Machine, pfn: number, owner: number): void {
  const bytes = engine.bytes(Region.FRAME_OWNER);
  const each = bytes.length / views.frameCount;
  for (let i = 0; i < each; i++) bytes[(pfn - views.startPfn) * each + i] = (owner >>> (8 * i)) & 255;
}
