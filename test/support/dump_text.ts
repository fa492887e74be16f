// Knows: the text of a state dump, LABDUMP to ENDDUMP, written from the state: the importer's reverse.
// Must not know: how the importer reads it.

import type { MachineState } from "../../bindings/state/types.js";
import type { ReferenceCmaState } from "../reference/cma.js";
import type { ReferencePcpState, ReferenceZoneState } from "../reference/types.js";

const HOLE = 255;

/** A state of either model with the CPU that dumps it. */
export type DumpSource = ReferenceCmaState & Pick<MachineState, "thisCpu">;

export function dumpText(state: DumpSource, seq = 0, tag = "before"): string {
  const fields = (record: Readonly<Record<string, number>>) =>
    Object.entries(record)
      .map(([key, value]) => `${key}=${value}`)
      .join(" ");
  const lines = [
    `LABDUMP v1 seq=${seq} tag=${tag} ts_ns=0 release=${state.release} ` +
      `online_cpus=${state.cpus.length} this_cpu=${state.thisCpu}`,
    `const ${fields(state.constants)}`,
    `sys ${fields(state.sys)}`,
    ...state.cpus.map((cpu) => `cpu ${cpu}`),
    ...state.zones.flatMap(zoneLines),
    ...(state.areas ?? []).flatMap(({ index, name, basePfn, count, orderPerBit, bitmapBits, set }) => [
      `cma ${index} ${name} base_pfn=${basePfn} count=${count} order_per_bit=${orderPerBit} bitmap_bits=${bitmapBits}`,
      `cmabits set: ${set.map(({ start, length }) => `${start}+${length}`).join(" ")}`,
    ]),
    "ENDDUMP ovf=0",
  ];
  return `${lines.join("\n")}\n`;
}

function zoneLines(zone: ReferenceZoneState): string[] {
  const { watermark, flags, counters, pageblocks } = zone;
  const { belowHigh } = flags;
  const raw = (flags.boosted ? 1 : 0) | (flags.reclaimActive ? 2 : 0) | (belowHigh === true ? 4 : 0);
  const isAuto = belowHigh !== undefined;
  const atomic = isAuto ? ` nr_free_highatomic=${counters.nrFreeHighatomic}` : "";
  const blocks = [...pageblocks.types].map((type) => (type === HOLE ? "-" : String(type))).join("");
  return [
    `zone ${zone.index} ${zone.name} start=${zone.start} spanned=${zone.spanned} present=${zone.present} ` +
      `managed=${zone.managed} cma_pages=${zone.cmaPages}`,
    `wmark min=${watermark.min} low=${watermark.low} high=${watermark.high} promo=${watermark.promo} ` +
      `boost=${watermark.boost} percpu_drift_mark=0`,
    `lowmem_reserve: ${zone.lowmemReserve.join(" ")}`,
    `flags 0x${raw.toString(16)} boosted=${Number(flags.boosted)} reclaim_active=${Number(flags.reclaimActive)}` +
      (isAuto ? ` below_high=${Number(belowHigh)}` : ""),
    `counters nr_reserved_highatomic=${counters.nrReservedHighatomic}${atomic} ` +
      `nr_isolate_pageblock=${counters.nrIsolatePageblock} free_pages=${counters.freePages} free_cma=${counters.freeCma}`,
    "compact cached_free=0",
    "pageset_defaults batch=1",
    ...zone.pcps.flatMap((pcp) => pcpLines(pcp, isAuto)),
    ...zone.nrFree.flatMap((blocksOfOrder, order) => [
      `nr_free ${order} ${blocksOfOrder}`,
      ...zone.free
        .filter((list) => list.order === order)
        .map(({ migratetype, pfns }) => `free ${order} ${migratetype}: ${pfns.join(" ")}`),
    ]),
    `pageblocks ${pageblocks.start}:${blocks}`,
    `skipbits:${"0".repeat(blocks.length)}`,
    `lrurle: ${zone.runs.map(({ kind, start, length }) => `${kind}${start}+${length}`).join(" ")}`,
  ];
}

function pcpLines(pcp: ReferencePcpState, isAuto: boolean): string[] {
  const { cpu } = pcp;
  const limits = isAuto
    ? `high=${pcp.high} high_min=${pcp.highMin} high_max=${pcp.highMax} batch=${pcp.batch} flags=${pcp.flags} ` +
      `alloc_factor=${pcp.allocFactor} free_count=${pcp.freeCount}`
    : `high=${pcp.high} batch=${pcp.batch} free_factor=${pcp.freeFactor}`;
  return [
    `pcpstat ${cpu} threshold=${pcp.statThreshold} diff_free=${pcp.diffFree} diff_cma=${pcp.diffCma}`,
    `pcp ${cpu} count=${pcp.count} ${limits}`,
    ...pcp.lists.flatMap(({ pindex, pfns, cachedTypes }) => [
      `pcplist ${cpu} ${pindex}: ${pfns.join(" ")}`,
      ...(cachedTypes === undefined ? [] : [`pcpmt ${cpu} ${pindex}: ${cachedTypes.join("")}`]),
    ]),
  ];
}
