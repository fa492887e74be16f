// Knows: the page: a run and perhaps a second one beside it, on one clock; what is shown, and the link that says so.
// Must not know: how a map is made or painted.

import { formatBytes } from "../../bindings/engine/units.js";
import { policyNames } from "../../bindings/policy/index.js";
import { scenarioTexts } from "../../bindings/scenario/presets/texts.js";
import { legend } from "./legend.js";
import { linkOf, type Place, placeOf } from "./link.js";
import { MODES, type ModeName } from "./palette.js";
import type { Opened, Opening } from "./protocol.js";
import { Run } from "./run.js";
import { type Side, Stage } from "./stage.js";
import { type InTheWay, inTheWay, windowsPanel } from "./windows.js";

const START: Place = {
  scenario: "rolling-blockade",
  policy: "mainline",
  beside: "",
  seed: 1,
  timeNs: 1e8,
  mode: "kind",
  painter: "best",
};
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
  readonly #legend = element("div", "", { class: "legend" });
  #stage: Stage | undefined;
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
        return run.ask("open", {
          opening: isForked ? { ...opening, policy, fork: { policy: beside, timeNs: forkNs } } : opening,
        });
      }),
    );
    this.#opened = opened[0] as Opened;
    const from = forkNs === undefined ? "" : ` from ${milliseconds(forkNs)} on`;
    const sides = runs.map((run, nth) => ({ run, policy: `${names[nth] ?? ""}${nth === 1 ? from : ""}` }));
    const isPlain = this.#place.painter === "canvas2d";
    this.#stage = new Stage(this.#opened, sides, isPlain, (nth, frame) => void this.#inspect(nth, frame));
    this.#stage.setMode(this.#place.mode);
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
      const { sentence } = await asked.ask("whatif", { question: { opening, policy, afterNs } });
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
      const stage = this.#stage as Stage;
      stage.setDifference(stage.difference === "policies" ? "none" : "policies");
      difference.setAttribute("aria-pressed", String(stage.difference === "policies"));
    };
    difference.disabled = this.sides.length < 2;
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
      if (key === "d" && this.sides.length > 1) toggle();
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
      choice("colours", MODES, this.#place.mode, (mode) => void this.#setMode(mode as ModeName)),
      difference,
      failure,
      begin,
    );
    const clock = element("div", "", { class: "controls" });
    clock.append(this.#time, this.#clock);
    const title = element("h1", `${name} on ${device}, ${formatBytes(frames * pageSize)}, page by page`);
    this.#root.replaceChildren(
      title,
      this.#verdict,
      this.#answer,
      controls,
      clock,
      (this.#stage as Stage).element,
      this.#legend,
      this.#inspector,
      this.#windows,
      this.#requests,
    );
  }

  /** Colours mean something else from now on. */
  async #setMode(mode: ModeName): Promise<void> {
    this.#stage?.setMode(mode);
    this.#place = { ...this.#place, mode };
    await this.seek(this.#place.timeNs);
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
        await this.#stage?.seek(time, this.#place.forkNs);
        this.#place = { ...this.#place, timeNs: time };
        history.replaceState(null, "", `#${linkOf(this.#place)}`);
        this.#tell(time);
        this.#stage?.draw();
      }
    } finally {
      this.#busy = false;
    }
  }

  #tell(timeNs: number): void {
    this.#time.value = String(timeNs);
    this.#clock.textContent = milliseconds(timeNs);
    const counts = this.sides.map(({ policy, moment }) => {
      const requests = (moment?.requests ?? []).filter(({ endNs }) => endNs <= timeNs);
      const failed = requests.filter(({ errno }) => errno !== 0).length;
      return `under ${policy} ${failed} of ${requests.length} requests have failed`;
    });
    this.#verdict.textContent = `Up to ${milliseconds(timeNs)}: ${counts.join("; ")}.`;
    const stage = this.#stage as Stage;
    this.#legend.replaceChildren(...legend(stage.mode));
    for (const side of this.sides)
      side.caption.textContent = `${side.policy}, digest ${side.moment?.digest ?? ""}`;
    this.#requests.replaceChildren(
      ...(this.sides[0]?.moment?.requests ?? []).map(
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

  async #inspect(side: number, frame: number): Promise<void> {
    const { forkNs = 0, timeNs } = this.#place;
    const facts = await this.sides[timeNs < forkNs ? 0 : side]?.run.ask("frame", { frame });
    if (facts !== undefined) this.#inspector.textContent = `pfn ${facts.pfn}: ${facts.text}`;
  }

  /** The end of the next request that fails behind this moment; the run goes on until there is one. */
  async #nextFailure(): Promise<void> {
    const { durationNs } = this.#opened as Opened;
    const start = this.#place.timeNs;
    for (let time = start; ; time = Math.min(time + 1e9, durationNs)) {
      const known = await this.#first.run.ask("extend", { timeNs: time });
      const next = known.requests.findIndex(({ errno, endNs }) => errno !== 0 && endNs > start);
      const found = known.requests[next];
      if (found !== undefined) return this.#showRequest(next, found.endNs);
      if (time >= durationNs) break;
    }
    await this.seek(start);
    this.#inspector.textContent = "No request fails behind this moment.";
  }

  /** Stands at the end of a request, and shows the windows that it tried. */
  async #showRequest(nth: number, endNs: number): Promise<void> {
    const tried = await this.#first.run.ask("windows", { nth });
    this.#blockers = inTheWay(tried);
    this.#blocker = -1;
    this.#stage?.mark(undefined);
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
    this.#stage?.mark(frame);
    const facts = await this.#first.run.ask("frame", { frame });
    this.#inspector.textContent = `${blocker.text}; now ${facts.text}`;
  }

  /** Where the request begins that has failed last up to here: the place to fork. */
  async #toBegin(): Promise<void> {
    const { timeNs } = this.#place;
    const failed = (this.sides[0]?.moment?.requests ?? [])
      .filter(({ errno, endNs }) => errno !== 0 && endNs <= timeNs)
      .at(-1);
    if (failed === undefined) this.#inspector.textContent = "No request has failed up to this moment.";
    else await this.seek(failed.beginNs);
  }

  /** For tests: what the worker says of a frame, and the map that is drawn. */
  get sides(): readonly Side[] {
    return this.#stage?.sides ?? [];
  }

  get #first(): Side {
    return this.sides[0] as Side;
  }

  close(): void {
    this.#asked?.close();
    for (const { run } of this.sides) run.close();
  }
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
