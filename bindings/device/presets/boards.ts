// Knows: an i.MX8M Mini board with 1 GiB and a Raspberry Pi 4 with 4 GiB.
// Must not know: how a description is resolved.

import { bytes, GiB, MiB } from "../../engine/units.js";
import type { DeviceDescription } from "../description.js";
import { arm64Zones, memoryMap } from "./zones.js";

export const imx8Board: DeviceDescription = {
  name: "imx8-1g",
  sources: [
    "memory 1 GiB at 0x40000000 and linux,cma 640 MiB below 0xb8000000 (`our minimum RAM config will be 1024 MiB`): torvalds/linux arch/arm64/boot/dts/freescale/imx8mm-tqma8mqml.dtsi",
    "OP-TEE 32 MiB at the end of RAM: CFG_TZDRAM_START = DRAM_BASE - 0x02000000 + DDR_SIZE, OP-TEE/optee_os core/arch/arm/plat-imx/conf.mk",
    "4 CPUs: four Cortex-A53 in NXP's imx8m device trees (nxp-imx/linux-imx imx8mn.dtsi)",
    "zones: without a bus master below 32 bit, arm64 puts all memory below 4 GiB into DMA and leaves DMA32 empty, as in the boot log of https://github.com/openwrt/openwrt/issues/23959",
    "chosen: kernel image 32 MiB at 0x40400000, initrd and init sections 12 MiB",
  ],
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 4,
  thp: "madvise",
  memory: [{ start: GiB(1), size: GiB(1) }],
  zones: arm64Zones(GiB(4)),
  areas: [
    // imx8mm-tqma8mqml.dtsi: size <0 0x28000000>, alloc-ranges <0 0x40000000 0 0x78000000>
    { name: "linux,cma", size: MiB(640), within: { start: GiB(1), end: bytes(0xb800_0000) }, from: "top" },
  ],
  reserved: [
    // chosen
    { name: "kernel image", base: bytes(0x4040_0000), size: MiB(32) },
    { name: "initrd and init sections", base: bytes(0x4300_0000), size: MiB(12), freedLate: true },
    // plat-imx/conf.mk
    { name: "optee", base: bytes(0x7e00_0000), size: MiB(32) },
    memoryMap(GiB(1), 12),
  ],
};

export const raspberryPi4: DeviceDescription = {
  name: "rpi4-4g",
  sources: [
    "memory 0-0x3b3fffff and 0x40000000-0xfbffffff, zones DMA below 1 GiB and DMA32 above, linux,cma 256 MiB at 0x1ec00000: arm64 boot log of a 4 GB Raspberry Pi 4 in https://github.com/raspberrypi/linux/issues/4044",
    "ZONE_DMA of 1 GiB: Saenz Julienne, `Raspberry Pi 4 DMA addressing support`, http://lkml.iu.edu/hypermail/linux/kernel/1909.1/03055.html",
    "linux,cma grows to 512 MiB with dtoverlay=vc4-kms-v3d,cma-512: https://github.com/raspberrypi/linux/issues/5297",
    "chosen: kernel image 32 MiB at 0x200000, initrd and init sections 16 MiB",
  ],
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 4,
  thp: "madvise",
  memory: [
    { start: bytes(0), size: bytes(0x3b40_0000) },
    { start: GiB(1), size: bytes(0xbc00_0000) },
  ],
  zones: arm64Zones(GiB(1)),
  // raspberrypi/linux issue 4044: "created CMA memory pool at 0x000000001ec00000, size 256 MiB"
  areas: [{ name: "linux,cma", base: bytes(0x1ec0_0000), size: MiB(256) }],
  reserved: [
    // chosen
    { name: "kernel image", base: bytes(0x20_0000), size: MiB(32) },
    { name: "initrd and init sections", base: bytes(0x2f00_0000), size: MiB(16), freedLate: true },
    memoryMap(bytes(0x3b40_0000 + 0xbc00_0000), 12),
  ],
};
