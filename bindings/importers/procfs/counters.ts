// Knows: /proc/meminfo and /proc/vmstat, of which it keeps the counters that say something about CMA.
// Must not know: what a counter proves.

import { type Counters, MOST, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { numberAfter } from "../text.js";

const MEMINFO = [
  "MemTotal",
  "MemFree",
  "MemAvailable",
  "SwapTotal",
  "SwapFree",
  "CmaTotal",
  "CmaFree",
] as const;

class MeminfoReader implements LineReader {
  private current: Counters | undefined;

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    const colon = text.indexOf(":");
    if (colon < 0 || text.length > 400) return false;
    let known = false;
    for (const key of MEMINFO) {
      const at = text.indexOf(`${key}:`);
      if (at < 0 || !/^\s{0,20}\d{1,15} kB/.test(text.slice(at + key.length + 1, at + 60))) continue;
      this.set(key, numberAfter(text, `${key}:`), place);
      known = true;
    }
    // A sentence about a reservation that quotes meminfo is not meminfo's.
    return known && !/fail|reserv/i.test(text);
  }

  private set(key: string, value: number | null, place: Place): void {
    const { meminfo } = this.context.facts;
    if (value === null) return;
    if (this.current === undefined || this.current.values.has(key)) {
      this.current = { place, values: new Map() };
      if (meminfo.length < MOST) meminfo.push(this.current);
    }
    this.current.values.set(key, value);
  }
}

export const meminfoImporter: Importer = {
  id: "meminfo",
  title: "/proc/meminfo",
  open: (context) => new MeminfoReader(context),
};

const VMSTAT =
  /^\s{0,8}(nr_free_pages|nr_free_cma|nr_foll_pin_acquired|nr_foll_pin_released|cma_alloc_success|cma_alloc_fail|pgmigrate_success|pgmigrate_fail|pgfree|pgfault|oom_kill|allocstall_\w{1,12}|compact_fail|compact_success|thp_fault_alloc) (\d{1,16})$/;

class VmstatReader implements LineReader {
  private current: Counters | undefined;
  private inZones = false;

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    if (text.length > 120) return false;
    if (/^\s{0,8}Node\s{1,8}\d{1,4}, zone/.test(text)) this.inZones = true;
    const match = VMSTAT.exec(text.trimEnd());
    if (match === null) return false;
    // /proc/zoneinfo has lines of the same look, deeper, inside a zone.
    if (text.startsWith("    ") && this.inZones) return false;
    this.inZones = false;
    const key = match[1]!;
    if (this.current === undefined || this.current.values.has(key)) {
      this.current = { place, values: new Map() };
      if (this.context.facts.vmstat.length < MOST) this.context.facts.vmstat.push(this.current);
    }
    this.current.values.set(key, Number(match[2]));
    return true;
  }
}

export const vmstatImporter: Importer = {
  id: "vmstat",
  title: "/proc/vmstat",
  open: (context) => new VmstatReader(context),
};
