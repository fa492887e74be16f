// Knows: that files of which none can be read are refused in one way, whichever command was given them.
// Must not know: formats, what is asked of the files.

import { isUsable, whyUnusable } from "../importers/collect.js";
import type { Facts } from "../importers/facts.js";
import { collectFiles } from "../importers/node.js";
import { UsageError } from "./exit.js";

/** What files, archives and folders tell. @throws UsageError that says of each why nothing could be taken of it, CaptureError */
export async function collectUsable(paths: readonly string[]): Promise<Facts> {
  const facts = await collectFiles(paths);
  if (!isUsable(facts)) throw new UsageError(whyUnusable(facts).join("\n"));
  return facts;
}
