// Knows: how to make up a plausible page map of a device, always the same one.
// Must not know: anything about drawing.

import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import { type DeviceDescription, resolveDevice } from "../../../bindings/device/index.js";
import type { PageMapInput } from "../../../bindings/report/index.js";

/** A small generator of its own, so that the picture is the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function overlap(runs: readonly { start: number; end: number }[], start: number, end: number): number {
  let pages = 0;
  for (const run of runs) pages += Math.max(0, Math.min(run.end, end) - Math.max(run.start, start));
  return pages;
}

function pickType(random: number, place: number): Migratetype {
  if (random < 0.001) return Migratetype.ISOLATE;
  if (random < 0.004) return Migratetype.HIGHATOMIC;
  const early = place < 0.08 ? 0.55 : 0.035;
  if (random < early) return random < early * 0.7 ? Migratetype.UNMOVABLE : Migratetype.RECLAIMABLE;
  return Migratetype.MOVABLE;
}

/** One entry per pageblock of the device's window, filled from a seed. */
export function fakePageMap(description: DeviceDescription, seed: number): PageMapInput {
  const device = resolveDevice(description);
  const random = generator(seed);
  const size = 2 ** device.pageblockOrder;
  const count = (device.endPfn - device.startPfn) / size;
  const columns = Array.from({ length: 8 }, () => new Uint32Array(count)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const [pfn, type, freePages, pcpPages, allocatedPages, movablePages, reservedPages, holePages] = columns;
  let pressure = 0.5;
  for (let i = 0; i < count; i++) {
    const start = device.startPfn + i * size;
    const end = start + size;
    pressure = Math.min(1, Math.max(0, pressure + (random() - 0.5) * 0.12));
    const holes = overlap(device.frames.holes, start, end);
    const reserved = overlap(device.frames.reserved, start, end);
    const inCma = overlap(device.frames.cma, start, end) > 0;
    const picked = pickType(random(), i / count);
    const usable = size - holes - reserved;
    const share =
      random() < 0.3
        ? Math.round(1 - pressure)
        : Math.min(1, Math.max(0, 1 - pressure + (random() - 0.5) * 0.5));
    const free = Math.round(usable * (inCma ? Math.min(1, share + 0.2) : share));
    const pcp = Math.min(usable - free, Math.floor(random() * size * 0.02));
    const allocated = usable - free - pcp;
    pfn[i] = start;
    type[i] = holes === size ? 255 : inCma ? Migratetype.CMA : picked;
    freePages[i] = free;
    pcpPages[i] = pcp;
    allocatedPages[i] = allocated;
    movablePages[i] = picked === Migratetype.MOVABLE || inCma ? Math.round(allocated * 0.97) : 0;
    reservedPages[i] = reserved;
    holePages[i] = holes;
  }
  return {
    title: `${device.name}: page map`,
    subtitle: `made-up contents, seed ${seed}`,
    pageShift: device.pageShift,
    pageblockOrder: device.pageblockOrder,
    zones: device.zones
      .filter((zone) => zone.present > 0)
      .map((zone) => ({ name: zone.name, start: zone.startPfn, end: zone.startPfn + zone.spanned })),
    areas: device.areas,
    blocks: { pfn, type, freePages, pcpPages, allocatedPages, movablePages, reservedPages, holePages },
  };
}
