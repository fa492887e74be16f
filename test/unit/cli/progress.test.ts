// Knows: what a bar writes on terminals of every width, and that it leaves nothing to restore.
// Must not know: how it is drawn.

import { afterEach, describe, expect, it, vi } from "vitest";
import { progressBar } from "../../../bindings/cli/progress.js";

const { isTTY, columns } = process.stderr;

function terminal(width: number): () => string {
  Object.assign(process.stderr, { isTTY: true, columns: width });
  const said: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  return () => said.join("");
}

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
});

/** Moves of the cursor and clearing of the line are over when they are written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const MOVES = /\u001b\[[0-9;]*[A-HJKS-T]/g;

describe("a bar", () => {
  it.each([40, 60, 80, 200, 0])(
    "on %i columns fits, counts, and changes no mode of the terminal",
    (width) => {
      const said = terminal(width);
      const bar = progressBar("replaying", 123_456, "operations");
      bar.update(61_728);
      bar.stop();
      const text = said();
      expect(text).toMatch(/50%/);
      expect(text).toMatch(/left/);
      if (width >= 80 || width === 0) expect(text).toContain("61728/123456 operations");
      // A hidden cursor or wrapping turned off would stay after an interrupt.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(text).not.toMatch(/\u001b\[\?(?:25|7)[lh]/);
      for (const line of text.replace(MOVES, "\n").split(/[\r\n]+/))
        expect(line.length).toBeLessThanOrEqual(Math.max(40, width || 80));
    },
  );

  it("says nothing where there is no terminal", () => {
    const said = terminal(80);
    Object.assign(process.stderr, { isTTY: false });
    const bar = progressBar("replaying", 10, "operations");
    bar.update(5);
    bar.stop();
    expect(said()).toBe("");
  });

  it("cuts a label that is longer than the terminal", () => {
    const said = terminal(40);
    const bar = progressBar(`running ${"x".repeat(200)}`, 1000, "");
    bar.update(500);
    bar.stop();
    for (const line of said()
      .replace(MOVES, "\n")
      .split(/[\r\n]+/))
      expect(line.length).toBeLessThanOrEqual(40);
  });
});
