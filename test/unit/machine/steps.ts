// Knows: random operations of a running system, chosen by numbers and resolved against the machine that meets them,
// so that equal machines perform equal operations.
// Must not know: what the outcome should be.

import fc from "fast-check";
import { FrameKind, Gfp, Op } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import {
  GFP_ATOMIC,
  GFP_DMA,
  GFP_HIGHUSER_MOVABLE,
  GFP_KERNEL,
  GFP_NOWAIT,
  GFP_TRANSHUGE_LIGHT,
} from "../../../bindings/engine/gfp.js";
import type { Machine } from "../../../bindings/machine/machine.js";

const MASKS = [
  GFP_KERNEL,
  GFP_KERNEL | Gfp.RECLAIMABLE,
  GFP_KERNEL | GFP_DMA,
  GFP_HIGHUSER_MOVABLE,
  GFP_HIGHUSER_MOVABLE,
  GFP_ATOMIC,
  GFP_NOWAIT,
  GFP_TRANSHUGE_LIGHT,
];

/** What a step does; weights are relative. */
const KINDS = {
  allocate: 40,
  many: 6,
  direct: 3,
  bulk: 3,
  release: 30,
  flood: 4,
  split: 4,
  past: 3,
  drain: 1,
  drainSome: 2,
  decay: 2,
  fold: 1,
  tick: 2,
  flag: 1,
  boost: 1,
  rotate: 2,
  isolate: 2,
} as const;

export type StepKind = keyof typeof KINDS;

/** Free numbers: which mask, block, zone, CPU a step means is decided by the machine it meets. */
export interface Step {
  readonly kind: StepKind;
  readonly pick: number;
  readonly order: number;
  readonly cpu: number;
}

export const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...Object.entries(KINDS).map(([kind, weight]) => ({ arbitrary: fc.constant(kind as StepKind), weight })),
  ),
  pick: fc.nat({ max: 2 ** 30 }),
  order: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: fc.nat({ max: 10 }), weight: 2 }),
  cpu: fc.nat({ max: 63 }),
});

export interface Block {
  readonly pfn: number;
  readonly order: number;
}

/** A machine that performs steps and remembers which blocks it holds. Answers one line per step. */
export class Walker {
  readonly held: Block[];
  readonly #zones: readonly number[];
  readonly #cpus: number;

  /** @param held blocks that are allocated already and may be released */
  constructor(
    readonly machine: Machine,
    held: readonly Block[] = [],
  ) {
    this.held = [...held];
    this.#zones = machine.views.populatedZones();
    this.#cpus = machine.views.config(ConfigWord.NR_CPUS);
  }

