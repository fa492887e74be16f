// Knows: a 64 MiB machine whose CMA area has two ranges, each in another zone, as Linux 6.15 allows.
// Must not know: how a description is resolved.

import { KiB, MiB } from "../../engine/units.js";
import type { DeviceDescription } from "../description.js";
import { memoryMap, x86Zones } from "./zones.js";

export const tinyRanges: DeviceDescription = {
  name: "tiny-ranges",
  sources: [
    "chosen: the machine `tiny` with the two things that the profile 6.15 adds: an area of two ranges, one in DMA and one in DMA32, and the first error -EBUSY (`mm, cma: support multiple contiguous ranges`, c009da4258f9)",
  ],
  kernel: "6.15",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 2,
  thp: "madvise",
  memory: [
    { start: KiB(4), size: KiB(636) },
    { start: MiB(1), size: MiB(63) },
  ],
  zones: x86Zones,
  areas: [
    {
      name: "reserved",
      ranges: [
        { base: MiB(8), size: MiB(4) },
        { base: MiB(48), size: MiB(8) },
      ],
    },
  ],
  reserved: [
    { name: "first MiB", base: KiB(4), size: KiB(636) },
    { name: "kernel image", base: MiB(16), size: MiB(6) },
    { name: "initrd and init sections", base: MiB(22), size: MiB(1), freedLate: true },
    memoryMap(MiB(64), 12),
  ],
};
