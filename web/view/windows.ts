// Knows: how the windows that one request tried are shown: a staircase, and who blocked them, each a way to the frame.
// Must not know: where they come from, how a map moves.

import type { WindowsTried } from "./protocol.js";

/** Height of the staircase in its own units. */
const HEIGHT = 60;
const MOST_BLOCKERS = 12;

/** One frame that was in the way, and of how many windows. */
export interface InTheWay {
  readonly pfn: number;
  readonly text: string;
}

function svg(tag: string, attributes: Readonly<Record<string, string>>, text = ""): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** The frame that blocked most windows first. */
export function inTheWay({ windows }: WindowsTried): InTheWay[] {
  const frames = new Map<number, { count: number; who: string; heldNs: number }>();
  for (const { errno, blockerPfn, holder, reason, pinKind, heldNs } of windows) {
    if (errno === 0 || blockerPfn === 0) continue;
    const who =
      holder === "" ? reason.toLowerCase().replaceAll("_", " ") : `pinned by ${holder} (${pinKind})`;
    const known = frames.get(blockerPfn);
    frames.set(blockerPfn, {
      count: (known?.count ?? 0) + 1,
      who,
      heldNs: Math.max(known?.heldNs ?? 0, heldNs),
    });
  }
  return [...frames]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([pfn, { count, who, heldNs }]) => {
      const held = heldNs === 0 ? "" : `, held for ${(heldNs / 1e6).toFixed(1)} ms`;
      return { pfn, text: `pfn ${pfn}: ${who}, blocked ${count} of ${windows.length} windows${held}` };
    });
}

/** One step for each window, from left to right as it was tried; a dot where its blocker lies. */
function staircase({ windows, pages }: WindowsTried): SVGElement {
  const starts = windows.map(({ startPfn }) => startPfn);
  const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const last = starts.reduce((most, start) => Math.max(most, start + pages), 0);
  const y = (pfn: number) => ((pfn - first) / Math.max(last - first, 1)) * HEIGHT;
  const steps = windows.map(
    ({ startPfn }, i) =>
      `M${i} ${y(startPfn).toFixed(2)}h0.9v${(y(startPfn + pages) - y(startPfn)).toFixed(2)}h-0.9z`,
  );
  const dots = windows.flatMap(({ errno, blockerPfn }, i) =>
    errno === 0 || blockerPfn < first ? [] : [`M${i} ${(y(blockerPfn) - 0.5).toFixed(2)}h0.9v1h-0.9z`],
  );
  const drawn = svg("svg", {
    viewBox: `0 0 ${Math.max(windows.length, 1)} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    class: "staircase",
  });
  drawn.append(
    svg(
      "title",
      {},
      `${windows.length} windows from pfn ${first} to ${last}, in the order in which they were tried`,
    ),
    svg("path", { d: steps.join(""), class: "step" }),
    svg("path", { d: dots.join(""), class: "blocker" }),
  );
  return drawn;
}

/** The panel of one request; `onFrame` is told which blocker is to be seen. */
export function windowsPanel(tried: WindowsTried, onFrame: (nth: number) => void): HTMLElement {
  const panel = document.createElement("section");
  panel.className = "windows";
  const head = document.createElement("h2");
  const blockers = inTheWay(tried);
  head.textContent =
    tried.windows.length === 0
      ? "No window of this request is kept."
      : `${tried.windows.length} windows tried, ${blockers.length} frames in the way (b: the next one)`;
  panel.append(head);
  if (tried.windows.length === 0) return panel;
  panel.append(staircase(tried));
  const list = document.createElement("ol");
  for (const [nth, { text }] of blockers.slice(0, MOST_BLOCKERS).entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => onFrame(nth));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  panel.append(list);
  return panel;
}
