// Knows: what mm_alloc_contig_migrate_range_info really says.
// Must not know: the text of a trace.
//
// Linux 6.12 declares the tracepoint as (start, end, nr_migrated, nr_reclaimed, nr_mapped, migratetype) and calls it
// with (start, end, migratetype, migrated, reclaimed, mapped) (mm/page_alloc.c, __alloc_contig_migrate_range), so each
// number is printed under a neighbour's label:
//
//   printed    migratetype=  nr_migrated=  nr_reclaimed=  nr_mapped=
//   is         mapped        migratetype   migrated       reclaimed
//
// The columns of a trace hold what was printed. alloc_contig_range is only ever asked for MOVABLE or CMA, which tells
// a kernel with the slip from one without.

import { Migratetype } from "../../../../assembly/abi/vocabulary.js";
import type { CaptureTrace } from "./columns.js";
import { fieldSlot, TraceKind } from "./kinds.js";

const KIND = TraceKind.MM_ALLOC_CONTIG_MIGRATE_RANGE_INFO;

/** One migration of an alloc_contig_range, under the right labels. */
export interface ContigMigrateInfo {
  /** First frame of the range. */
  start: number;
  /** One past the last frame. */
  end: number;
  /** Migratetype of the isolated pageblocks. */
  migratetype: number;
  /** Pages. */
  migrated: number;
  /** Pages dropped. */
  reclaimed: number;
  /** Pages that were mapped. */
  mapped: number;
}

/** True when this trace's kernel prints the numbers under the wrong labels. */
export function contigLabelsAreShifted(trace: CaptureTrace): boolean {
  const label = fieldSlot(KIND, "migratetype");
  const migrated = fieldSlot(KIND, "nr_migrated");
  let impossible = 0;
  for (let index = 0; index < trace.length; index++) {
    if (trace.kind[index] === KIND) {
      const at = trace.argStart[index] as number;
      impossible += isContigType(trace.args[at + label]) ? 0 : 1;
      if (!isContigType(trace.args[at + migrated])) {
        return false;
      }
    }
  }
  return impossible > 0;
}

/** Event `index` of kind MM_ALLOC_CONTIG_MIGRATE_RANGE_INFO. `shifted`: see contigLabelsAreShifted. */
export function contigMigrateInfo(trace: CaptureTrace, index: number, shifted: boolean): ContigMigrateInfo {
  const printed = (name: string): number =>
    trace.args[(trace.argStart[index] as number) + fieldSlot(KIND, name)] as number;
  return {
    start: printed("start"),
    end: printed("end"),
    migratetype: printed(shifted ? "nr_migrated" : "migratetype"),
    migrated: printed(shifted ? "nr_reclaimed" : "nr_migrated"),
    reclaimed: printed(shifted ? "nr_mapped" : "nr_reclaimed"),
    mapped: printed(shifted ? "migratetype" : "nr_mapped"),
  };
}

function isContigType(value: number | undefined): boolean {
  return value === Migratetype.MOVABLE || value === Migratetype.CMA;
}
