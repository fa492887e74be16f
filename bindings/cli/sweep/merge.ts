// Knows: `pageblock merge`: the parts of a grid put together, checked against each other, as tables; its exit codes.
// Must not know: how a part comes to be, what a column means.

import { join } from "node:path";
import { Matrix, type MatrixCell } from "../../analysis/outcomes/index.js";
import { JournalError, writeAside } from "../../durable/index.js";
import { formatCount, formatShare, renderMatrix } from "../../report/index.js";
import { rangesText } from "../../sweep/index.js";
import { ExitCode, UsageError } from "../exit.js";
import { writeTables } from "../row_tables.js";
import { err, out, outJson } from "../terminal.js";
import { parseTarget, seedsWanted, widthOf } from "./cells.js";
import {
  type GridHead,
  listParts,
  type Part,
  type PartRun,
  readGridHead,
  readPart,
  rowsOfParts,
  short,
} from "./parts.js";

export interface MergeOptions {
  /** Put together what is there. */
  readonly partial?: boolean;
  /** "on-time 2%" */
  readonly until?: string;
  readonly json?: boolean;
}

/** @param see is shown each run of each part, in no order */
function checkParts(folder: string, head: GridHead, see: (part: string, run: PartRun) => void): Part[] {
  const listed = listParts(folder);
  const counts = [...new Set(listed.map(({ count }) => count))];
  if (counts.length > 1)
    throw new JournalError(
      `${folder} has parts of ${counts.join(" and of ")} shards; keep those of one division and remove the others`,
    );
  const parts = listed.map(({ name }) => {
    const path = join(folder, name);
    return readPart(path, (run) => see(path, run));
  });
  for (const { path, head: own } of parts)
    if (own.grid !== head.grid)
      throw new JournalError(
        `${path} is a part of grid ${short(own.grid)}; the folder's is ${short(head.grid)}`,
      );
  return parts;
}

/**
 * Each part ran the first run of the next one too: an engine that is deterministic gives the same digest.
 * @param firsts the first run of each part, by its path
 */
function auditParts(parts: readonly Part[], firsts: ReadonlyMap<string, PartRun>): string[] {
  const owners = new Map(
    parts.flatMap((part) => {
      const run = firsts.get(part.path);
      return run === undefined ? [] : [[run.run, { part, run }] as const];
    }),
  );
  return parts.flatMap(({ head }) => {
    const own = head.audit === null ? undefined : owners.get(head.audit.run);
    const digest = own?.run.rows[0]?.digest;
    if (head.audit === null || own === undefined || digest === undefined || digest === head.audit.digest)
      return [];
    const who = ({ machine, shard }: Part["head"]) =>
      `${machine.host} (shard ${shard}, Node ${machine.node}, ${machine.arch})`;
    return [
      `run ${head.audit.run}: ${who(own.part.head)} says ${digest}, ${who(head)} says ${head.audit.digest}`,
    ];
  });
}

function tellMissing(folder: string, parts: readonly Part[]): string {
  const count = parts[0]?.head.of ?? 1;
  const there = new Set(parts.map(({ head }) => head.shard));
  const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !there.has(i));
  const text = rangesText(missing);
  return [
    `${missing.length} of ${count} parts are missing: ${text}`,
    `Slurm         sbatch --array=${text} ... --shards ${count}`,
    `parallel      parallel -j1 pageblock sweep GRID.yaml --out ${folder} --shard {}/${count} ::: ${missing.join(" ")}`,
    `--partial puts together what is there`,
    "",
  ].join("\n");
}

/** Tables on a terminal. */
const MOST_BLOCKS = 12;

/** What is not sure enough yet, and a smaller grid that asks only for that. */
function tellNext(
  folder: string,
  { source }: GridHead,
  cells: readonly MatrixCell[],
  target: number,
): string {
  const open = cells.filter((cell) => (widthOf(cell) ?? 0) > target);
  const asked = cells.filter(({ seeds }) => seeds > 0).length;
  const sure = `${formatCount(asked - open.length)} of ${formatCount(asked)} cells know their share on time to ${formatShare(target, 1)}`;
  if (open.length === 0) return `${sure}: no further seed is needed\n`;
  const names = (key: "scenario" | "policy" | "device") => new Set(open.map((cell) => cell[key]));
  const last = Number(source.seeds.split("-").at(-1));
  const kept = source.scenarios.filter((name) => names("scenario").has(name) || /\.ya?ml$|\//i.test(name));
  const lines = [
    `scenarios: ${JSON.stringify(kept)}`,
    `policies: ${JSON.stringify(source.policies.filter((name) => names("policy").has(name)))}`,
    ...(source.devices === null
      ? []
      : [`devices: ${JSON.stringify(source.devices.filter((name) => names("device").has(name)))}`]),
    `seeds: ${last + 1}-${last + seedsWanted(open, target)}`,
    ...(source.until === null ? [] : [`until: ${source.until}`]),
  ];
  const path = join(folder, "next.yaml");
  writeAside(path, (put) => put(`${lines.join("\n")}\n`));
  return `${sure}; ${path} asks for the other ${formatCount(open.length)}\n`;
}

/** Answers 0; 1 when parts are missing or machines disagree; 2 for a folder that cannot be used. */
export function mergeParts(folder: string, options: MergeOptions): ExitCode {
  const target = options.until === undefined ? undefined : parseTarget(options.until);
  if (options.until !== undefined && target === undefined)
    throw new UsageError(`--until: expected "on-time 2%"; got "${options.until}"`);
  const head = readGridHead(folder);
  const firsts = new Map<string, PartRun>();
  const parts = checkParts(folder, head, (part, run) => {
    if (run.run < (firsts.get(part)?.run ?? Number.POSITIVE_INFINITY)) firsts.set(part, run);
  });
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  if (runs !== head.runs && options.partial !== true) {
    err(tellMissing(folder, parts));
    return ExitCode.DISAGREES;
  }
  // Read once for the cells and once for each table: never more than a row group is in memory.
  const matrix = new Matrix();
  for (const row of rowsOfParts(parts)) matrix.add(row);
  const cells = matrix.cells();
  writeTables(folder, () => rowsOfParts(parts));
  writeAside(join(folder, "cells.json"), (put) => put(`${JSON.stringify(cells, null, 1)}\n`));
  const disagree = auditParts(parts, firsts);
  if (options.json === true) outJson({ runs, of: head.runs, disagree, cells });
  else {
    out(
      `${formatCount(runs)} of ${formatCount(head.runs)} runs: ${join(folder, "runs.parquet")} (beside it runs.csv, cells.json)\n`,
    );
    out(renderMatrix(cells, MOST_BLOCKS));
    if (target !== undefined) out(tellNext(folder, head, cells, target));
  }
  for (const line of disagree) err(`pageblock: machines disagree: ${line}\n`);
  return disagree.length > 0 ? ExitCode.DISAGREES : ExitCode.OK;
}
