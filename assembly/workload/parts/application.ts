// Knows: the memory of one application: filled, used and given back in batches.
// Must not know: when applications start and end.
//
//   slots of its place: large pages, as many slots each as it has pages | other anonymous pages | mapped file pages
//   cell: FIRST its first slot (relative), PAGES its footprint, B pages so far, or slots that are left to be emptied

import { CellWord } from "../../abi/run";
import { AppsParameter } from "../../abi/simulation";
import { PageFlag } from "../../abi/vocabulary";
import { ConfigWord } from "../../abi/words";
import { NONE } from "../../memory/list";
import { config } from "../../memory/regions";
import { charge, cpuOf, parameter, pickBelow, whole } from "./actor";
import { cellWord, setCellWord } from "./cells";
import {
  ANON,
  acquire,
  emptySlot,
  FILE,
  fault,
  GFP_ANON,
  GFP_FILE,
  GFP_THP,
  isSwapped,
  pageIn,
  putFilePage,
  putInSlot,
  slotOf,
  swapIn,
  touch,
} from "./pages";

/** What a batch of page faults has come to. */
export enum Filling {
  GOES_ON,
  FULL,
  /** No page was to be had. */
  SHORT,
}

/** Pages of one event while it is filled; slots of one event while it is emptied. */
const FILL_BATCH: i32 = 64;
const EMPTY_BATCH: i32 = 512;

const MAPPED_FILE: u32 = FILE | PageFlag.MAPPED;

function pagesOf(cell: u32): i32 {
  return cellWord(cell, CellWord.PAGES);
}

function slotIn(actor: i32, cell: u32, nth: i32): u32 {
  return slotOf(actor, cellWord(cell, CellWord.FIRST) + nth);
}

function filePages(actor: i32, cell: u32): i32 {
  return <i32>(pagesOf(cell) * parameter(actor, AppsParameter.FILE_SHARE));
}

/** Order of its large pages: the kernel's huge page, or one size of mTHP (hugepages-<size>kB/enabled); 0: it has none. */
function largeOrder(actor: i32): i32 {
  const order = whole(actor, AppsParameter.THP_ORDER);
  return order > 0 ? min(order, config(ConfigWord.MAX_PAGE_ORDER)) : config(ConfigWord.PCP_THP_ORDER);
}

/** Pages of a large one. */
function hugePages(actor: i32): i32 {
  return 1 << largeOrder(actor);
}

/** The first slots of an application: those that are asked for as THP. */
function largePages(actor: i32, cell: u32): i32 {
  const anonymous = pagesOf(cell) - filePages(actor, cell);
  const large = <i32>(anonymous * parameter(actor, AppsParameter.THP_SHARE));
  return hugePages(actor) > 1 ? large & -hugePages(actor) : 0;
}

/** A THP at the beginning of its slots; else, and where none is to be had, a single page. Answers pages, 0: none. */
function fillLarge(actor: i32, cpu: i32, cell: u32, nth: i32): i32 {
  let order = (nth & (hugePages(actor) - 1)) == 0 ? largeOrder(actor) : 0;
  let link = order ? fault(actor, cpu, order, GFP_THP, ANON) : NONE;
  if (link == NONE) {
    order = 0;
    link = fault(actor, cpu, 0, GFP_ANON, ANON);
  }
  if (link == NONE) return 0;
  putInSlot(slotIn(actor, cell, nth), link);
  return 1 << order;
}

/** The nth page behind the large ones: anonymous and file pages come in turns, in proportion. Answers pages, 0: none. */
function fillOne(actor: i32, cpu: i32, cell: u32, nth: i32): i32 {
  const large = largePages(actor, cell);
  const file = filePages(actor, cell);
  const rest = pagesOf(cell) - large;
  const files = <i32>((<i64>(nth - large) * file) / rest);
  const isFile = <i32>((<i64>(nth - large + 1) * file) / rest) > files;
  const link = isFile ? fault(actor, cpu, 0, GFP_FILE, MAPPED_FILE) : fault(actor, cpu, 0, GFP_ANON, ANON);
  if (link == NONE) return 0;
  putInSlot(slotIn(actor, cell, isFile ? pagesOf(cell) - file + files : nth - files), link);
  return 1;
}

/** The next page faults of an application that starts. */
export function fillMore(actor: i32, cell: u32): Filling {
  const cpu = cpuOf(actor);
  const pages = pagesOf(cell);
  const large = largePages(actor, cell);
  const before = <i32>cellWord(cell, CellWord.B);
  let nth = before;
  let state = Filling.GOES_ON;
  while (nth < pages && nth - before < FILL_BATCH) {
    const got = nth < large ? fillLarge(actor, cpu, cell, nth) : fillOne(actor, cpu, cell, nth);
    nth += got;
    if (got == 0) {
      state = Filling.SHORT;
      break;
    }
  }
  setCellWord(cell, CellWord.B, nth);
  charge(actor, <f64>(nth - before) * parameter(actor, AppsParameter.FILL_COST));
  return nth == pages ? Filling.FULL : state;
}

/** One page is used: young, read back from swap or from its file where it has gone. False: no page. */
function useOne(actor: i32, cpu: i32, slot: u32, isFile: bool): bool {
  if (isSwapped(slot)) return swapIn(actor, cpu, slot) != NONE;
  const present = pageIn(slot);
  if (present != NONE) {
    touch(present);
    return true;
  }
  // The inside of a large page, whose first slot names it.
  if (!isFile) return true;
  const link = acquire(actor, cpu, 0, GFP_FILE, MAPPED_FILE);
  if (link == NONE) return false;
  putFilePage(actor, slot, link);
  return true;
}

/** The application uses some of its pages: those behind one that is drawn. It is not in use while it starts. */
export function useSome(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  const pages = pagesOf(cell);
  if (<i32>cellWord(cell, CellWord.B) < pages) return;
  const file = pages - filePages(actor, cell);
  const large = largePages(actor, cell);
  const count = min(whole(actor, AppsParameter.TOUCH_PAGES), pages);
  let nth = <i32>pickBelow(actor, pages);
  // A large page is used as a whole.
  if (nth < large) nth &= -hugePages(actor);
  for (let i = 0; i < count; i++) {
    if (!useOne(actor, cpu, slotIn(actor, cell, nth), nth >= file)) return;
    nth = nth + 1 < pages ? nth + 1 : 0;
  }
}

/** From now on B counts the slots that are left. */
export function beginToEmpty(cell: u32): void {
  setCellWord(cell, CellWord.B, pagesOf(cell));
}

/** Gives the last pages back; true: there are more. */
export function emptyMore(actor: i32, cell: u32): bool {
  const cpu = cpuOf(actor);
  const left = <i32>cellWord(cell, CellWord.B);
  const first = max(left - EMPTY_BATCH, 0);
  for (let nth = first; nth < left; nth++) emptySlot(actor, cpu, slotIn(actor, cell, nth));
  setCellWord(cell, CellWord.B, first);
  return first > 0;
}
