// Knows: which seldom taken branches of the allocator a run went through, and how often.
// Must not know: how the operations are chosen, whether the result was right.

import { EventKind } from "../../assembly/abi/events.js";
import { BlockReason } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { EVENT_CAPACITY, WINDOW_CAPACITY } from "../../assembly/abi/limits.js";
import { WindowWord } from "../../assembly/abi/records.js";
import { Errno, Migratetype, Refusal, Status } from "../../assembly/abi/vocabulary.js";
import { CommandWord, ConfigWord, EventWord, LevelWord, StatWord } from "../../assembly/abi/words.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { Operation } from "./operations.js";

export type Branch =
  | "failed: NULL"
  | "failed: would reclaim"
  | "refused: watermark"
  | "refused: no block"
  | "refused: lists empty"
  | "slow path succeeded"
  | "refill cut short"
  | "claim of whole pageblocks"
  | "claim of a part"
  | "boost, but claim failed"
  | "steal"
  | "steal after NOFRAGMENT was dropped"
  | "kswapd woken"
  | "HIGHATOMIC pageblock reserved"
  | "taken from a HIGHATOMIC pageblock"
  | "taken from a CMA pageblock"
  | "taken from a lower zone"
  | "BELOW_HIGH set"
  | "BELOW_HIGH cleared"
  | "drain"
  | "decay"
  | "cma_alloc succeeded"
  | "cma_alloc after migration"
  | "cma_alloc out of memory"
  | "cma_alloc fits nowhere"
  | "window busy: pinned"
  | "window busy: unmovable"
  | "window busy: in transit"
  | "page migrated";

/** Every branch, so that one that was never taken shows as 0. */
export const BRANCHES: readonly Branch[] = [
  "failed: NULL",
  "failed: would reclaim",
  "refused: watermark",
  "refused: no block",
  "refused: lists empty",
  "slow path succeeded",
  "refill cut short",
  "claim of whole pageblocks",
  "claim of a part",
  "boost, but claim failed",
  "steal",
  "steal after NOFRAGMENT was dropped",
  "kswapd woken",
  "HIGHATOMIC pageblock reserved",
  "taken from a HIGHATOMIC pageblock",
  "taken from a CMA pageblock",
  "taken from a lower zone",
  "BELOW_HIGH set",
  "BELOW_HIGH cleared",
  "drain",
  "decay",
  "cma_alloc succeeded",
  "cma_alloc after migration",
  "cma_alloc out of memory",
  "cma_alloc fits nowhere",
  "window busy: pinned",
  "window busy: unmovable",
  "window busy: in transit",
  "page migrated",
];

export type BranchCounts = Map<Branch, number>;

export function emptyCounts(): BranchCounts {
  return new Map(BRANCHES.map((branch) => [branch, 0]));
}

export function addCounts(sum: BranchCounts, counts: BranchCounts): void {
  for (const [branch, n] of counts) sum.set(branch, (sum.get(branch) ?? 0) + n);
}

/** Watches one machine of the core. Call look() after each operation. */
export class BranchWatcher {
  readonly counts = emptyCounts();
  private seen: number;
  private windowsSeen: number;
  private readonly events: Int32Array;
  private readonly command: Int32Array;
  private readonly stats: Uint32Array;
  private readonly levels: Uint32Array;
  private readonly windows: Int32Array;
  /** Pages that the operation at hand migrated. */
  private migrated = 0;

  constructor(private readonly machine: Machine) {
    machine.engine.words(Region.CONFIG)[ConfigWord.RECORD] = 1;
    this.events = machine.engine.words(Region.EVENTS);
    this.command = machine.engine.words(Region.COMMANDS);
    this.stats = machine.engine.unsigned(Region.STATS);
    this.levels = machine.engine.unsigned(Region.LEVELS);
    this.windows = machine.engine.words(Region.WINDOWS);
    this.seen = machine.views.level(LevelWord.RECORDED);
    this.windowsSeen = machine.views.stat(StatWord.WINDOWS);
  }

  /** The machine was put back to an earlier moment: what is counted goes on from there. */
  resume(): void {
    this.seen = this.levels[LevelWord.RECORDED] ?? 0;
    this.windowsSeen = this.stats[StatWord.WINDOWS] ?? 0;
  }

  look(operation: Operation): void {
    const isAllocation = operation.op === "allocate";
    const slow = isAllocation && this.command[CommandWord.SLOW] === 1;
    this.lookAtEvents(isAllocation && !slow);
    if (isAllocation) this.lookAtAllocation(slow);
    if (operation.op === "cma_allocate") this.lookAtWindows();
  }

