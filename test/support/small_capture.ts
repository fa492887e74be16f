// Knows: a whole capture of a small machine: states and script, as text, with the reference model in place of a kernel.
// Must not know: how captures are read or replayed.

import { Gfp, Mobility } from "../../assembly/abi/vocabulary.js";
import type { MachineState } from "../../bindings/state/types.js";
import { ReferenceCmaMachine } from "../reference/cma.js";
import { rulesOfRelease } from "../reference/types.js";
import { dumpText } from "./dump_text.js";
import { Random } from "./random.js";
import { type SmallMachine, smallState } from "./small_state.js";

const HEADER = "i,op,slot,order,cls,gfp,migratetype,zoneidx,align,count,pfn,ret";
const KERNEL = Gfp.IO | Gfp.FS | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;
const USER = KERNEL | Gfp.HIGHMEM | Gfp.MOVABLE;
const CLASSES = [USER, KERNEL, KERNEL | Gfp.RECLAIMABLE, Gfp.HIGH | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN];

interface Held {
  pfn: number;
  readonly order: number;
  readonly pages: number;
}

/** state_before.txt, state_mid.txt, state_after.txt, ops.csv of one CPU running `rows` operations. */
export function smallCapture(machine: SmallMachine, seed: number, rows: number): Record<string, string> {
  const before = smallState(machine, seed);
  const script = new Script(before, new Random(seed));
  for (let row = 0; row < rows; row++) script.row();
  return {
    "state_before.txt": dumpText(before),
    "state_mid.txt": script.mids.join(""),
    "state_after.txt": script.dump("after"),
    "ops.csv": `${[HEADER, ...script.lines].join("\n")}\n`,
  };
}

class Script {
  readonly lines: string[] = [];
  readonly mids: string[] = [];
  private readonly reference: ReferenceCmaMachine;
  private readonly slots = new Map<number, Held>();
  private nextSlot = 0;
  private seq = 0;

  constructor(
    private readonly before: MachineState,
    private readonly random: Random,
  ) {
    this.reference = ReferenceCmaMachine.fromState(before, rulesOfRelease(before.release));
  }

  dump(tag: string): string {
    const now = this.reference.toState();
    this.seq += 1;
    return dumpText({ ...this.before, ...now }, this.seq, tag);
  }

  row(): void {
    const { random, reference } = this;
    const i = this.lines.length;
    const kind = random.weighted({
      alloc: 50,
      malloc: 15,
      free: 40,
      drain: 2,
      fold: 2,
      tick: 3,
      dump: 2,
      cma: 6,
    });
    if (kind === "alloc") this.allocate(i, "alloc", random.below(4), random.pick(CLASSES));
    else if (kind === "malloc") this.allocate(i, "malloc", 0, USER);
    else if (kind === "cma") this.cmaAllocate(i);
    else if (kind === "free") this.free(i);
    else {
      if (kind === "drain") reference.drainAll(undefined, 0);
      else if (kind === "fold") reference.fold();
      else if (kind === "tick") reference.tick(0);
      else this.mids.push(this.dump(`op${i}`));
      this.lines.push(`${i},${kind},0,,,,,,,,0,0`);
    }
  }

  private allocate(i: number, op: "alloc" | "malloc", order: number, gfp: number): void {
    const slot = this.nextSlot++;
    const mobility = op === "malloc" ? Mobility.DRIVER : Mobility.FIXED;
    const { pfn } = this.reference.allocate({ gfp, order, cpu: 0, mobility });
    const type = gfp & Gfp.MOVABLE ? 1 : gfp & Gfp.RECLAIMABLE ? 2 : 0;
    const zone = gfp & Gfp.MOVABLE ? 3 : 2;
    this.lines.push(
      `${i},${op},${slot},${order},0,0x${gfp.toString(16)},${type},${zone},,,${pfn},${pfn > 0 ? 0 : -12}`,
    );
    if (pfn > 0) this.slots.set(slot, { pfn, order, pages: 0 });
  }

  private cmaAllocate(i: number): void {
    const slot = this.nextSlot++;
    const pages = 1 + this.random.below(20);
    const align = this.random.below(4);
    const { pfn, moves } = this.reference.cmaAllocate(0, pages, align, 0);
    for (const { from, to } of moves) {
      for (const held of this.slots.values()) {
        if (held.pfn === from && held.order === 0) held.pfn = to;
      }
    }
    this.lines.push(`${i},cma_alloc,${slot},,,,,,${align},${pages},${pfn},${pfn > 0 ? 0 : -12}`);
    if (pfn > 0) this.slots.set(slot, { pfn, order: 0, pages });
  }

  private free(i: number): void {
    const slot = this.random.pick([...this.slots.keys(), -1]);
    const held = this.slots.get(slot);
    if (held === undefined) {
      this.reference.fold();
      this.lines.push(`${i},fold,0,,,,,,,,0,0`);
      return;
    }
    this.slots.delete(slot);
    const { pfn, order, pages } = held;
    const isSplit = pages === 0 && order > 0 && this.random.oneIn(3);
    if (pages > 0) this.reference.cmaRelease(0, pfn, pages, 0);
    else if (isSplit) this.reference.splitRelease(pfn, order, 0);
    else this.reference.release(pfn, order, 0);
    this.lines.push(
      `${i},${pages > 0 ? "cma_release" : isSplit ? "splitfree" : "free"},${slot},,,,,,,,${pfn},0`,
    );
  }
}
