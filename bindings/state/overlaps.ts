// Knows: that a frame can be in one place only: one free block, one per-CPU page, one run of used pages.
// Must not know: anything else about a state (see check.ts).
//
// All extents of the dump are sorted by their first pfn; one that begins before an earlier one ends is reported,
// with the earlier one that reaches furthest.

import { pcpOrder } from "./family.js";
import { lineText } from "./origin.js";
import type { MachineState } from "./types.js";

/** The part of the state that a group of extents belongs to. */
interface Owner {
  part: object;
  name: string;
}

/** Every extent of the state, columnar. */
interface Extents {
  owners: Owner[];
  start: Float64Array;
  length: Float64Array;
  owner: Uint32Array;
}

/** Reports each frame that is in two places, with the later of the two parts. */
export function checkOverlaps(state: MachineState, report: (part: object, message: string) => void): void {
  const extents = collect(state);
  const { start, length, owner, owners } = extents;
  let furthest = -1;
  let reach = Number.NEGATIVE_INFINITY;
  for (const extent of sortByStart(extents)) {
    const first = start[extent] as number;
    const end = first + (length[extent] as number);
    if (first < reach) {
      const here = owners[owner[extent] as number] as Owner;
      const there = owners[owner[furthest] as number] as Owner;
      const held = `${start[furthest]}+${length[furthest]}`;
      report(
        here.part,
        `pfn ${first} of ${here.name} is also in ${held} of ${there.name}${lineText(state, there.part)}`,
      );
    }
    if (end > reach) {
      reach = end;
      furthest = extent;
    }
  }
}

/** Indexes of the extents, ascending start; equal starts in the order of the dump. */
function sortByStart({ start }: Extents): ArrayLike<number> & Iterable<number> {
  const order = Uint32Array.from(start, (_, index) => index);
  const packable = start.length < 2 ** 21;
  if (!packable) {
    return order.sort((a, b) => (start[a] as number) - (start[b] as number) || a - b);
  }
  // start < 2^32 and index < 2^21 fit one double exactly: a numeric sort is ten times faster than a comparator.
  const packed = Float64Array.from(start, (value, index) => value * 2 ** 21 + index).sort();
  for (let at = 0; at < packed.length; at++) {
    order[at] = (packed[at] as number) % 2 ** 21;
  }
  return order;
}

function collect(state: MachineState): Extents {
  const extents = allocate(countExtents(state));
  let filled = 0;
  const add = (owner: Owner, starts: ArrayLike<number>, length: number): void => {
    const index = extents.owners.push(owner) - 1;
    for (let at = 0; at < starts.length; at++, filled++) {
      extents.start[filled] = starts[at] as number;
      extents.length[filled] = length;
      extents.owner[filled] = index;
    }
  };
  for (const zone of state.zones) {
    for (const list of zone.free) {
      const { order, migratetype, pfns } = list;
      add({ part: list, name: `free list order ${order} type ${migratetype}` }, pfns, 2 ** order);
    }
    for (const pcp of zone.pcps) {
      for (const list of pcp.lists) {
        const { pindex, pfns } = list;
        const name = `pcplist cpu ${pcp.cpu} pindex ${pindex}`;
        add({ part: list, name }, pfns, 2 ** pcpOrder(state, pindex));
      }
    }
    for (const { kind, start, length } of zone.runs) {
      add({ part: zone.runs, name: `the ${kind} runs` }, [start], length);
    }
  }
  return extents;
}

function allocate(count: number): Extents {
  return {
    owners: [],
    start: new Float64Array(count),
    length: new Float64Array(count),
    owner: new Uint32Array(count),
  };
}

function countExtents(state: MachineState): number {
  let count = 0;
  for (const zone of state.zones) {
    count += zone.runs.length;
    count += zone.free.reduce((sum, list) => sum + list.pfns.length, 0);
    for (const pcp of zone.pcps) {
      count += pcp.lists.reduce((sum, list) => sum + list.pfns.length, 0);
    }
  }
  return count;
}
