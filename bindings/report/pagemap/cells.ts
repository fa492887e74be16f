// Knows: how pageblocks become cells, and cells become rows of panels.
// Must not know: colours, pixels, text.

import { MIGRATE_TYPES } from "../../../assembly/abi/limits.js";
import type { PageMapBlocks, PageMapInput, PageMapRange } from "./input.js";

/** A cell whose pageblocks are all reserved. */
export const RESERVED_KIND = MIGRATE_TYPES;
/** Nothing to draw. */
export const HOLE_KIND = -1;

/** One or more pageblocks. Counts in pages. */
export interface MapCell {
  /** A migratetype (of most of its memory), RESERVED_KIND or HOLE_KIND. */
  readonly kind: number;
  /** The second most frequent type; HOLE_KIND when all pageblocks agree. */
  readonly second: number;
  /** Free pages, per-CPU lists included. */
  readonly free: number;
  /** Pages that the allocator may hand out at all. */
  readonly usable: number;
}

/** A stretch of one zone without long holes. Cell i of the panel covers [start + i * cellPages, ...). */
export interface Panel {
  readonly zone: PageMapRange;
  readonly start: number;
  readonly cells: readonly MapCell[];
  /** Empty places before the first cell, so that rows begin at round addresses. */
  readonly offset: number;
}

/** Pages left out after a panel, 0 when the next one follows in place. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

export interface MapLayout {
  readonly cellPages: number;
  readonly blocksPerCell: number;
  readonly columns: number;
  readonly panels: readonly Panel[];
  readonly gaps: readonly Gap[];
}

const NO_CELL: MapCell = { kind: HOLE_KIND, second: HOLE_KIND, free: 0, usable: 0 };
const DEFAULT_MAX_CELLS = 8192;

function usablePages(blocks: PageMapBlocks, i: number): number {
  return (blocks.freePages[i] ?? 0) + (blocks.pcpPages[i] ?? 0) + (blocks.allocatedPages[i] ?? 0);
}

function isHole(blocks: PageMapBlocks, i: number): boolean {
  const type = blocks.type[i] ?? MIGRATE_TYPES;
  return type >= MIGRATE_TYPES || usablePages(blocks, i) + (blocks.reservedPages[i] ?? 0) === 0;
}

/** Adds pageblocks up until their cell is complete. */
class CellBuilder {
  private readonly weight = new Array<number>(MIGRATE_TYPES).fill(0);
  private free = 0;
  private usable = 0;
  private reserved = 0;

  add(blocks: PageMapBlocks, i: number): void {
    if (isHole(blocks, i)) return;
    const usable = usablePages(blocks, i);
    const type = blocks.type[i] ?? 0;
    this.weight[type] = (this.weight[type] ?? 0) + usable;
    this.free += (blocks.freePages[i] ?? 0) + (blocks.pcpPages[i] ?? 0);
    this.usable += usable;
    this.reserved += blocks.reservedPages[i] ?? 0;
  }

  build(): MapCell {
    if (this.usable === 0) return this.reserved > 0 ? { ...NO_CELL, kind: RESERVED_KIND } : NO_CELL;
    const ranked = this.weight.map((pages, type) => ({ pages, type })).filter(({ pages }) => pages > 0);
    ranked.sort((a, b) => b.pages - a.pages || a.type - b.type);
    return {
      kind: ranked[0]?.type ?? 0,
      second: ranked[1]?.type ?? HOLE_KIND,
      free: this.free,
      usable: this.usable,
    };
  }
}

/** The smallest power of two with which the cells stay within the limit. */
export function chooseBlocksPerCell(input: PageMapInput): number {
  const { blocks } = input;
  let real = 0;
  for (let i = 0; i < blocks.pfn.length; i++) if (!isHole(blocks, i)) real++;
  const limit = Math.max(input.maxCells ?? DEFAULT_MAX_CELLS, 1);
  let perCell = 1;
  while (real / perCell > limit) perCell *= 2;
  return perCell;
}

function chooseColumns(cells: number): number {
  if (cells > 2048) return 128;
  return cells > 128 ? 64 : 32;
}

/** Cells of one zone, by cell number (pfn / cellPages); holes inside are cells too. */
function zoneCells(input: PageMapInput, zone: PageMapRange, cellPages: number): Map<number, MapCell> {
  const builders = new Map<number, CellBuilder>();
  const { blocks } = input;
  const blockPages = 2 ** input.pageblockOrder;
  for (let i = 0; i < blocks.pfn.length; i++) {
    const pfn = blocks.pfn[i] ?? 0;
    // A zone may begin inside its first pageblock (pfn 1 on x86).
    if (pfn + blockPages <= zone.start || pfn >= zone.end) continue;
    const number = Math.floor(pfn / cellPages);
    const builder = builders.get(number) ?? new CellBuilder();
    builder.add(blocks, i);
    builders.set(number, builder);
  }
  return new Map([...builders].map(([number, builder]) => [number, builder.build()]));
}

/** Runs of cell numbers without a hole of a whole row or more. */
function splitAtHoles(
  cells: ReadonlyMap<number, MapCell>,
  columns: number,
): { first: number; last: number }[] {
  const solid = [...cells.keys()]
    .filter((number) => cells.get(number)?.kind !== HOLE_KIND)
    .sort((a, b) => a - b);
  const parts: { first: number; last: number }[] = [];
  for (const number of solid) {
    const part = parts.at(-1);
    if (part !== undefined && number - part.last <= columns) part.last = number;
    else parts.push({ first: number, last: number });
  }
  return parts;
}

function countSolid(cells: ReadonlyMap<number, MapCell>): number {
  let count = 0;
  for (const cell of cells.values()) if (cell.kind !== HOLE_KIND) count++;
  return count;
}

/** Panels of all zones, ascending, and what lies between them. */
export function layOutCells(input: PageMapInput): MapLayout {
  const blocksPerCell = chooseBlocksPerCell(input);
  const cellPages = blocksPerCell * 2 ** input.pageblockOrder;
  const zones = [...input.zones].filter((zone) => zone.end > zone.start).sort((a, b) => a.start - b.start);
  const perZone = zones.map((zone) => ({ zone, cells: zoneCells(input, zone, cellPages) }));
  const columns = chooseColumns(perZone.reduce((sum, { cells }) => sum + countSolid(cells), 0));
  const panels = perZone.flatMap(({ zone, cells }) =>
    splitAtHoles(cells, columns).map(({ first, last }): Panel => {
      const list = Array.from({ length: last - first + 1 }, (_, i) => cells.get(first + i) ?? NO_CELL);
      return { zone, start: first * cellPages, cells: list, offset: first % columns };
    }),
  );
  const gaps = panels.map((panel, i): Gap => {
    const end = panel.start + panel.cells.length * cellPages;
    return { start: end, end: Math.max(end, panels[i + 1]?.start ?? end) };
  });
  return { cellPages, blocksPerCell, columns, panels, gaps };
}
