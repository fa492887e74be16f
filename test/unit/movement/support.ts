// Knows: small machines under pressure, and filling them with pages of one kind.
// Must not know: what a test wants to see.

import { Mobility, PageFlag, PageLife, type Status } from "../../../assembly/abi/vocabulary.js";
import type { LevelWord, StatWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { type CreateOptions, Machine } from "../../../bindings/machine/machine.js";

export type Kind = "anon" | "file" | "dirty" | "writeback" | "kernel";

const CONTENT = {
  anon: { mobility: Mobility.LRU, life: PageLife.ANON, flags: PageFlag.MAPPED },
  file: { mobility: Mobility.LRU, life: PageLife.FILE, flags: 0 },
  dirty: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.DIRTY },
  writeback: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.WRITEBACK },
  kernel: {},
} as const;

const GFP_KERNEL_RETRY = 0xcc0;

/** 64 MiB, one CPU, an area of 16 MiB; every assertion of the core runs. */
export async function tiny(options: CreateOptions = {}): Promise<Machine> {
  return Machine.create("tiny", { core: "checked", ...options });
}

export interface Filled {
  readonly pfns: number[];
  /** How the first failure ended; undefined when all were had. */
  readonly failure: Status | undefined;
}

/** Up to `count` single pages; stops at the first failure. */
export function fill(machine: Machine, kind: Kind, count: number): Filled {
  const pfns: number[] = [];
  const gfp = kind === "kernel" ? GFP_KERNEL_RETRY : GFP_HIGHUSER_MOVABLE;
  for (let i = 0; i < count; i++) {
    const result = machine.allocate({ gfp, ...CONTENT[kind] });
    if (!result.ok) return { pfns, failure: result.status };
    pfns.push(result.pfn);
  }
  return { pfns, failure: undefined };
}

export function stat(machine: Machine, word: StatWord): number {
  return machine.views.stat(word);
}

export function level(machine: Machine, word: LevelWord): number {
  return machine.views.level(word);
}

/** Free pages of all zones: zone counters, their differentials and the per-CPU lists. */
export function freeEverywhere(machine: Machine): number {
  return machine.views.populatedZones().reduce((sum, index) => {
    const zone = machine.views.zone(index);
    const pcp = machine.views.pcp(0, index);
    return sum + zone.freePages + pcp.diffFree + pcp.count;
  }, 0);
}

export function isSound(machine: Machine): string {
  const { name, pfn } = machine.validate();
  return name === "NONE" ? "sound" : `${name} at ${pfn}`;
}
