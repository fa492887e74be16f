// Knows: which of the places that fit is taken (Placement).
// Must not know: how a place is found.
//
// A run is a stretch of clear bits of [start, bits) with a set bit or an end on either side.

import { Placement } from "../../abi/findings";
import { countRun, lastSet, nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { findRun } from "./choose";

/** findRun() for any placement; `avoid` is a second map of the same length, for PIN_AVOIDING only. */
export function placeRun(
  placement: i32,
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
  avoid: usize,
): u32 {
  const found = findRun(strategy, map, index, bits, start, count, mask, offset);
  switch (placement) {
    case Placement.NEXT_FIT:
      if (found != NONE || start == 0) return found;
      return findRun(strategy, map, index, bits, 0, count, mask, offset);
    case Placement.AT:
      return found == start ? found : NONE;
    case Placement.BEST_FIT:
      return bySize(found, false, strategy, map, index, bits, start, count, mask, offset);
    case Placement.WORST_FIT:
      return bySize(found, true, strategy, map, index, bits, start, count, mask, offset);
    case Placement.PIN_AVOIDING:
      if (found == NONE || avoid == 0) return found;
      return besideAll(found, strategy, map, index, bits, count, mask, offset, avoid);
  }
  return found;
}

/** The first place in the shortest or longest run with room; one search for each such run. */
function bySize(
  first: u32,
  longest: bool,
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  let from = start;
  let best: u32 = NONE;
  let length: u32 = 0;
  for (let at = first; at != NONE; ) {
    const before = lastSet(map, from, at);
    const begin = before == NONE ? from : before + 1;
    const end = nextSet(map, at + count, bits);
    const here = end - begin;
    if (best == NONE || (longest ? here > length : here < length)) {
      best = at;
      length = here;
      if (!longest && here == count) return best;
    }
    from = end + 1;
    at = findRun(strategy, map, index, bits, from, count, mask, offset);
  }
  return best;
}

/** The first place with no bit of `avoid`, each time on from behind the last such bit. */
function besideAll(
  first: u32,
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  count: u32,
  mask: u32,
  offset: u32,
  avoid: usize,
): u32 {
  for (let at = first; at != NONE; ) {
    const pin = lastSet(avoid, at, at + count);
    if (pin == NONE) return at;
    at = findRun(strategy, map, index, bits, pin + 1, count, mask, offset);
  }
  return withFewest(first, strategy, map, index, bits, count, mask, offset, avoid);
}

/** The first of the places with the fewest bits of `avoid`: every place is looked at. */
function withFewest(
  first: u32,
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  count: u32,
  mask: u32,
  offset: u32,
  avoid: usize,
): u32 {
  let best = first;
  let fewest: u32 = NONE;
  for (let at = first; at != NONE; ) {
    const pins = countRun(avoid, at, count);
    if (pins < fewest) {
      best = at;
      fewest = pins;
      if (pins == 1) return best;
    }
    at = findRun(strategy, map, index, bits, at + 1, count, mask, offset);
  }
  return best;
}
