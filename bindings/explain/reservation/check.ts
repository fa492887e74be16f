// Knows: which reservations of a device tree a kernel can make, at each page size, and what to write instead.
// Must not know: files, formats, terminals.
//
// Models: __reserved_mem_alloc_size() and __reserved_mem_check_root() of drivers/of/of_reserved_mem.c, rmem_cma_setup() of
// kernel/dma/contiguous.c, Linux 4.9 to 6.12. CMA_MIN_ALIGNMENT_BYTES is a pageblock since 5.19, the larger of a pageblock
// and the buddy's largest block before.

import { PAGE_SHIFTS } from "../../engine/units.js";
import type { ReservedArea } from "../picture.js";

/** Something that is wrong with a reservation. */
export interface TreeProblem {
  /** error: the kernel does not make the area. warning: some kernels do not, or not as written. */
  readonly severity: "error" | "warning";
  /** One sentence. */
  readonly message: string;
  /** The line to write instead; "" where there is none. */
  readonly write: string;
}

/** What a kernel makes of one node below reserved-memory. */
export interface TreeCheck {
  /** The node. */
  readonly node: ReservedArea;
  /** Bytes of a page: what is allowed depends on it. */
  readonly pageSize: number;
  /** Bytes; null: not told, or no number. */
  readonly bytes: number | null;
  /** What is wrong with it; none: the area is made as written. */
  readonly problems: readonly TreeProblem[];
}

const MIB = 2 ** 20;
export const PAGE_SIZES = PAGE_SHIFTS.map((shift) => 2 ** shift);

/** What area sizes must be multiples of: `sure` with every kernel, `least` with the newest and huge pages compiled in. */
export function alignmentOf(pageSize: number): { readonly least: number; readonly sure: number } {
  if (pageSize >= 65536) return { least: 512 * MIB, sure: 512 * MIB };
  if (pageSize >= 16384) return { least: 32 * MIB, sure: 32 * MIB };
  return { least: 2 * MIB, sure: 4 * MIB };
}

