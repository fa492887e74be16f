// Knows: memory that is in use from the start, and its turnover: one page freed, another of the same kind allocated.
// Must not know: who it belongs to. Filling takes no time: it has been there since boot.
//
//   slots:  anonymous | file | unmovable | reclaimable     (ResidentParameter says how many of each)

import { SimulationWord } from "../../abi/run";
import { Counter, ResidentParameter } from "../../abi/simulation";
import { Gfp, PageFlag } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import {
  addCounter,
  cpuOf,
  drawBelow,
  isActive,
  laterIf,
  parameter,
  pickChance,
  setSimulationWord,
  setStream,
  streamOf,
  Tag,
  whole,
} from "../parts/actor";
import {
  ANON,
  countFreed,
  dropSlot,
  FILE,
  GFP_ANON,
  GFP_FILE,
  GFP_KERNEL,
  KERNEL,
  putInSlot,
  SLAB,
  slotOf,
  take,
  touchAhead,
} from "../parts/pages";

/** ANON, FILE, UNMOVABLE, RECLAIMABLE */
const KINDS: i32 = 4;

/** A page of the kind that this slot is for; the caller counts it. False: there is none. */
function fill(actor: i32, cpu: i32, nth: i32, kind: i32): bool {
  let gfp = GFP_ANON;
  let content = ANON;
  if (kind == 1) {
    gfp = GFP_FILE;
    content = FILE;
    if (pickChance(actor, parameter(actor, ResidentParameter.DIRTY_SHARE))) content |= PageFlag.DIRTY;
  } else if (kind > 1) {
    gfp = kind == 2 ? GFP_KERNEL : GFP_KERNEL | Gfp.RECLAIMABLE;
    content = kind == 2 ? KERNEL : SLAB;
  }
  const link = inline.always(take(actor, cpu, 0, gfp, content));
  if (link == NONE) return false;
  putInSlot(slotOf(actor, nth), link);
  return true;
}

/** Where the slots of a kind end. */
function endOf(actor: i32, kind: i32): i32 {
  let end = 0;
  for (let i = 0; i <= kind; i++) end += whole(actor, ResidentParameter.ANON + i);
  return end;
}

/** Kinds come in turns, as they did while the device started: one page of each in proportion to its size. */
export function start(actor: i32): void {
  const cpu = cpuOf(actor);
  const runs = 64;
  for (let run = 0; run < runs; run++) {
    let from = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      const size = whole(actor, ResidentParameter.ANON + kind);
      const last = from + <i32>((<i64>size * (run + 1)) / runs);
      for (let nth = from + <i32>((<i64>size * run) / runs); nth < last; nth++) {
        if (!fill(actor, cpu, nth, kind)) return;
        addCounter(actor, Counter.ALLOCATED, 1);
      }
      from += size;
    }
  }
  scheduleBatch(actor);
}

function scheduleBatch(actor: i32): void {
  const interval = parameter(actor, ResidentParameter.INTERVAL);
  laterIf(actor, Tag.FIRST, interval * parameter(actor, ResidentParameter.BATCH));
}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  if (!isActive(actor)) return;
  scheduleBatch(actor);
  const batch = whole(actor, ResidentParameter.BATCH);
  const file = endOf(actor, 0);
  const unmovable = endOf(actor, 1);
  const reclaimable = endOf(actor, 2);
  const total = endOf(actor, 3);
  if (total == 0) return;
  // One CPU frees, another allocates: through the lists of one alone each page would come back into its own frame.
  const freeing = cpuOf(actor);
  const cpu = cpuOf(actor);
  touchDrawn(actor, total, batch);
  let freed = 0;
  let allocated = 0;
  for (let i = 0; i < batch; i++) {
    const nth = <i32>drawBelow(actor, total);
    freed += inline.always(dropSlot(freeing, slotOf(actor, nth)));
    const kind = nth < file ? 0 : nth < unmovable ? 1 : nth < reclaimable ? 2 : 3;
    if (inline.always(fill(actor, cpu, nth, kind))) allocated += 1;
  }
  countFreed(actor, freed, freed);
  addCounter(actor, Counter.ALLOCATED, allocated);
}

/** The pages that the next draws will name are read before the first of them is freed: their cache misses overlap. */
function touchDrawn(actor: i32, total: i32, batch: i32): void {
  const before = streamOf(actor);
  const first = slotOf(actor, 0);
  let read: u32 = 0;
  for (let i = 0; i < batch; i++) read ^= inline.always(touchAhead(first + drawBelow(actor, total)));
  setSimulationWord(SimulationWord.TOUCHED, read);
  setStream(actor, before);
}
