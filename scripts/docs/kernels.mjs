// Makes docs/kernels.md from the table of kernels and from docs/kernels.json, which `npm run kernels` measures.
import { readFileSync } from "node:fs";
import { KERNEL_IDS, kernelProfiles } from "../../dist/kernel.js";
import { markdownTable } from "./table.mjs";

const COSTS = {
  p50Ns: "p50",
  moved: "pages moved",
  stalledNs: "waits",
  reclaimed: "reclaimed",
  idlePages: "idle pages",
};

const percent = (share) => (share === undefined ? "-" : `${Number((share * 100).toFixed(1))} %`);
const points = (share) => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;

function change(difference, base) {
  if (difference === undefined || !difference.isSure) return "-";
  return base === 0
    ? `+${Number(difference.mean.toPrecision(3))}`
    : `${difference.mean > 0 ? "+" : ""}${Number(((difference.mean / base) * 100).toPrecision(3))} %`;
}

function figures(cells) {
  const rows = [...group(cells).values()].map(([old, now]) => [
    `${old.scenario}${old.client === "" ? "" : `, ${old.client}`}`,
    percent(old.share),
    percent(now?.share),
    now?.difference?.onTime === undefined
      ? "-"
      : now.difference.onTime.isSure
        ? points(now.difference.onTime.mean)
        : "not told apart",
    ...Object.keys(COSTS).map((name) =>
      change(now?.difference?.costs[name], now?.difference?.bases[name] ?? 0),
    ),
  ]);
  return markdownTable(
    ["scenario, client", "on time, 6.1", "on time, 6.12", "points", ...Object.values(COSTS)],
    rows,
  );
}

function group(cells) {
  const blocks = new Map();
  for (const cell of cells) blocks.set(cell.block, [...(blocks.get(cell.block) ?? []), cell]);
  return blocks;
}

export function makeKernels() {
  const measured = JSON.parse(readFileSync("docs/kernels.json", "utf8"));
  const rows = KERNEL_IDS.map((id) => {
    const { proved, read, shared, ships } = kernelProfiles[id].evidence;
    return [id, ships, proved || "nothing", read || "-", shared || "-"];
  });
  return `# Kernels

A device says whose rules it follows: \`kernel: 6.12\` in a scenario, \`pageblock compare S --kernel 6.1,6.12\`. Each kernel is a row of
decisions (\`bindings/device/kernel.ts\`) that the core binds when a machine is made (\`assembly/rules.ts\`). Two rows are proved: captures of these
kernels replay to the very same page frames. Every other row changes only what its source says, and shares the rest with a neighbour for
want of a capture. A policy is chosen apart from the kernel; "ships" names the one that the kernel comes with.

${markdownTable(["kernel", "ships", "proved by captures", "read", "shared for want of a capture"], rows)}

## What changed between 6.1 and 6.12 for CMA users

- **Per-CPU lists tune themselves** (6.7). In 6.1 a list has one fixed limit; in 6.12 it grows with the rate of frees up to an eighth of the
  zone over all CPUs. Freed pages of an area wait there as movable ones, out of sight of the buddy; \`cma_alloc\` drains them, and pays for it.
- **Migration works in batches** (6.3). 6.1 moves page by page and finds the page that blocks after it has moved those before it; 6.12 takes
  all targets of a batch first. Near the end of memory that asks for more free pages at once.
- **Free lists follow the pageblock** (6.10). In 6.1 a page may lie on the list of the type that its caller once found; in 6.12 lists and
  pageblocks agree, isolation splits what crosses each pageblock, and no page of an area leaks to another type's list.
- **Fallback claims or steals** (6.12.y). 6.1 moves the blocks of a foreign pageblock over before it takes one; 6.12 claims a whole pageblock
  when at least half of it is free or alike, else it steals the smallest piece that is enough.
- **Who may use movable per-CPU lists.** 6.1 keeps requests without ALLOC_CMA off them, since CMA pages lie there; 6.12 lets anybody.
- **The HIGHATOMIC reserve.** 6.1 counts all of it as unusable and lets it be one pageblock more than 1 %; 6.12 counts its free pages only.
- **Unchanged**: the half rule, first fit from the start of the area, one sweep without sleeps, \`cma_mutex\`, -ENOMEM until a window was tried.

## What that comes to

\`npm run kernels -- --seeds ${measured.seeds}\`: the same arrivals under mainline's policy by the rules of both, ${measured.seeds} seeds, version ${measured.version}. Points and changes of costs are
6.12 against 6.1 on the same seeds, told only where the seeds tell them.

${measured.note === undefined ? "" : `${measured.note}\n\n`}${figures(measured.cells)}
`;
}
