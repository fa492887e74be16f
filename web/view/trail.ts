// Knows: the way from a failure to the frame that was in its way, who holds it, and what became of it.
// Must not know: controls, links, how maps are painted.

import { formatErrno } from "../../bindings/report/sizes.js";
import { button, element, milliseconds } from "./elements.js";
import type { Lanes, Opened, Request, WindowsTried } from "./protocol.js";
import type { Run } from "./run.js";
import type { Stage } from "./stage.js";
import type { Stairs } from "./timebar.js";
import { type InTheWay, inTheWay, startsOf, windowsPanel, windowText } from "./windows.js";

/** How far a failure is looked for before it is told how far one is. */
const LOOK_NS = 5e8;
const MOST_EVENTS = 200;

export interface Host {
  readonly timeNs: number;
  readonly forkNs: number | undefined;
  seek(timeNs: number): Promise<void>;
  /** The first run is known further. */
  onLanes(lanes: Lanes): void;
  onStairs(stairs: Stairs | undefined): void;
  /** A request that failed is shown, with what it tried. */
  onFailure(request: Request, tried: WindowsTried): void;
}

export class Trail {
  readonly element = element("div", "", { class: "trail" });
  readonly #stage: Stage;
  readonly #opened: Opened;
  readonly #host: Host;
  readonly #inspector = element("output", "Click a frame, or move with the arrow keys and + and -.");
  readonly #life = element("div");
  readonly #windows = element("div");
  readonly #requests = element("div", "", { class: "requests", role: "group", "aria-label": "requests" });
  #tried: WindowsTried | undefined;
  /** Frames that were in the way of the request that is shown; which is marked, which window is outlined. */
  #blockers: readonly InTheWay[] = [];
  #blocker = -1;
  #window = -1;
  /** The frame that was asked about last. */
  #frame: { readonly run: Run; readonly frame: number } | undefined;
  /** A search ends when another one begins, or something else is wished. */
  #search = 0;

  constructor(stage: Stage, opened: Opened, host: Host) {
    this.#stage = stage;
    this.#opened = opened;
    this.#host = host;
    const told = element("p", "", { class: "told" });
    told.append(
      this.#inspector,
      " ",
      button("its last second (l)", () => void this.life()),
    );
    this.element.append(told, this.#life, this.#windows, this.#requests);
  }

  get #run(): Run {
    return (this.#stage.sides[0] as Stage["sides"][number]).run;
  }

  #say(text: string): void {
    this.#inspector.textContent = text;
  }

  /** Whoever wishes for another moment does not wait for a failure any more. */
  cancel(): void {
    this.#search++;
  }

  get isSearching(): boolean {
    return this.#search % 2 === 1;
  }

