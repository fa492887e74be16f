// Knows: fuzzing of archives: tar, tgz and zip of files of a moment, damaged before or after they are packed.
// Must not know: how archives come apart.

import { gzipSync } from "node:zlib";
import { tar, zip } from "../../support/archives.js";
import type { Target } from "../bytes_kind.js";
import { askEverything, goldenFiles } from "./logs.js";

const NAMES = [
  "dmesg",
  "proc/buddyinfo",
  "d/../../etc/x",
  "a\u001b[31m",
  "CON",
  "x".repeat(120),
  "nested.tar",
];

function samples(): Uint8Array[] {
  const files = goldenFiles().map((bytes) => bytes.slice(0, 1_500));
  const groups = Array.from({ length: 6 }, (_, i) =>
    files
      .filter((_, n) => n % 12 === i)
      .slice(0, 5)
      .map((data, n) => ({ path: NAMES[(n + i) % NAMES.length] ?? "x", data: Buffer.from(data) })),
  );
  return groups.flatMap((entries) => [tar(entries), new Uint8Array(gzipSync(tar(entries))), zip(entries)]);
}

export const bundles: Target = {
  name: "bundles",
  isText: false,
  samples: async () => samples(),
  judge: async (bytes) => askEverything({ input: bytes }),
  /** What unpacks no more reaches nothing behind gzip: half of the damage is done inside. */
  finish(bytes, random) {
    if (bytes[0] === 0x1f || bytes[0] === 0x50 || random.oneIn(2)) return bytes;
    return new Uint8Array(gzipSync(bytes));
  },
};
