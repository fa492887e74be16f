// Knows: movable pages that a file system holds: superblocks, journals, buffer heads. They block like pins.
// Must not know: what is in them. Models bdev_getblk, sb_bread (fs/buffer.c, Linux 6.12): the mapping of a block
// device gives movable pages, whose buffer heads a file system keeps for as long as it is mounted.
// ActorWord.C: 1 while Step.AGAIN is to come.

import { ActorWord, Cost, Counter, MetadataParameter } from "../../abi/simulation";
import { Gfp, PinKind } from "../../abi/vocabulary";
import {
  actorWord,
  addCounter,
  arrive,
  cost,
  counter,
  drawExponential,
  isActive,
  later,
  parameter,
  plan,
  setActorWord,
  setCounter,
  whole,
} from "../parts/actor";
import { FILE, GFP_FILE } from "../parts/pages";
import { pinnedPages, pinOne, releaseOldest } from "../parts/pinned";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  /** One more page is read. */
  READ = 3,
  RELEASE,
  /** The file system is unmounted: the next pages go. */
  UNMOUNT,
  /** What could not be had is read again. */
  AGAIN,
}

/** sb_bread() and its kin ask for __GFP_MOVABLE on the block device: GFP_USER, so without __GFP_HIGHMEM (fs/buffer.c). */
const GFP_METADATA: i32 = (GFP_FILE & ~Gfp.HIGHMEM) | Gfp.USE_METADATA;

/** Pages of one event while it is unmounted. */
const BATCH: i32 = 64;

/** Behind one page that is not to be had no other is asked for: each would be reclaimed for in vain. */
export function start(actor: i32): void {
  const pages = whole(actor, MetadataParameter.PAGES);
  plan(actor, pages);
  let read = 0;
  while (read < pages && readOne(actor)) read += 1;
  addCounter(actor, Counter.LACKING, pages - read);
  tryAgainLater(actor);
  scheduleRead(actor);
}

function scheduleRead(actor: i32): void {
  const interval = parameter(actor, MetadataParameter.INTERVAL);
  if (interval > 0) arrive(actor, Step.READ, drawExponential(actor, interval));
}

function read(actor: i32): void {
  plan(actor);
  if (!readOne(actor)) addCounter(actor, Counter.LACKING, 1);
  tryAgainLater(actor);
}

function readOne(actor: i32): bool {
  if (!pinOne(actor, GFP_METADATA, FILE, PinKind.PAGE_CACHE)) return false;
  const hold = parameter(actor, MetadataParameter.HOLD);
  if (hold > 0) later(actor, Step.RELEASE, hold, 0);
  return true;
}

function tryAgainLater(actor: i32): void {
  if (counter(actor, Counter.LACKING) == 0 || actorWord(actor, ActorWord.C) != 0) return;
  setActorWord(actor, ActorWord.C, 1);
  later(actor, Step.AGAIN, cost(Cost.KILL), 0);
}

/** Who reads a block of a file system has to have it: what was not to be had is asked for until it is. */
function readAgain(actor: i32): void {
  setActorWord(actor, ActorWord.C, 0);
  if (!isActive(actor)) return setCounter(actor, Counter.LACKING, 0);
  while (counter(actor, Counter.LACKING) > 0 && readOne(actor)) addCounter(actor, Counter.LACKING, -1);
  tryAgainLater(actor);
}

function unmount(actor: i32): void {
  for (let i = 0; i < BATCH; i++) releaseOldest(actor);
  if (pinnedPages(actor) > 0) later(actor, Step.UNMOUNT, 0, 0);
}

export function act(actor: i32, tag: i32, _payload: u32): void {
  if (tag == Step.UNMOUNT) return unmount(actor);
  if (tag == Step.RELEASE) return releaseOldest(actor);
  if (tag == Step.AGAIN) return readAgain(actor);
  if (!isActive(actor)) return;
  scheduleRead(actor);
  if (pinnedPages(actor) < whole(actor, MetadataParameter.MOST)) read(actor);
}

export function stop(actor: i32): void {
  unmount(actor);
}
