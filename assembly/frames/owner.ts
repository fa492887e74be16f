// Knows: which slot an allocated block belongs to, and keeps both directions equal. A slot survives migration.
// Must not know: what a slot stands for (a row of a script, a page table entry, a workload's list).
//
//   SLOTS[OWNER[frame] - 1] = pfn + 1   for every head that has an owner

import { ConfigWord } from "../abi/words";
import { config, OWNER, ownerBytes, SLOTS } from "../memory/regions";
import { pfnOf } from "./frame";

/** Written by bindOwner only. */
export let SLOT_COUNT: u32 = 0;
let OWNER_BYTES: u32 = 3;
let OWNER_MASK: u32 = 0;

export function bindOwner(): void {
  SLOT_COUNT = config(ConfigWord.SLOTS);
  OWNER_BYTES = ownerBytes(SLOT_COUNT);
  OWNER_MASK = OWNER_BYTES > 3 ? 0xffff_ffff : 0xff_ffff;
}

function ownerAt(link: u32): usize {
  return OWNER + <usize>((link >> 2) * OWNER_BYTES);
}

/** Slot + 1, or 0. Behind the last frame's owner another region follows: reading a byte too many is allowed. */
export function ownerOf(link: u32): u32 {
  return SLOT_COUNT ? load<u32>(ownerAt(link)) & OWNER_MASK : 0;
}

/** The frame's owner alone: the slot is not told. */
export function setOwner(link: u32, owner: u32): void {
  const at = ownerAt(link);
  store<u16>(at, owner);
  store<u8>(at, owner >> 16, 2);
  if (OWNER_BYTES > 3) store<u8>(at, owner >> 24, 3);
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