  showRequests(requests: readonly Request[]): void {
    this.#requests.replaceChildren(
      ...requests.map(({ client, pages, errno, beginNs, endNs, windows }, nth) => {
        const end = errno === 0 ? "had its memory" : `failed with ${formatErrno(errno)}`;
        const text = `${milliseconds(beginNs)}  ${client}: ${pages} pages ${end} after ${milliseconds(endNs - beginNs)}, ${windows} windows`;
        const row = button(text, () => void this.showRequest(nth, requests));
        if (errno !== 0) row.className = "failed";
        return row;
      }),
    );
  }

  async inspect(side: number, frame: number): Promise<void> {
    const { forkNs = 0, timeNs } = this.#host;
    const run = this.#stage.sides[timeNs < forkNs ? 0 : side]?.run;
    if (run === undefined) return;
    this.#frame = { run, frame };
    const facts = await run.ask("frame", { frame });
    this.#say(`pfn ${facts.pfn}: ${facts.text}`);
  }

  /** The end of the next request that fails behind this moment; the run goes on until there is one. */
  async nextFailure(): Promise<void> {
    const { durationNs } = this.#opened;
    const startNs = this.#host.timeNs;
    this.#search += this.isSearching ? 2 : 1;
    const turn = this.#search;
    for (let time = startNs; ; time = Math.min(time + LOOK_NS, durationNs)) {
      const lanes = await this.#run.ask("extend", { timeNs: time });
      this.#host.onLanes(lanes);
      if (this.#search !== turn) return;
      const next = lanes.requests.findIndex(({ errno, endNs }) => errno !== 0 && endNs > startNs);
      if (next >= 0) {
        this.#search++;
        return this.showRequest(next, lanes.requests);
      }
      if (time >= durationNs) break;
      this.#say(`No request has failed up to ${milliseconds(time)}; looking further ...`);
    }
    this.#search++;
    await this.#host.seek(startNs);
    this.#say("No request fails behind this moment.");
  }

  /** Stands at the end of a request, and shows the windows that it tried. */
  async showRequest(nth: number, requests: readonly Request[]): Promise<void> {
    const request = requests[nth];
    if (request === undefined) return;
    const tried = await this.#run.ask("windows", { nth });
    this.#tried = tried;
    this.#blockers = inTheWay(tried, requests);
    [this.#blocker, this.#window] = [-1, -1];
    this.#stage.mark(undefined);
    this.#stage.showWindow(undefined);
    this.#life.replaceChildren();
    const events = {
      onBlocker: (blocker: number) => void this.#toBlocker(blocker),
      onWindow: (window: number) => void this.#toWindow(window),
    };
    this.#windows.replaceChildren(windowsPanel(tried, this.#blockers, events));
    this.#host.onStairs({ beginNs: request.beginNs, endNs: request.endNs, starts: startsOf(tried) });
    await this.#host.seek(request.endNs);
    if (this.isSearching || request.errno === 0) return;
    this.#say(
      "b goes to the frames that were in its way, l to what happened to one; arrow keys, + and - move the map.",
    );
    this.#host.onFailure(request, tried);
  }

  nextBlocker(): Promise<void> {
    return this.#toBlocker((this.#blocker + 1) % Math.max(this.#blockers.length, 1));
  }

  /** The map goes to a frame that was in the way, and says what it is. */
  async #toBlocker(nth: number): Promise<void> {
    const blocker = this.#blockers[nth];
    if (blocker === undefined)
      return this.#say("No request with a blocked window is shown: f goes to the next failure.");
    this.#blocker = nth;
    await this.#toFrame(blocker.pfn, blocker.text);
  }

  async #toFrame(pfn: number, text: string): Promise<void> {
    const frame = pfn - this.#opened.startPfn;
    this.#frame = { run: this.#run, frame };
    this.#stage.mark(frame);
    const facts = await this.#run.ask("frame", { frame });
    this.#say(`${text}; now ${facts.text}`);
  }

  nextWindow(by: number): Promise<void> {
    const count = Math.max(this.#tried?.windows.length ?? 0, 1);
    return this.#toWindow((this.#window + by + count) % count);
  }

  /** Outlines a window, and goes to what was in its way. */
  async #toWindow(nth: number): Promise<void> {
    const window = this.#tried?.windows[nth];
    if (this.#tried === undefined || window === undefined)
      return this.#say("No request with windows is shown: f goes to the next failure.");
    this.#window = nth;
    const { startPfn, blockerPfn } = window;
    const { pages } = this.#tried;
    this.#stage.showWindow({ name: "", frame: startPfn - this.#opened.startPfn, frames: pages });
    const text = windowText(this.#tried, nth);
    if (blockerPfn === 0) this.#say(text);
    else await this.#toFrame(blockerPfn, text);
  }

  /** Where the request begins that has failed last up to here: the place to fork. */
  async toBegin(): Promise<void> {
    const { timeNs } = this.#host;
    const failed = (this.#stage.sides[0]?.moment?.requests ?? [])
      .filter(({ errno, endNs }) => errno !== 0 && endNs <= timeNs)
      .at(-1);
    if (failed === undefined) this.#say("No request has failed up to this moment.");
    else await this.#host.seek(failed.beginNs);
  }

  /** What happened to the frame that was asked about last, in the second before this moment. */
  async life(): Promise<void> {
    if (this.#frame === undefined)
      return this.#say("No frame is chosen: click one, or press Enter on the map.");
    const { run, frame } = this.#frame;
    const { pfn, fromNs, events, lost } = await run.ask("life", { frame, timeNs: this.#host.timeNs });
    const shown = events.slice(-MOST_EVENTS);
    const left = lost > 0 ? `; ${lost} events were not kept` : "";
    const head = `pfn ${pfn} since ${milliseconds(fromNs)}: ${events.length} changes${left}`;
    const list = element("ol", "", { class: "life" });
    for (const { timeNs, text } of shown) {
      const item = element("li");
      item.append(button(`${milliseconds(timeNs)}  ${text}`, () => void this.#host.seek(timeNs)));
      list.append(item);
    }
    this.#life.replaceChildren(element("h2", head), list);
  }
}
