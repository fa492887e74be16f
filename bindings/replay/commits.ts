// Knows: where in a trace each free takes effect. Must not know: what it does.
//
// mm_page_free is emitted when a page is prepared. The page reaches its list right then, or, in a batch
// (free_unref_folios), only at its mm_page_free_batched; or, when the per-CPU lock was missed, at the LAB line
// that says so, straight into the buddy lists.

import type { CaptureTrace } from "../importers/capture/trace/columns.js";
import { FIRST_LAB_KIND, TraceKind } from "../importers/capture/trace/kinds.js";
import type { TraceReader } from "./trace_reader.js";

export enum Commit {
  /** Nothing happens at this event. */
  NONE,
  /** Through the per-CPU lists. */
  LISTED,
  /** Past the per-CPU lists. */
  DIRECT,
}

/** One Commit per event; with `lab` false as if there were no LAB lines. */
export function commitPoints(trace: CaptureTrace, reader: TraceReader, lab = true): Uint8Array {
  const commits = new Uint8Array(trace.length);
  /** Frees whose commit is not decided yet: pfn to event. */
  const open = new Map<number, number>();
  for (let i = 0; i < trace.length; i++) {
    if (!lab && (trace.kind[i] ?? 0) >= FIRST_LAB_KIND) continue;
    switch (trace.kind[i] as TraceKind) {
      case TraceKind.MM_PAGE_FREE:
        commits[i] = Commit.LISTED;
        open.set(reader.number(i, "pfn"), i);
        break;
      case TraceKind.MM_PAGE_ALLOC:
      case TraceKind.LAB_BULK_ALLOC:
      case TraceKind.LAB_COMPACTION_ALLOC:
        open.delete(reader.number(i, "pfn"));
        break;
      case TraceKind.MM_PAGE_FREE_BATCHED:
      case TraceKind.LAB_TRYLOCK_FAIL: {
        const pfn = reader.number(i, "pfn");
        const free = open.get(pfn);
        if (free === undefined) break;
        open.delete(pfn);
        commits[free] = Commit.NONE;
        commits[i] = trace.kind[i] === TraceKind.LAB_TRYLOCK_FAIL ? Commit.DIRECT : Commit.LISTED;
        reader.setBatchedOrder(i, reader.number(free, "order"));
        break;
      }
      case TraceKind.LAB_COMPACTION_FREE:
        dropCompactionFree(commits, open, reader.number(i, "pfn"));
        break;
      default:
    }
  }
  return commits;
}

/** compaction_free() emits mm_page_free, but the page goes back to compaction's private list. */
function dropCompactionFree(commits: Uint8Array, open: Map<number, number>, pfn: number): void {
  const free = open.get(pfn);
  if (free === undefined) return;
  commits[free] = Commit.NONE;
  open.delete(pfn);
}
