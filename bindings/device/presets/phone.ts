// Knows: a 16 GiB Android phone with 4 KiB and with 16 KiB pages, and an 8 GiB tablet with an older kernel.
// Must not know: how a description is resolved.

import { bytes, GiB, MiB } from "../../engine/units.js";
import type { AreaDescription, DeviceDescription, ReservedRange } from "../description.js";
import { androidZones, memoryMap } from "./zones.js";

const DTSI =
  "kerneltoast/android_kernel_google_zumapro dts/gs101-dma-heap.dtsi (Copyright Google LLC; Pixel 9 generation)";

const PIXEL_SOURCES = [
  `areas vframe (512 MiB), vstream (72), vscaler (52), faimg (60) and the carve-outs gcma_camera (100), farawimg (172), famodel (75), faceauth_dsp (32), faceauth_tpu (16), tui (24): ${DTSI}; the same node is quoted on LKML with https://android.googlesource.com/kernel/devices/google/zuma`,
  "area faprev: 24 MiB in kerneltoast/android_kernel_google_zuma dts/google/zuma-shusky-dma-heap.dtsi (Pixel 8)",
  "zones: boot log of a Pixel 8 in https://github.com/GrapheneOS/os-issue-tracker/issues/3252 prints `DMA32 empty`, `Normal [mem 0x0000000080000000-...`; no ZONE_DMA: `# CONFIG_ZONE_DMA is not set` in arch/arm64/configs/gki_defconfig",
  "thp: CONFIG_TRANSPARENT_HUGEPAGE_MADVISE=y in gki_defconfig (android16-6.12)",
  "memory: RAM begins at 0x80000000 in the same boot log. chosen: one contiguous bank; the real part leaves a hole up to 0x880000000, which would only cost frames",
  "where areas lie: alloc-ranges of the same dtsi, moved down by that hole (6 to 8 GiB from the start of RAM)",
  "firmware: abl 16 MiB at 0xf8800000, ramoops 4 MiB at 0xfd3ff000, bldr_log 1 MiB at 0xfd800000 in the same boot log",
  "areas camera and secure-heap: chosen, so that a camera can ask for 254 MiB and the areas add up to 2.25 GiB; Yescas and Singh, `CMA allocations fail due to pinned MOVABLE pages`, LPC 2025: areas of 2 GB and more, 254 MiB for the camera, up to 32 areas",
  "area linux,cma: chosen, 64 MiB; placed from 4 GiB upwards as cma_declare_contiguous() does",
  "chosen: kernel image 40 MiB, initrd and init sections 36 MiB, struct page 64 bytes for each page",
];

/** What the bootloader and the device tree take, and the kernel itself. */
function phoneReserved(memory: number, pageShift: number): ReservedRange[] {
  return [
    // chosen
    { name: "kernel image", base: bytes(0x8000_0000), size: MiB(40) },
    { name: "initrd and init sections", base: bytes(0x8400_0000), size: MiB(36), freedLate: true },
    // boot log of a Pixel 8
    { name: "abl", base: bytes(0xf880_0000), size: MiB(16) },
    { name: "ramoops", base: bytes(0xfd3f_f000), size: MiB(4) },
    { name: "bldr_log", base: bytes(0xfd80_0000), size: MiB(1) },
    memoryMap(bytes(memory), pageShift),
  ];
}

/** gs101-dma-heap.dtsi; served by the GCMA driver, so the buddy allocator never has them. */
const gcmaCarveOuts: readonly ReservedRange[] = [
  { name: "gcma_camera", size: MiB(100) },
  { name: "farawimg", size: MiB(172) },
  { name: "famodel", size: MiB(75) },
  { name: "faceauth_dsp", size: MiB(32) },
  { name: "faceauth_tpu", size: MiB(16) },
  { name: "tui", size: MiB(24) },
];

/** alloc-ranges: the seventh and eighth, the fifth and sixth GiB of RAM; the default area from 4 GiB upwards. */
const upper = { within: { start: GiB(8), end: GiB(10) }, from: "top" } as const;
const lower = { within: { start: GiB(6), end: GiB(8) }, from: "top" } as const;
const default4g = { within: { start: GiB(4), end: GiB(6) }, from: "bottom" } as const;

