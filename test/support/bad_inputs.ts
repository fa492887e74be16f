// Knows: how inputs go wrong: files cut off, edited, missing, of another kind; calls mistyped. One row each.
// Must not know: what the command line says about it (test/golden/badinput does).

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CaptureCopy } from "./cli.js";

export interface BadInput {
  /** Also the name of the file in test/golden/badinput. */
  readonly name: string;
  /** Default 2: unusable. 1: replayed, and different from the kernel. */
  readonly code?: 1;
  damage?(copy: CaptureCopy): void;
  /** Default: replay of the copy. `folder` is where the command runs; the copy is in folder/capture. */
  readonly args?: readonly string[];
}

/** Bytes without any meaning, always the same. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}

function half<T extends Buffer | string>(content: T): T {
  return content.slice(0, Math.floor(content.length / 2)) as T;
}

/** A pfn of an `alloc` row in the middle of the script, one more than it was. */
function editPfn(copy: CaptureCopy): void {
  const rows = copy.text("ops.csv").split("\n");
  const at = rows.findIndex(
    (row, i) => i > 20_000 && row.split(",")[1] === "alloc" && !row.includes(",0,-12"),
  );
  const cells = (rows[at] ?? "").split(",");
  cells[10] = String(Number(cells[10]) + 1);
  rows[at] = cells.join(",");
  copy.replace("ops.csv", rows.join("\n"));
}

const STATE = "state_before.txt";

/** The same change in every dump, so that they are still of one machine. */
function everywhere(piece: RegExp, replacement: string): (copy: CaptureCopy) => void {
  return (copy) => {
    for (const name of [STATE, "state_mid.txt", "state_after.txt"]) copy.edit(name, piece, replacement);
  };
}

