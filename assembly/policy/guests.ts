// Knows: what an area that keeps its pages takes in as guests, what makes room, what must be written. Pure numbers, in pages.
// Sources: Kim (Minchan), 2013, the ratio of cleancache and frontswap; Park, guaranteed CMA, 1415718010 (2014), 1424721263 (2015);
// Baghdasaryan and Kim, cleancache for guaranteed CMA, 20251026203611.1608903-1 (2025), and the driver that phones ship.

import { Guests } from "../abi/proposals";

/** A clean file page that reclaim drops: is it copied in? */
export function keepsFilePage(guests: i32, isWorkingset: bool): bool {
  if (guests == Guests.EVERY) return true;
  if (guests == Guests.WORKINGSET) return isWorkingset;
  return false;
}

/** Has its kind room left, of which `held` are in? Swapped-out pages have `share` per cent of all, file pages the rest. */
export function hasShare(share: i32, isSwap: bool, held: i32, pages: i32): bool {
  const swap = <i32>Math.floor((<f64>pages * <f64>share) / 100);
  if (isSwap) return held < swap;
  return held < pages - swap;
}

/** A file page finds no room: so many of the oldest copies go. */
export function pagesToEvict(batch: i32): i32 {
  return max(batch, 1);
}

/** And does it come in then? A worker's batch comes too late for it. */
export function entersBehind(batch: i32): bool {
  return batch == 0;
}

/** A cma_alloc takes the frame of a copy: does storage not have it yet? */
export function mustWrite(isSwap: bool, writesThrough: bool): bool {
  if (writesThrough) return false;
  return isSwap;
}
