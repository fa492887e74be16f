// Knows: the commands that change which policies are in force.
// Must not know: what a policy decides.

import { POLICY_ROWS } from "../abi/limits";
import { mostOfPolicy } from "../abi/proposals";
import { Status } from "../abi/vocabulary";
import { bindPolicies } from "../buddy/policies";
import { applyRows, askPolicy } from "../memory/policies";
import { drainAll } from "./upkeep";

/** One word of the row that Op.APPLY_POLICY is to put in force: row 0 is the machine's, area + 1 the area's. */
export function setPolicy(row: u32, word: u32, value: u32): i32 {
  if (row >= <u32>POLICY_ROWS) return Status.BAD_AREA;
  const most = mostOfPolicy(word);
  if (most < 0 || value > <u32>most) return Status.BAD_POLICY;
  askPolicy(row, word, value);
  return Status.OK;
}

/** drain_all_pages() by the rules so far, then the new ones: no page waits on a list that nobody looks at. */
export function applyPolicy(cpu: i32): i32 {
  drainAll(cpu, 0);
  applyRows();
  bindPolicies();
  return Status.OK;
}
