// Knows: the directory of a CMA area: what debugfs and sysfs show of it, and what the tree allocated from it.
// Must not know: how cma_alloc works, free lists.
//
// Models: mm/cma_debug.c and mm/cma_sysfs.c, Linux 6.12; `ranges` as in 6.15, where base_pfn and bitmap are those of
// range 0. total_pages and available_pages, which sysfs has since 6.15, and release_pages_success, which 6.1 has not,
// are there for every kernel. Of our own: `windows`, what the last request of the tree tried.

import { BlockReason } from "../../../assembly/abi/findings.js";
import { Errno } from "../../../assembly/abi/vocabulary.js";
import { runStatistics } from "../../analysis/index.js";
import type { KernelId } from "../../device/kernel.js";
import { MachineError } from "../../engine/errors.js";
import type { AreaView, CmaResult } from "../../machine/cma.js";
import type { Machine } from "../../machine/machine.js";
import { renderAttribute, renderCmaBitmap } from "../proc/cma.js";
import type { CounterSource } from "./counters.js";
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
import { failureLines, freeRunsOf } from "./log.js";

/** Pages that the tree allocated at once (struct cma_mem). */
interface Held {
  pfn: number;
  pages: number;
}

function allFreeRuns(machine: Machine, area: AreaView) {
  return area.ranges.flatMap((_, nth) => freeRunsOf(machine, area, nth));
}

