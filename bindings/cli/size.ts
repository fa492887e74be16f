// Knows: `pageblock size`: buffers, a log or a device tree in, the size of an area or a verdict out, and its exit codes.
// Must not know: how the size is worked out.

import { pageShift } from "../explain/index.js";
import { checkTree } from "../explain/reservation/index.js";
import { renderSize } from "../report/explain_size.js";
import { renderTreeChecks } from "../report/explain_tree.js";
import { parseBuffers, type SizeAnswer, sizeForBuffers, sizeForPicture } from "../size/index.js";
import { ExitCode, UsageError } from "./exit.js";
import { err, out, outJson } from "./terminal.js";
import { collectUsable } from "./usable_files.js";

export interface SizeOptions {
  readonly buffer?: readonly string[];
  readonly fromLog?: string;
  readonly deviceTree?: string;
  readonly pageSize?: string;
  readonly json?: boolean;
}

const PAGE_SIZES: Readonly<Record<string, number>> = {
  "4k": 4096,
  "16k": 16384,
  "64k": 65536,
  "4096": 4096,
  "16384": 16384,
  "65536": 65536,
};

export function pageSizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = PAGE_SIZES[text.toLowerCase()];
  if (size === undefined) throw new UsageError(`--page-size ${text}: expected 4K, 16K or 64K`);
  return size;
}

async function answerFor(options: SizeOptions): Promise<SizeAnswer | undefined> {
  const given = pageSizeOf(options.pageSize);
  const texts = options.buffer ?? [];
  if (options.fromLog === undefined) return sizeForBuffers(parseBuffers(texts, given ?? 4096), given ?? 4096);
  const facts = await collectUsable([options.fromLog]);
  const pageSize = given ?? 2 ** pageShift(facts);
  const beside = parseBuffers(texts, pageSize);
  const answer = sizeForPicture(facts, pageSize, beside);
  if (answer !== undefined || beside.length === 0) return answer;
  err("pageblock: the log has no request to size an area for: the buffers alone are sized\n");
  return sizeForBuffers(beside, pageSize);
}

/** Answers 0 when every CMA area of the tree can be made and holds the buffers, 1 when not, 3 without any area. */
async function runTree(path: string, options: SizeOptions): Promise<ExitCode> {
  const pageSize = pageSizeOf(options.pageSize) ?? 4096;
  const facts = await collectUsable([path]);
  const checks = checkTree(facts.trees, pageSize);
  const texts = options.buffer ?? [];
  const buffers = texts.length === 0 ? undefined : sizeForBuffers(parseBuffers(texts, pageSize), pageSize);
  const needed =
    buffers === undefined ? undefined : Math.max(buffers.worst.pages, buffers.guaranteed) * pageSize;
  if (options.json === true) outJson({ pageSize, needed: needed ?? null, checks });
  else out(renderTreeChecks(checks, needed));
  if (checks.length === 0) return ExitCode.NOTHING_FOUND;
  const works = checks.every(({ problems }) => problems.every(({ severity }) => severity !== "error"));
  const total = checks.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return works && total >= (needed ?? 0) ? ExitCode.OK : ExitCode.DISAGREES;
}

/** Answers 0, 1 for a reservation that cannot work, 3 when there is no request or area, 2 for input that cannot be used. */
export async function runSize(options: SizeOptions): Promise<ExitCode> {
  const { buffer = [], fromLog, deviceTree } = options;
  if (deviceTree !== undefined) {
    if (fromLog !== undefined) throw new UsageError("--device-tree and --from-log do not go together");
    return runTree(deviceTree, options);
  }
  if (buffer.length === 0 && fromLog === undefined)
    throw new UsageError("give --buffer (once or more), --from-log, both, or --device-tree");
  const answer = await answerFor(options);
  if (answer === undefined) {
    err("pageblock: the log has no request to size an area for\n");
    return ExitCode.NOTHING_FOUND;
  }
  if (options.json === true) outJson(answer);
  else out(renderSize(answer));
  return ExitCode.OK;
}
