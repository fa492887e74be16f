// Knows: the class map of a machine from the views of its frames, one by one: slow and plain.
// Must not know: how the core makes it.

import { ClassFlag, PageClass } from "../../assembly/abi/classes.js";
import { FrameKind, Migratetype, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Machine } from "../../bindings/machine/machine.js";

const CLASS_OF_LIFE: Readonly<Partial<Record<PageLife, PageClass>>> = {
  [PageLife.ANON]: PageClass.ANON,
  [PageLife.FILE]: PageClass.FILE,
  [PageLife.ZRAM]: PageClass.ZRAM,
  [PageLife.CMA]: PageClass.CMA,
};

/** A byte for each frame. */
export function mapByViews({ views, cma }: Machine): Uint8Array {
  const map = new Uint8Array(views.frameCount).fill(PageClass.HOLE);
  const order = views.config(ConfigWord.PAGEBLOCK_ORDER);
  for (let at = 0; at < map.length; ) {
    const frame = views.frame(views.startPfn + at);
    const isUsed = frame.kind === FrameKind.ALLOCATED;
    let byte: number = PageClass.HOLE;
    if (frame.kind === FrameKind.BUDDY || frame.kind === FrameKind.DETACHED) byte = PageClass.FREE;
    if (frame.kind === FrameKind.PCP) byte = PageClass.PCP;
    if (frame.kind === FrameKind.RESERVED) byte = PageClass.RESERVED;
    if (isUsed) byte = CLASS_OF_LIFE[frame.life] ?? PageClass.KERNEL;
    if (byte === PageClass.FILE && (frame.flags & (PageFlag.DIRTY | PageFlag.WRITEBACK)) !== 0)
      byte = PageClass.DIRTY;
    if (isUsed && frame.pins > 0) byte |= ClassFlag.PINNED;
    if (isUsed && (frame.flags & PageFlag.ISOLATED) !== 0) byte |= ClassFlag.ISOLATED;
    map.fill(byte, at, at + 2 ** frame.order);
    at += 2 ** frame.order;
  }
  const ranges = cma.areas.flatMap(({ ranges }) => ranges);
  for (let at = 0; at < map.length; at++) {
    const pfn = views.startPfn + at;
    if (views.pageblocks[at >>> order] === Migratetype.ISOLATE) map[at] = (map[at] ?? 0) | ClassFlag.ISOLATED;
    if (ranges.some(({ basePfn, pages }) => pfn >= basePfn && pfn < basePfn + pages))
      map[at] = (map[at] ?? 0) | ClassFlag.IN_AREA;
  }
  return map;
}
