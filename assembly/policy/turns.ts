// Knows: CmaUse.RATIO: movable requests take so many pages of their own lists, then so many of CMA, in turns.
// Must not know: lists. Reads and writes the turns of one zone's record. Source: Kim, "CMA: aggressively allocate the pages
// on cma reserved memory when not used", 2014; that requests of other types use up turns too: Zhu, 2014.

import { ZoneWord } from "../abi/words";
import { word } from "./pcp_word";

/** Pages of a turn of the larger kind of memory: a pageblock for the smaller, and as many more as it is larger. */
function turnOf(mine: i32, other: i32, block: i32): i32 {
  if (mine <= other || other == 0) return block;
  return <i32>Math.floor((<f64>mine * <f64>block) / <f64>other);
}

/** Does this request for `pages` of a zone with `own` pages beside `cma` pages of CMA take CMA first? It uses up its turn. */
export function takesTurn(zone: usize, own: i32, cma: i32, block: i32, pages: i32): bool {
  const left = word(zone, ZoneWord.TURN_OWN);
  const leftCma = word(zone, ZoneWord.TURN_CMA);
  if (left > 0) {
    store<i32>(zone, left - pages, ZoneWord.TURN_OWN << 2);
    return false;
  }
  if (leftCma > 0) {
    store<i32>(zone, leftCma - pages, ZoneWord.TURN_CMA << 2);
    return true;
  }
  store<i32>(zone, turnOf(own, cma, block) - pages, ZoneWord.TURN_OWN << 2);
  store<i32>(zone, turnOf(cma, own, block), ZoneWord.TURN_CMA << 2);
  return false;
}

/** A request that cannot use CMA takes of the turn of the others. */
export function usesTurn(zone: usize, pages: i32): void {
  const left = word(zone, ZoneWord.TURN_OWN);
  if (left > 0) store<i32>(zone, left - pages, ZoneWord.TURN_OWN << 2);
}

/** CMA has nothing: the rest of its turn is given up. */
export function givesUpTurn(zone: usize): void {
  store<i32>(zone, 0, ZoneWord.TURN_CMA << 2);
}
