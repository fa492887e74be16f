// Knows: how the frames that came with a page are shown before any engine runs, and until it has come as far.
// Must not know: how they came about.

import type { Still } from "../../bindings/report/answer/document.js";
import { milliseconds } from "../view/elements.js";
import { layoutOf, type View } from "../view/layout.js";
import { legend } from "../view/legend.js";
import { MapView } from "../view/mapview.js";
import { groupsOf } from "../view/paint.js";
import { KIND, paletteOf } from "../view/palette.js";
import { h } from "./dom.js";
import { unpacked } from "./packed.js";

/** A map that can be looked at, and nothing else. */
export async function stillFigure(still: Still): Promise<HTMLElement> {
  const values = await unpacked(still.map, "deflate-raw");
  if (values.length !== still.frames) throw new Error("the frames in this page are damaged");
  const layout = layoutOf(still.frames, still.pageblockOrder);
  const picture = { map: values, groups: groupsOf(values), palette: paletteOf(KIND) };
  const map: MapView = new MapView(
    layout,
    "page frames",
    { onView: (view: View) => map.show(picture, view), onFrame: () => {} },
    "canvas2d",
  );
  map.show(picture);
  const when = still.timeNs === 0 ? "" : `at ${milliseconds(still.timeNs)}, `;
  const caption = `${when}digest ${still.digest}`;
  return h(
    "figure",
    { class: "still view" },
    map.element,
    h("figcaption", {}, caption),
    h("div", { class: "legend" }, ...legend(KIND)),
  );
}

/** `still` stands in for `view` until there is a moment of the run in it. */
export function showUntil(still: HTMLElement, view: HTMLElement): void {
  view.before(still);
  const observer = new MutationObserver(() => {
    const captions = [...view.querySelectorAll("figcaption")];
    if (!captions.some(({ textContent }) => textContent?.includes("digest") === true)) return;
    observer.disconnect();
    still.remove();
  });
  observer.observe(view, { childList: true, subtree: true });
}