  #run(op: Op, cpu: number, order: number, a: number, b = 0, c = 0, flags = 0): string {
    const { commands } = this.machine;
    commands.clear();
    commands.append(op, cpu, order, flags, a, b, c);
    commands.execute();
    return `${Op[op]} ${commands.status(0)} ${commands.pfn(0)}`;
  }

  #allocate(cpu: number, order: number, gfp: number, flags: number): string {
    const line = this.#run(Op.ALLOCATE, cpu, order, gfp, 0, 0, flags);
    if (this.machine.commands.status(0) === 0) this.held.push({ pfn: this.machine.commands.pfn(0), order });
    return line;
  }

  #release(op: Op, cpu: number, pick: number): string {
    const at = pick % Math.max(1, this.held.length);
    const [block] = this.held.splice(at, 1);
    return block === undefined ? "nothing held" : this.#run(op, cpu, block.order, block.pfn);
  }

  /** The first free block at or behind a place, or undefined. */
  #freeBlock(pick: number): Block | undefined {
    const { views } = this.machine;
    const zone = this.#zones[pick % this.#zones.length] ?? 0;
    for (let i = 0; i <= views.config(ConfigWord.MAX_PAGE_ORDER); i++) {
      const order = (pick + i) % (views.config(ConfigWord.MAX_PAGE_ORDER) + 1);
      const list = [0, 1, 2, 4].flatMap((type) => [...views.freeList(zone, order, type)]);
      const pfn = list[pick % Math.max(1, list.length)];
      if (pfn !== undefined) return { pfn, order };
    }
    return undefined;
  }

  /** Takes a free block off its list and puts it back, as compaction does; the pageblock may change its type. */
  #isolate(cpu: number, pick: number): string {
    const block = this.#freeBlock(pick);
    if (block === undefined) return "nothing free";
    const { views } = this.machine;
    const out = this.#run(Op.ISOLATE_FREE, cpu, block.order, block.pfn);
    const pages = 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
    const type = views.pageblocks[Math.floor((block.pfn - views.startPfn) / pages)] ?? 0;
    return `${out}, ${this.#run(Op.PUTBACK_FREE, cpu, block.order, block.pfn, type)}`;
  }

  perform({ kind, pick, order, cpu: anyCpu }: Step): string {
    const cpu = anyCpu % this.#cpus;
    const zone = this.#zones[pick % this.#zones.length] ?? 0;
    const gfp = MASKS[pick % MASKS.length] ?? GFP_KERNEL;
    switch (kind) {
      case "allocate":
        return this.#allocate(cpu, order, gfp, 0);
      case "many":
        return Array.from({ length: 1 + (pick % 97) }, () => this.#allocate(cpu, order % 4, gfp, 0)).join();
      case "direct":
        return this.#allocate(cpu, order, gfp, 1);
      case "bulk": {
        const line = this.#run(Op.BULK_ALLOCATE, cpu, 0, gfp, zone);
        if (this.machine.commands.status(0) === 0)
          this.held.push({ pfn: this.machine.commands.pfn(0), order: 0 });
        return line;
      }
      case "release":
        return this.#release(Op.RELEASE, cpu, pick);
      case "flood":
        return Array.from({ length: 1 + (pick % 61) }, () => this.#release(Op.RELEASE, cpu, pick)).join();
      case "split":
        return this.#release(Op.SPLIT_RELEASE, cpu, pick);
      case "past":
        return this.#release(Op.RELEASE_DIRECT, cpu, pick);
      case "drain":
        return this.#run(Op.DRAIN_ALL, cpu, 0, pick % 2 ? zone + 1 : 0);
      case "drainSome":
        return this.#run(Op.DRAIN_PCP, cpu, 0, zone, pick % 40, pick % this.machine.views.pcpLists);
      case "decay":
        return this.#run(Op.DECAY, cpu, 0, zone);
      case "fold":
        return this.#run(Op.FOLD, cpu, 0, 0, pick % 2);
      case "tick":
        return this.#run(Op.TICK, cpu, 0, 0);
      case "flag":
        return this.#run(Op.SET_ZONE_FLAG, cpu, 0, zone, 1 << (pick % 3), (pick >> 2) % 2);
      case "boost":
        return this.#run(Op.SET_BOOST, cpu, 0, zone, pick % 600);
      case "rotate": {
        const block = this.#freeBlock(pick);
        return block === undefined
          ? "nothing free"
          : this.#run(Op.ROTATE_FREE, cpu, block.order, block.pfn, pick % 2);
      }
      case "isolate":
        return this.#isolate(cpu, pick);
    }
  }
}

/** Frames that are the head of something of this kind. */
export function headsOf(machine: Machine, kind: FrameKind, order?: number): number[] {
  const { views } = machine;
  const found: number[] = [];
  const end = views.config(ConfigWord.END_PFN);
  for (let pfn = views.startPfn; pfn < end; pfn++) {
    const frame = views.frame(pfn);
    if (frame.kind === kind && (order === undefined || frame.order === order)) found.push(pfn);
  }
  return found;
}

/** Up to `count` allocated blocks, evenly spread over the memory. */
export function allocatedBlocks(machine: Machine, count: number): Block[] {
  const heads = headsOf(machine, FrameKind.ALLOCATED);
  const stride = Math.max(1, Math.ceil(heads.length / count));
  const some = heads.filter((_, i) => i % stride === 0);
  return some.map((pfn) => ({ pfn, order: machine.views.frame(pfn).order }));
}
