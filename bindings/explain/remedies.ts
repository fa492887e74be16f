// Knows: what helps against each cause, with this request's own numbers, and where each platform writes an area's size.
// Must not know: how a verdict is reached.

import { guaranteedRun } from "../analysis/runs.js";
import type { Verdict } from "./verdicts.js";

/** What a remedy may count with; null: not known. */
export interface Situation {
  readonly pages: number | null;
  readonly align: number;
  readonly shift: number;
  /** Pages of the area, or of all areas together. */
  readonly total: number | null;
  readonly platform: string | null;
}

const MIB = 2 ** 20;

/** Where a platform's people write the size of the default area. A contributor adds a row. */
const WHERE: Readonly<Record<string, (mib: number) => string>> = {
  raspberrypi: (mib) =>
    `config.txt: dtoverlay=vc4-kms-v3d,cma-${Math.min(512, mib)} (or cma=${mib}M in cmdline.txt, not both: the firmware's overlay sets a cma= of its own, and the last one counts)`,
  android: (mib) =>
    `the size stands in the device tree (reserved-memory, linux,cma), so it comes with the vendor's boot image; with your own image: cma=${mib}M`,
  imx: (mib) =>
    `device tree: size of the node linux,cma, or cma=${mib}M in U-Boot's bootargs, which wins over the node`,
  rockchip: (mib) =>
    `device tree: size of the node linux,cma (or cma), or cma=${mib}M on the kernel command line`,
  amlogic: (mib) =>
    `device tree: size of the node linux,cma and of codec_mm_cma, or cma=${mib}M on the kernel command line`,
  xilinx: (mib) => `cma=${mib}M in the bootargs (PetaLinux: system-user.dtsi, chosen/bootargs)`,
  jetson: (mib) => `cma=${mib}M in extlinux.conf, line APPEND`,
};

export function enlarge(platform: string | null, mib: number): string {
  const where = platform === null ? undefined : WHERE[platform];
  return (
    where?.(mib) ?? `cma=${mib}M on the kernel command line, or the size of the device tree's node linux,cma`
  );
}

/** The shortest form of it, for one sentence. */
export function sizeToWrite(platform: string | null, mib: number): string {
  return platform === "raspberrypi" && mib <= 512
    ? `dtoverlay=vc4-kms-v3d,cma-${mib} in config.txt`
    : `cma=${mib}M`;
}

function powerOfTwoMib(bytes: number): number {
  let mib = 4;
  while (mib * MIB < bytes && mib < 2 ** 24) mib *= 2;
  return mib;
}

/** MiB of an area that holds what is in it now and this request wherever it begins; null without a size. */
export function enoughMib({ pages, align, shift, total }: Situation): number | null {
  if (pages === null) return null;
  const need = guaranteedRun(pages, align) * 2 ** shift;
  return powerOfTwoMib(total === null ? Math.max(64 * MIB, 4 * need) : total * 2 ** shift + need);
}

/** "64 MiB", "15.4 MiB", "16 KiB". */
export function sizeText(bytes: number): string {
  if (bytes < MIB) return `${Math.round(bytes / 1024)} KiB`;
  const mib = bytes / MIB;
  return `${Number.isInteger(mib) || mib >= 100 ? Math.round(mib) : mib.toFixed(1)} MiB`;
}

function moreRoom(situation: Situation): string {
  const mib = enoughMib(situation);
  if (mib === null) return "enlarge the area (`pageblock size --from-log` tells by how much)";
  const now =
    situation.total === null ? "" : ` (it has ${sizeText(situation.total * 2 ** situation.shift)} now)`;
  return `enlarge the area${now}: ${enlarge(situation.platform, mib)}`;
}

/** What a request that nothing explains may try, under conditions that its owner can look up. */
function undecided(situation: Situation): string[] {
  const { pages, align, shift, total } = situation;
  const lines = ["run the next command and explain its output together with this log"];
  if (pages === null) return lines;
  const need = guaranteedRun(pages, align) * 2 ** shift;
  const mib = enoughMib(situation) ?? 64;
  if (total === null)
    lines.push(
      `if CmaTotal (grep Cma /proc/meminfo) is below ${sizeText(Math.max(need, mib * (MIB / 4)))}: ${enlarge(situation.platform, mib)}`,
    );
  lines.push(
    `if CmaFree is below ${sizeText(pages * 2 ** shift)} when it fails: the area is used up; look who holds it, or enlarge it (cma=${mib}M)`,
    `if CmaFree is well above: free page cache and compact, then try again: ${COMPACT}`,
  );
  return lines;
}

