// Knows: cma_alloc, cma_release and pins asked of both models, and what migration does to the books.
// Must not know: how either isolates or migrates.

import { Region } from "../../assembly/abi/layout.js";
import { MAX_RANGES, WINDOW_CAPACITY } from "../../assembly/abi/limits.js";
import { Op, PinKind, Status } from "../../assembly/abi/vocabulary.js";
import { AreaWord, RangeWord } from "../../assembly/abi/words.js";
import type { CmaResult as CoreResult } from "../../bindings/machine/cma.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { CmaAreaState, MachineState } from "../../bindings/state/types.js";
import type { CmaResult as ReferenceResult } from "../reference/cma.js";
import type { Move } from "../reference/migrate.js";
import type { Operation } from "./operations.js";
import type { Twins } from "./twins.js";

/** Pages that a cma_alloc gave. */
export interface Window {
  readonly area: number;
  readonly pfn: number;
  readonly pages: number;
}

export function cmaAllocate(twins: Twins, operation: Operation & { op: "cma_allocate" }): string | null {
  const { id, area, pages, align, cpu } = operation;
  if (twins.reference.isLocked(area)) {
    return twins.same(Status.LOCKED, twins.command(Op.CMA_ALLOCATE, cpu, align, 0, area, pages).status);
  }
  const expected = twins.reference.cmaAllocate(area, pages, align, cpu);
  const request = twins.core.cma.begin({ area, pages, align, cpu });
  // Step by step or at once: the answer is the same when nothing happens in between.
  while (id % 2 === 0 && request.result === undefined) request.step();
  const got = request.run();
  for (const move of expected.moves) follow(twins, move);
  for (const pfn of expected.drops) forget(twins, pfn);
  const wrong = compareResults(expected, got);
  if (wrong === null && got.ok) twins.windows.set(id, { area, pfn: got.pfn, pages });
  return wrong;
}

/** @param seen windows tried by anybody since the request began: the ring of the core has the last of them */
export function compareResults(expected: ReferenceResult, got: CoreResult, seen = 0): string | null {
  const busy = got.windows.filter(({ errno }) => errno === -16).map(({ start }) => start);
  const first = seen > WINDOW_CAPACITY ? expected.busyPfns.length - busy.length : 0;
  const rows: [string, unknown, unknown][] = [
    ["pfn", expected.pfn, got.pfn],
    ["errno", expected.errno, got.errno],
    ["busy windows", expected.busyPfns.slice(first).join(), busy.join()],
    ["busy retries", expected.busyPfns.length, got.busyRetries],
    ["pages migrated", expected.moves.length, got.pagesMigrated],
    ["pages dropped", expected.drops.length, got.pagesReclaimed],
  ];
  const wrong = rows
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${what}: core ${b}, reference ${a}`);
  return wrong.length === 0 ? null : wrong.join("; ");
}

/** The content of a page is now in another one: whoever holds it, holds that. */
export function follow({ held, pinned }: Twins, { from, to }: Move): void {
  for (const [id, block] of held) {
    if (block.pfn === from && block.order === 0) held.set(id, { pfn: to, order: 0 });
  }
  pinned.delete(from);
}

/** A page of a file is gone: it can be read again. */
export function forget({ held }: Twins, pfn: number): void {
  for (const [id, block] of held) if (block.pfn === pfn) held.delete(id);
}

export function cmaRelease(twins: Twins, { of, cpu }: Operation & { op: "cma_release" }): string | null {
  const window = twins.windows.get(of);
  if (window === undefined) return null;
  twins.windows.delete(of);
  const { area, pfn, pages } = window;
  const expected = twins.reference.cmaRelease(area, pfn, pages, cpu);
  return twins.same(expected, twins.command(Op.CMA_RELEASE, cpu, 0, 0, area, pfn, pages).status);
}

/** One short reference beyond the mappings, at most one per block here. */
export function pin(twins: Twins, { of, on }: Operation & { op: "pin" }): string | null {
  const block = twins.held.get(of);
  if (block === undefined || twins.pinned.has(block.pfn) === on) return null;
  const { pfn } = block;
  if (!on) return unpin(twins, pfn);
  twins.pinned.add(pfn);
  return twins.same(twins.reference.pin(pfn), twins.command(Op.PIN, 0, 0, 0, pfn, PinKind.SHORT).status);
}

/** Also before a block is freed: in the core a page lives until its last pin is gone, in the reference not. */
export function unpin(twins: Twins, pfn: number): string | null {
  if (!twins.pinned.delete(pfn)) return null;
  return twins.same(twins.reference.unpin(pfn), twins.command(Op.UNPIN, 0, 0, 0, pfn).status);
}

/** The bitmap of each area is what the windows given out make it, and nothing else. */
export class AreaCheck {
  private readonly areas: Int32Array;
  private readonly ranges: Int32Array;
  private readonly bitmaps: Uint32Array;

  constructor(
    { engine }: Machine,
    private readonly origin: MachineState,
  ) {
    this.areas = engine.words(Region.AREAS);
    this.ranges = engine.words(Region.RANGES);
    this.bitmaps = engine.unsigned(Region.CMA_BITMAPS);
  }

  differences(windows: Iterable<Window>): string[] {
    const given = [...windows];
    return this.origin.areas.flatMap((area, index) => {
      const mine = given.filter((window) => window.area === index);
      return this.areaDifferences(area, index, mine).map(
        (what) => `core | windows: area ${area.name}: ${what}`,
      );
    });
  }

  private areaDifferences(
    { basePfn, count }: CmaAreaState,
    index: number,
    windows: readonly Window[],
  ): string[] {
    const wrong: string[] = [];
    const first = this.ranges[index * MAX_RANGES * RangeWord.COUNT + RangeWord.BITMAP] ?? 0;
    const expected = new Uint32Array(Math.ceil(count / 32));
    for (const { pfn, pages } of windows) {
      for (let bit = pfn - basePfn; bit < pfn - basePfn + pages; bit++) {
        expected[bit >>> 5] = (expected[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    }
    for (let i = 0; i < expected.length; i++) {
      if (this.bitmaps[first + i] !== expected[i])
        wrong.push(`bitmap word ${i}: ${this.bitmaps[first + i]} | ${expected[i]}`);
    }
    const available = this.areas[index * AreaWord.COUNT + AreaWord.AVAILABLE];
    const free = count - windows.reduce((sum, { pages }) => sum + pages, 0);
    if (available !== free) wrong.push(`available: ${available} | ${free}`);
    return wrong;
  }
}
