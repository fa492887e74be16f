// Knows: which files of a device describe its CMA areas and memory at one moment, and under which names explain finds them.
// Must not know: what is in them: the tree writes each in the kernel's format.

import type { DebugTree } from "../tree/index.js";

/** Files of /proc. */
const PROC = ["buddyinfo", "pagetypeinfo", "vmstat", "zoneinfo"];
/** Files of debugfs and sysfs, of each area. */
const AREA = [
  ...["count", "used", "maxchunk", "order_per_bit"],
  ...["alloc_pages_success", "alloc_pages_fail"],
];
/** Of each range; since 6.15 there may be several. */
const RANGE = ["base_pfn", "bitmap"];

/** What `grep "" /sys/kernel/debug/cma/NAME/FILE` prints. */
function areaText(tree: DebugTree): string {
  const lines: string[] = [];
  for (const { name } of tree.list("/cma")) {
    const hasRanges = tree.list(`/cma/${name}`).some((entry) => entry.name === "ranges");
    const ranges = hasRanges
      ? tree.list(`/cma/${name}/ranges`).map((range) => `ranges/${range.name}/`)
      : [""];
    const files = [...AREA, ...ranges.flatMap((range) => RANGE.map((file) => `${range}${file}`))];
    for (const file of files) {
      const text = tree.read(`/cma/${name}/${file}`);
      lines.push(`/sys/kernel/debug/cma/${name}/${file}:${text.trimEnd()}\n`);
    }
  }
  return lines.join("");
}

/** The files of this moment by name. */
export function toFiles(tree: DebugTree): Record<string, string> {
  const files = Object.fromEntries(PROC.map((name) => [`${name}.txt`, tree.read(`/${name}`)]));
  return { ...files, "cma_debugfs.txt": areaText(tree) };
}
