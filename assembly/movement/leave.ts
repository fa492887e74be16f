// Knows: moving a page out of the area that it lies in, before it comes to a state in which it cannot be moved.
// Must not know: which states those are (policy/on_pin), who pays. Models check_and_migrate_movable_folios (mm/gup.c, 6.12).

import { mobilityOf, orderOf, pinsOf } from "../abi/frame_word";
import { PolicyWord } from "../abi/proposals";
import { Gfp, Migratetype, PageFlag } from "../abi/vocabulary";
import { areaOfPfn } from "../frames/area_of";
import { pfnOf, setWord, wordOf } from "../frames/frame";
import { typeLent } from "../frames/lent";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { NONE } from "../memory/list";
import { areasDiffer, policy, policyOfArea } from "../memory/policies";
import { SLOW } from "../memory/stats";
import { leavesArea } from "../policy/on_pin";
import { movePage } from "./move";
import { allocateUnderPressure } from "./pressure";

/** Such pages may not stay in CMA: GFP_USER, not movable, so that they land elsewhere. */
const OUTSIDE_GFP: i32 =
  Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;

/** What the area of this page says, where areas differ; else the machine. */
export function ruleAt(link: u32, word: i32): i32 {
  if (!areasDiffer()) return policy(word);
  const area = areaOfPfn(pfnOf(link));
  return area < 0 ? policy(word) : policyOfArea(area, word);
}

/** The page, moved out of CMA (or out of a request's way) where it is there and can be moved; NONE: no target. */
export function outOfCma(cpu: i32, head: u32): u32 {
  const type = typeLent(head);
  if (type != Migratetype.CMA && type != Migratetype.ISOLATE) return head;
  if (mobilityOf(wordOf(head)) == 0 || pinsOf(wordOf(head)) != 0) return head;
  const before = wordOf(head);
  const listed = isOnLru(before);
  // In hand before a target is looked for: reclaim could drop the very page.
  if (listed) removeFromLru(head);
  setWord(head, before | PageFlag.ISOLATED);
  const target = allocateUnderPressure(cpu, orderOf(before), OUTSIDE_GFP, SLOW);
  if (target != NONE) {
    movePage(cpu, head, target);
  } else {
    setWord(head, before);
    if (listed) addToLru(head, false);
  }
  return target;
}

/** A page is about to become `event` (one MoveOn bit). Answers where it is then: without a target it stays. */
export function leaveFor(cpu: i32, link: u32, event: i32): u32 {
  if (policy(PolicyWord.MOVE_ON) == 0 && !areasDiffer()) return link;
  if (!leavesArea(ruleAt(link, PolicyWord.MOVE_ON), event, typeLent(link))) return link;
  const target = outOfCma(cpu, link);
  return target == NONE ? link : target;
}
