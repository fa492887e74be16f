// Knows: a 64 GiB x86-64 server, and a 64 MiB machine for tests.
// Must not know: how a description is resolved.

import { bytes, GiB, KiB, MiB } from "../../engine/units.js";
import type { DeviceDescription, MemoryBank, ReservedRange } from "../description.js";
import { memoryMap, x86Zones } from "./zones.js";

/** [4 KiB, 640 KiB): page 0 is never memory, above lie video memory and the BIOS. */
const lowMemory: MemoryBank = { start: KiB(4), size: KiB(636) };
/** x86/setup keeps the whole first MiB for itself. */
const firstMegabyte: ReservedRange = { name: "first MiB", base: KiB(4), size: KiB(636) };

export const server64g: DeviceDescription = {
  name: "server-64g",
  sources: [
    "memory [0, 2 GiB) and 0x100000000-0x107f2fffff: NUMA node 0 in the boot log of https://github.com/AMDESE/AMDSEV/issues/62. chosen: the dozens of firmware ranges below 2 GiB are left out, except the gap from 640 KiB to 1 MiB",
    "zones DMA below 16 MiB, DMA32 below 4 GiB: the same log",
    "first MiB reserved: arch/x86/kernel/setup.c since 5.13",
    "area hugetlb0: hugetlb_cma=4G, 1 GiB aligned, one bit for each 2 MiB page, from 4 GiB upwards: hugetlb_cma_reserve() of mm/hugetlb.c and cma_declare_contiguous_nid(), 6.12. chosen: its size",
    "chosen: 32 CPUs, cache slice of 3 MiB for each, one node, kernel image 48 MiB at 16 MiB (LOAD_PHYSICAL_ADDR), initrd and init sections 64 MiB",
  ],
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 32,
  thp: "madvise",
  cacheSlice: MiB(3),
  memory: [
    lowMemory,
    // AMDSEV issue 62: [mem 0x00000000-0x7fffffff] + [mem 0x100000000-0x107f2fffff]
    { start: MiB(1), size: MiB(2047) },
    { start: GiB(4), size: bytes(0x107f30_0000 - 0x1_0000_0000) },
  ],
  zones: x86Zones,
  areas: [
    {
      name: "hugetlb0",
      size: GiB(4),
      alignment: GiB(1),
      orderPerBit: 9,
      within: { start: GiB(4), end: GiB(66) },
      from: "bottom",
    },
  ],
  reserved: [
    firstMegabyte,
    // chosen
    { name: "kernel image", base: MiB(16), size: MiB(48) },
    { name: "initrd and init sections", base: MiB(1536), size: MiB(64), freedLate: true },
    memoryMap(GiB(64), 12),
  ],
};

export const lab512m: DeviceDescription = {
  name: "lab-512m",
  sources: [
    "memory [4 KiB, 640 KiB) and [1 MiB, 512 MiB), zone DMA with 3,840 managed pages, DMA32 with 122,175, cma=64M, vm.min_free_kbytes 4096 (DMA32 992/1240/1488), batch 31: /proc/zoneinfo of the patched Linux 6.12.117 in QEMU that policies were measured on (docs/validation.md)",
    "chosen: what the kernel keeps for itself as one range at 16 MiB, as large as managed pages leave it",
  ],
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 1,
  thp: "madvise",
  memory: [lowMemory, { start: MiB(1), size: MiB(511) }],
  zones: x86Zones,
  areas: [{ name: "reserved", size: MiB(64) }],
  reserved: [firstMegabyte, { name: "kernel", base: MiB(16), size: KiB(4 * 4801) }],
  vm: { minFreeKbytes: 4096 },
};

export const tiny: DeviceDescription = {
  name: "tiny",
  sources: [
    "chosen: the smallest machine on which every list, both low zones and an area exist; x86-64 zones",
  ],
  kernel: "6.12",
  pageShift: 12,
  maxPageOrder: 10,
  pageblockOrder: 9,
  cpus: 1,
  thp: "madvise",
  memory: [lowMemory, { start: MiB(1), size: MiB(63) }],
  zones: x86Zones,
  areas: [{ name: "reserved", size: MiB(16) }],
  reserved: [
    firstMegabyte,
    { name: "kernel image", base: MiB(16), size: MiB(6) },
    { name: "initrd and init sections", base: MiB(22), size: MiB(1), freedLate: true },
    memoryMap(MiB(64), 12),
  ],
};
