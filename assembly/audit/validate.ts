// Knows: which invariants are checked, and in which order. Must not know: any of them.
// Everything is recomputed from the frames; the first thing that is broken is reported in the AUDIT region.

import { Fault } from "../abi/findings";
import { ConfigWord } from "../abi/words";
import { settle } from "../buddy/frontier";
import { config } from "../memory/regions";
import { checkAreas, checkRequests } from "./areas";
import { checkContent, checkLru, checkPins } from "./content";
import { fault } from "./fault";
import { checkFrames, checkPageblocks } from "./frames";
import { checkGuests } from "./guests";
import { checkCounters, checkFreeLists, checkListed, checkPcps } from "./lists";

function checkZone(zone: i32): i32 {
  let broken = checkFreeLists(zone);
  if (!broken) broken = checkPcps(zone);
  if (!broken) broken = checkListed(zone);
  if (!broken) broken = checkCounters(zone);
  return broken;
}

/** 0 when sound, else the Fault; details in the AUDIT region. Linear in frames. */
export function validate(): i32 {
  settle();
  fault(Fault.NONE, 0, 0, 0);
  let broken = checkFrames();
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES) && !broken; zone++) broken = checkZone(zone);
  if (!broken) broken = checkPageblocks();
  if (!broken) broken = checkLru();
  if (!broken) broken = checkPins();
  if (!broken) broken = checkAreas();
  if (!broken) broken = checkRequests();
  if (!broken) broken = checkGuests();
  return broken ? broken : checkContent();
}
