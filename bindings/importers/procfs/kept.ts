// Knows: every counter of /proc/zoneinfo, /proc/vmstat and the CMA files of sysfs, by name and in the order of the file.
// Must not know: which of them prove something (zoneinfo.ts and counters.ts keep those), machines, where the files lie.
//
// A machine that was loaded from a state dump knows free lists, marks, limits. What the dump does not hold - how many
// pages are slab, what happened since boot - is taken from the files read beside it.

import { zoneHead } from "./head.js";

/** Texts of the files read together with a state; any may be missing. */
export interface CapturedFiles {
  /** /proc/zoneinfo */
  readonly zoneinfo?: string | undefined;
  /** /proc/vmstat */
  readonly vmstat?: string | undefined;
  /** One line for each file of sysfs: `AREA FILE: VALUE`. */
  readonly cmaSysfs?: string | undefined;
}

/** KernelCounters by name, in the order of the file. */
export type KernelCounters = ReadonlyMap<string, bigint>;

const NONE: KernelCounters = new Map();

/** What a zone of /proc/zoneinfo prints behind its sizes. */
export interface CapturedZone {
  readonly counters: KernelCounters;
  readonly unreclaimable: bigint;
}

export interface CapturedCounters {
  /** By zone name. */
  readonly zones: ReadonlyMap<string, CapturedZone>;
  /** Of node 0; empty when there is no zoneinfo. */
  readonly node: KernelCounters;
  readonly vmstat: KernelCounters;
  /** By area name, then by file name. */
  readonly areas: ReadonlyMap<string, KernelCounters>;
}

/** KernelCounters stand behind six spaces; sizes and pagesets behind others. */
const COUNTER = /^ {6}(\S+) +(\d+)$/;

function readZoneinfo(text: string): Pick<CapturedCounters, "zones" | "node"> {
  const zones = new Map<string, { counters: Map<string, bigint>; unreclaimable: bigint }>();
  const node = new Map<string, bigint>();
  let zone = { counters: new Map<string, bigint>(), unreclaimable: 0n };
  let isNode = false;
  for (const line of text.split("\n")) {
    const head = zoneHead(line);
    if (head !== undefined) {
      zone = { counters: new Map(), unreclaimable: 0n };
      zones.set(head.zone, zone);
    }
    if (head !== undefined || line.startsWith("  pages free ")) isNode = false;
    if (line === "  per-node stats") isNode = true;
    const [, counter, value] = COUNTER.exec(line) ?? [];
    if (counter !== undefined) (isNode ? node : zone.counters).set(counter, BigInt(value ?? 0));
    const unreclaimable = /^ {2}node_unreclaimable: +(\d+)$/.exec(line)?.[1];
    if (unreclaimable !== undefined) zone.unreclaimable = BigInt(unreclaimable);
  }
  return { zones, node };
}

function readVmstat(text: string): KernelCounters {
  return new Map(
    [...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = "", value = 0]) => [name, BigInt(value)]),
  );
}

/** Names of areas may contain spaces; names of files do not. */
function readCmaSysfs(text: string): Map<string, KernelCounters> {
  const areas = new Map<string, Map<string, bigint>>();
  for (const [, area = "", name = "", value = 0] of text.matchAll(/^(.+) (\w+): (\d+)$/gm)) {
    const counters = areas.get(area) ?? new Map<string, bigint>();
    counters.set(name, BigInt(value));
    areas.set(area, counters);
  }
  return areas;
}

/** Lines that are not counters are left aside: this is no check of the files. */
export function readCapturedFiles({ zoneinfo, vmstat, cmaSysfs }: CapturedFiles): CapturedCounters {
  return {
    ...(zoneinfo === undefined ? { zones: new Map(), node: NONE } : readZoneinfo(zoneinfo)),
    vmstat: vmstat === undefined ? NONE : readVmstat(vmstat),
    areas: readCmaSysfs(cmaSysfs ?? ""),
  };
}