export const BAD_INPUTS: readonly BadInput[] = [
  // Files cut off.
  { name: "ops-gzip-truncated", damage: (copy) => copy.replace("ops.csv", half(copy.bytes("ops.csv"))) },
  { name: "state-gzip-truncated", damage: (copy) => copy.replace(STATE, half(copy.bytes(STATE))) },
  { name: "state-text-truncated", damage: (copy) => copy.replace(STATE, half(copy.text(STATE))) },
  {
    name: "state-truncated-at-line",
    damage: (copy) => copy.edit(STATE, /\ncma 0[\s\S]*$/, "\n"),
  },
  {
    name: "ops-text-truncated",
    damage: (copy) => copy.replace("ops.csv", copy.text("ops.csv").slice(0, 1_000_003)),
  },
  // Edited results: the replay runs, and parts from the file.
  { name: "ops-pfn-edited", code: 1, damage: editPfn },
  {
    name: "after-limit-edited",
    code: 1,
    damage: (copy) => copy.edit("state_after.txt", /(pcp 0 count=\d+ high)=\d+/, "$1=12345"),
  },
  // Missing and empty files.
  { name: "no-state-before", damage: (copy) => copy.remove(STATE) },
  { name: "no-state-after", damage: (copy) => copy.remove("state_after.txt") },
  { name: "no-state-mid", damage: (copy) => copy.remove("state_mid.txt") },
  { name: "no-ops", damage: (copy) => copy.remove("ops.csv") },
  { name: "state-empty", damage: (copy) => copy.replace(STATE, "") },
  { name: "ops-empty", damage: (copy) => copy.replace("ops.csv", "") },
  { name: "ops-empty-gzip", damage: (copy) => copy.replace("ops.csv", gzipSync("")) },
  { name: "ops-header-only", damage: (copy) => copy.edit("ops.csv", /\n[\s\S]*$/, "\n") },
  // What a dump says.
  { name: "state-version", damage: (copy) => copy.edit(STATE, "LABDUMP v1", "LABDUMP v2") },
  { name: "state-of-another-kernel", damage: everywhere(/release=6\.12\.\S+/g, "release=5.4.0") },
  {
    name: "after-of-another-machine",
    damage: (copy) => copy.edit("state_after.txt", /spanned=(\d+)/, "spanned=4096"),
  },
  { name: "page-on-two-lists", damage: (copy) => copy.edit(STATE, /\nfree 0 0: (\d+)/, "\nfree 0 0: $1 $1") },
  { name: "buddy-misaligned", damage: (copy) => copy.edit(STATE, /\nfree 10 1: (\d)/, "\nfree 10 1: 5 $1") },
  { name: "zones-overlap", damage: everywhere(/zone 1 DMA32 start=4096/g, "zone 1 DMA32 start=3000") },
  {
    name: "before-of-another-machine",
    damage: (copy) => copy.edit(STATE, /(zone 1 DMA32 start=\d+) spanned=\d+/, "$1 spanned=1000000000000000"),
  },
  {
    name: "zone-absurd",
    damage: everywhere(/(zone 1 DMA32 start=\d+) spanned=\d+/g, "$1 spanned=1000000000000000"),
  },
  {
    name: "zone-too-large",
    damage: everywhere(/(zone 1 DMA32 start=\d+) spanned=\d+/g, "$1 spanned=4000000000"),
  },
  { name: "pfn-absurd", damage: (copy) => copy.edit(STATE, /\nfree 0 0: \d+/, "\nfree 0 0: 99999999999") },
  { name: "pfn-outside", damage: (copy) => copy.edit(STATE, /\nfree 0 0: \d+/, "\nfree 0 0: 4294967295") },
  { name: "orders-absurd", damage: (copy) => copy.edit(STATE, "max_page_order=10", "max_page_order=60") },
  { name: "no-constant", damage: (copy) => copy.edit(STATE, "pageblock_order=9 ", "") },
  { name: "field-not-a-number", damage: (copy) => copy.edit(STATE, /wmark min=\d+/, "wmark min=abc") },
  { name: "state-binary", damage: (copy) => copy.replace(STATE, noise(4096)) },
  {
    name: "state-binary-with-gzip-magic",
    damage: (copy) => copy.replace(STATE, Buffer.concat([Buffer.from([0x1f, 0x8b]), noise(4096)])),
  },
  {
    name: "state-is-a-folder",
    damage: (copy) => {
      copy.remove(STATE);
      mkdirSync(join(copy.path, STATE));
    },
  },
  // What a script says.
  { name: "ops-binary", damage: (copy) => copy.replace("ops.csv", noise(4096)) },
  { name: "ops-no-column", damage: (copy) => copy.edit("ops.csv", "slot,order", "slut,order") },
  {
    name: "ops-unknown-operation",
    damage: (copy) => copy.edit("ops.csv", /\n(\d+),alloc,/, "\n$1,allocate,"),
  },
  {
    name: "ops-cell-not-a-number",
    damage: (copy) => copy.edit("ops.csv", /\n100,alloc,(\d+),(\d+),/, "\n100,alloc,$1,two,"),
  },
  { name: "ops-row-missing", damage: (copy) => copy.edit("ops.csv", /\n2000,[^\n]*/, "") },
  { name: "ops-slot-absurd", damage: (copy) => copy.edit("ops.csv", /\n0,(\w+),0,/, "\n0,$1,2000000000,") },
  {
    name: "ops-order-absurd",
    code: 1,
    damage: (copy) => copy.edit("ops.csv", /\n(\d+),alloc,(\d+),\d+,/, "\n$1,alloc,$2,40,"),
  },
  // The call.
  { name: "no-such-folder", args: ["replay", "nowhere"] },
  { name: "file-instead-of-folder", args: ["replay", "capture/meta.json"] },
  { name: "folder-without-capture", args: ["replay", "."] },
  { name: "unknown-command", args: ["replya", "capture"] },
  { name: "unknown-option", args: ["replay", "--jsn", "capture"] },
  { name: "unknown-core", args: ["replay", "capture", "--core", "fast"] },
  { name: "unknown-preset", args: ["demo", "--device", "phone-16"] },
  { name: "number-wanted", args: ["demo", "--steps", "many"] },
  { name: "no-folder-named", args: ["replay"] },
  { name: "standard-without-trace", args: ["replay", "--standard", "capture"] },
  {
    name: "json-of-a-bad-state",
    args: ["replay", "--json", "capture"],
    damage: (copy) => copy.edit(STATE, "LABDUMP v1", "LABDUMP v2"),
  },
];
