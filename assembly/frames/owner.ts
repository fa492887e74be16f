// Knows: which slot an allocated block belongs to, and keeps both directions equal. A slot survives migration.
// Must not know: what a slot stands for (a row of a script, a page table entry, a workload's list).
//
//   SLOTS[OWNER[frame] - 1] = pfn + 1   for every head that has an owner

import { FrameField } from "../abi/layout";
import { ConfigWord } from "../abi/words";
import { config, FRAMES, SLOTS } from "../memory/regions";
import { pfnOf } from "./frame";

const OWNER: usize = FRAMES + FrameField.OWNER * 4;

/** Written by bindOwner only. */
export let SLOT_COUNT: u32 = 0;

export function bindOwner(): void {
  SLOT_COUNT = config(ConfigWord.SLOTS);
}

/** Slot + 1, or 0. */
export function ownerOf(link: u32): u32 {
  return load<u32>(<usize>link, OWNER);
}

/** The frame's owner alone: the slot is not told. */
export function setOwner(link: u32, owner: u32): void {
  store<u32>(<usize>link, owner, OWNER);
}

/** Pfn + 1 of the block in this slot, or 0. */
export function slotContent(slot: u32): u32 {
  return load<u32>(SLOTS + <usize>(slot << 2));
}

export function occupySlot(slot: u32, link: u32): void {
  assert(slot < SLOT_COUNT, "a slot behind the last");
  store<u32>(SLOTS + <usize>(slot << 2), pfnOf(link) + 1);
  setOwner(link, slot + 1);
}

/** The block is freed or becomes another's: its slot, if any, is empty. */
export function vacate(link: u32): void {
  const owner = ownerOf(link);
  if (owner == 0) return;
  setOwner(link, 0);
  store<u32>(SLOTS + <usize>((owner - 1) << 2), 0);
}

/** The content of `source` is now in `target`. */
export function moveOwner(source: u32, target: u32): void {
  const owner = ownerOf(source);
  if (owner == 0) return;
  setOwner(source, 0);
  occupySlot(owner - 1, target);
}
