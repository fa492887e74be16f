// Knows: the names and order of the kernel's counters, which of them a machine has, and where the others come from.
// Must not know: how they are printed.
//
// Models: node_stat_item and zone_stat_item as vmstat_text of mm/vmstat.c names them, Linux 6.12 and 6.1, with the
// options of the captured kernels (no NUMA, no swap, no zsmalloc).
//
//   exact      from the machine: nr_free_pages, nr_free_cma; without a capture also the LRU counts and events
//   relative   captured value + what the machine did since: LRU counts, events
//   constant   captured value, else 0: everything else

import { Region } from "../../../assembly/abi/layout.js";
import { LruList } from "../../../assembly/abi/vocabulary.js";
import { StatWord, ZoneWord } from "../../../assembly/abi/words.js";
import type { KernelId } from "../../device/kernel.js";
import type { CapturedCounters, CapturedZone, KernelCounters } from "../../importers/procfs/kept.js";
import type { Machine } from "../../machine/machine.js";
import type { CounterLine } from "../proc/zoneinfo.js";
import { zoneNames } from "./kernel.js";

const LRU = [
  [LruList.INACTIVE_ANON, "inactive_anon"],
  [LruList.ACTIVE_ANON, "active_anon"],
  [LruList.INACTIVE_FILE, "inactive_file"],
  [LruList.ACTIVE_FILE, "active_file"],
  [LruList.UNEVICTABLE, "unevictable"],
] as const;

/** Events since boot, under the name that /proc/vmstat gives them, in its order. */
const EVENTS = [
  ["pswpin", StatWord.PAGES_SWAPPED_IN],
  ["pswpout", StatWord.PAGES_SWAPPED_OUT],
  ["oom_kill", StatWord.OOMS],
  ["pgmigrate_success", StatWord.PAGES_MIGRATED],
  ["cma_alloc_success", StatWord.CMA_ALLOC_SUCCESS],
  ["cma_alloc_fail", StatWord.CMA_ALLOC_FAIL],
] as const;

const ZONE_COUNTERS = [
  "nr_free_pages",
  ...LRU.map(([, name]) => `nr_zone_${name}`),
  "nr_zone_write_pending",
  "nr_mlock",
  "nr_bounce",
  "nr_free_cma",
];

const NODE_COUNTERS = [
  ...LRU.map(([, name]) => `nr_${name}`),
  ..."nr_slab_reclaimable nr_slab_unreclaimable nr_isolated_anon nr_isolated_file workingset_nodes".split(
    " ",
  ),
  ..."workingset_refault_anon workingset_refault_file workingset_activate_anon".split(" "),
  ..."workingset_activate_file workingset_restore_anon workingset_restore_file".split(" "),
  ..."workingset_nodereclaim nr_anon_pages nr_mapped nr_file_pages nr_dirty nr_writeback".split(" "),
  ..."nr_writeback_temp nr_shmem nr_shmem_hugepages nr_shmem_pmdmapped nr_file_hugepages".split(" "),
  ..."nr_file_pmdmapped nr_anon_transparent_hugepages nr_vmscan_write".split(" "),
  ..."nr_vmscan_immediate_reclaim nr_dirtied nr_written nr_throttled_written".split(" "),
  ..."nr_kernel_misc_reclaimable nr_foll_pin_acquired nr_foll_pin_released nr_kernel_stack".split(" "),
  ..."nr_page_table_pages nr_sec_page_table_pages".split(" "),
];

/** 6.2 made them counters of the node. */
const DEMOTIONS = ["pgdemote_kswapd", "pgdemote_direct", "pgdemote_khugepaged"];

/** Values that the machine has, by name. */
type Known = ReadonlyMap<string, bigint>;

/** The lines that the kernel prints; a counter that a captured kernel has besides is kept. */
function linesOf(names: Iterable<string>, known: Known, captured: KernelCounters): CounterLine[] {
  return Array.from(names, (name) => ({ name, value: known.get(name) ?? captured.get(name) ?? 0n }));
}

/** The kernel shows no counter below 0. */
function shown(value: bigint): bigint {
  return value < 0n ? 0n : value;
}

/** Every counter of the tree; remembers where the machine stood when the tree was made. */
export class CounterSource {
  readonly #machine: Machine;
  readonly #captured: CapturedCounters;
  readonly #kernel: KernelId;
  readonly #names: readonly string[];
  /** By zone. */
  readonly #lruAtStart: readonly (readonly number[])[];

