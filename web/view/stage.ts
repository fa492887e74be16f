// Knows: one or two maps on one clock: which picture each shows, what lies over it, what is read of the blocks that are near.
// Must not know: controls, links, the lanes of time.

import { type Layout, layoutOf, type View } from "./layout.js";
import type { PainterName } from "./link.js";
import { MapView } from "./mapview.js";
import type { Over, Span, Words } from "./overlay.js";
import { groupsOf, type Picture } from "./paint.js";
import { ageMode, KIND, type Mode, type ModeName, ORDER, ownerMode, paletteOf } from "./palette.js";
import type { Moment, Opened } from "./protocol.js";
import type { Run } from "./run.js";

export interface Side {
  readonly run: Run;
  readonly policy: string;
  readonly map: MapView;
  readonly figure: HTMLElement;
  readonly caption: HTMLElement;
  moment?: Moment;
  groups?: Uint8Array;
  words?: Words | undefined;
}

/** What is held against each other: nothing, the two policies, or each map and itself at another moment. */
export type Difference = "none" | "policies" | "times";

/** A whole turn of the mark around a blocker. */
const PULSE_MS = 1000;

export class Stage {
  readonly element = document.createElement("div");
  readonly sides: readonly Side[];
  readonly #opened: Opened;
  readonly #onFrame: (side: number, frame: number) => void;
  #mode: Mode = KIND;
  #palette = paletteOf(KIND);
  #difference: Difference = "none";
  /** What each side showed at the other handle. */
  #reference: readonly (Moment | undefined)[] = [];
  #window: Span | undefined;
  #marked: number | undefined;
  #reading = false;

  constructor(
    opened: Opened,
    runs: readonly { readonly run: Run; readonly policy: string }[],
    painter: PainterName,
    onFrame: (side: number, frame: number) => void,
  ) {
    this.#opened = opened;
    this.#onFrame = onFrame;
    this.element.className = "stage";
    const layout = layoutOf(opened.frames, opened.pageblockOrder);
    this.sides = runs.map((run, nth) => this.#sideOf(layout, run, nth, painter));
    this.element.append(...this.sides.map(({ figure }) => figure));
  }

  #sideOf(
    layout: Layout,
    { run, policy }: { run: Run; policy: string },
    nth: number,
    painter: PainterName,
  ): Side {
    const events = {
      onView: (view: View) => this.draw(view),
      onFrame: (frame: number) => this.#onFrame(nth, frame),
    };
    const map = new MapView(layout, `page frames under ${policy}`, events, painter);
    const [figure, caption] = [document.createElement("figure"), document.createElement("figcaption")];
    figure.append(map.element, caption);
    return { run, policy, map, figure, caption };
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** What is seen of a mode comes with the next moment. */
  setMode(name: ModeName): void {
    const { actors, everyNs } = this.#opened;
    if (name === "owner") this.#mode = ownerMode(actors);
    else if (name === "age") this.#mode = ageMode(everyNs);
    else this.#mode = name === "order" ? ORDER : KIND;
    this.#palette = paletteOf(this.#mode);
    this.#reference = [];
  }

  get difference(): Difference {
    return this.#difference;
  }

  setDifference(difference: Difference): void {
    this.#difference = difference;
    this.draw();
  }

  /** What is shown now is what later moments are held against. */
  refer(): void {
    this.#reference = this.sides.map(({ moment }) => moment);
  }

  /** All maps at one moment; before the fork the second one is the first one. */
  async seek(timeNs: number, forkNs: number | undefined, isPlayed = false): Promise<void> {
    const isOne = forkNs !== undefined && timeNs < forkNs;
    const asked = isOne ? this.sides.slice(0, 1) : this.sides;
    await Promise.all(
      asked.map(async (side) => {
        side.moment = await side.run.ask("seek", { timeNs, mode: this.#mode.name, isPlayed });
        side.groups = groupsOf(side.moment.map);
      }),
    );
    const [first, second] = this.sides;
    if (isOne && second !== undefined && first?.moment !== undefined)
      Object.assign(second, { moment: first.moment, groups: first.groups });
    for (const side of this.sides) side.words = undefined;
  }

  #pictureOf(side: Side, nth: number): Picture | undefined {
    const { moment, groups } = side;
    if (moment === undefined || groups === undefined) return undefined;
    const policies = () => this.sides[1 - nth]?.moment;
    const against = this.#difference === "policies" ? policies() : this.#reference[nth];
    const other = this.#difference === "none" ? undefined : (against?.values ?? against?.map);
    return { map: moment.map, groups, values: moment.values, other, palette: this.#palette };
  }

  draw(view?: View): void {
    for (const [nth, side] of this.sides.entries()) {
      const picture = this.#pictureOf(side, nth);
      if (picture !== undefined) side.map.show(picture, view ?? side.map.view, this.#overOf(side));
    }
    void this.#read();
  }

  #overOf({ words }: Side, pulse = 0): Over {
    const { areas, zones } = this.#opened;
    const marked = this.#marked === undefined ? undefined : { frame: this.#marked, pulse };
    return { areas, zones, words, window: this.#window, marked };
  }

  /** Asks what the blocks are that are near enough to be read; while one answer is awaited the last wish counts. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (const side of this.sides) {
        const blocks = side.map.readBlocks;
        const known = new Set(side.words?.blocks);
        if (blocks.every((block) => known.has(block))) continue;
        const { moment } = side;
        const words = await side.run.ask("words", { blocks });
        if (side.moment === moment) side.words = words;
        side.map.showOver(this.#overOf(side));
      }
    } finally {
      this.#reading = false;
    }
  }

  /** Outlines a window. */
  showWindow(window: Span | undefined): void {
    this.#window = window;
    this.draw();
  }

  /** Goes to a frame and lets it pulse; undefined: no mark. */
  mark(frame: number | undefined): void {
    this.#marked = frame;
    if (frame === undefined) return this.draw();
    this.sides[0]?.map.goTo(frame);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begun = performance.now();
    const beat = (now: number) => {
      if (this.#marked !== frame || !this.element.isConnected) return;
      const pulse = (1 - Math.cos(((now - begun) / PULSE_MS) * 2 * Math.PI)) / 2;
      for (const side of this.sides) side.map.showOver(this.#overOf(side, isCalm ? 0 : pulse));
      // Three beats; then it stays.
      if (!isCalm && now - begun < 3 * PULSE_MS) requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
  }
}
