// Knows: the command that takes a range of memory offline, and checks it before it acts.
// Must not know: how pages are moved. Arguments: the table in command/execute.

import { FRAME_SHIFT } from "../abi/layout";
import { Status } from "../abi/vocabulary";
import { CommandWord, ConfigWord, RequestWord } from "../abi/words";
import { settle } from "../buddy/frontier";
import { freeRequest, requestAt } from "../cma/request";
import { isFrame, linkOf, pfnOf } from "../frames/frame";
import { blockFrames, MAX_ORDER } from "../frames/pageblock";
import { zoneOfPfn } from "../frames/zone";
import { NONE } from "../memory/list";
import { config } from "../memory/regions";
import { takeOffline } from "../movement/offline";

/** Whole blocks of the largest order, all of one zone. */
function checkRange(pfn: u32, pages: u32): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (pages == 0 || pages > <u32>config(ConfigWord.END_PFN) - pfn) return Status.BAD_COUNT;
  const largest = max(blockFrames(), (<u32>1) << MAX_ORDER);
  if (((pfn | pages) & (largest - 1)) != 0) return Status.MISALIGNED;
  for (let at = pfn; at < pfn + pages; at += blockFrames())
    if (zoneOfPfn(at) < 0 || zoneOfPfn(at) != zoneOfPfn(pfn)) return Status.CROSSES_ZONE;
  return Status.OK;
}

/** OK: offline. NO_PAGE: DETAIL is a BlockReason, PFN the frame in the way. SLOW: pages moved. */
export function offline(at: usize, cpu: i32, pfn: u32, pages: u32, passes: u32): i32 {
  const refused = checkRange(pfn, pages);
  if (refused) return refused;
  if (passes == 0 || passes > 1_000) return Status.BAD_COUNT;
  // Its batch is used.
  const request = freeRequest();
  if (request < 0) return Status.NO_REQUEST_FREE;
  settle();
  const record = requestAt(request);
  memory.fill(record, 0, RequestWord.COUNT << 2);
  const start = linkOf(pfn);
  const moved = record + (RequestWord.PAGES_MIGRATED << 2);
  const blocker = record + (RequestWord.STUCK << 2);
  const count = record + (RequestWord.BATCH << 2);
  const zone = zoneOfPfn(pfn);
  const reason = takeOffline(
    cpu,
    request,
    zone,
    start,
    start + (pages << FRAME_SHIFT),
    passes,
    count,
    moved,
    blocker,
  );
  const link = load<u32>(blocker);
  store<u32>(at, reason, CommandWord.DETAIL << 2);
  store<u32>(at, reason && link != NONE ? pfnOf(link) : 0, CommandWord.PFN << 2);
  store<u32>(at, load<u32>(moved), CommandWord.SLOW << 2);
  memory.fill(record, 0, RequestWord.COUNT << 2);
  return reason ? Status.NO_PAGE : Status.OK;
}
