// Knows: the commands that change which policies are in force.
// Must not know: what a policy decides.

import { POLICY_ROWS } from "../abi/limits";
import { mostOfPolicy } from "../abi/proposals";
import { Status } from "../abi/vocabulary";
import { ConfigWord, LevelWord, ZoneWord } from "../abi/words";
import { bindPolicies } from "../buddy/policies";
import { zoneAt } from "../frames/zone";
import { applyRows, askPolicy } from "../memory/policies";
import { config } from "../memory/regions";
import { setLevel } from "../memory/stats";
import { drainAll } from "./upkeep";

/** One word of the row that Op.APPLY_POLICY is to put in force: row 0 is the machine's, area + 1 the area's. */
export function setPolicy(row: u32, word: u32, value: u32): i32 {
  if (row >= <u32>POLICY_ROWS) return Status.BAD_AREA;
  const most = mostOfPolicy(word);
  if (most < 0 || value > <u32>most) return Status.BAD_POLICY;
  askPolicy(row, word, value);
  return Status.OK;
}

/** What rules keep in mind from one decision to the next: a rule that comes into force begins anew. */
function forgetTurns(): void {
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    store<i32>(zoneAt(zone), 0, ZoneWord.TURN_OWN << 2);
    store<i32>(zoneAt(zone), 0, ZoneWord.TURN_CMA << 2);
  }
  setLevel(LevelWord.QUARANTINE_NTH, 0);
}

/** drain_all_pages() by the rules so far, then the new ones: no page waits on a list that nobody looks at. */
export function applyPolicy(cpu: i32): i32 {
  drainAll(cpu, 0);
  applyRows();
  forgetTurns();
  bindPolicies();
  return Status.OK;
}
