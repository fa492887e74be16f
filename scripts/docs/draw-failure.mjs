// Draws an area page by page at the moment when its first request fails, as SVG: node scripts/docs/draw-failure.mjs SCENARIO FILE.svg
// The same scenario and seed give the same bytes. `npm run docs` makes docs/failure.svg with it; a test compares.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { simulationOptions } from "../../dist/bindings/sweep/actor_specs.js";
import { ClassFlag, getScenario, PageClass, policies, Simulation } from "./doors.mjs";

const LEFT = 12;
const TOP = 74;
const ROW = 2;
/** The colours of `pageblock view`. */
const KINDS = [
  ["anonymous", "#0072b2", [PageClass.ANON]],
  ["file", "#56b4e9", [PageClass.FILE, PageClass.DIRTY]],
  ["on a per-CPU list", "#9aa7ad", [PageClass.PCP]],
  ["other", "#4d4d4d", [PageClass.KERNEL, PageClass.ZRAM, PageClass.CMA]],
];
const PINNED = ["pinned", "#d55e00"];

/** The simulation right after its first failed request, and that request. */
async function firstFailure(name) {
  const scenario = getScenario(name);
  const policy = scenario.policies?.[0] ?? policies.get("mainline");
  const simulation = await Simulation.create(simulationOptions(scenario, policy, 1));
  while (simulation.nowNs < scenario.durationNs) {
    simulation.run(scenario.durationNs, { stopAtLog: true });
    const failed = simulation.takeLog().find(({ errno }) => errno !== 0);
    if (failed !== undefined) return { simulation, failed };
  }
  throw new Error(`no request of ${name} fails`);
}

function kindOf(byte) {
  if ((byte & ClassFlag.PINNED) !== 0) return KINDS.length;
  return KINDS.findIndex(([, , classes]) => classes.includes(byte & 15));
}

/** One path a kind: runs of equal pages, a row of the picture for each pageblock. */
function pathsOf(bytes, perRow, scale) {
  const paths = [...KINDS, PINNED].map(() => "");
  const counts = paths.map(() => 0);
  for (let page = 0; page < bytes.length; ) {
    const kind = kindOf(bytes[page]);
    let end = page + 1;
    while (end < bytes.length && end % perRow !== 0 && kindOf(bytes[end]) === kind) end++;
    if (kind >= 0) {
      const x = LEFT + (page % perRow) * scale;
      const y = TOP + Math.floor(page / perRow) * ROW + ROW / 2;
      paths[kind] += `M${x} ${y}h${(end - page) * scale}`;
      counts[kind] += end - page;
    }
    page = end;
  }
  return { paths, counts };
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** The picture as text of an SVG file. */
export async function drawFailure(name) {
  const { simulation, failed } = await firstFailure(name);
  const { machine } = simulation;
  const area = machine.cma.areas[failed.area];
  const [range] = area.ranges;
  const bytes = machine.views
    .classMap()
    .subarray(range.basePfn - machine.views.startPfn, range.basePfn - machine.views.startPfn + range.pages);
  const perRow = 512;
  const scale = 1.5;
  const { paths, counts } = pathsOf(bytes, perRow, scale);
  const used = counts.reduce((sum, count) => sum + count, 0);
  const percent = (count) => `${((100 * count) / bytes.length).toFixed(1)} %`;
  const windows = simulation.windowsOf(failed);
  const blocker = windows.find(({ holder }) => holder !== "");
  const height = TOP + Math.ceil(bytes.length / perRow) * ROW;
  const width = LEFT * 2 + perRow * scale;
  const legend = [...KINDS, PINNED].flatMap(([word, colour], i) =>
    counts[i] === 0 ? [] : [`<tspan fill="${colour}">■</tspan> ${word} ${percent(counts[i])}`],
  );
  const at = blocker.blockerPfn - range.basePfn;
  const ring = `<circle cx="${LEFT + (at % perRow) * scale}" cy="${TOP + Math.floor(at / perRow) * ROW}" r="9"/>`;
  const free = `${percent(bytes.length - used)} of the area is free, and cma_alloc answers ${failed.errno}.`;
  const why = `${failed.windows} windows tried, the first stopped by a page that ${blocker.holder} had pinned for ${(blocker.heldNs / 1e6).toFixed(1)} ms.`;
  const client = simulation.actors[failed.actor].name;
  const below =
    `Area ${area.name} of ${name}: one row is a pageblock of 2 MiB, one dot a page; ` +
    `${client} asked for ${failed.pages.toLocaleString("en")} pages at ${(failed.beginNs / 1e9).toFixed(3)} s.`;
  simulation.dispose();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + 30}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(`${free} ${why}`)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="20" font-size="16" fill="#1c2330">${escaped(free)}</text>`,
    `<text x="${LEFT}" y="40" fill="#1c2330">${escaped(why)}</text>`,
    `<text x="${LEFT}" y="60" font-size="12" fill="#1c2330"><tspan fill="#c8ccd0">■</tspan> free ${percent(bytes.length - used)}  ${legend.join("  ")}  ○ what stopped the first window</text>`,
    `<rect x="${LEFT}" y="${TOP}" width="${perRow * scale}" height="${height - TOP}" fill="#f2f2ee" stroke="#c8ccd0"/>`,
    `<g fill="none" stroke-width="${ROW}">`,
    ...[...KINDS, PINNED].map(([, colour], i) => `<path stroke="${colour}" d="${paths[i]}"/>`),
    "</g>",
    `<g fill="none" stroke="#c00" stroke-width="2">${ring}</g>`,
    `<text x="${LEFT}" y="${height + 20}" font-size="12" fill="#667085">${escaped(below)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

const [, script, name, file] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  const text = await drawFailure(name);
  writeFileSync(file, text);
  console.log(`${file}: ${text.length} bytes`);
}
