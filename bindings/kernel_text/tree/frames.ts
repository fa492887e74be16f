// Knows: the directory `frames`, one file for each frame of the machine: what lies there, decoded.
// Must not know: lists, how a frame comes to be what it is. The drawing of the word: assembly/abi/frame_word.

import { NO_MEMORY_MAP } from "../../../assembly/abi/limits.js";
import { FrameKind, Mobility, PageFlag, PageLife, PinKind } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { migratetypeNames } from "../../analysis/index.js";
import { append } from "../../engine/extent.js";
import type { Machine } from "../../machine/machine.js";
import { type DirectoryNode, file } from "./entries.js";
import { zoneNames } from "./kernel.js";

/** First frame of the block that covers a frame; a frame that is in no block is its own. */
export function headOf(machine: Machine, pfn: number): number {
  const orders = machine.views.config(ConfigWord.MAX_PAGE_ORDER) + 1;
  for (let order = 0; order < orders; order++) {
    const head = pfn - (pfn % 2 ** order);
    if (machine.views.frame(head).kind !== FrameKind.BODY) return head;
  }
  return pfn;
}

function typeName(type: number): string {
  return Object.hasOwn(migratetypeNames, type)
    ? migratetypeNames[type as keyof typeof migratetypeNames]
    : "no memory map";
}

/** What an allocated page is used for. */
function contentLines(machine: Machine, pfn: number): string[] {
  const frame = machine.views.frame(pfn);
  const owner = machine.views.owner(pfn);
  const flags = Object.entries(PageFlag).flatMap(([name, bit]) =>
    typeof bit === "number" && (frame.flags & bit) !== 0 ? [name] : [],
  );
  const lines = [
    `life: ${PageLife[frame.life]}`,
    `mobility: ${Mobility[frame.mobility]}`,
    `flags: ${flags.join(" ") || "none"}`,
    `pins: ${frame.pins}`,
    ...(frame.orphan ? ["orphan: freed, goes with its last pin"] : []),
  ];
  for (const { id, kind, owner: holder, since } of machine.pins(pfn)) {
    lines.push(`pin ${id}: ${PinKind[kind]} owner ${holder} since ${since} ns`);
  }
  if (owner !== 0) lines.push(`slot: ${owner - 1}`);
  return lines;
}

/** One line for each thing that is known of a frame; those of a block's head for every frame of the block. */
function renderFrame(machine: Machine, pfn: number): string {
  const { views } = machine;
  const pageShift = views.config(ConfigWord.PAGE_SHIFT);
  const block = Math.floor((pfn - views.startPfn) / 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER));
  const head = headOf(machine, pfn);
  const { kind, order, zone, type } = views.frame(head);
  const lines = [
    `pfn: ${pfn}`,
    `address: 0x${(pfn * 2 ** pageShift).toString(16)}`,
    `pageblock: ${typeName(views.pageblocks[block] ?? NO_MEMORY_MAP)}`,
    `kind: ${FrameKind[kind]}`,
  ];
  if (kind !== FrameKind.HOLE) lines.push(`zone: ${zoneNames(views)[zone]}`);
  if (kind !== FrameKind.HOLE && kind !== FrameKind.RESERVED) lines.push(`head: ${head}`, `order: ${order}`);
  if (kind === FrameKind.BUDDY) lines.push(`list: ${typeName(type)}`);
  if (kind === FrameKind.ALLOCATED) append(lines, contentLines(machine, head));
  return `${lines.join("\n")}\n`;
}

/** Too many to list: the directory shows `range`, first and last frame, and knows every number between them. */
export function frameDirectory(machine: Machine): DirectoryNode {
  const { startPfn, frameCount } = machine.views;
  const last = startPfn + frameCount - 1;
  return {
    kind: "directory",
    names: () => ["range"],
    find: (name) => {
      if (name === "range") return file(() => `${startPfn} ${last}\n`);
      if (!/^(0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/.test(name)) return undefined;
      const pfn = Number(name);
      return pfn >= startPfn && pfn <= last ? file(() => renderFrame(machine, pfn)) : undefined;
    },
  };
}