  /** Every window that one cma_alloc tried. */
  private lookAtWindows(): void {
    const total = this.stats[StatWord.WINDOWS] ?? 0;
    if (total === this.windowsSeen) this.count("cma_alloc fits nowhere");
    for (let n = Math.max(this.windowsSeen, total - WINDOW_CAPACITY); n < total; n++) {
      const at = (n % WINDOW_CAPACITY) * WindowWord.COUNT;
      const errno = this.windows[at + WindowWord.ERROR] as Errno;
      if (errno === Errno.NONE)
        this.count(this.migrated > 0 ? "cma_alloc after migration" : "cma_alloc succeeded");
      if (errno === Errno.ENOMEM) this.count("cma_alloc out of memory");
      if (errno === Errno.EBUSY) this.countReason(this.windows[at + WindowWord.REASON] as BlockReason);
    }
    this.windowsSeen = total;
  }

  private countReason(reason: BlockReason): void {
    if (reason === BlockReason.PINNED) this.count("window busy: pinned");
    else if (reason === BlockReason.UNMOVABLE) this.count("window busy: unmovable");
    else if (reason === BlockReason.IN_TRANSIT) this.count("window busy: in transit");
  }

  private count(branch: Branch): void {
    this.counts.set(branch, (this.counts.get(branch) ?? 0) + 1);
  }

  private lookAtAllocation(slow: boolean): void {
    const status = this.command[CommandWord.STATUS] as Status;
    const detail = this.command[CommandWord.DETAIL] ?? 0;
    if (status === Status.OK) {
      if (slow) this.count("slow path succeeded");
      const { views } = this.machine;
      const pfn = (this.command[CommandWord.PFN] ?? 0) >>> 0;
      const type = views.pageblocks[(pfn - views.startPfn) >>> views.config(ConfigWord.PAGEBLOCK_ORDER)];
      if (type === Migratetype.HIGHATOMIC) this.count("taken from a HIGHATOMIC pageblock");
      if (type === Migratetype.CMA) this.count("taken from a CMA pageblock");
      const gfp = this.command[CommandWord.A] ?? 0;
      if (detail < views.config(ConfigWord.GFP_ZONE + (gfp & 15)) && views.zone(detail + 1).present > 0) {
        this.count("taken from a lower zone");
      }
    } else if (status < Status.BAD_COMMAND) {
      this.count(status === Status.NO_PAGE ? "failed: NULL" : "failed: would reclaim");
      if ((detail & 0xff) === Refusal.WATERMARK) this.count("refused: watermark");
      if ((detail & 0xff) === Refusal.NO_BLOCK) this.count("refused: no block");
      if ((detail & 0xff) === Refusal.LISTS_EMPTY) this.count("refused: lists empty");
    }
  }

  private lookAtEvents(isFast: boolean): void {
    const total = this.levels[LevelWord.RECORDED] ?? 0;
    let boosts = 0;
    this.migrated = 0;
    for (let n = Math.max(this.seen, total - EVENT_CAPACITY); n < total; n++) {
      const at = (n % EVENT_CAPACITY) * EventWord.COUNT;
      const word = (w: EventWord) => this.events[at + w] ?? 0;
      const kind = word(EventWord.KIND) as EventKind;
      if (kind === EventKind.BOOST) {
        if (boosts > 0) this.count("boost, but claim failed");
        boosts = 1;
        continue;
      }
      if (boosts > 0 && kind !== EventKind.CLAIM) this.count("boost, but claim failed");
      boosts = 0;
      this.lookAtEvent(kind, word, isFast);
    }
    if (boosts > 0) this.count("boost, but claim failed");
    this.seen = total;
  }

  private lookAtEvent(kind: EventKind, word: (w: EventWord) => number, isFast: boolean): void {
    const { views } = this.machine;
    switch (kind) {
      case EventKind.REFILL:
        if (word(EventWord.D) < word(EventWord.C)) this.count("refill cut short");
        break;
      case EventKind.CLAIM: {
        const whole = word(EventWord.B) >= views.config(ConfigWord.PAGEBLOCK_ORDER);
        this.count(whole ? "claim of whole pageblocks" : "claim of a part");
        break;
      }
      case EventKind.STEAL: {
        this.count("steal");
        const inNormal = word(EventWord.ZONE) === views.config(ConfigWord.NORMAL_ZONE);
        if (isFast && inNormal && views.config(ConfigWord.HAS_DMA32) === 1) {
          this.count("steal after NOFRAGMENT was dropped");
        }
        break;
      }
      case EventKind.RESERVE_HIGHATOMIC:
        this.count("HIGHATOMIC pageblock reserved");
        break;
      case EventKind.BELOW_HIGH:
        this.count(word(EventWord.A) === 1 ? "BELOW_HIGH set" : "BELOW_HIGH cleared");
        break;
      case EventKind.WAKE_KSWAPD:
        this.count("kswapd woken");
        break;
      case EventKind.DRAIN:
        this.count("drain");
        break;
      case EventKind.DECAY:
        this.count("decay");
        break;
      case EventKind.MIGRATE:
        this.migrated += 1;
        this.count("page migrated");
        break;
      default:
        break;
    }
  }
}
