// Knows: by which first bytes a packed or binary file is told, and what its owner does with one that is not read here.
// Must not know: names of files, how a kind is read.

import { isTarHeader } from "./tar.js";

/** Bytes of a file that are looked at; a tar header needs them all. */
export const HEAD_BYTES = 512;

interface Foreign {
  /** Where the bytes stand. */
  readonly at: number;
  readonly bytes: readonly number[];
  readonly what: string;
  /** What makes a file of it that is read. */
  readonly advice: string;
}

function letters(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** One row for each kind that people have and that is not read. */
const FOREIGN: readonly Foreign[] = [
  {
    at: 0,
    bytes: [0x17, 0x08, 0x44, ...letters("tracing")],
    what: "a trace.dat of trace-cmd",
    advice: "convert it: trace-cmd report -i FILE > trace.txt",
  },
  {
    at: 0,
    bytes: letters("PERFILE2"),
    what: "a perf.data",
    advice: "convert it: perf script -i FILE > trace.txt",
  },
  { at: 0, bytes: [0xfd, ...letters("7zXZ")], what: "xz data", advice: "unpack it: xz -d FILE" },
  { at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd data", advice: "unpack it: zstd -d FILE" },
  { at: 0, bytes: letters("BZh"), what: "bzip2 data", advice: "unpack it: bzip2 -d FILE" },
  { at: 0, bytes: [0x04, 0x22, 0x4d, 0x18], what: "lz4 data", advice: "unpack it: lz4 -d FILE" },
  {
    at: 0,
    bytes: letters("7z\xbc\xaf"),
    what: "a 7z archive",
    advice: "unpack it and give the folder: 7z x FILE",
  },
  {
    at: 0,
    bytes: letters("Rar!"),
    what: "a rar archive",
    advice: "unpack it and give the folder: unrar x FILE",
  },
  {
    at: 0,
    bytes: letters("KDUMP"),
    what: "a kernel dump (kdump)",
    advice: "give its log: makedumpfile --dump-dmesg FILE dmesg.txt",
  },
  {
    at: 0,
    bytes: [0x7f, ...letters("ELF")],
    what: "an ELF file (a program or a kernel dump)",
    advice: "of a dump give the log: vmcore-dmesg FILE > dmesg.txt",
  },
  {
    at: 0,
    bytes: [0xd0, 0x0d, 0xfe, 0xed],
    what: "a compiled device tree",
    advice: "give its source: dtc -I dtb -O dts FILE",
  },
  { at: 0, bytes: letters("%PDF"), what: "a PDF", advice: "paste the text of the log into a file" },
  {
    at: 0,
    bytes: [0x89, ...letters("PNG")],
    what: "a picture",
    advice: "paste the text of the log into a file",
  },
  { at: 0, bytes: [0xff, 0xd8, 0xff], what: "a picture", advice: "paste the text of the log into a file" },
  {
    at: 0,
    bytes: letters("SQLite format 3"),
    what: "a database",
    advice: "pageblock reads logs and files of /proc",
  },
];

/** Trace.packet of a Perfetto trace, holding a TracePacket: field 1 as a message, whose first field is a known one. */
function isPerfetto(head: Uint8Array): boolean {
  if (head[0] !== 0x0a || head.length < 16) return false;
  let at = 1;
  let length = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = head[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length === 0 || length > 2 ** 26) return false;
  const tag = head[at]!;
  const isField = [
    0x0a, 0x40, 0x50, 0x32, 0x9a, 0x82, 0xca, 0xa2, 0xaa, 0xb2, 0xba, 0xc2, 0xda, 0xea, 0xfa,
  ].includes(tag);
  // Text may begin with a line break; a message holds bytes that no text has.
  return isField && head.subarray(0, 64).some((byte) => byte < 9);
}

export type Kind =
  | { readonly kind: "gzip" | "zip" | "tar" | "plain" }
  | { readonly kind: "foreign"; readonly what: string; readonly advice: string };

function has(head: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return head.length >= at + bytes.length && bytes.every((byte, i) => head[at + i] === byte);
}

/** What a file is, by its first bytes; "plain" is text or a table of frames. */
export function kindOf(head: Uint8Array): Kind {
  if (has(head, 0, [0x1f, 0x8b])) return { kind: "gzip" };
  if (has(head, 0, letters("PK\x03\x04")) || has(head, 0, letters("PK\x05\x06"))) return { kind: "zip" };
  const foreign = FOREIGN.find(({ at, bytes }) => has(head, at, bytes));
  if (foreign !== undefined) return { kind: "foreign", ...foreign };
  if (isTarHeader(head)) return { kind: "tar" };
  if (isPerfetto(head)) {
    const advice = "convert it: traceconv systrace FILE trace.txt";
    return { kind: "foreign", what: "a Perfetto trace", advice };
  }
  return { kind: "plain" };
}