/** `int pages = val`: what the kernel makes of the number that was written. */
function toInt(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** One area and the list of what was allocated through it. */
class AreaDirectory {
  readonly #machine: Machine;
  readonly #index: number;
  readonly #log: (text: string) => void;
  /** Newest first. */
  readonly #held: Held[] = [];
  #last: CmaResult | undefined;

  constructor(machine: Machine, index: number, log: (text: string) => void) {
    this.#machine = machine;
    this.#index = index;
    this.#log = log;
  }

  view(): AreaView {
    return this.#machine.cma.area(this.#index);
  }

  /**
   * cma_alloc_mem(): alignment 0; every failure is -ENOMEM to the writer. cma_alloc() turns away without a word what
   * could never fit: nothing, a negative number, more pages than the area has.
   */
  allocate(pages: number): TreeErrno | undefined {
    if (pages <= 0 || pages > this.view().pages) return "ENOMEM";
    const result = this.#machine.cma.allocate({ area: this.#index, pages });
    this.#last = result;
    if (result.ok) {
      this.#held.unshift({ pfn: result.pfn, pages });
      return undefined;
    }
    this.#logFailure(pages, result.errno);
    return "ENOMEM";
  }

  #logFailure(pages: number, errno: number): void {
    for (const line of failureLines(this.#machine, this.view(), pages, errno)) this.#log(line);
  }

  /**
   * cma_free_mem(): the newest first; part of a block only where a bit is a page; more than there is frees all, and so
   * does a negative number, which the kernel compares as unsigned.
   */
  free(pages: number): TreeErrno | undefined {
    let left = pages < 0 ? Number.MAX_SAFE_INTEGER : pages;
    while (left > 0) {
      const newest = this.#held[0];
      if (newest === undefined) return undefined;
      const count = Math.min(newest.pages, left);
      if (count < newest.pages && this.view().orderPerBit !== 0) return undefined;
      if (!this.#release(newest.pfn, count)) {
        this.#held.shift();
        return "EIO";
      }
      newest.pfn += count;
      newest.pages -= count;
      left -= count;
      if (newest.pages === 0) this.#held.shift();
    }
    return undefined;
  }

  /** False: the pages are not, or not all, given out any more. They were released behind the tree's back. */
  #release(pfn: number, pages: number): boolean {
    try {
      this.#machine.cma.release(this.#index, pfn, pages);
      return true;
    } catch (error) {
      if (error instanceof MachineError) return false;
      throw error;
    }
  }

  used(): number {
    const area = this.view();
    const free = allFreeRuns(this.#machine, area).reduce((sum, { length }) => sum + length, 0);
    const bits = area.ranges.reduce((sum, range) => sum + range.bits, 0);
    return (bits - free) * 2 ** area.orderPerBit;
  }

  maxchunk(): number {
    const area = this.view();
    return runStatistics(allFreeRuns(this.#machine, area)).longest * 2 ** area.orderPerBit;
  }

  bitmap(nth: number): string {
    return renderCmaBitmap(this.#machine.cma.bitmap(this.#index, nth));
  }

  /** `start=PFN errno=NAME blocker=PFN reason=NAME` for each window of the last request. */
  windows(): string {
    const lines = (this.#last?.windows ?? []).map(({ start, errno, blocker, reason }) => {
      const why = errno === Errno.NONE ? "" : ` blocker=${blocker} reason=${BlockReason[reason]}`;
      return `start=${start} errno=${Errno[errno] ?? errno}${why}\n`;
    });
    return lines.join("");
  }

  held(): string {
    return this.#held.map(({ pfn, pages }) => `${pfn} ${pages}\n`).join("");
  }
}

function command(perform: (pages: number) => TreeErrno | undefined): TreeNode {
  return commandFile((text) => {
    const value = parseAttribute(text);
    return value === undefined ? "EINVAL" : perform(toInt(value));
  });
}

function rangeDirectories(files: AreaDirectory): DirectoryNode {
  const ranges = files.view().ranges.map((_, nth) => {
    const entries: (readonly [string, TreeNode])[] = [
      ["base_pfn", numberFile(() => files.view().ranges[nth]?.basePfn ?? 0)],
      ["bitmap", file(() => files.bitmap(nth))],
    ];
    return [String(nth), directory(entries)] as const;
  });
  return directory(ranges);
}

function areaDirectory(files: AreaDirectory, counters: CounterSource, kernel: KernelId): DirectoryNode {
  const { name } = files.view();
  const counter = (label: string, of: (view: AreaView) => number) =>
    [label, file(() => renderAttribute(counters.area(name, label, of(files.view()))))] as const;
  const number = (label: string, read: () => number) => [label, file(() => renderAttribute(read()))] as const;
  return directory([
    ["alloc", command((pages) => files.allocate(pages))],
    ["free", command((pages) => files.free(pages))],
    number("base_pfn", () => files.view().ranges[0]?.basePfn ?? 0),
    ["bitmap", file(() => files.bitmap(0))],
    number("count", () => files.view().pages),
    number("maxchunk", () => files.maxchunk()),
    number("order_per_bit", () => files.view().orderPerBit),
    number("used", () => files.used()),
    ...(kernel === "6.15" ? [["ranges", rangeDirectories(files)] as const] : []),
    counter("alloc_pages_fail", (view) => view.allocPagesFail),
    counter("alloc_pages_success", (view) => view.allocPagesSuccess),
    counter("release_pages_success", (view) => view.releasePagesSuccess),
    number("available_pages", () => files.view().available),
    number("total_pages", () => files.view().pages),
    ["held", file(() => files.held())],
    ["windows", file(() => files.windows())],
  ]);
}

/** A name that can be one part of a path; sysfs writes ! for a slash. Twins and the nameless are called by index. */
function directoryNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const plain = name.replaceAll("/", "!").replace(/\p{Cc}+/gu, "");
    const usable =
      plain === "" || plain === "." || plain === ".." || taken.has(plain) ? `cma${index}` : plain;
    taken.add(usable);
    return usable;
  });
}

/** `cma`: a directory for each area. */
export function areaDirectories(
  machine: Machine,
  counters: CounterSource,
  kernel: KernelId,
  log: (text: string) => void,
): DirectoryNode {
  const names = directoryNames(machine.cma.names);
  return directory(
    names.map((name, index) => {
      const files = new AreaDirectory(machine, index, log);
      return [name, areaDirectory(files, counters, kernel)] as const;
    }),
  );
}