export const COMPACT =
  "sync; echo 3 | sudo tee /proc/sys/vm/drop_caches; echo 1 | sudo tee /proc/sys/vm/compact_memory";

type Remedies = (situation: Situation) => readonly string[];

const BY_VERDICT: Readonly<Record<Verdict, Remedies>> = {
  BENIGN: () => ["nothing: the request was served in the end; only its delay may matter"],
  IMPOSSIBLE: (situation) => [
    `${moreRoom(situation)}: no state of memory can serve this request`,
    "ask for less, or for scattered pages through an IOMMU: then no contiguous area is needed",
  ],
  "RESERVATION-SHRANK": () => [
    "move the reservation to an address range with room (`alloc-ranges`, `size`, or `cma=SIZE@START-END`): the kernel could not place what was asked",
    "check that no other reserved-memory node overlaps it, and that the size is below half of the first memory bank",
  ],
  EXHAUSTED: (situation) => [
    "find who holds the area (`/sys/kernel/debug/dma_buf/bufinfo`, the driver's own list): a leak needs a fix, not room",
    `${moreRoom(situation)}: the buffers in use and this one do not fit together`,
    "ask for fewer or smaller buffers (buffer count, resolution, format)",
  ],
  FRAGMENTED: (situation) => [
    "allocate large buffers first (at boot or at the start of the pipeline) and keep them: small ones then fill the rest",
    "give small and large users areas of their own (`memory-region` in the device tree): they no longer cut each other's space",
    `${moreRoom(situation)}: a run of count + 2^align - 1 pages must stay free`,
  ],
  ALIGNMENT: (situation) => [
    "lower CONFIG_CMA_ALIGNMENT to the largest alignment that fits (see fits): the request is not aligned above it",
    "round buffer sizes to the alignment, or pack several into one request: the gaps between them become usable",
    `${moreRoom(situation)}: count + 2^align - 1 free pages in one run hold an aligned window wherever it begins`,
  ],
  "ISOLATION-COLLISION": () => [
    "retry after a few milliseconds in the driver: the other caller is gone by then",
    "serialize callers of the same area (kernels with a mutex per area, or 5.10's cma_mutex): two of them cannot isolate one pageblock",
    "give the callers areas of their own: they no longer share pageblocks",
  ],
  "PINNED-LONG": () => [
    "unpin or move the page: its owner holds it across all attempts; pin with FOLL_LONGTERM, which moves pages out of CMA first",
    "keep such users out of CMA (allocate without __GFP_MOVABLE, or with memalloc_pin_save)",
  ],
  "PINNED-ROLLING": () => [
    "keep the pages of direct I/O out of CMA (do not let movable fallback into CMA serve them): each pin is short, but the next one is there at once",
    "shorten the I/O in flight (fewer readers, smaller vectors) while the large request runs",
    "retry over a longer time: this helps small windows, hardly large ones (chance exp(-pins * window / area))",
  ],
  PINNED: () => [
    `free page cache and compact before the request, then retry (helps where page cache or short pins are in the way): ${COMPACT}`,
    "find who pins: a trace of the next failure names the frame (see the next command)",
    "keep direct I/O and pinning drivers out of CMA: a pinned page cannot be moved",
  ],
  "UNMOVABLE-IN-CMA": () => [
    "fix the owner of the page: it must not allocate with __GFP_MOVABLE (or __GFP_CMA) what cannot be moved",
    "free it from user space, if it is a cache or a mapping of your own",
  ],
  "NO-MIGRATION-TARGET": () => [
    "leave more free memory outside CMA (raise vm.min_free_kbytes, shrink the area, add swap or zram): guests of the area must have somewhere to go",
    "allocate earlier, before memory is full, or free page cache first (echo 1 > /proc/sys/vm/drop_caches shows whether that is it)",
  ],
  KILLED: () => [
    "nothing in CMA: the calling process received a fatal signal while it waited; look for who sent it",
  ],
  "NOT-CMA": () => [
    "do not enlarge the CMA area for this: it takes memory away from the allocator that failed",
  ],
  UNDECIDED: undecided,
};

export function remediesFor(verdict: Verdict, situation: Situation): readonly string[] {
  return BY_VERDICT[verdict](situation);
}

export const NO_SITUATION: Situation = { pages: null, align: 0, shift: 12, total: null, platform: null };
