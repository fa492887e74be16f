// Knows: which rooms hold what the policies in force decide, so that they may change while the machine runs.
// Must not know: any rule.

import { bindRows } from "../memory/policies";
import { bindAllocate } from "./allocate";
import { bindPcpLists } from "./pcp_lists";
import { bindRmqueue } from "./rmqueue";

/** After init and attach, and whenever other policies are put in force; per-CPU lists must be empty then. */
export function bindPolicies(): void {
  bindRows();
  bindPcpLists();
  bindRmqueue();
  bindAllocate();
}
