// Knows: `npm run bench:growth`: what costs as work grows, as a table, a picture and the numbers that the tests hold it to.
// Must not know: how anything is counted.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { renderTable } from "../../bindings/report/index.js";
import { type Panel, renderGrowth } from "./plot.js";
import { type GrowthRow, growthRows, total } from "./rows.js";
import { timedRows } from "./timed.js";

function panelOf({ name, per, points }: GrowthRow): Panel {
  const of = (key: "nodes" | "frames" | "words" | "other") => points.map(({ counts }) => counts[key]);
  const series = [
    { label: "all", values: points.map(({ counts }) => total(counts)) },
    { label: "list nodes", values: of("nodes") },
    { label: "frames", values: of("frames") },
    { label: "words", values: of("words") },
  ].filter(({ values }) => values.some((value) => value > 0));
  return { title: name, unit: `accesses for ${per}`, sizes: points.map(({ size }) => size), series };
}

function table(rows: readonly GrowthRow[]): string {
  const headers = ["what grows", "size", "list nodes", "frames", "bitmap words", "other", "all", "for"];
  const cells = rows.flatMap(({ name, per, points }) =>
    points.map(({ size, counts }) => [
      name,
      size,
      counts.nodes.toFixed(1),
      counts.frames.toFixed(1),
      counts.words.toFixed(1),
      counts.other.toFixed(1),
      total(counts).toFixed(1),
      per,
    ]),
  );
  return renderTable(
    headers.map((header) => ({ header })),
    cells,
  );
}

async function main(): Promise<void> {
  const { svg, json } = new Command("growth")
    .description(
      "what costs as frames, CPUs, areas, pins, queue, logs and seeds grow: accesses of memory, counted",
    )
    .option("--svg <file>", "where the picture goes", "out/growth.svg")
    .option("--json <file>", "write the numbers to a file")
    .parse()
    .opts<{ svg: string; json?: string }>();
  const note = (name: string) => {
    if (process.stderr.isTTY) process.stderr.write(`${name}\n`);
  };
  const rows = await growthRows(1, note);
  const timed = await timedRows();
  const panels = [
    ...rows.map(panelOf),
    ...timed.map(({ name, per, sizes, milliseconds }) => ({
      title: name,
      unit: per,
      sizes,
      series: [{ label: "CPU time", values: milliseconds }],
    })),
  ];
  mkdirSync(dirname(svg), { recursive: true });
  writeFileSync(svg, renderGrowth(panels));
  process.stdout.write(`${table(rows)}\n`);
  for (const { name, per, sizes, milliseconds } of timed)
    process.stdout.write(
      `${name} ${sizes.join(", ")}: ${milliseconds.map((ms) => ms.toFixed(2)).join(", ")} ${per}\n`,
    );
  process.stdout.write(`picture: ${svg}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ rows, timed }, null, 1)}\n`);
}

if (process.argv[1]?.endsWith("main.js")) await main();
