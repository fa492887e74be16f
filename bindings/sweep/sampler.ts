// Knows: which figures of a running simulation make the series, and how one row of them is read.
// Must not know: when a row is taken, who reads the table.

import { ConfigWord, LevelWord, StatWord } from "../../assembly/abi/words.js";
import { unusableFreeIndex } from "../analysis/index.js";
import type { AreaFacts } from "../scenario/device_facts.js";
import { PAGE_KINDS, type SeriesColumn, type SeriesTable } from "../scenario/result.js";
import type { Simulation } from "../scenario/simulation.js";
import { countKinds } from "./page_kinds.js";

type Column = Omit<SeriesColumn, "values"> & { readonly values: number[] };

/** Totals of the machine that are worth a column: name, unit, word. */
const SUMS = [
  ["migrated", "pages", StatWord.PAGES_MIGRATED],
  ["reclaimed", "pages", StatWord.PAGES_RECLAIMED],
  ["scanned", "pages", StatWord.PAGES_SCANNED],
  ["swappedOut", "pages", StatWord.PAGES_SWAPPED_OUT],
  ["swappedIn", "pages", StatWord.PAGES_SWAPPED_IN],
  ["claims", "count", StatWord.CLAIMS],
  ["steals", "count", StatWord.STEALS],
  ["compactions", "count", StatWord.COMPACTIONS],
  ["cmaAllocSuccess", "count", StatWord.CMA_ALLOC_SUCCESS],
  ["cmaAllocFail", "count", StatWord.CMA_ALLOC_FAIL],
] as const;

/** The same of areas that keep their pages. What these hold is told by area.NAME.file and area.NAME.anon. */
const COPIES = ["fileKept", "fileBack", "swapKept", "swapBack", "refused", "discarded", "written"] as const;

const LEVELS = [
  ["swapUsed", "pages", LevelWord.SWAP_USED],
  ["zramFrames", "pages", LevelWord.ZRAM_FRAMES],
] as const;

/** Name of the actor that every simulation has. */
const KSWAPD = "kswapd0";

export class Sampler {
  readonly #simulation: Simulation;
  readonly #areas: readonly AreaFacts[];
  readonly #zones: readonly { readonly index: number; readonly name: string }[];
  readonly #timeNs: number[] = [];
  readonly #columns: Column[] = [];
  /** Column that the row under way has reached. */
  #at = 0;

  constructor(
    simulation: Simulation,
    areas: readonly AreaFacts[],
    zones: readonly { readonly index: number; readonly name: string }[],
  ) {
    this.#simulation = simulation;
    this.#areas = areas;
    this.#zones = zones;
  }

  get table(): SeriesTable {
    return { timeNs: this.#timeNs, columns: this.#columns };
  }

  /** Columns come in the same order in every row: the first row names them. */
  #put(name: string, unit: string, kind: "level" | "sum", value: number): void {
    const isFirst = this.#at === this.#columns.length;
    if (isFirst) this.#columns.push({ name, unit, kind, values: [] });
    this.#columns[this.#at]?.values.push(value);
    this.#at++;
  }

  /** One row: the state at this moment. */
  take(): void {
    this.#at = 0;
    this.#timeNs.push(this.#simulation.nowNs);
    this.#takeAreas();
    this.#takeZones();
    this.#takeActors();
    const { views } = this.#simulation.machine;
    for (const [name, unit, word] of LEVELS) this.#put(name, unit, "level", views.level(word));
    for (const [name, unit, word] of SUMS) this.#put(name, unit, "sum", views.stat(word));
    const guests = views.guests();
    if (guests !== undefined)
      for (const name of COPIES) this.#put(`copies.${name}`, "pages", "sum", guests[name]);
  }

  #takeAreas(): void {
    const { machine } = this.#simulation;
    for (const { name, ranges } of this.#areas) {
      const parts = ranges.map(({ start, pages }) => countKinds(machine, start, pages, pages));
      for (const [i, kind] of PAGE_KINDS.entries()) {
        const count = parts.reduce((sum, part) => sum + (part[i] ?? 0), 0);
        this.#put(`area.${name}.${kind}`, "pages", "level", count);
      }
    }
  }

  #takeZones(): void {
    const { views } = this.#simulation.machine;
    const order = views.config(ConfigWord.PAGEBLOCK_ORDER);
    for (const { index, name } of this.#zones) {
      const zone = views.zone(index);
      this.#put(`zone.${name}.free`, "pages", "level", zone.freePages);
      this.#put(`zone.${name}.freeCma`, "pages", "level", zone.freeCma);
      const cpus = Array.from({ length: views.config(ConfigWord.NR_CPUS) }, (_, cpu) => cpu);
      const listed = cpus.reduce((sum, cpu) => sum + views.pcp(cpu, index).count, 0);
      this.#put(`zone.${name}.pcp`, "pages", "level", listed);
      const index1000 = unusableFreeIndex(zone.nrFree, order);
      this.#put(`zone.${name}.fragmentation`, "share", "level", index1000 / 1000);
    }
  }

  #takeActors(): void {
    const { actors } = this.#simulation;
    const all = actors.map(({ name }, i) => ({ name, counters: this.#simulation.counters(i) }));
    const kswapd = all.filter(({ name }) => name === KSWAPD);
    const others = all.filter(({ name }) => name !== KSWAPD);
    const sum = (of: typeof all, counter: string) =>
      of.reduce((total, { counters }) => total + (counters[counter] ?? 0), 0);
    this.#put("pins", "pages", "level", sum(all, "pinned"));
    this.#put("kswapd.time", "ns", "sum", sum(kswapd, "busyTime"));
    this.#put("directReclaim.time", "ns", "sum", sum(others, "reclaimTime"));
    this.#put("killed", "count", "sum", sum(all, "killed"));
    this.#put("refaults", "pages", "sum", sum(all, "refaults"));
  }
}
