// Knows: how a random device and a random choice of options come from a seed: any geometry that a description allows.
// Must not know: what is done with the machine.

import { SearchStrategy } from "../../../assembly/abi/findings.js";
import { MAX_ZONES } from "../../../assembly/abi/limits.js";
import { CmaFree, CmaOwnerRule, CmaUse, CmaZoneRule, PinRule } from "../../../assembly/abi/proposals.js";
import { CmaLockRule } from "../../../assembly/abi/vocabulary.js";
import type { DeviceDescription, ZoneBoundary } from "../../../bindings/device/description.js";
import { resolveDevice } from "../../../bindings/device/resolve.js";
import type { ResolvedDevice } from "../../../bindings/device/resolved.js";
import { DeviceError } from "../../../bindings/engine/errors.js";
import { bytes } from "../../../bindings/engine/units.js";
import type { CreateOptions } from "../../../bindings/machine/machine.js";
import type { Random } from "../../support/random.js";

export interface Choice {
  readonly device: ResolvedDevice;
  readonly options: CreateOptions;
}

/** Rows of zones that kernels have, as shares of memory in eighths. */
const ZONES: readonly (readonly [ZoneBoundary["name"], number][])[] = [
  [["Normal", 8]],
  [
    ["DMA", 1],
    ["Normal", 7],
  ],
  [
    ["DMA32", 4],
    ["Normal", 4],
  ],
  [
    ["DMA", 1],
    ["DMA32", 3],
    ["Normal", 4],
  ],
  [
    ["DMA32", 3],
    ["Normal", 3],
    ["Movable", 2],
  ],
  [
    ["Normal", 5],
    ["Movable", 3],
  ],
];

function areasOf(random: Random, pageblock: number, total: number, kernel: string) {
  const count = random.pick([0, 1, 1, 1, 2, 3]);
  const most = Math.max(1, Math.floor(total / pageblock / 2 / Math.max(1, count)));
  return Array.from({ length: count }, (_, i) => {
    const orderPerBit = random.oneIn(4) ? random.below(3) : 0;
    const from = random.oneIn(2) ? ("bottom" as const) : ("top" as const);
    const size = () => bytes(pageblock * (1 + random.below(most)));
    if (kernel === "6.15" && random.oneIn(3)) {
      const ranges = Array.from({ length: 2 + random.below(2) }, () => ({ size: size(), from }));
      return { name: `area ${i}`, ranges, orderPerBit };
    }
    return { name: `area ${i}`, size: size(), from, orderPerBit };
  });
}

function describe(random: Random): DeviceDescription {
  const pageShift = random.pick([12, 12, 12, 14, 16]);
  const maxPageOrder = 4 + random.below(7);
  const pageblockOrder = Math.max(2, maxPageOrder - random.below(5));
  const page = 2 ** pageShift;
  const block = page * 2 ** maxPageOrder;
  const unit = block * 8;
  const units = 1 + random.below(Math.max(1, Math.floor(16_384 / 2 ** maxPageOrder / 8)));
  const total = unit * units;
  const start = random.oneIn(3) ? 0 : unit * (1 + random.below(8));
  const kernel = random.pick(["6.1", "6.12", "6.15"] as const);
  let at = start;
  const zones = random.pick(ZONES).map(([name, eighths]) => {
    const zone = { name, start: bytes(at), end: bytes(at + (total / 8) * eighths) };
    at = zone.end;
    return zone;
  });
  const hole = units > 1 && random.oneIn(3) ? block * (1 + random.below(3)) : 0;
  const memory =
    hole === 0
      ? [{ start: bytes(start), size: bytes(total) }]
      : [
          { start: bytes(start), size: bytes(total / 2 - hole) },
          { start: bytes(start + total / 2), size: bytes(total / 2) },
        ];
  const reserved = Array.from({ length: random.below(3) }, (_, i) => ({
    name: `reserved ${i}`,
    size: bytes(page * (1 + random.below(2 ** pageblockOrder))),
    freedLate: random.oneIn(2),
  }));
  const vm = {
    ...(random.oneIn(2) ? { minFreeKbytes: random.below((total / 1024 / 16) | 1) } : {}),
    ...(random.oneIn(3) ? { watermarkScaleFactor: 1 + random.below(300) } : {}),
    ...(random.oneIn(3) ? { watermarkBoostFactor: random.pick([0, 1_000, 15_000, 40_000]) } : {}),
    ...(random.oneIn(4) ? { percpuPagelistHighFraction: 8 + random.below(64) } : {}),
  };
  return {
    name: "random",
    kernel,
    pageShift,
    maxPageOrder,
    pageblockOrder,
    cpus: random.pick([1, 2, 2, 4, 8]),
    thp: random.pick(["none", "never", "madvise", "always"] as const),
    ...(random.oneIn(2) ? { cacheSlice: bytes(random.pick([0, 65_536, 1_048_576])) } : {}),
    sectionSize: bytes(block),
    memory,
    zones,
    reserved,
    areas: areasOf(random, page * 2 ** pageblockOrder, total, kernel),
    vm,
  };
}

