// Knows: that a view follows the link: one page after the other, each ended before the next begins.
// Must not know: what a page shows.

import { element } from "./elements.js";
import { type Place, placeOf } from "./link.js";
import { Page } from "./main.js";
import type { Opening } from "./protocol.js";

const START: Place = {
  scenario: "rolling-blockade",
  policy: "mainline",
  beside: "",
  seed: 1,
  timeNs: 0,
  mode: "kind",
  painter: "best",
};

/** A view on the page: what is shown, and how it ends. */
export interface OpenView {
  readonly page: Page | undefined;
  close(): void;
}

/**
 * Shows what the link says in `root`, and again whenever it changes; `otherwise` where it says nothing.
 * @param toFailure go on to the next failure, where the link tells no moment; absent: where nobody tells one
 */
export function openView(
  root: HTMLElement,
  otherwise: Partial<Place> = {},
  device?: Opening["device"],
  toFailure: boolean = otherwise.timeNs === undefined,
): OpenView {
  let page: Page | undefined;
  const show = async () => {
    page?.close();
    const shown = new Page(root, placeOf(location.hash, { ...START, ...otherwise }), device);
    page = shown;
    Object.assign(globalThis, { pageblockView: page });
    try {
      await page.open(toFailure && !/[#&]timeNs=/.test(location.hash));
    } catch (error) {
      if (page === shown) root.replaceChildren(element("p", (error as Error).message, { role: "alert" }));
    }
  };
  const onHash = () => void show();
  addEventListener("hashchange", onHash);
  void show();
  return {
    get page() {
      return page;
    },
    close() {
      removeEventListener("hashchange", onHash);
      page?.close();
      root.replaceChildren();
    },
  };
}
