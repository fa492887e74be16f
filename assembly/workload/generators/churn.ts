// Knows: a seeded stream of allocations and frees that ages a machine: user pages, THP, kernel memory.
// Must not know: time; one step is one operation. Frees hit a random frame, so what stays is scattered.

import { kindOf, lifeOf, orderOf, pinsOf, withLife, withMobility } from "../../abi/frame_word";
import { FRAME_SHIFT } from "../../abi/layout";
import { WorkloadWord } from "../../abi/run";
import { FrameKind, Gfp, Mobility, PageLife } from "../../abi/vocabulary";
import { ConfigWord } from "../../abi/words";
import { putPages as release } from "../../buddy/traced";
import { wordOf } from "../../frames/frame";
import { changeContent } from "../../frames/lru";
import { freePages } from "../../frames/zone";
import { NONE } from "../../memory/list";
import { randomBelow } from "../../memory/prng";
import { config, frames, WORKLOAD } from "../../memory/regions";
import { allocateUnderPressure } from "../../movement/pressure";

const USER: i32 =
  Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;
const THP_LIGHT: i32 =
  Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.COMP | Gfp.NOMEMALLOC | Gfp.NOWARN;
const KERNEL: i32 = Gfp.IO | Gfp.FS | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;

function parameter(word: i32): u32 {
  return load<u32>(WORKLOAD + ((<usize>word) << 2));
}

function tally(word: i32): void {
  const at = WORKLOAD + ((<usize>word) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

function totalFree(): i32 {
  let sum = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) sum += freePages(zone);
  return sum;
}

/** Kernel memory: mostly single pages, some slabs of order 1 to 3. */
function slabOrder(): i32 {
  const draw = randomBelow(WORKLOAD, 16);
  return draw < 10 ? 0 : draw < 13 ? 1 : draw < 15 ? 2 : 3;
}

function allocateSome(cpu: i32): void {
  const movable = parameter(WorkloadWord.WEIGHT_MOVABLE);
  const thp = movable + parameter(WorkloadWord.WEIGHT_THP);
  const unmovable = thp + parameter(WorkloadWord.WEIGHT_UNMOVABLE);
  const all = unmovable + parameter(WorkloadWord.WEIGHT_RECLAIMABLE);
  const draw = randomBelow(WORKLOAD, max(all, 1));
  const user = draw < thp;
  const order = draw < movable ? 0 : user ? <i32>parameter(WorkloadWord.THP_ORDER) : slabOrder();
  const gfp = draw < movable ? USER : user ? THP_LIGHT : draw < unmovable ? KERNEL : KERNEL | Gfp.RECLAIMABLE;
  const link = allocateUnderPressure(cpu, order, gfp, WORKLOAD + (WorkloadWord.SLOW << 2));
  if (link == NONE) return tally(WorkloadWord.FAILED);
  if (user) changeContent(link, withLife(withMobility(wordOf(link), Mobility.LRU), PageLife.ANON));
  tally(WorkloadWord.ALLOCATED);
}

/** Frees the block whose head a random frame is; up to 64 draws. */
function releaseSome(cpu: i32): void {
  for (let i = 0; i < 64; i++) {
    const link = randomBelow(WORKLOAD, frames()) << FRAME_SHIFT;
    const word = wordOf(link);
    if (kindOf(word) != FrameKind.ALLOCATED || pinsOf(word) != 0 || lifeOf(word) == PageLife.CMA) continue;
    release(cpu, link, orderOf(word));
    return tally(WorkloadWord.RELEASED);
  }
}

/** Runs `steps` operations on CPU after CPU; below the target free pages more frees than allocations, above fewer. */
export function churn(steps: i32): void {
  const cpus = config(ConfigWord.NR_CPUS);
  for (let i = 0; i < steps; i++) {
    const cpu = <i32>randomBelow(WORKLOAD, cpus);
    const wanted = totalFree() > <i32>parameter(WorkloadWord.TARGET_FREE) ? 15 : 1;
    if (<i32>randomBelow(WORKLOAD, 16) < wanted) allocateSome(cpu);
    else releaseSome(cpu);
  }
}
