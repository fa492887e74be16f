// Knows: what a description must satisfy before anything is computed from it, field by field.
// Must not know: placement and limits; what can only be seen once ranges have places is checked there.
//
// Every check adds to the list and goes on: a caller sees all problems at once, each with its path.

import { MAX_CPUS, MAX_FRAMES, MAX_ORDERS } from "../../assembly/abi/limits.js";
import type { Problem } from "../engine/errors.js";
import { formatBytes, formatPfn, PAGE_SHIFTS } from "../engine/units.js";
import { Checker, isPowerOfTwo, isWhat } from "./checker.js";
import type { DeviceDescription, ReservedRange } from "./description.js";
import { computeGeometry, type Geometry, pcpListShape } from "./geometry.js";
import { COSTLY_ORDER, KERNEL_IDS, MIN_HIGH_FRACTION, ZONE_NAMES } from "./kernel.js";
import { checkAreas, checkPlacement } from "./validate_areas.js";

/** Bytes of WebAssembly memory for each frame (two links, a state word, an owner); the arithmetic is at MAX_FRAMES. */
const BYTES_PER_FRAME = 16;
const THP_MODES: readonly string[] = ["none", "never", "madvise", "always"];

/** The two THP lists of a CPU hold blocks of an order that there must be, and that has no list of its own. */
function checkThp(device: DeviceDescription, check: Checker): void {
  if (device.thp === "none") return;
  const { order } = pcpListShape(device);
  if (order > device.maxPageOrder)
    check.add(
      "thp",
      `huge pages (thp) are of order ${order}, above maxPageOrder ${device.maxPageOrder}: "none"?`,
    );
  if (order <= COSTLY_ORDER)
    check.add(
      "thp",
      `huge pages (thp) are of order ${order}, which has a list already (0 to ${COSTLY_ORDER}): "none"?`,
    );
}

/** Scalars. True when they are sound enough to reckon with frames. */
function checkScalars(device: DeviceDescription, check: Checker): boolean {
  const before = check.problems.length;
  check.named("name", device.name);
  check.oneOf("kernel", device.kernel, KERNEL_IDS);
  if (!PAGE_SHIFTS.includes(device.pageShift)) {
    check.add("pageShift", `must be 12, 14 or 16 (pages of 4, 16 or 64 KiB), ${isWhat(device.pageShift)}`);
  }
  check.whole("maxPageOrder", device.maxPageOrder, COSTLY_ORDER, MAX_ORDERS - 1);
  if (check.whole("pageblockOrder", device.pageblockOrder, 1, MAX_ORDERS - 1)) {
    if (device.pageblockOrder > device.maxPageOrder) {
      check.add("pageblockOrder", `is ${device.pageblockOrder}, above maxPageOrder ${device.maxPageOrder}`);
    }
  }
  check.whole("cpus", device.cpus, 1, MAX_CPUS);
  if (device.thp !== undefined) check.oneOf("thp", device.thp, THP_MODES);
  if (check.problems.length === before) checkThp(device, check);
  if (device.cacheSlice !== undefined) check.size("cacheSlice", device.cacheSlice, 0);
  if (device.sectionSize !== undefined && check.size("sectionSize", device.sectionSize)) {
    const block = 2 ** (device.pageShift + Math.max(device.pageblockOrder, device.maxPageOrder));
    if (!isPowerOfTwo(device.sectionSize) || device.sectionSize < block) {
      check.add(
        "sectionSize",
        `must be a power of two and at least ${formatBytes(block)}, the largest block`,
      );
    }
  }
  return check.problems.length === before;
}

function checkVm(device: DeviceDescription, check: Checker): void {
  const vm = device.vm;
  if (vm === undefined) return;
  const big = 2 ** 31 - 1;
  if (vm.minFreeKbytes !== undefined) check.whole("vm.minFreeKbytes", vm.minFreeKbytes, 0, big);
  if (vm.watermarkScaleFactor !== undefined) {
    check.whole("vm.watermarkScaleFactor", vm.watermarkScaleFactor, 1, 3000);
  }
  if (vm.watermarkBoostFactor !== undefined) {
    check.whole("vm.watermarkBoostFactor", vm.watermarkBoostFactor, 0, big);
  }
  const fraction = vm.percpuPagelistHighFraction;
  if (fraction !== undefined && fraction !== 0) {
    check.whole("vm.percpuPagelistHighFraction", fraction, MIN_HIGH_FRACTION, big, "0 or a whole number");
  }
  for (const [name, ratio] of Object.entries(vm.lowmemReserveRatio ?? {})) {
    check.oneOf(`vm.lowmemReserveRatio.${name}`, name, ZONE_NAMES);
    check.whole(`vm.lowmemReserveRatio.${name}`, ratio, 0, big);
  }
}

function checkMemory(device: DeviceDescription, check: Checker): boolean {
  const before = check.problems.length;
  if (device.memory.length === 0) check.add("memory", "has no bank");
  const page = 2 ** device.pageShift;
  const seen: { start: number; end: number; path: string }[] = [];
  for (const [i, bank] of device.memory.entries()) {
    const path = `memory[${i}]`;
    const numbers = [check.size(`${path}.start`, bank.start, 0), check.size(`${path}.size`, bank.size)];
    if (numbers.includes(false)) continue;
    const end = bank.start + bank.size;
    if (!Number.isSafeInteger(end)) check.add(path, "ends beyond 2^53 bytes");
    if (Math.floor(end / page) <= Math.ceil(bank.start / page)) {
      check.add(path, `holds no whole page of ${formatBytes(page)}`);
    }
    const clash = seen.find((other) => bank.start < other.end && other.start < end);
    if (clash !== undefined) {
      const at = formatPfn(Math.floor(Math.max(bank.start, clash.start) / page), device.pageShift);
      check.add(path, `overlaps ${clash.path} at ${at}`);
    }
    seen.push({ start: bank.start, end, path });
  }
  return check.problems.length === before;
}

