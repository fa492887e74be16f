// Knows: how the windows that one request tried are shown: a staircase, and who blocked them, each a way to the frame.
// Must not know: where they come from, how a map moves.

import { formatErrno } from "../../bindings/report/sizes.js";
import { s } from "../answer/dom.js";
import { element } from "./elements.js";
import type { Request, WindowsTried } from "./protocol.js";

/** Height of the staircase in its own units. */
const HEIGHT = 60;
const MOST_BLOCKERS = 12;

/** One frame that was in the way, and of how many windows. */
export interface InTheWay {
  readonly pfn: number;
  readonly text: string;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(1)} ms`;
}

type WindowTried = WindowsTried["windows"][number];

function whoOf({ holder, reason, pinKind }: WindowTried): string {
  return holder === "" ? reason.toLowerCase().replaceAll("_", " ") : `pinned by ${holder} (${pinKind})`;
}

/** "; and 3 of camera's at 3240.1 ms": requests before this one that the same frame was in the way of. */
function earlierText({ earlier }: WindowsTried, pfn: number, requests: readonly Request[]): string {
  const others = earlier.filter((one) => one.pfn === pfn);
  return others
    .map(({ request, windows }) => {
      const { client = "", beginNs = 0 } = requests[request] ?? {};
      return `; and ${windows} of ${client}'s request at ${milliseconds(beginNs)}`;
    })
    .join("");
}

/** The frame that blocked most windows first. */
export function inTheWay(tried: WindowsTried, requests: readonly Request[] = []): InTheWay[] {
  const { windows } = tried;
  const frames = new Map<number, { count: number; who: string; heldNs: number }>();
  for (const window of windows) {
    const { errno, blockerPfn, heldNs } = window;
    if (errno === 0 || blockerPfn === 0) continue;
    const known = frames.get(blockerPfn);
    frames.set(blockerPfn, {
      count: (known?.count ?? 0) + 1,
      who: whoOf(window),
      heldNs: Math.max(known?.heldNs ?? 0, heldNs),
    });
  }
  return [...frames]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([pfn, { count, who, heldNs }]) => {
      const held = heldNs === 0 ? "" : `, held for ${milliseconds(heldNs)}`;
      const rest = earlierText(tried, pfn, requests);
      return { pfn, text: `pfn ${pfn}: ${who}, blocked ${count} of ${windows.length} windows${held}${rest}` };
    });
}

/** One window in words: what became of it, who was in its way, which others that frame has blocked. */
export function windowText(tried: WindowsTried, nth: number): string {
  const window = tried.windows[nth];
  if (window === undefined) return "";
  const { startPfn, errno, blockerPfn, heldNs } = window;
  const where = `Window ${nth + 1} of ${tried.windows.length}, pfn ${startPfn} to ${startPfn + tried.pages - 1}`;
  if (errno === 0 || blockerPfn === 0)
    return `${where}: ${errno === 0 ? "was free" : `failed with ${formatErrno(errno)}`}`;
  const same = tried.windows.filter((other) => other.blockerPfn === blockerPfn).length - 1;
  const held = heldNs === 0 ? "" : `, held for ${milliseconds(heldNs)} then`;
  const others = same === 0 ? "no other window" : `${same} other windows`;
  return `${where}: pfn ${blockerPfn} was in its way, ${whoOf(window)}${held}; it blocked ${others} of this request`;
}

/** Where each window begins, as a share of the frames that all of them cover. */
export function startsOf({ windows, pages }: WindowsTried): number[] {
  const starts = windows.map(({ startPfn }) => startPfn);
  const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const last = starts.reduce((most, start) => Math.max(most, start + pages), 0);
  return starts.map((start) => (start - first) / Math.max(last - first, 1));
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
  const drawn = s("svg", {
    viewBox: `0 0 ${Math.max(windows.length, 1)} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    class: "staircase",
  });
  drawn.append(
    s(
      "title",
      {},
      `${windows.length} windows from pfn ${first} to ${last}, in the order in which they were tried`,
    ),
    s("path", { d: steps.join(""), class: "step" }),
    s("path", { d: dots.join(""), class: "blocker" }),
  );
  return drawn;
}

export interface WindowEvents {
  /** Which blocker is to be seen. */
  onBlocker(nth: number): void;
  onWindow(nth: number): void;
}

/** The panel of one request. */
export function windowsPanel(
  tried: WindowsTried,
  blockers: readonly InTheWay[],
  { onBlocker, onWindow }: WindowEvents,
): HTMLElement {
  const panel = element("section", "", { class: "windows" });
  const count = tried.windows.length;
  const head =
    count === 0
      ? "No window of this request is kept."
      : `${count} windows tried, ${blockers.length} frames in the way (b: the next one)`;
  panel.append(element("h2", head));
  if (count === 0) return panel;
  const stairs = staircase(tried);
  stairs.addEventListener("click", (event) => {
    const box = stairs.getBoundingClientRect();
    onWindow(Math.min(Math.floor(((event.clientX - box.left) / box.width) * count), count - 1));
  });
  const list = element("ol");
  for (const [nth, { text }] of blockers.slice(0, MOST_BLOCKERS).entries()) {
    const button = element("button", text, { type: "button" });
    button.addEventListener("click", () => onBlocker(nth));
    const item = element("li");
    item.append(button);
    list.append(item);
  }
  panel.append(stairs, list);
  if (blockers.length > MOST_BLOCKERS)
    panel.append(element("p", `and ${blockers.length - MOST_BLOCKERS} more frames`));
  return panel;
}
