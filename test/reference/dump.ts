// Knows: the machine as one plain comparable object, and how to say where two of them differ.
// Must not know: how the machine came to be that way.
// Kernel: the fields that the capture's dumper prints, 6.12 and 6.1.

import { Mobility } from "../../assembly/abi/vocabulary.js";
import type { Machine } from "./machine.js";
import type { Pcp } from "./pcp.js";
import type { MachineDump, PcpDump, ZoneDump } from "./types.js";
import type { Zone } from "./zone.js";

export function dumpMachine(machine: Machine): MachineDump {
  return { zones: machine.zones.map(dumpZone) };
}

function dumpZone(zone: Zone): ZoneDump {
  return {
    index: zone.index,
    name: zone.name,
    boost: zone.boost,
    boosted: zone.boosted,
    reclaimActive: zone.reclaimActive,
    belowHigh: zone.belowHigh,
    nrReservedHighatomic: zone.nrReservedHighatomic,
    nrFreeHighatomic: zone.nrFreeHighatomic,
    nrIsolatePageblock: zone.nrIsolatePageblock,
    freePages: zone.freePages,
    freeCma: zone.freeCma,
    nrFree: [...zone.nrFree],
    free: zone.lists.map((types) => types.map((list) => list.toArray())),
    pageblocks: [...zone.blockTypes],
    pcps: [...zone.pcps.values()].map(dumpPcp),
    movable: runsOf(zone.mobility).map(({ value, start, length }) => {
      return `${value === Mobility.LRU ? "L" : "M"}${zone.start + start}+${length}`;
    }),
  };
}

/** Maximal runs of equal values other than 0. */
export function runsOf(values: Uint8Array): { value: number; start: number; length: number }[] {
  const runs: { value: number; start: number; length: number }[] = [];
  for (let start = 0; start < values.length; ) {
    const value = values[start]!;
    let end = start + 1;
    while (end < values.length && values[end] === value) end += 1;
    if (value !== 0) runs.push({ value, start, length: end - start });
    start = end;
  }
  return runs;
}

function dumpPcp(pcp: Pcp): PcpDump {
  const lists = pcp.lists.map((list) => list.toArray());
  return {
    cpu: pcp.cpu,
    count: pcp.count,
    high: pcp.high,
    highMin: pcp.highMin,
    highMax: pcp.highMax,
    batch: pcp.batch,
    flags: pcp.flags,
    allocFactor: pcp.allocFactor,
    freeCount: pcp.freeCount,
    freeFactor: pcp.freeFactor,
    statThreshold: pcp.statThreshold,
    diffFree: pcp.diffFree,
    diffCma: pcp.diffCma,
    lists,
    cachedTypes: lists.map((list) =>
      list.flatMap((pfn) => {
        const type = pcp.cachedTypes.get(pfn);
        return type === undefined ? [] : [type];
      }),
    ),
  };
}

type Plain = number | string | boolean | undefined | readonly Plain[] | { readonly [name: string]: Plain };

/** Not every dump knows these: compared only where both do. */
const OPTIONAL: readonly string[] = ["movable", "areas"];

/** Differences, in reading order, at most `limit`. Empty = equal. Each names the path, then left and right. */
export function compareDumps(left: MachineDump, right: MachineDump, limit = 40): string[] {
  const differences: string[] = [];
  compareValues(asPlain(left), asPlain(right), "machine", differences);
  return differences.slice(0, limit);
}

function asPlain(dump: MachineDump): Plain {
  const zones = dump.zones.map((zone): [string, Plain] => [zone.name, { ...zone, pcps: byCpu(zone) }]);
  return { zones: Object.fromEntries(zones), areas: dump.areas };
}

function byCpu(zone: ZoneDump): Plain {
  return Object.fromEntries(zone.pcps.map((pcp) => [`cpu${pcp.cpu}`, { ...pcp }]));
}

function compareValues(left: Plain, right: Plain, path: string, differences: string[]): void {
  if (Array.isArray(left) && Array.isArray(right)) compareLists(left, right, path, differences);
  else if (isRecord(left) && isRecord(right)) {
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const unknown = left[name] === undefined || right[name] === undefined;
      if (unknown && OPTIONAL.includes(name)) continue;
      compareValues(left[name], right[name], `${path}.${name}`, differences);
    }
  } else if (left !== right) differences.push(`${path}: ${String(left)} | ${String(right)}`);
}

function isRecord(value: Plain): value is { readonly [name: string]: Plain } {
  return typeof value === "object" && !Array.isArray(value);
}

/** Lists of numbers are reported by their first differing position, with some elements around it. */
function compareLists(
  left: readonly Plain[],
  right: readonly Plain[],
  path: string,
  differences: string[],
): void {
  const numbers = [...left, ...right].every((each) => typeof each === "number");
  if (!numbers) {
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      compareValues(left[i], right[i], `${path}[${i}]`, differences);
    }
    return;
  }
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  if (at === left.length && at === right.length) return;
  const excerpt = (list: readonly Plain[]): string => list.slice(Math.max(at - 2, 0), at + 4).join(" ");
  const lengths = left.length === right.length ? "" : ` (lengths ${left.length} | ${right.length})`;
  differences.push(`${path} from [${Math.max(at - 2, 0)}]: ${excerpt(left)} | ${excerpt(right)}${lengths}`);
}