function checkZones(device: DeviceDescription, check: Checker): boolean {
  const before = check.problems.length;
  const block = 2 ** (device.pageShift + device.pageblockOrder);
  const seen: { start: number; end: number; path: string; rank: number; name: string }[] = [];
  if (device.zones.length === 0) check.add("zones", "is empty: list at least one zone");
  for (const [i, zone] of device.zones.entries()) {
    const path = `zones[${i}]`;
    const sound = [
      check.oneOf(`${path}.name`, zone.name, ZONE_NAMES),
      check.size(`${path}.start`, zone.start, 0),
      check.size(`${path}.end`, zone.end, 0),
    ];
    if (sound.includes(false)) continue;
    if (zone.end < zone.start) check.add(path, "ends before it starts");
    for (const [field, value] of [
      ["start", zone.start],
      ["end", zone.end],
    ] as const) {
      if (value % block !== 0) {
        check.add(
          `${path}.${field}`,
          `0x${value.toString(16)} is not a multiple of the pageblock, ${formatBytes(block)}`,
        );
      }
    }
    const rank = ZONE_NAMES.indexOf(zone.name);
    if (seen.some((other) => other.name === zone.name))
      check.add(`${path}.name`, `${zone.name} is listed twice`);
    const previous = seen.at(-1);
    if (previous !== undefined && previous.rank > rank) {
      check.add(
        path,
        `${zone.name} comes before ${previous.name} in enum zone_type: list the zones in that order`,
      );
    }
    const clash = seen.find((other) => zone.start < other.end && other.start < zone.end);
    if (clash !== undefined) {
      const at = Math.max(zone.start, clash.start) / 2 ** device.pageShift;
      check.add(path, `overlaps ${clash.path} at ${formatPfn(Math.floor(at), device.pageShift)}`);
    }
    seen.push({ start: zone.start, end: zone.end, path, rank, name: zone.name });
  }
  return check.problems.length === before;
}

/** Every byte of memory must belong to a zone, and the frames must fit into WebAssembly memory. */
function checkCoverage(device: DeviceDescription, geometry: Geometry, check: Checker): void {
  const covered = geometry.zones.reduce((sum, zone) => sum + zone.present, 0);
  const total = geometry.memory.reduce((sum, run) => sum + run.end - run.start, 0);
  if (covered !== total) {
    const missing = formatBytes((total - covered) * 2 ** device.pageShift);
    device.memory.forEach((bank, i) => {
      const inside = device.zones.reduce((sum, zone) => {
        const part = Math.min(bank.start + bank.size, zone.end) - Math.max(bank.start, zone.start);
        return sum + Math.max(0, part);
      }, 0);
      if (inside < bank.size) {
        check.add(`memory[${i}]`, `${formatBytes(bank.size - inside)} of it belong to no zone`);
      }
    });
    if (check.problems.length === 0) check.add("zones", `${missing} of memory belong to no zone`);
  }
  const frames = geometry.endPfn - geometry.startPfn;
  if (frames > MAX_FRAMES) {
    const page = 2 ** device.pageShift;
    check.add(
      "memory",
      `spans ${frames} frames from the first to the last bank, holes included; at ${BYTES_PER_FRAME} bytes each they ` +
        `need ${formatBytes(frames * BYTES_PER_FRAME)} of WebAssembly memory. The largest device that fits spans ` +
        `${MAX_FRAMES} frames: ${formatBytes(MAX_FRAMES * page)} with pages of ${formatBytes(page)}`,
    );
  }
}

function checkRange(device: DeviceDescription, range: ReservedRange, i: number, check: Checker): boolean {
  const path = `reserved[${i}]`;
  const before = check.problems.length;
  check.named(`${path}.name`, range.name);
  const size = check.size(`${path}.size`, range.size);
  if (range.base !== undefined && check.size(`${path}.base`, range.base, 0) && size) {
    const { base } = range;
    const inMemory = device.memory.some(
      (bank) => base < bank.start + bank.size && bank.start < base + range.size,
    );
    if (!inMemory) check.add(path, "lies outside of the memory: it reserves nothing, leave it out");
  }
  checkPlacement(path, range, check);
  return check.problems.length === before;
}

export interface Verdict {
  readonly problems: Problem[];
  /** Geometry may be computed: scalars, banks and zones are sound. */
  readonly sound: boolean;
  /** Paths of areas, of ranges of areas and of reserved ranges whose own numbers are broken. */
  readonly broken: ReadonlySet<string>;
}

/** Checks a description field by field. Sizes in bytes; adds no problem twice. */
export function validateDescription(device: DeviceDescription): Verdict {
  const check = new Checker();
  const broken = new Set<string>();
  const lists = [
    check.list("memory", device.memory),
    check.list("zones", device.zones),
    check.list("reserved", device.reserved ?? []),
    check.list("areas", device.areas ?? []),
  ];
  const scalars = checkScalars(device, check);
  checkVm(device, check);
  if (!scalars || lists.includes(false)) return { problems: check.problems, sound: false, broken };
  const memory = checkMemory(device, check);
  const zones = checkZones(device, check);
  const sound = memory && zones;
  const geometry = sound ? computeGeometry(device) : undefined;
  if (geometry !== undefined) checkCoverage(device, geometry, check);
  (device.reserved ?? []).forEach((range, i) => {
    if (!checkRange(device, range, i, check)) broken.add(`reserved[${i}]`);
  });
  for (const path of checkAreas(device, geometry, check)) broken.add(path);
  return { problems: check.problems, sound, broken };
}
