// Knows: the page: a run and perhaps a second one beside it, on one clock; what is shown, and the link that says so.
// Must not know: how a map is made or painted.

import { formatBytes } from "../../bindings/engine/units.js";
import { policyNames } from "../../bindings/policy/index.js";
import { scenarioTexts } from "../../bindings/scenario/presets/texts.js";
import { layoutOf, type View } from "./layout.js";
import { linkOf, type Place, placeOf } from "./link.js";
import { MapView } from "./mapview.js";
import { COLOURS } from "./paint.js";
import type { Moment, Opened, Opening } from "./protocol.js";
import { Run } from "./run.js";
import { type InTheWay, inTheWay, windowsPanel } from "./windows.js";

const START: Place = { scenario: "rolling-blockade", policy: "mainline", beside: "", seed: 1, timeNs: 1e8 };
const STEP_NS = 1e7;
const SCENARIOS: ReadonlyMap<string, string> = new Map(Object.entries(scenarioTexts));

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text = "",
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function choice(
  label: string,
  names: readonly string[],
  value: string,
  onChange: (value: string) => void,
  none = "(one map)",
) {
  const select = element("select", "", { "aria-label": label });
  for (const name of names) select.append(element("option", name === "" ? none : name, { value: name }));
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  const box = element("label", `${label} `);
  box.append(select);
  return box;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(3)} ms`;
}

interface Side {
  readonly run: Run;
  readonly policy: string;
  readonly map: MapView;
  readonly figure: HTMLElement;
  readonly caption: HTMLElement;
  moment?: Moment;
}

/** The page of one link. */
class Page {
  readonly #root: HTMLElement;
  readonly #verdict = element("p", "", { class: "verdict", role: "status" });
  readonly #answer = element("p", "", { class: "answer", role: "status" });
  readonly #inspector = element("output", "Click a frame, or move with the arrow keys and + and -.");
  readonly #windows = element("div");
  readonly #requests = element("div", "", { class: "requests" });
  readonly #time = element("input", "", {
    type: "range",
    min: "0",
    step: String(STEP_NS),
    "aria-label": "virtual time",
  });
  readonly #clock = element("output");
  #sides: Side[] = [];
  #differs = false;
  #place: Place;
  #opened: Opened | undefined;
  #wanted: number | undefined;
  #busy = false;
  #asked: Run | undefined;
  /** Frames that were in the way of the request that is shown, and the one that is marked. */
  #blockers: readonly InTheWay[] = [];
  #blocker = -1;

  constructor(root: HTMLElement, place: Place) {
    this.#root = root;
    this.#place = place;
  }

  async open(): Promise<void> {
    const { scenario, policy, beside, seed, forkNs } = this.#place;
    const text = SCENARIOS.get(scenario) ?? scenario;
    const names = beside === "" || beside === policy ? [policy] : [policy, beside];
    this.#root.replaceChildren(
      element("p", `Booting ${SCENARIOS.has(scenario) ? scenario : "the scenario"} ...`),
    );
    const runs = names.map(() => new Run());
    const opened = await Promise.all(
      runs.map((run, nth) => {
        const opening = { scenario: text, policy: names[nth] ?? policy, seed };
        const isForked = nth === 1 && forkNs !== undefined;
        return run.open(
          isForked ? { ...opening, policy, fork: { policy: beside, timeNs: forkNs } } : opening,
        );
      }),
    );
    this.#opened = opened[0] as Opened;
    const layout = layoutOf(this.#opened.frames, this.#opened.pageblockOrder);
    this.#sides = runs.map((run, nth) => {
      const label = `page frames under ${names[nth]}`;
      const map = new MapView(
        layout,
        label,
        (view) => this.#draw(view),
        (frame) => void this.#inspect(nth, frame),
      );
      const figure = element("figure");
      const caption = element("figcaption");
      figure.append(map.canvas, caption);
      const from = nth === 1 && forkNs !== undefined ? ` from ${milliseconds(forkNs)} on` : "";
      return { run, policy: `${names[nth] ?? ""}${from}`, map, figure, caption };
    });
    this.#build();
    await this.seek(Math.min(this.#place.timeNs, this.#opened.durationNs));
    if (forkNs !== undefined && names.length === 2)
      await this.#ask({ scenario: text, policy, seed }, beside, forkNs);
  }

  /** What the other policy would have made of the next failure, by the library's what-if, in a worker that ends with it. */
  async #ask(opening: Opening, policy: string, afterNs: number): Promise<void> {
    this.#answer.textContent = `What would ${policy} have made of the next failure? ...`;
    const asked = new Run();
    this.#asked = asked;
    try {
      const { sentence } = await asked.whatIf({ opening, policy, afterNs });
      this.#answer.textContent = sentence;
    } catch (error) {
      this.#answer.textContent = (error as Error).message;
    } finally {
      asked.close();
    }
  }

  #build(): void {
    const { name, device, durationNs, pageSize, frames } = this.#opened as Opened;
    document.title = `${name}: pageblock view`;
    this.#time.max = String(durationNs);
    this.#time.addEventListener("input", () => void this.seek(Number(this.#time.value)));
    const difference = element("button", "difference (d)", { type: "button", "aria-pressed": "false" });
    const toggle = () => {
      this.#differs = !this.#differs;
      difference.setAttribute("aria-pressed", String(this.#differs));
      this.#draw();
    };
    difference.disabled = this.#sides.length < 2;
    difference.addEventListener("click", toggle);
    const failure = element("button", "next failure (f)", { type: "button" });
    failure.addEventListener("click", () => void this.#nextFailure());
    const begin = element("button", "its begin (g)", { type: "button" });
    begin.addEventListener("click", () => void this.#toBegin());
    const { forkNs } = this.#place;
    document.onkeydown = ({ key, target }) => {
      if (target instanceof HTMLSelectElement) return;
      if (key === "f") void this.#nextFailure();
      if (key === "g") void this.#toBegin();
      if (key === "b") void this.#toBlocker((this.#blocker + 1) % Math.max(this.#blockers.length, 1));
      if (key === "d" && this.#sides.length > 1) toggle();
    };
    const controls = element("div", "", { class: "controls" });
    controls.append(
      choice("scenario", [...SCENARIOS.keys()], this.#place.scenario, (scenario) => this.#go({ scenario })),
      choice("policy", policyNames, this.#place.policy, (policy) => this.#go({ policy })),
      choice("beside it", ["", ...policyNames], forkNs === undefined ? this.#place.beside : "", (beside) =>
        this.#go({ beside, forkNs: undefined }),
      ),
      choice(
        "fork here to",
        ["", ...policyNames],
        forkNs === undefined ? "" : this.#place.beside,
        (beside) => this.#go({ beside, forkNs: beside === "" ? undefined : this.#place.timeNs }),
        "(no fork)",
      ),
      difference,
      failure,
      begin,
    );
    const clock = element("div", "", { class: "controls" });
    clock.append(this.#time, this.#clock);
    const maps = element("div", "", { class: "maps" });
    maps.append(...this.#sides.map(({ figure }) => figure));
    const title = element("h1", `${name} on ${device}, ${formatBytes(frames * pageSize)}, page by page`);
    this.#root.replaceChildren(
      title,
      this.#verdict,
      this.#answer,
      controls,
      clock,
      maps,
      legend(),
      this.#inspector,
      this.#windows,
      this.#requests,
    );
  }

  #go(change: Partial<Place>): void {
    location.hash = linkOf({ ...this.#place, ...change });
  }

  /** Seeks all runs to one time; while they work, only the last wish counts. */
  async seek(timeNs: number): Promise<void> {
    this.#wanted = timeNs;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted !== undefined) {
        const time: number = this.#wanted;
        this.#wanted = undefined;
        await this.#seekSides(time);
        this.#place = { ...this.#place, timeNs: time };
        history.replaceState(null, "", `#${linkOf(this.#place)}`);
        this.#tell(time);
        this.#draw();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Before the fork the second map is the first one. */
  async #seekSides(timeNs: number): Promise<void> {
    const isOne = this.#place.forkNs !== undefined && timeNs < this.#place.forkNs;
    const [first, second] = this.#sides;
    const asked = isOne ? this.#sides.slice(0, 1) : this.#sides;
    await Promise.all(
      asked.map(async (side) => {
        side.moment = await side.run.seek(timeNs);
      }),
    );
    if (isOne && second !== undefined && first?.moment !== undefined) second.moment = first.moment;
  }

  #tell(timeNs: number): void {
    this.#time.value = String(timeNs);
    this.#clock.textContent = milliseconds(timeNs);
    const counts = this.#sides.map(({ policy, moment }) => {
      const requests = (moment?.requests ?? []).filter(({ endNs }) => endNs <= timeNs);
      const failed = requests.filter(({ errno }) => errno !== 0).length;
      return `under ${policy} ${failed} of ${requests.length} requests have failed`;
    });
    this.#verdict.textContent = `Up to ${milliseconds(timeNs)}: ${counts.join("; ")}.`;
    for (const side of this.#sides)
      side.caption.textContent = `${side.policy}, digest ${side.moment?.digest ?? ""}`;
    this.#requests.replaceChildren(
      ...(this.#sides[0]?.moment?.requests ?? []).map(
        ({ client, pages, errno, beginNs, endNs, windows }, nth) => {
          const end = errno === 0 ? "had its memory" : `failed with ${errno}`;
          const text = `${milliseconds(beginNs)}  ${client}: ${pages} pages ${end} after ${milliseconds(endNs - beginNs)}, ${windows} windows`;
          const row = element("button", text, {
            type: "button",
            ...(errno === 0 ? {} : { class: "failed" }),
          });
          row.addEventListener("click", () => void this.#showRequest(nth, endNs));
          return row;
        },
      ),
    );
  }

  #draw(view?: View): void {
    const [first, second] = this.#sides;
    for (const side of this.#sides) {
      if (side.moment === undefined) continue;
      const other = this.#differs ? (side === first ? second : first)?.moment?.map : undefined;
      side.map.show(side.moment.map, view ?? side.map.view, other);
    }
  }

  async #inspect(side: number, frame: number): Promise<void> {
    const { forkNs = 0, timeNs } = this.#place;
    const facts = await this.#sides[timeNs < forkNs ? 0 : side]?.run.frame(frame);
    if (facts !== undefined) this.#inspector.textContent = `pfn ${facts.pfn}: ${facts.text}`;
  }

  /** The end of the next request that fails behind this moment; the run goes on until there is one. */
  async #nextFailure(): Promise<void> {
    const { durationNs } = this.#opened as Opened;
    const start = this.#place.timeNs;
    for (let time = start; ; time = Math.min(time + 1e9, durationNs)) {
      const moment = await (this.#sides[0] as Side).run.seek(time);
      const next = moment.requests.findIndex(({ errno, endNs }) => errno !== 0 && endNs > start);
      const found = moment.requests[next];
      if (found !== undefined) return this.#showRequest(next, found.endNs);
      if (time >= durationNs) break;
    }
    await this.seek(start);
    this.#inspector.textContent = "No request fails behind this moment.";
  }

  /** Stands at the end of a request, and shows the windows that it tried. */
  async #showRequest(nth: number, endNs: number): Promise<void> {
    const tried = await (this.#sides[0] as Side).run.windows(nth);
    this.#blockers = inTheWay(tried);
    this.#blocker = -1;
    for (const { map } of this.#sides) map.mark(undefined);
    this.#windows.replaceChildren(windowsPanel(tried, (blocker) => void this.#toBlocker(blocker)));
    await this.seek(endNs);
  }

  /** The map goes to a frame that was in the way, and says what it is. */
  async #toBlocker(nth: number): Promise<void> {
    const blocker = this.#blockers[nth];
    if (blocker === undefined) {
      this.#inspector.textContent = "No request with a blocked window is shown: f goes to the next failure.";
      return;
    }
    this.#blocker = nth;
    const frame = blocker.pfn - (this.#opened as Opened).startPfn;
    for (const { map } of this.#sides) map.mark(frame);
    const facts = await this.#sides[0]?.run.frame(frame);
    this.#inspector.textContent = `${blocker.text}; now ${facts?.text ?? ""}`;
  }

  /** Where the request begins that has failed last up to here: the place to fork. */
  async #toBegin(): Promise<void> {
    const { timeNs } = this.#place;
    const failed = (this.#sides[0]?.moment?.requests ?? [])
      .filter(({ errno, endNs }) => errno !== 0 && endNs <= timeNs)
      .at(-1);
    if (failed === undefined) this.#inspector.textContent = "No request has failed up to this moment.";
    else await this.seek(failed.beginNs);
  }

  /** For tests: what the worker says of a frame, and the map that is drawn. */
  get sides(): readonly Side[] {
    return this.#sides;
  }

  close(): void {
    this.#asked?.close();
    for (const { run } of this.#sides) run.close();
  }
}

function legend(): HTMLElement {
  const box = element("div", "", { class: "legend" });
  const entries = [...Object.values(COLOURS), ["pinned", 0xd55e00] as const];
  for (const [name, rgb] of entries) {
    const swatch = element("span", "", { class: "swatch" });
    swatch.style.background = `#${rgb.toString(16).padStart(6, "0")}`;
    const entry = element("span");
    entry.append(swatch, name);
    box.append(entry);
  }
  return box;
}

/**
 * Shows what the link says in `root`, and again whenever it changes; `otherwise` where it says nothing.
 */
export function openView(root: HTMLElement, otherwise: Partial<Place> = {}): void {
  let page: Page | undefined;
  const show = async () => {
    page?.close();
    page = new Page(root, placeOf(location.hash, { ...START, ...otherwise }));
    Object.assign(globalThis, { pageblockView: page });
    try {
      await page.open();
    } catch (error) {
      root.replaceChildren(element("p", (error as Error).message, { role: "alert" }));
    }
  };
  addEventListener("hashchange", () => void show());
  void show();
}