/** Is this node meant to be a CMA area? Others below reserved-memory are carve-outs of drivers. */
export function isMeantForCma({ name, cmaDefault, reusable, compatible }: ReservedArea): boolean {
  return cmaDefault || /^linux,cma/.test(name) || (reusable && compatible === "shared-dma-pool");
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function cellsText(value: number, count: number): string {
  return count === 2 ? `${hex(Math.floor(value / 2 ** 32))} ${hex(value % 2 ** 32)}` : hex(value);
}

function mib(bytes: number): string {
  return `${Number((bytes / MIB).toFixed(2))} MiB`;
}

/** The number that so many cells make; null when a cell is no number. */
function joined(cells: readonly (number | null)[]): number | null {
  let value = 0;
  for (const cell of cells) {
    if (cell === null) return null;
    value = value * 2 ** 32 + cell;
  }
  return value;
}

function error(message: string, write = ""): TreeProblem {
  return { severity: "error", message, write };
}

function warning(message: string, write = ""): TreeProblem {
  return { severity: "warning", message, write };
}

/** What makes the kernel pass the node over, whatever its size. */
function ofNode(node: ReservedArea): TreeProblem[] {
  const { compatible, status, reusable, noMap, hasRanges, addressCells, sizeCells } = node;
  const problems: TreeProblem[] = [];
  if (status !== null && status !== "okay" && status !== "ok")
    problems.push(error(`status is "${status}": the node is passed over`, 'status = "okay";'));
  if (compatible !== "shared-dma-pool") {
    const is = compatible === null ? "compatible is missing" : `compatible is "${compatible}"`;
    problems.push(
      error(`${is}: only a shared-dma-pool becomes a CMA area`, 'compatible = "shared-dma-pool";'),
    );
  }
  if (!reusable)
    problems.push(
      error("reusable is missing: the memory is set aside for good, it is no CMA area", "reusable;"),
    );
  if (noMap)
    problems.push(error("no-map: the kernel cannot lend memory that it does not map; take the line out"));
  if (hasRanges === false)
    problems.push(error('reserved-memory has no "ranges": the kernel ignores all nodes in it', "ranges;"));
  const { rootAddressCells, rootSizeCells } = node;
  const differ = (own: number | null, root: number | null) => own !== null && root !== null && own !== root;
  if (differ(addressCells, rootAddressCells) || differ(sizeCells, rootSizeCells)) {
    const message = `#address-cells and #size-cells of reserved-memory are ${addressCells} and ${sizeCells}, those of the root ${rootAddressCells} and ${rootSizeCells}: the kernel ignores all nodes in it ("unsupported node format")`;
    problems.push(
      error(message, `#address-cells = <${rootAddressCells}>; #size-cells = <${rootSizeCells}>;`),
    );
  }
  return problems;
}

interface Cells {
  readonly address: number;
  readonly size: number;
}

function ofSize(bytes: number, pageSize: number, cells: Cells): TreeProblem[] {
  const { least, sure } = alignmentOf(pageSize);
  const up = Math.ceil(bytes / sure) * sure;
  const write = `size = <${cellsText(up, cells.size)}>;`;
  if (bytes === 0) return [error("the size is 0")];
  if (bytes % least !== 0) {
    const message = `${mib(bytes)} is no multiple of ${mib(least)}, which areas are made of with ${pageSize / 1024} KiB pages ("incorrect alignment of CMA region")`;
    return [error(message, write)];
  }
  if (bytes % sure === 0) return [];
  const message = `${mib(bytes)} is no multiple of ${mib(sure)}: kernels before 5.19, and those without huge pages, refuse it`;
  return [warning(message, write)];
}

function ofAlignment(node: ReservedArea): TreeProblem[] {
  if (node.alignment === null) return [];
  const value = joined(node.alignment);
  if (value === null || value === 0) return value === 0 ? [error("the alignment is 0")] : [];
  return Number.isInteger(Math.log2(value)) ? [] : [error(`the alignment ${hex(value)} is no power of two`)];
}

/** Is there a place for the area in one of the ranges? */
function ofRanges(node: ReservedArea, bytes: number | null, pageSize: number, cells: Cells): TreeProblem[] {
  const { allocRanges } = node;
  if (allocRanges === null) return [];
  const step = cells.address + cells.size;
  if (allocRanges.length === 0 || allocRanges.length % step !== 0) {
    const message = `alloc-ranges has ${allocRanges.length} cells, pairs of address and size have ${step}: the kernel skips the node ("invalid alloc-ranges property")`;
    return [error(message)];
  }
  const own = node.alignment === null ? 0 : (joined(node.alignment) ?? 0);
  const align = Math.max(own, alignmentOf(pageSize).least);
  let room = 0;
  for (let at = 0; at < allocRanges.length; at += step) {
    const start = joined(allocRanges.slice(at, at + cells.address));
    const length = joined(allocRanges.slice(at + cells.address, at + step));
    if (start === null || length === null) return [];
    room = Math.max(room, start + length - Math.ceil(start / align) * align);
  }
  if (bytes === null || room >= bytes) return [];
  const message = `alloc-ranges holds ${mib(Math.max(0, room))} from a border of ${mib(align)} on, the area is ${mib(bytes)} ("failed to allocate memory for node")`;
  return [error(message)];
}

function ofReg(
  node: ReservedArea,
  pageSize: number,
  cells: Cells,
): { bytes: number | null; problems: TreeProblem[] } {
  const reg = node.reg ?? [];
  if (reg.length !== cells.address + cells.size) {
    const message = `reg has ${reg.length} cells, an address and a size have ${cells.address + cells.size}`;
    return { bytes: null, problems: [error(message)] };
  }
  const base = joined(reg.slice(0, cells.address));
  const bytes = joined(reg.slice(cells.address));
  const problems = bytes === null ? [] : ofSize(bytes, pageSize, cells);
  const { least } = alignmentOf(pageSize);
  if (base !== null && base % least !== 0) {
    const message = `reg begins at ${hex(base)}, which is no multiple of ${mib(least)}, as areas must with ${pageSize / 1024} KiB pages ("incorrect alignment of CMA region")`;
    problems.push(error(message));
  }
  return { bytes, problems };
}

/** What a kernel with pages of this size makes of one node. */
export function checkReservation(node: ReservedArea, pageSize: number): TreeCheck {
  const problems = ofNode(node);
  // The kernel counts cells by the root's numbers; where the source shows none, two cells are an arm64's and one an arm's.
  const told = node.sizeCells ?? node.rootSizeCells;
  const cells = {
    address: node.addressCells ?? node.rootAddressCells ?? told ?? node.size?.length ?? 2,
    size: told ?? node.size?.length ?? 2,
  };
  if (node.reg !== null) {
    const reg = ofReg(node, pageSize, cells);
    return { node, pageSize, bytes: reg.bytes, problems: [...problems, ...reg.problems] };
  }
  if (node.size === null) {
    problems.push(error("neither size nor reg: there is nothing to reserve"));
    return { node, pageSize, bytes: null, problems };
  }
  if (node.size.length !== cells.size) {
    const value = joined(node.size);
    const write = value === null ? "" : `size = <${cellsText(value, cells.size)}>;`;
    const message = `size has ${node.size.length} cells, #size-cells is ${cells.size}: the kernel skips the node ("invalid size property")`;
    problems.push(error(message, write));
    return { node, pageSize, bytes: null, problems };
  }
  const bytes = joined(node.size);
  const sized = bytes === null ? [] : ofSize(bytes, pageSize, cells);
  const placed = [...ofAlignment(node), ...ofRanges(node, bytes, pageSize, cells)];
  return { node, pageSize, bytes, problems: [...problems, ...sized, ...placed] };
}

/** Every CMA node of a tree; a second linux,cma-default is a problem of its own. */
export function checkTree(trees: readonly ReservedArea[], pageSize: number): TreeCheck[] {
  const nodes = trees.filter(isMeantForCma);
  const defaults = nodes.filter(({ cmaDefault }) => cmaDefault);
  return nodes.map((node) => {
    const check = checkReservation(node, pageSize);
    if (defaults.length < 2 || !node.cmaDefault || node === defaults[0]) return check;
    const message = `a second node has linux,cma-default (the first: ${defaults[0]!.name}): one of them is the default area, by the order in which the kernel meets them`;
    return { ...check, problems: [...check.problems, warning(message)] };
  });
}
