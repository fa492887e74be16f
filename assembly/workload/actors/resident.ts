// Knows: memory that is in use from the start, and its turnover: one page freed, another of the same kind allocated.
// Must not know: who it belongs to. Filling takes no time: it has been there since boot.
//
//   slots:  anonymous | file | unmovable | reclaimable     (ResidentParameter says how many of each)

import { ResidentParameter } from "../../abi/simulation";
import { Gfp, PageFlag } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { cpuOf, drawBelow, drawChance, laterIf, parameter, Tag, whole } from "../actor";
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
} from "../pages";

function anonEnd(actor: i32): i32 {
  return whole(actor, ResidentParameter.ANON);
}

function fileEnd(actor: i32): i32 {
  return anonEnd(actor) + whole(actor, ResidentParameter.FILE);
}

function unmovableEnd(actor: i32): i32 {
  return fileEnd(actor) + whole(actor, ResidentParameter.UNMOVABLE);
}

function allPages(actor: i32): i32 {
  return unmovableEnd(actor) + whole(actor, ResidentParameter.RECLAIMABLE);
}

/** A page of the kind that this slot is for. */
function fill(actor: i32, cpu: i32, nth: i32): bool {
  let gfp = GFP_KERNEL;
  let content = KERNEL;
  if (nth < anonEnd(actor)) {
    gfp = GFP_ANON;
    content = ANON;
  } else if (nth < fileEnd(actor)) {
    gfp = GFP_FILE;
    content =
      FILE | (drawChance(actor, parameter(actor, ResidentParameter.DIRTY_SHARE)) ? <u32>PageFlag.DIRTY : 0);
  } else if (nth >= unmovableEnd(actor)) {
    gfp = GFP_KERNEL | Gfp.RECLAIMABLE;
    content = SLAB;
  }
  const link = acquire(actor, cpu, 0, gfp, content);
  if (link == NONE) return false;
  putInSlot(slotOf(actor, nth), link);
  return true;
}

/** Kinds come in turns, as they did while the device started: one page of each in proportion to its size. */
export function start(actor: i32): void {
  const cpu = cpuOf(actor);
  const total = allPages(actor);
  const runs = 64;
  for (let run = 0; run < runs; run++) {
    let from = 0;
    for (let kind = 0; kind < 4; kind++) {
      const end =
        kind == 0 ? anonEnd(actor) : kind == 1 ? fileEnd(actor) : kind == 2 ? unmovableEnd(actor) : total;
      const size = end - from;
      const last = from + <i32>((<i64>size * (run + 1)) / runs);
      for (let nth = from + <i32>((<i64>size * run) / runs); nth < last; nth++) {
        if (!fill(actor, cpu, nth)) return;
      }
      from = end;
    }
  }
  laterIf(
    actor,
    Tag.FIRST,
    parameter(actor, ResidentParameter.INTERVAL) * parameter(actor, ResidentParameter.BATCH),
  );
}

export function act(actor: i32, _tag: i32, _payload: u32): void {
  const batch = whole(actor, ResidentParameter.BATCH);
  const total = allPages(actor);
  for (let i = 0; i < batch && total > 0; i++) {
    const cpu = cpuOf(actor);
    const nth = <i32>drawBelow(actor, total);
    emptySlot(actor, cpu, slotOf(actor, nth));
    fill(actor, cpu, nth);
  }
  laterIf(actor, Tag.FIRST, parameter(actor, ResidentParameter.INTERVAL) * batch);
}
