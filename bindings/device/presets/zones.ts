// Knows: how x86-64 and arm64 kernels cut physical memory into zones, and what struct page costs.
// Must not know: any particular device.
//
// Models: zone_sizes_init() of arch/x86/mm/init.c and arch/arm64/mm/init.c, Linux 6.12 and 6.1.

import { type Bytes, bytes, GiB, MiB } from "../../engine/units.js";
import type { ReservedRange, ZoneBoundary } from "../description.js";

/** Above every physical address that the modelled architectures can have (2^48). */
const END = bytes(2 ** 48);
const NOTHING = bytes(0);

/** DMA below 16 MiB (MAX_DMA_PFN), DMA32 below 4 GiB, Normal above. */
export const x86Zones: readonly ZoneBoundary[] = [
  { name: "DMA", start: NOTHING, end: MiB(16) },
  { name: "DMA32", start: MiB(16), end: GiB(4) },
  { name: "Normal", start: GiB(4), end: END },
  { name: "Movable", start: NOTHING, end: NOTHING },
];

/**
 * arm64 with CONFIG_ZONE_DMA and CONFIG_ZONE_DMA32: DMA ends where the weakest bus master of the device tree
 * does (`dmaEnd`, 4 GiB when there is none), DMA32 goes on to 4 GiB, Normal lies above.
 */
export function arm64Zones(dmaEnd: Bytes): readonly ZoneBoundary[] {
  return [
    { name: "DMA", start: NOTHING, end: dmaEnd },
    { name: "DMA32", start: dmaEnd, end: GiB(4) },
    { name: "Normal", start: GiB(4), end: END },
    { name: "Movable", start: NOTHING, end: NOTHING },
  ];
}

/**
 * An Android phone: no CONFIG_ZONE_DMA, and ZONE_DMA32 left empty at boot (`disable_dma32`), so that all
 * memory is Normal.
 */
export const androidZones: readonly ZoneBoundary[] = [
  { name: "DMA32", start: NOTHING, end: NOTHING },
  { name: "Normal", start: NOTHING, end: END },
  { name: "Movable", start: NOTHING, end: NOTHING },
];

/** struct page is 64 bytes for each page of memory. */
export function memoryMap(memory: Bytes, pageShift: number): ReservedRange {
  return { name: "memory map (struct page)", size: bytes((memory / 2 ** pageShift) * 64) };
}
