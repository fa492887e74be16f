// Knows: that the map's layout is one to one, and that a block and its buddy are rectangles side by side.

import { describe, expect, it } from "vitest";
import { cellOf, frameAt, layoutOf } from "../../web/view/layout.js";

describe.each([
  [16_384, 9],
  [1_000_000, 11],
  [524_288, 10],
])("%i frames in pageblocks of order %i", (frames, order) => {
  const layout = layoutOf(frames, order);

  it("has each frame at one cell", () => {
    for (let frame = 0; frame < frames; frame += 977) {
      const { x, y } = cellOf(layout, frame);
      expect(frameAt(layout, x, y)).toBe(frame);
    }
    expect(frameAt(layout, -1, 0)).toBe(-1);
    expect(frameAt(layout, layout.width, 0)).toBe(-1);
    expect(frameAt(layout, 0, layout.height)).toBe(-1);
  });

  it("shows every block of a pageblock as one rectangle, its buddy beside it", () => {
    for (let block = 0; block <= order; block++) {
      const size = 2 ** block;
      for (const first of [0, 2 ** order - size]) {
        const cells = Array.from({ length: size }, (_, i) => cellOf(layout, first + i));
        const [xs, ys] = [cells.map(({ x }) => x), cells.map(({ y }) => y)];
        const across = Math.max(...xs) - Math.min(...xs) + 1;
        const down = Math.max(...ys) - Math.min(...ys) + 1;
        expect(across * down).toBe(size);
        expect([across, across / 2]).toContain(down);
      }
    }
  });
});
