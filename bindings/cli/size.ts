// Knows: `pageblock size`: buffers or a log in, the size of an area out, and its exit codes.
// Must not know: how the size is worked out.

import { pageShift } from "../analysis/explain/index.js";
import { type SizeAnswer, size, sizeForPicture } from "../analysis/size/index.js";
import { collectFiles } from "../importers/node.js";
import { renderSize } from "../report/explain_size.js";
import { ExitCode, UsageError } from "./exit.js";

export interface SizeOptions {
  readonly buffer?: readonly string[];
  readonly fromLog?: string;
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
  if (options.fromLog === undefined) return size(options.buffer ?? [], given);
  const facts = await collectFiles([options.fromLog]);
  return sizeForPicture(facts, given ?? 2 ** pageShift(facts));
}

/** Answers 0, 3 when the log has no request, 2 for input that cannot be used. */
export async function runSize(options: SizeOptions): Promise<ExitCode> {
  const buffers = options.buffer ?? [];
  if (buffers.length > 0 === (options.fromLog !== undefined))
    throw new UsageError("give either --buffer (once or more) or --from-log");
  const answer = await answerFor(options);
  if (answer === undefined) {
    process.stderr.write("pageblock: the log has no request to size an area for\n");
    return ExitCode.NOTHING_FOUND;
  }
  process.stdout.write(options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : renderSize(answer));
  return ExitCode.OK;
}