function optionsOf(random: Random, withoutSwap: boolean): CreateOptions {
  const pressure = {
    directReclaim: !random.oneIn(5),
    kswapd: !random.oneIn(4),
    swapPages: random.pick([0, 64, 4_096, 100_000]) * (withoutSwap ? 0 : 1),
    zramPercent: random.pick([0, 0, 20, 35, 60, 100]),
    swappiness: random.pick([0, 60, 100, 200]),
  };
  const policy = {
    cmaUse: random.pick([CmaUse.HALF, CmaUse.LAST, CmaUse.GFP_CMA, CmaUse.STRICT]),
    cmaFree: random.pick([CmaFree.MOVABLE_LIST, CmaFree.BUDDY, CmaFree.OWN_LIST]),
    quarantine: random.below(4),
    pinRule: random.pick([PinRule.ALLOW, PinRule.WAIT, PinRule.MIGRATE]),
    cmaRetries: random.pick([0, 0, 1, 5]),
  };
  const slots = 64 + random.below(random.pick([512, 8_192]));
  // Not drawn: seeds keep their machines.
  const keeps = slots % 8 === 0;
  return {
    slots,
    search: random.pick([SearchStrategy.KERNEL, SearchStrategy.COMPOSITE]),
    ...(random.oneIn(4) ? {} : { pressure }),
    ...(random.oneIn(3) ? {} : { policy }),
    ...(random.oneIn(8)
      ? { rules: { cmaLock: random.pick([CmaLockRule.GLOBAL, CmaLockRule.AREA, CmaLockRule.NONE]) } }
      : keeps
        ? { rules: { cmaOwner: CmaOwnerRule.AREA } }
        : {}),
  };
}

/** The first description drawn that a device can have: what is too small for its own numbers is refused with a reason. */
export function chooseDescription(random: Random): DeviceDescription {
  for (;;) {
    const description = describe(random);
    try {
      resolveDevice(description);
      return description;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
    }
  }
}

/** Areas as a zone of their own on every fourth device, without a draw of its own: what is drawn later stays the same. */
function withZone(device: ResolvedDevice, options: CreateOptions): CreateOptions {
  const { OWN, MOVABLE } = CmaZoneRule;
  const drawn = (options.slots ?? 0) % 8;
  if ((drawn !== 5 && drawn !== 6) || options.rules?.cmaOwner === CmaOwnerRule.AREA) return options;
  const hasRoom = device.zones.length < MAX_ZONES || device.zones[device.movableZone]?.managed === 0;
  return { ...options, rules: { ...options.rules, cmaZone: drawn === 5 && hasRoom ? OWN : MOVABLE } };
}

export function chooseMachine(random: Random, withoutSwap = false): Choice {
  const device = resolveDevice(chooseDescription(random));
  return { device, options: withZone(device, optionsOf(random, withoutSwap)) };
}
