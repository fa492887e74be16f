// Knows: where each frame lies on the map: rows of pageblocks in address order, Z-order inside a pageblock.
// Must not know: what a frame is, colours, the page.
//
// In Z-order every block of a buddy list is one rectangle, and its buddy is the rectangle beside it: even bits of a frame's
// number in its pageblock go to the right, odd bits down. Cells are twice as high as wide: 512 frames are 32 x 16 cells.

/** Pageblocks in a row: 256 MiB with 4 KiB pages. */
export const COLUMNS = 128;

export interface Layout {
  readonly frames: number;
  /** Cells of a pageblock, and of the whole map. */
  readonly across: number;
  readonly down: number;
  readonly width: number;
  readonly height: number;
  /** The frame of a pageblock at each of its cells, row by row. */
  readonly frameOfCell: Uint16Array;
  /** The cell of each frame of a pageblock. */
  readonly cellOfFrame: Uint16Array;
}

/** Which part is seen: the cell at the left and at the top, and pixels for a cell. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

export function layoutOf(frames: number, pageblockOrder: number): Layout {
  const across = 2 ** Math.ceil(pageblockOrder / 2);
  const down = 2 ** Math.floor(pageblockOrder / 2);
  const blocks = Math.ceil(frames / 2 ** pageblockOrder);
  const frameOfCell = new Uint16Array(2 ** pageblockOrder);
  const cellOfFrame = new Uint16Array(2 ** pageblockOrder);
  for (let frame = 0; frame < frameOfCell.length; frame++) {
    let [x, y] = [0, 0];
    for (let bit = 0; bit < pageblockOrder; bit++) {
      const value = (frame >> bit) & 1;
      if (bit % 2 === 0) x |= value << (bit / 2);
      else y |= value << ((bit - 1) / 2);
    }
    frameOfCell[y * across + x] = frame;
    cellOfFrame[frame] = y * across + x;
  }
  const width = Math.min(blocks, COLUMNS) * across;
  const height = Math.ceil(blocks / COLUMNS) * down;
  return { frames, across, down, width, height, frameOfCell, cellOfFrame };
}

/** The frame at a cell, or -1 outside of memory. */
export function frameAt(layout: Layout, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= layout.width || y >= layout.height) return -1;
  const block = Math.floor(y / layout.down) * COLUMNS + Math.floor(x / layout.across);
  const cell = (y % layout.down) * layout.across + (x % layout.across);
  const frame = block * layout.frameOfCell.length + (layout.frameOfCell[cell] ?? 0);
  return frame < layout.frames ? frame : -1;
}

/** The cell of a frame. */
export function cellOf(layout: Layout, frame: number): { readonly x: number; readonly y: number } {
  const size = layout.frameOfCell.length;
  const block = Math.floor(frame / size);
  const cell = layout.cellOfFrame[frame % size] as number;
  return {
    x: (block % COLUMNS) * layout.across + (cell % layout.across),
    y: Math.floor(block / COLUMNS) * layout.down + Math.floor(cell / layout.across),
  };
}

/** The whole of memory in a picture of this size. */
export function wholeView(layout: Layout, width: number, height: number): View {
  return { left: 0, top: 0, across: width / layout.width, down: height / layout.height };
}
