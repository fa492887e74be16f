// Knows: where a fault is reported: the AUDIT region. Must not know: any invariant.

import { AuditWord } from "../abi/findings";
import { AUDIT } from "../memory/regions";

/** `pfn` is the first broken frame, or the zone, CPU, area, request or list that a counter belongs to. Answers the kind. */
export function fault(kind: i32, pfn: u32, expected: u32, got: u32): i32 {
  store<u32>(AUDIT, kind, AuditWord.FAULT << 2);
  store<u32>(AUDIT, pfn, AuditWord.FAULT_PFN << 2);
  store<u32>(AUDIT, expected, AuditWord.FAULT_EXPECTED << 2);
  store<u32>(AUDIT, got, AuditWord.FAULT_GOT << 2);
  return kind;
}