function area(
  name: string,
  mib: number,
  place: typeof upper | typeof lower | typeof default4g,
): AreaDescription {
  return { name, size: MiB(mib), ...place };
}

export const phone16g: DeviceDescription = {
  name: "phone-16g",
  sources: PIXEL_SOURCES,
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 8,
  thp: "madvise",
  memory: [{ start: GiB(2), size: GiB(16) }],
  zones: androidZones,
  areas: [
    // gs101-dma-heap.dtsi: 0x20000000, 0x4800000, 0x3400000, 0x3c00000 bytes
    area("vframe", 512, upper),
    area("vstream", 72, upper),
    area("vscaler", 52, upper),
    area("faimg", 60, upper),
    // zuma-shusky-dma-heap.dtsi: 0x1800000 bytes
    area("faprev", 24, upper),
    // chosen
    area("camera", 512, lower),
    area("secure-heap", 1008, lower),
    area("linux,cma", 64, default4g),
  ],
  reserved: [...phoneReserved(GiB(16), 12), ...gcmaCarveOuts],
};

/** The areas that are no multiple of 32 MiB have the sizes that the device tree gives them with 16 KiB pages. */
export const phone16g16k: DeviceDescription = {
  ...phone16g,
  name: "phone-16g-16k",
  sources: [
    ...PIXEL_SOURCES,
    "areas with 16 KiB pages are multiples of 32 MiB: faprev 32 MiB, vstream 64 MiB, vscaler 32 MiB in Google's dma-heap dtsi for shusky, akita and caimito under CONFIG_ARM64_16K_PAGES (Copyright Google LLC)",
    "chosen: faimg rounded up to 64 MiB, secure-heap 1024 MiB",
    "maxPageOrder and pageblockOrder 11: ARCH_FORCE_MAX_ORDER default for 16 KiB pages, HPAGE_PMD_ORDER 11; a kernel with a smaller CONFIG_PAGE_BLOCK_ORDER differs: read `Page block order` in /proc/pagetypeinfo",
  ],
  pageShift: 14,
  maxPageOrder: 11,
  pageblockOrder: 11,
  areas: [
    // gs101-dma-heap.dtsi
    area("vframe", 512, upper),
    // CONFIG_ARM64_16K_PAGES: 0x4000000, 0x2000000 and, below, 0x2000000 bytes
    area("vstream", 64, upper),
    area("vscaler", 32, upper),
    area("faprev", 32, upper),
    // chosen
    area("faimg", 64, upper),
    area("camera", 512, lower),
    area("secure-heap", 1024, lower),
    area("linux,cma", 64, default4g),
  ],
  reserved: [...phoneReserved(GiB(16), 14), ...gcmaCarveOuts],
};

export const tablet8g: DeviceDescription = {
  name: "tablet-8g",
  sources: [
    `areas vframe (512 MiB), vstream (72), vscaler (52): ${DTSI}. chosen: a tablet has no face unlock, so none of its areas`,
    "zones, start of RAM, firmware: as phone-16g; 8 GiB end at 0x280000000, so that the areas lie in the last 2 GiB as on the real part",
    "kernel 6.1 without HUGETLB_PAGE: pageblock_order = MAX_ORDER - 1 = 10 (include/linux/pageblock-flags.h, 6.1)",
    "chosen: camera 256 MiB, linux,cma 64 MiB, kernel image 40 MiB, initrd and init sections 36 MiB",
  ],
  kernel: "6.1",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 10,
  cpus: 8,
  thp: "madvise",
  memory: [{ start: GiB(2), size: GiB(8) }],
  zones: androidZones,
  areas: [
    // gs101-dma-heap.dtsi
    area("vframe", 512, upper),
    area("vstream", 72, upper),
    area("vscaler", 52, upper),
    // chosen
    area("camera", 256, lower),
    area("linux,cma", 64, default4g),
  ],
  reserved: phoneReserved(GiB(8), 12),
};
