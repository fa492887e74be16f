// Knows: in what the files of one moment can disagree.
// Must not know: formats, verdicts.

import { largest } from "../engine/extent.js";
import { bitmapIsCut, layoutOfBitmap, layoutOfList } from "./layout.js";
import type { ExplainIssue, Picture, Where } from "./picture.js";
import { pageShift } from "./totals.js";
import { realAreas } from "./view.js";

function warn(place: Where, code: string, message: string): ExplainIssue {
  return { severity: "warning", file: place.file, line: place.line, code, message };
}

function ofAreas(picture: Picture): ExplainIssue[] {
  const issues: ExplainIssue[] = [];
  const counts = new Map<string, number>();
  for (const area of realAreas(picture)) {
    const before = counts.get(area.name);
    if (before !== undefined && area.count !== null && before !== area.count) {
      issues.push(
        warn(
          area.place,
          "area-changed",
          `area ${area.name} has ${area.count} pages here and ${before} elsewhere: not one machine, or not one boot`,
        ),
      );
    }
    if (area.count !== null) counts.set(area.name, area.count);
    if (bitmapIsCut(area)) {
      issues.push(
        warn(
          area.place,
          "bitmap-cut",
          `the bitmap of ${area.name || "the area"} is shorter than its ${area.count} pages: the rest is not known`,
        ),
      );
      continue;
    }
    const layout = layoutOfBitmap(area);
    if (layout === undefined || area.count === null || area.ranges.length !== 1) continue;
    const inUse = area.count - layout.free;
    if (area.used !== null && Math.abs(area.used - inUse) >= 2 ** layout.orderPerBit) {
      issues.push(
        warn(
          area.place,
          "used-against-bitmap",
          `used says ${area.used} pages, the bitmap ${inUse}: the files are not of one moment`,
        ),
      );
    }
    const longest = layout.runs.reduce((most, { length }) => Math.max(most, length), 0);
    if (area.maxchunk !== null && Math.abs(area.maxchunk - longest) >= 2 ** layout.orderPerBit) {
      issues.push(
        warn(
          area.place,
          "maxchunk-against-bitmap",
          `maxchunk says ${area.maxchunk} pages, the bitmap ${longest}: the files are not of one moment`,
        ),
      );
    }
  }
  return issues;
}

function ofLists(picture: Picture): ExplainIssue[] {
  const issues: ExplainIssue[] = [];
  const seen = new Set<string>();
  for (const list of picture.lists) {
    const { remark } = layoutOfList(list, picture.orderPerBitHint);
    if (remark !== "" && !seen.has(remark))
      issues.push({ ...warn(list.place, "runs-do-not-add-up", remark), severity: "info" });
    seen.add(remark);
  }
  return issues;
}

function ofTotals(picture: Picture): ExplainIssue[] {
  const issues: ExplainIssue[] = [];
  const shift = pageShift(picture);
  const areas = new Map(
    realAreas(picture).flatMap((area) => (area.count === null ? [] : [[area.name, area.count] as const])),
  );
  const counted = [...areas.values()].reduce((sum, count) => sum + count, 0);
  for (const { place, values } of picture.meminfo) {
    const total = values.get("CmaTotal");
    const free = values.get("CmaFree");
    if (total === undefined) continue;
    if (free !== undefined && free > total)
      issues.push(warn(place, "cma-free", `CmaFree ${free} kB is more than CmaTotal ${total} kB`));
    const pages = (total * 1024) / 2 ** shift;
    if (counted > pages)
      issues.push(
        warn(place, "cma-total", `the areas have ${counted} pages, CmaTotal says ${pages}: not one machine`),
      );
  }
  return issues;
}

function ofFailures(picture: Picture): ExplainIssue[] {
  const failed = picture.areas.flatMap((area) => area.failed ?? []);
  const lines = picture.failures.filter(({ form }) => form === "cma").length;
  if (failed.length === 0 || lines === 0 || largest(failed) > 0) return [];
  const [area] = picture.areas.filter((one) => one.failed !== null);
  return area === undefined
    ? []
    : [
        {
          ...warn(
            area.place,
            "failures-after-files",
            "the log has failures, sysfs counts none: the files were taken before them",
          ),
          severity: "info",
        },
      ];
}

/** Contradictions, each once, after the issues of the importers. */
export function contradictionsOf(picture: Picture): ExplainIssue[] {
  return [...ofAreas(picture), ...ofLists(picture), ...ofTotals(picture), ...ofFailures(picture)].slice(
    0,
    200,
  );
}
