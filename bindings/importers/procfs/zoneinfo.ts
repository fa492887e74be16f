// Knows: /proc/zoneinfo, old and new: sizes, marks, reserves and per-CPU sets of each zone.
// Must not know: what the numbers prove.
//
// Models: zoneinfo_show_print() of mm/vmstat.c. Old kernels print no boost, 6.1 no promo, 6.12 no high_min and high_max of
// a pageset; min, low, high and promo include the boost.

import { MOST, type Pageset, type Place, type ZoneDetail, type ZoneFact } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { zoneHead } from "./head.js";

const MOST_CPUS = 512;
const SIZE =
  /^\s{1,12}(?:pages )?(free|boost|min|low|high|promo|spanned|present|managed|cma|nr_free_cma) {1,12}(\d{1,15})\s{0,4}$/;
const PAGESET =
  /^\s{1,20}(cpu|count|high|batch|high_min|high_max|vm stats threshold|start_pfn): {1,16}(\d{1,15})\s{0,4}$/;
const OTHER = /^\s{2,12}(?:per-node stats|pagesets|nr_\w{1,40}\s{1,12}\d{1,16})/;

type DetailKey = "boost" | "high" | "promo" | "spanned" | "present" | "cma";
type PagesetKey = "count" | "high" | "batch" | "highMin" | "highMax" | "threshold";

const PAGESET_KEYS: Readonly<Record<string, PagesetKey>> = {
  count: "count",
  high: "high",
  batch: "batch",
  high_min: "highMin",
  high_max: "highMax",
  "vm stats threshold": "threshold",
};

interface OpenZone extends ZoneFact {
  readonly detail: ZoneDetail;
}

function newZone(place: Place, node: number, zone: string): OpenZone {
  const detail = { node, boost: null, high: null, promo: null, spanned: null, present: null, cma: null };
  return {
    ...{ place, zone, unit: "pages", free: null, min: null, low: null, freeCma: null, managed: null },
    detail: { ...detail, protection: [], startPfn: null, pagesets: [] },
  };
}

class ZoneinfoReader implements LineReader {
  private zone: OpenZone | undefined;
  private pageset: Pageset | undefined;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.zone === undefined;
  }

  line(text: string, place: Place): boolean {
    if (text.length > 200) return false;
    const found = zoneHead(text);
    if (found !== undefined) {
      const alone = text.slice(found.rest).trim() === "";
      this.zone = alone ? newZone(place, found.node, found.zone) : undefined;
      this.pageset = undefined;
      return false;
    }
    const { zone } = this;
    if (zone === undefined) return false;
    const size = SIZE.exec(text);
    if (size !== null) return this.size(zone, size[1]!, Number(size[2]));
    const pageset = PAGESET.exec(text);
    if (pageset !== null) return this.pagesetLine(zone, pageset[1]!, Number(pageset[2]));
    const protection = /^\s{1,12}protection: \(([\d, ]{1,120})\)/.exec(text);
    if (protection !== null) {
      zone.detail.protection = protection[1]!.split(",").map(Number);
      return true;
    }
    return OTHER.test(text);
  }

  /** A zone is kept from its first size on; what comes twice is another table's. */
  private size(zone: OpenZone, key: string, value: number): boolean {
    if (key === "free" && zone.free === null && this.context.facts.zones.length < MOST)
      this.context.facts.zones.push(zone);
    if (key === "nr_free_cma") zone.freeCma ??= value;
    else if (key === "free" || key === "min" || key === "low" || key === "managed") zone[key] ??= value;
    else zone.detail[key as DetailKey] ??= value;
    return true;
  }

  private pagesetLine({ detail }: OpenZone, key: string, value: number): boolean {
    if (key === "start_pfn") detail.startPfn ??= value;
    else if (key === "cpu") {
      const none = { count: null, high: null, batch: null, highMin: null, highMax: null, threshold: null };
      this.pageset = { cpu: value, ...none };
      if (detail.pagesets.length < MOST_CPUS) detail.pagesets.push(this.pageset);
    } else if (this.pageset !== undefined) this.pageset[PAGESET_KEYS[key]!] ??= value;
    return true;
  }
}

export const zoneinfoImporter: Importer = {
  id: "zoneinfo",
  title: "/proc/zoneinfo",
  open: (context) => new ZoneinfoReader(context),
};
