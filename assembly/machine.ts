// Knows: the life of a machine: which room binds its constants to the device in memory, and in which order.
// Must not know: any rule.

import { bindPcp } from "./buddy/pcp";
import { bindPolicies } from "./buddy/policies";
import { bindWatermark } from "./buddy/watermark";
import { CHECK_LEVEL } from "./check";
import { searchWords } from "./cma/area";
import { emptyLists } from "./command/load";
import { bindOwner } from "./frames/owner";
import { bindGeometry } from "./frames/pageblock";
import { bind, table as buildTable, plan } from "./memory/regions";
import { bindRules } from "./rules";

function bindRooms(): void {
  bindRules();
  bindGeometry();
  bindOwner();
  bindPcp();
  bindWatermark();
  bindPolicies();
}

/** Address of the region table; CONFIG is already in it, for the bindings to write the device. */
export function table(): usize {
  return buildTable();
}

/** Plans and grows memory for the device in CONFIG; all frames are BODY, all lists empty. InitStatus. */
export function init(): i32 {
  const status = plan(searchWords());
  if (status) return status;
  bindRooms();
  emptyLists();
  return status;
}

/** Binds to a machine that was copied into this memory (fork, snapshot). InitStatus. */
export function attach(): i32 {
  const status = bind();
  if (status) return status;
  bindRooms();
  return status;
}

/** Before frames or their links are looked at from outside: all that boot has left out is written. */
export { settle } from "./buddy/frontier";

/** 0 release, 1 checked, 2 debug. */
export function checkLevel(): i32 {
  return CHECK_LEVEL;
}
