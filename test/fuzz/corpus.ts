// Knows: where the corpus lies, what of it is worth its place, and that every failure is kept.
// Must not know: what an entry means.
//
//   test/corpus/KIND/LABEL-HASH     a failure that is mended, or an input with something new in it
//   test/corpus/KIND/open-...       a failure that is not mended yet: whoever mends it drops "open-" from its name

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Entry, KindName } from "./kind.js";

export const FOLDER = fileURLToPath(new URL("../corpus/", import.meta.url));
/** Entries of a kind that are kept for what is new in them; failures come on top. */
const MOST_NEW = 40;

export interface Kept extends Entry {
  readonly file: string;
  readonly isOpen: boolean;
}

export function entriesOf(kind: KindName): Kept[] {
  const folder = `${FOLDER}${kind}/`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      file,
      label: file.replace(/-[0-9a-f]+$/, ""),
      bytes: new Uint8Array(readFileSync(folder + file)),
      isOpen: file.startsWith("open-"),
    }));
}

/** @returns the file it is in; undefined: there are enough of them already */
export function keep(kind: KindName, { label, bytes }: Entry, isFailure: boolean): string | undefined {
  const known = entriesOf(kind);
  if (!isFailure && known.filter((entry) => entry.label === label).length >= MOST_NEW) return undefined;
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const words = label.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const file = `${isFailure ? "open-" : ""}${words}-${hash}`;
  mkdirSync(`${FOLDER}${kind}`, { recursive: true });
  writeFileSync(`${FOLDER}${kind}/${file}`, bytes);
  return `test/corpus/${kind}/${file}`;
}
