// Knows: buffers of the dma-buf system heap: the largest blocks that are free at once, down to single pages.
// Must not know: who asks, for how long. Models alloc_largest_available, system_heap_allocate, LOW_ORDER_GFP and
// HIGH_ORDER_GFP (drivers/dma-buf/heaps/system_heap.c, Linux 6.12).
//
//   slots: places of as many slots as the largest buffer has pages; a block takes one of them, whatever its order
//   cell:  FIRST its place, PAGES that are missing, A blocks it has, B the order tried last

import { CellWord } from "../../abi/run";
import { Cost, Counter } from "../../abi/simulation";
import { Gfp } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { addCounter, charge, cost, cpuOf, isActive } from "./actor";
import { BufferState } from "./buffers";
import { cellWord, giveCell, setCellWord, takeCell } from "./cells";
import { acquire, emptySlot, GFP_KERNEL, KERNEL, putInSlot, slotOf } from "./pages";
import { givePlace, takePlace } from "./places";

const LOW_ORDER_GFP: i32 = GFP_KERNEL | Gfp.HARDWALL | Gfp.HIGHMEM | Gfp.ZERO;
const HIGH_ORDER_GFP: i32 =
  Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.HIGHMEM | Gfp.ZERO | Gfp.NOWARN | Gfp.NORETRY | Gfp.COMP;
/** orders[]: 8, 4, 0. */
const LARGEST: u32 = 8;
const MIDDLE: u32 = 4;
/** Pages, and blocks, of one event. */
const BATCH: u32 = 256;

/** The cell of a buffer that has no pages yet; NONE: as many as there is room for are alive. `most`: pages of the largest. */
export function takeHeapBuffer(actor: i32, pages: i32, most: i32): u32 {
  addCounter(actor, Counter.OPERATIONS, 1);
  const place = takePlace(actor, most);
  if (place == NONE) {
    addCounter(actor, Counter.DROPPED, 1);
    return NONE;
  }
  const cell = takeCell(actor, place * most, pages);
  if (cell != NONE) setCellWord(cell, CellWord.B, LARGEST);
  return cell;
}

/** alloc_largest_available(): no larger than what is missing, nor than what could be had last. Its order is in B. */
function takeBlock(actor: i32, cpu: i32, cell: u32): u32 {
  const missing = cellWord(cell, CellWord.PAGES);
  let order = cellWord(cell, CellWord.B);
  while (true) {
    if (missing >> order) {
      setCellWord(cell, CellWord.B, order);
      const link = acquire(actor, cpu, order, order ? HIGH_ORDER_GFP : LOW_ORDER_GFP, KERNEL);
      if (link != NONE || order == 0) return link;
    }
    order = order > MIDDLE ? MIDDLE : 0;
  }
}

/** The next blocks. GONE: no page, or its client has stopped; it is to be drained. */
export function fillHeapBuffer(actor: i32, cell: u32): BufferState {
  if (!isActive(actor)) return BufferState.GONE;
  const cpu = cpuOf(actor);
  const before = cellWord(cell, CellWord.PAGES);
  let missing = before;
  while (missing > 0 && before - missing < BATCH) {
    const link = takeBlock(actor, cpu, cell);
    if (link == NONE) {
      addCounter(actor, Counter.DROPPED, 1);
      return BufferState.GONE;
    }
    const block = cellWord(cell, CellWord.A);
    putInSlot(slotOf(actor, cellWord(cell, CellWord.FIRST) + block), link);
    setCellWord(cell, CellWord.A, block + 1);
    missing -= (<u32>1) << cellWord(cell, CellWord.B);
    setCellWord(cell, CellWord.PAGES, missing);
    charge(actor, cost(Cost.ALLOCATE));
  }
  charge(actor, <f64>(before - missing) * cost(Cost.ZERO_PAGE));
  return missing ? BufferState.ASKED : BufferState.HELD;
}

/** Gives the last blocks back, and with the first one the place. True: there are more. `most` as it was taken. */
export function drainHeapBuffer(actor: i32, cell: u32, most: i32): bool {
  const cpu = cpuOf(actor);
  const first = cellWord(cell, CellWord.FIRST);
  const blocks = cellWord(cell, CellWord.A);
  const left = blocks > BATCH ? blocks - BATCH : 0;
  for (let i = left; i < blocks; i++) emptySlot(actor, cpu, slotOf(actor, first + i));
  setCellWord(cell, CellWord.A, left);
  if (left) return true;
  giveCell(cell);
  givePlace(actor, first / most);
  return false;
}
