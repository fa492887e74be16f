// Knows: the directories of a zone's free lists, `order-N/migrate-TYPE`, and the blocks that the tree took from them.
// Must not know: other files of a zone, how blocks are split or merged.
//
// Models no kernel file: it is what the talk `CMA allocations fail due to pinned MOVABLE pages` (LPC 2025) asks for
// under /sys/kernel/debug/mm. `alloc` takes blocks of that very order from the head of that very list, whatever the
// watermarks say, all that were asked for or none; `free` gives the newest ones back, past the per-CPU lists.

import { contentOf } from "../../../assembly/abi/frame_word.js";
import { type Migratetype, Mobility, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { migratetypeNames, migratetypes } from "../../analysis/index.js";
import { append } from "../../engine/extent.js";
import type { Machine } from "../../machine/machine.js";
import {
  commandFile,
  type DirectoryNode,
  directory,
  file,
  numberFile,
  parseAttribute,
  type TreeNode,
} from "./entries.js";
import type { TreeErrno } from "./errors.js";

/** One number in each line. */
export function renderPfns(pfns: ArrayLike<number>): string {
  return Array.from(pfns, (pfn) => `${pfn}\n`).join("");
}

type Append = (op: Op, order: number, pfn: number, b: number) => void;

/** Performs operations on blocks, as many as there are; answers how many were refused. */
function performAll(machine: Machine, write: (append: Append) => void): number {
  const { commands } = machine;
  let refused = 0;
  const run = () => {
    commands.execute();
    for (let i = 0; i < commands.length; i++) if (commands.status(i) >= Status.BAD_COMMAND) refused += 1;
    commands.clear();
  };
  commands.clear();
  write((op, order, pfn, b) => {
    if (commands.isFull) run();
    commands.append(op, 0, order, 0, pfn, b, 0);
  });
  run();
  return refused;
}

/** Pages that cannot move and that only their holder frees: the churn leaves this life alone. */
const HELD = contentOf(Mobility.FIXED, PageLife.CMA, 0);

/** All of them or none. */
function takeBlocks(machine: Machine, list: ListPlace, held: number[], count: bigint): TreeErrno | undefined {
  const pfns = machine.views.freeList(list.zone, list.order, list.type);
  if (count > BigInt(pfns.length)) return "ENOMEM";
  const taken = Array.from(pfns.subarray(0, Number(count)));
  const refused = performAll(machine, (append) => {
    for (const pfn of taken) {
      append(Op.TAKE_FREE, list.order, pfn, 0);
      append(Op.SET_CONTENT, 0, pfn, HELD);
    }
  });
  append(held, taken);
  return refused > 0 ? "EIO" : undefined;
}

/** A block that is not allocated any more was freed behind the tree's back: it is forgotten, and an error. */
function giveBack(machine: Machine, order: number, held: number[], count: bigint): TreeErrno | undefined {
  const blocks = count < BigInt(held.length) ? Number(count) : held.length;
  const given = held.splice(held.length - blocks, blocks).reverse();
  const refused = performAll(machine, (append) => {
    for (const pfn of given) append(Op.RELEASE_DIRECT, order, pfn, 0);
  });
  return refused > 0 ? "EIO" : undefined;
}

interface ListPlace {
  readonly zone: number;
  readonly order: number;
  readonly type: Migratetype;
}

function listDirectory(machine: Machine, list: ListPlace): DirectoryNode {
  /** First frames, oldest first. */
  const held: number[] = [];
  const pfns = () => machine.views.freeList(list.zone, list.order, list.type);
  const command = (perform: (count: bigint) => TreeErrno | undefined) =>
    commandFile((text) => {
      const count = parseAttribute(text);
      return count === undefined ? "EINVAL" : perform(count);
    });
  return directory([
    ["alloc", command((count) => takeBlocks(machine, list, held, count))],
    ["count", numberFile(() => pfns().length)],
    ["free", command((count) => giveBack(machine, list.order, held, count))],
    ["held", file(() => renderPfns(held))],
    ["pfns", file(() => renderPfns(pfns()))],
  ]);
}

/** `order-0` to `order-MAX`, each with `nr_free` and one directory for each migratetype. */
export function orderDirectories(machine: Machine, zone: number): (readonly [string, TreeNode])[] {
  const orders = machine.views.config(ConfigWord.MAX_PAGE_ORDER) + 1;
  return Array.from({ length: orders }, (_, order) => {
    const types = migratetypes.map(
      (type) => [`migrate-${migratetypeNames[type]}`, listDirectory(machine, { zone, order, type })] as const,
    );
    const blocks = numberFile(() => machine.views.zone(zone).nrFree[order] ?? 0);
    return [`order-${order}`, directory([...types, ["nr_free", blocks]])] as const;
  });
}
