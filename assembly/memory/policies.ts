// Knows: the rows of policies that are in force, and those that are to follow them.
// Must not know: what a word means (policy/), who acts by it.

import { MAX_AREAS, POLICY_ROWS } from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { POLICIES } from "./regions";

const ROW: usize = PolicyWord.COUNT << 2;

/** Row 0: the machine's; area + 1: the area's. */
export function policyAt(row: i32): usize {
  return POLICIES + <usize>row * ROW;
}

/** What the machine follows. */
export function policy(word: i32): i32 {
  return load<i32>(POLICIES + ((<usize>word) << 2));
}

/** What one area follows. */
export function policyOfArea(area: i32, word: i32): i32 {
  assert(area < MAX_AREAS);
  return load<i32>(policyAt(area + 1) + ((<usize>word) << 2));
}

/** Writes a word of a row that applyRows() will put in force. */
export function askPolicy(row: i32, word: i32, value: i32): void {
  store<i32>(policyAt(POLICY_ROWS + row) + ((<usize>word) << 2), value);
}

/** All rows that were asked for are in force. */
export function applyRows(): void {
  memory.copy(POLICIES, policyAt(POLICY_ROWS), <usize>POLICY_ROWS * ROW);
}

/** Written by bindRows only. */
let DIFFER: bool = false;

/** Has any area a row that is not all as the machine's? */
export function bindRows(): void {
  DIFFER = false;
  for (let row = 1; row < POLICY_ROWS; row++) {
    if (memory.compare(policyAt(row), POLICIES, ROW) != 0) DIFFER = true;
  }
}

export function areasDiffer(): bool {
  return DIFFER;
}
