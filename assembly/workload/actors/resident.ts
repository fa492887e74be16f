// Knows: memory that is in use from the start, and its turnover: one page freed, another of the same kind allocated.
// Must not know: who it belongs to. Filling takes no time: it has been there since boot.
//
//   slots:  anonymous | file | unmovable | reclaimable     (ResidentParameter says how many of each)

import { ResidentParameter } from "../../abi/simulation";
import { Gfp, PageFlag } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import {
  cpuOf,
  drawBelow,
  isActive,
  laterIf,
  parameter,
  pickChance,
  setStream,
  streamOf,
  Tag,
  whole,
} from "../actor";
import {
  ANON,
  acquire,
  emptySlot,
  FILE,
  GFP_ANON,
  GFP_FILE,
  GFP_KERNEL,
  KERNEL,
  putInSlot,
  SLAB,
  slotOf,
  touchAhead,
} from "../pages";

/** ANON, FILE, UNMOVABLE, RECLAIMABLE */
const KINDS: i32 = 4;

/** A page of the kind that this slot is for. */
function fill(actor: i32, cpu: i32, nth: i32): bool {
  const place = <f64>nth;
  const file = parameter(actor, ResidentParameter.ANON);
  const unmovable = file + parameter(actor, ResidentParameter.FILE);
  let gfp = GFP_KERNEL;
  let content = KERNEL;
  if (place < file) {
    gfp = GFP_ANON;
    content = ANON;
  } else if (place < unmovable) {
    gfp = GFP_FILE;
    const isDirty = pickChance(actor, parameter(actor, ResidentParameter.DIRTY_SHARE));
    content = FILE | (isDirty ? <u32>PageFlag.DIRTY : 0);
  } else if (place >= unmovable + parameter(actor, ResidentParameter.UNMOVABLE)) {
    gfp = GFP_KERNEL | Gfp.RECLAIMABLE;
    content = SLAB;
  }
  const link = acquire(actor, cpu, 0, gfp, content);
  if (link == NONE) return false;
  putInSlot(slotOf(actor, nth), link);
  return true;
}

function allPages(actor: i32): i32 {
  let pages = 0;
  for (let kind = 0; kind < KINDS; kind++) pages += whole(actor, ResidentParameter.ANON + kind);
  return pages;
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
        if (!fill(actor, cpu, nth)) return;
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
  const total = allPages(actor);
  if (total == 0) return;
  const cpu = cpuOf(actor);
  touchDrawn(actor, total, batch);
  for (let i = 0; i < batch; i++) {
    const nth = <i32>drawBelow(actor, total);
    emptySlot(actor, cpu, slotOf(actor, nth));
    fill(actor, cpu, nth);
  }
}

/** The pages that the next draws will name are read before the first of them is freed: their cache misses overlap. */
function touchDrawn(actor: i32, total: i32, batch: i32): void {
  const before = streamOf(actor);
  for (let i = 0; i < batch; i++) touchAhead(slotOf(actor, drawBelow(actor, total)));
  setStream(actor, before);
}