  constructor(machine: Machine, captured: CapturedCounters, kernel: KernelId) {
    this.#machine = machine;
    this.#captured = captured;
    this.#kernel = kernel;
    this.#names = zoneNames(machine.views);
    this.#lruAtStart = this.#names.map((_, zone) => this.#lru(zone));
  }

  #lru(zone: number): number[] {
    const words = this.#machine.engine.words(Region.ZONES);
    return LRU.map(([list]) => words[zone * ZoneWord.COUNT + ZoneWord.NR_LRU + list] ?? 0);
  }

  /** LRU counts of some zones: what the machine has, or where a capture counted them, that and the change since. */
  #lruLines(prefix: string, zones: readonly number[], captured: KernelCounters): [string, bigint][] {
    const now = zones.map((zone) => this.#lru(zone));
    return LRU.map(([, list], nth) => {
      const name = `${prefix}${list}`;
      const start = captured.get(name);
      const pages = now.reduce((sum, counts) => sum + (counts[nth] ?? 0), 0);
      if (start === undefined) return [name, BigInt(pages)];
      const before = zones.reduce((sum, zone) => sum + (this.#lruAtStart[zone]?.[nth] ?? 0), 0);
      return [name, shown(start + BigInt(pages - before))];
    });
  }

  #freeLines(zones: readonly number[]): [string, bigint][] {
    const views = zones.map((zone) => this.#machine.views.zone(zone));
    const sum = (of: (view: (typeof views)[number]) => number) =>
      views.reduce((total, view) => total + shown(BigInt(of(view))), 0n);
    return [
      ["nr_free_pages", sum((view) => view.freePages)],
      ["nr_free_cma", sum((view) => view.freeCma)],
    ];
  }

  #capturedOf(zone: number): CapturedZone | undefined {
    return this.#captured.zones.get(this.#names[zone] ?? "");
  }

  /** Of one zone, in the order of /proc/zoneinfo. */
  zone(zone: number): CounterLine[] {
    const captured: KernelCounters = this.#capturedOf(zone)?.counters ?? new Map();
    const known = new Map([...this.#freeLines([zone]), ...this.#lruLines("nr_zone_", [zone], captured)]);
    return linesOf(captured.size > 0 ? captured.keys() : ZONE_COUNTERS, known, captured);
  }

  /** Of the node, in the order of /proc/zoneinfo. */
  node(): CounterLine[] {
    const captured = this.#captured.node;
    const known = new Map(this.#lruLines("nr_", this.#machine.views.populatedZones(), captured));
    const names = this.#kernel === "6.1" ? NODE_COUNTERS : [...NODE_COUNTERS, ...DEMOTIONS];
    return linesOf(captured.size > 0 ? captured.keys() : names, known, captured);
  }

  /** Of the system: every line of a captured file, else those that the machine has, in the order of /proc/vmstat. */
  vmstat(): CounterLine[] {
    const captured = this.#captured.vmstat;
    const zones = this.#machine.views.populatedZones();
    const stats = this.#machine.engine.unsigned(Region.STATS);
    const known = new Map([
      ...this.#freeLines(zones),
      ...this.#lruLines("nr_zone_", zones, captured),
      ...this.#lruLines("nr_", zones, captured),
      ...EVENTS.map(([name, word]): [string, bigint] => {
        return [name, (captured.get(name) ?? 0n) + BigInt(stats[word] ?? 0)];
      }),
    ]);
    const order = [...ZONE_COUNTERS, ...NODE_COUNTERS, ...EVENTS.map(([name]) => name)];
    const modelled = order.filter((name) => known.has(name));
    return linesOf(captured.size > 0 ? captured.keys() : modelled, known, captured);
  }

  /** node_unreclaimable of one zone: the machine does not count kswapd's failures. */
  unreclaimable(zone: number): bigint {
    return this.#capturedOf(zone)?.unreclaimable ?? 0n;
  }

  /** A counter of sysfs: the captured start plus what the machine counted (its own counts begin at 0). */
  area(name: string, file: string, counted: number): bigint {
    return (this.#captured.areas.get(name)?.get(file) ?? 0n) + BigInt(counted >>> 0);
  }
}
