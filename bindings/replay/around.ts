// Knows: how a machine is held against a dump, and which lists and counters help to understand where they part.
// Must not know: how the replay got there.

import { FrameKind } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { compareState, excerpt } from "../machine/compare.js";
import type { Machine } from "../machine/machine.js";
import type { MachineViews } from "../machine/views.js";
import { placeOf } from "../state/origin.js";
import type { MachineState } from "../state/types.js";
import type { Disagreement } from "./result.js";

const SHORT = ["U", "M", "R", "H", "C", "I"];
const KINDS: Readonly<Record<FrameKind, string>> = {
  [FrameKind.BODY]: "body",
  [FrameKind.HOLE]: "hole",
  [FrameKind.RESERVED]: "reserved",
  [FrameKind.BUDDY]: "free",
  [FrameKind.PCP]: "on a per-CPU list",
  [FrameKind.ALLOCATED]: "allocated",
  [FrameKind.DETACHED]: "detached",
};

export function describeFrame(views: MachineViews, pfn: number): string {
  const { kind, order, zone } = views.frame(pfn);
  if (kind !== FrameKind.BODY) return `pfn ${pfn}: ${KINDS[kind]}, order ${order}, zone ${zone}`;
  for (let up = 1; up <= views.config(ConfigWord.MAX_PAGE_ORDER); up++) {
    const head = Math.floor(pfn / 2 ** up) * 2 ** up;
    const frame = views.frame(head);
    if (frame.kind !== FrameKind.BODY)
      return `pfn ${pfn}: inside pfn ${head}, ${KINDS[frame.kind]}, order ${frame.order}`;
  }
  return `pfn ${pfn}: body`;
}

/** The state of each zone before an operation: counters, marks, the heads of the lists from its order up. */
export function describeZones(views: MachineViews, order: number, cpu: number): string[] {
  return views.populatedZones().flatMap((index) => {
    const zone = views.zone(index);
    const { min, low, high } = zone.watermark;
    const lines = [
      `zone ${index}: free ${zone.freePages}, cma ${zone.freeCma}, min ${min}, low ${low}, high ${high}, boost ${zone.boost}, ` +
        `below_high ${Number(zone.belowHigh)}`,
    ];
    for (let o = order; o <= views.config(ConfigWord.MAX_PAGE_ORDER); o++) {
      for (let type = 0; type < SHORT.length; type++) {
        const list = views.freeList(index, o, type);
        if (list.length > 0)
          lines.push(`  free order ${o} ${SHORT[type]} (${list.length}): ${excerpt(list, 0, 4)}`);
      }
    }
    const pcp = views.pcp(cpu, index);
    lines.push(
      `  pcp cpu ${cpu}: count ${pcp.count}, high ${pcp.high}, free_count ${pcp.freeCount}, alloc_factor ${pcp.allocFactor}`,
    );
    for (let pindex = 0; pindex < views.pcpLists; pindex++) {
      const list = views.pcpList(cpu, index, pindex);
      if (list.length > 0) lines.push(`  pcp list ${pindex} (${list.length}): ${excerpt(list, 0, 4)}`);
    }
    return lines;
  });
}

/** Holds machines against dumps, and counts those that are equal. */
export class DumpComparison {
  compared = 0;
  equal = 0;

  /** @param operation row or event before the dump; -1: the state that the machine was made from, which does not count */
  compare(machine: Machine, state: MachineState, operation: number): Disagreement | null {
    const differences = compareState(machine, state);
    const first = differences[0];
    if (operation >= 0) {
      this.compared += 1;
      if (first === undefined) this.equal += 1;
    }
    if (first === undefined) return null;
    return {
      operation,
      ...placeOf(state),
      what: `state ${JSON.stringify(state.origin?.tag ?? "given")}: ${first.where}`,
      expected: first.expected,
      got: first.got,
      around: differences.map(({ where, expected, got }) => `${where}: expected ${expected}, got ${got}`),
      differences,
    };
  }
}
