// Knows: a progress bar on a terminal, and nothing anywhere else.

import cliProgress from "cli-progress";

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** What the numbers of a bar and the rest of its line take. */
const REST = 34;
const LONGEST_BAR = 40;
/** Bars that are shorter say nothing. */
const SHORTEST_BAR = 8;

/**
 * A bar on stderr while it is a terminal; otherwise silent. It changes no mode of the terminal (cursor, wrapping), so that
 * an interrupt at any moment leaves nothing to restore.
 * @param unit what is counted ("operations"); "" where only the share means something
 */
export function progressBar(label: string, total: number, unit: string): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  // A terminal that does not know its width says 0.
  const columns = Math.max(40, process.stderr.columns || 80);
  const counted = unit === "" ? "" : ` {value}/{total} ${unit}`;
  const room = columns - label.length - REST - (unit === "" ? 0 : unit.length + 2 * String(total).length);
  const bar = room >= SHORTEST_BAR ? " {bar}" : "";
  const most = columns - 25;
  const name = label.length > most ? `${label.slice(0, most - 3)}...` : label;
  const single = new cliProgress.SingleBar(
    {
      format: `${name}${bar} {percentage}%${room >= 0 ? counted : ""}, {eta_formatted} left`,
      barsize: Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, room)),
      clearOnComplete: true,
      hideCursor: false,
      linewrap: true,
      etaBuffer: 50,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );
  single.start(total, 0);
  return {
    update: (done) => single.update(done),
    stop: () => single.stop(),
  };
}
