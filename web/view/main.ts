// Knows: the page: a run and perhaps a second one beside it, on one clock; what is shown, and the link that says so.
// Must not know: how a map is made or painted.

import { smallest } from "../../bindings/engine/extent.js";
import { formatBytes } from "../../bindings/engine/units.js";
import { policyNames } from "../../bindings/policy/index.js";
import { scenarioTexts } from "../../bindings/scenario/presets/texts.js";
import { button, choice, element, milliseconds } from "./elements.js";
import { legend } from "./legend.js";
import { linkOf, type Place } from "./link.js";
import { MODES, type ModeName } from "./palette.js";
import { Player, SPEEDS } from "./player.js";
import type { Lanes, Opened, Opening, Request, WindowsTried } from "./protocol.js";
import { Run } from "./run.js";
import { type Difference, type Side, Stage } from "./stage.js";
import { type Stairs, TimeBar } from "./timebar.js";
import { Trail } from "./trail.js";
import { failureSentence } from "./verdict.js";

/** Bytes of kept states up to which a run is read ahead. */
const MOST_KEPT = 160 * 2 ** 20;
/** Asked of the failure that the page opens at: the proposal that waits for the references of short pins. */
const REMEDY = "gup-wait";
const SCENARIOS: ReadonlyMap<string, string> = new Map(Object.entries(scenarioTexts));

/** The page of one link. */
export class Page {
  readonly #root: HTMLElement;
  readonly #verdict = element("p", "", { class: "verdict", role: "status" });
  readonly #answer = element("p", "", { class: "answer", role: "status" });
  readonly #clock = element("output", "", { class: "clock" });
  readonly #playing = element("button", "play (space)", { type: "button" });
  readonly #differs = element("button", "", { type: "button" });
  readonly #legend = element("div", "", { class: "legend" });
  #stage: Stage | undefined;
  #place: Place;
  readonly #device: Opening["device"];
  #opened: Opened | undefined;
  #wanted: number | undefined;
  #wantedMark: number | undefined;
  #busy = false;
  #asked: Run | undefined;
  #trail: Trail | undefined;
  #bar: TimeBar | undefined;
  readonly #player = new Player();
  #lanes: (Lanes | undefined)[] = [];
  #isAhead = false;
  #isClosed = false;
  #isToAnswer = false;

  constructor(root: HTMLElement, place: Place, device?: Opening["device"]) {
    this.#root = root;
    this.#place = place;
    this.#device = device;
  }

  /** What is shown. */
  get place(): Place {
    return this.#place;
  }

  get title(): string {
    const { name = "", device = "" } = this.#opened ?? {};
    return `${name} on ${device}`;
  }

  /** What is said of this moment. */
  get sentence(): string {
    return this.#verdict.textContent ?? "";
  }

  /** Draws what is seen once more, for whoever wants a picture of it. */
  redraw(): void {
    this.#stage?.draw();
  }

  /** The first side's run, for whoever runs it again. */
  get opening(): Opening {
    const { scenario, policy, seed } = this.#place;
    return { scenario: SCENARIOS.get(scenario) ?? scenario, policy, seed, device: this.#device };
  }

  /** With `toFailure` it goes on to the first failure, once the beginning is seen. */
  async open(toFailure: boolean): Promise<void> {
    const { scenario, policy, beside, forkNs } = this.#place;
    const names = beside === "" || beside === policy ? [policy] : [policy, beside];
    this.#root.replaceChildren(
      element("p", `Booting ${SCENARIOS.has(scenario) ? scenario : "the scenario"} ...`),
    );
    const runs = names.map(() => new Run());
    const opened = await Promise.all(
      runs.map((run, nth) => {
        const opening = { ...this.opening, policy: names[nth] ?? policy };
        const isForked = nth === 1 && forkNs !== undefined;
        return run.ask("open", {
          opening: isForked ? { ...opening, policy, fork: { policy: beside, timeNs: forkNs } } : opening,
        });
      }),
    );
    this.#opened = opened[0] as Opened;
    const from = forkNs === undefined ? "" : ` from ${milliseconds(forkNs)} on`;
    const sides = runs.map((run, nth) => ({ run, policy: `${names[nth] ?? ""}${nth === 1 ? from : ""}` }));
    this.#stage = new Stage(
      this.#opened,
      sides,
      this.#place.painter,
      (nth, frame) => void this.#trail?.inspect(nth, frame),
    );
    this.#stage.setMode(this.#place.mode);
    this.#lanes = runs.map(() => undefined);
    this.#trail = new Trail(this.#stage, this.#opened, this);
    this.#bar = new TimeBar(this.#opened.durationNs, this.#opened.pageSize, {
      onTime: (timeNs) => void this.#wish(timeNs),
      onMark: (timeNs) => void this.refer(timeNs),
      onRequest: (nth) => void this.#trail?.showRequest(nth, this.#lanes[0]?.requests ?? []),
    });
    this.#build();
    const timeNs = Math.min(this.#place.timeNs, this.#opened.durationNs);
    this.#wantedMark = this.#place.markNs;
    this.#bar.setMark(this.#wantedMark);
    await this.seek(timeNs);
    this.#isToAnswer = toFailure;
    if (toFailure) void this.#trail.nextFailure();
    if (forkNs !== undefined && names.length === 2) await this.#ask(this.opening, beside, forkNs);
  }

  /** What the other policy would have made of the next failure, by the library's what-if, in a worker that ends with it. */
  async #ask(opening: Opening, policy: string, afterNs: number): Promise<void> {
    this.#answer.textContent = `What would ${policy} have made of the failure? ...`;
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
    const { name, device, pageSize, frames } = this.#opened as Opened;
    document.title = `${name}: pageblock view`;
    document.onkeydown = (event) => {
      const { target, ctrlKey, metaKey, altKey } = event;
      if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return;
      if (target instanceof HTMLInputElement || ctrlKey || metaKey || altKey) return;
      if (target instanceof HTMLElement && target.isContentEditable) return;
      const act = this.#keys()[event.key];
      if (act === undefined || (event.key === " " && target instanceof HTMLButtonElement)) return;
      act();
      event.preventDefault();
    };
    // Below an answer it is one of its parts.
    const isPart = document.querySelector("header h1") !== null;
    const title = element(
      isPart ? "h2" : "h1",
      `${name} on ${device}, ${formatBytes(frames * pageSize)}, page by page`,
    );
    this.#root.replaceChildren(
      title,
      this.#verdict,
      this.#answer,
      this.#choices(),
      (this.#stage as Stage).element,
      this.#legend,
      this.#steps(),
      (this.#bar as TimeBar).canvas,
      (this.#trail as Trail).element,
    );
  }

  #keys(): Readonly<Record<string, () => void>> {
    const trail = this.#trail as Trail;
    return {
      f: () => void trail.nextFailure(),
      g: () => void trail.toBegin(),
      b: () => void trail.nextBlocker(),
      w: () => void trail.nextWindow(1),
      W: () => void trail.nextWindow(-1),
      l: () => void trail.life(),
      m: () => void this.refer(this.#place.timeNs),
      d: () => this.#nextDifference(),
      " ": () => void this.#play(),
    };
  }

  #choices(): HTMLElement {
    const { forkNs, beside } = this.#place;
    const controls = element("div", "", { class: "controls" });
    const fork = (policy: string) =>
      this.#go({ beside: policy, forkNs: policy === "" ? undefined : this.#place.timeNs });
    controls.append(
      choice("scenario", [...SCENARIOS.keys()], this.#place.scenario, (scenario) => this.#go({ scenario })),
      choice("policy", policyNames, this.#place.policy, (policy) => this.#go({ policy })),
      choice("beside it", ["", ...policyNames], forkNs === undefined ? beside : "", (policy) =>
        this.#go({ beside: policy, forkNs: undefined }),
      ),
      choice("fork here to", ["", ...policyNames], forkNs === undefined ? "" : beside, fork, "(no fork)"),
      choice("colours", MODES, this.#place.mode, (mode) => void this.#setMode(mode as ModeName)),
    );
    return controls;
  }

  #steps(): HTMLElement {
    const trail = this.#trail as Trail;
    const speeds = SPEEDS.map((speed) => `${speed}x`);
    const controls = element("div", "", { class: "controls" });
    controls.append(
      this.#playing,
      choice("speed", speeds, `${this.#player.speed}x`, (text) => {
        this.#player.speed = Number.parseFloat(text);
      }),
      this.#clock,
      button("next failure (f)", () => void trail.nextFailure()),
      button("its begin (g)", () => void trail.toBegin()),
      button("next blocker (b)", () => void trail.nextBlocker()),
      button("next window (w)", () => void trail.nextWindow(1)),
      button("second handle here (m)", () => void this.refer(this.#place.timeNs)),
      this.#differs,
    );
    this.#playing.onclick = () => void this.#play();
    this.#differs.onclick = () => this.#nextDifference();
    this.#tellDifference();
    return controls;
  }

  /** What there is to hold against each other, in turn. */
  #nextDifference(): void {
    const stage = this.#stage as Stage;
    const all: Difference[] = ["none"];
    if (this.sides.length > 1) all.push("policies");
    if (this.#bar?.markNs !== undefined) all.push("times");
    stage.setDifference(all[(all.indexOf(stage.difference) + 1) % all.length] as Difference);
    this.#tellDifference();
  }

  #tellDifference(): void {
    const difference = this.#stage?.difference ?? "none";
    const between = { none: "", policies: " of the policies", times: " to the second handle" }[difference];
    this.#differs.textContent = `difference${between} (d)`;
    this.#differs.setAttribute("aria-pressed", String(difference !== "none"));
    this.#differs.disabled = this.sides.length < 2 && this.#bar?.markNs === undefined;
  }

  /** Colours mean something else from now on. */
  async #setMode(mode: ModeName): Promise<void> {
    this.#stage?.setMode(mode);
    this.#place = { ...this.#place, mode };
    this.#wantedMark = this.#place.markNs;
    await this.seek(this.#place.timeNs);
  }

  /** The second handle: what later moments are held against. */
  async refer(markNs: number): Promise<void> {
    this.#bar?.setMark(markNs);
    this.#place = { ...this.#place, markNs };
    this.#wantedMark = markNs;
    this.#tellDifference();
    await this.seek(this.#wanted ?? this.#place.timeNs);
  }

  #go(change: Partial<Place>): void {
    location.hash = linkOf({ ...this.#place, ...change });
  }

  get timeNs(): number {
    return this.#place.timeNs;
  }

  get forkNs(): number | undefined {
    return this.#place.forkNs;
  }

  onLanes(lanes: Lanes): void {
    this.#lanes[0] = lanes;
    this.#bar?.setLanes(this.#lanes);
  }

  /** What would have saved the first failure is asked once, of a policy that waits for what is in the way. */
  onFailure(request: Request, tried: WindowsTried): void {
    if (this.#place.timeNs !== request.endNs) return;
    this.#verdict.textContent = failureSentence(request, tried, this.#opened?.pageSize ?? 4096);
    if (!this.#isToAnswer || this.#place.policy === REMEDY || this.#place.beside !== "") return;
    this.#isToAnswer = false;
    void this.#ask(this.opening, REMEDY, request.beginNs);
  }

  onStairs(stairs: Stairs | undefined): void {
    this.#bar?.setStairs(stairs);
  }

  /** A moment that somebody chose: nothing else goes on meanwhile. */
  #wish(timeNs: number): Promise<void> {
    this.#player.stop();
    this.#trail?.cancel();
    return this.seek(timeNs);
  }

  /** Seeks all runs to one time; while they work, only the last wish counts. */
  async seek(timeNs: number, isPlayed = false): Promise<void> {
    this.#wanted = timeNs;
    this.#bar?.setTime(timeNs);
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted !== undefined) {
        const time: number = this.#wanted;
        this.#wanted = undefined;
        await this.#seekMark();
        await this.#stage?.seek(time, this.#place.forkNs, isPlayed);
        this.#place = { ...this.#place, timeNs: time };
        if (!isPlayed) history.replaceState(null, "", `#${linkOf(this.#place)}`);
        this.#tell(time, isPlayed);
        this.#stage?.draw();
      }
    } finally {
      this.#busy = false;
    }
    if (!isPlayed) void this.#readAhead();
  }

  async #seekMark(): Promise<void> {
    const markNs = this.#wantedMark;
    if (markNs === undefined) return;
    this.#wantedMark = undefined;
    await this.#stage?.seek(markNs, this.#place.forkNs);
    this.#stage?.refer();
  }

  async #play(): Promise<void> {
    if (this.#player.isPlaying) return this.#player.stop();
    this.#trail?.cancel();
    this.#playing.textContent = "pause (space)";
    await this.#player.play({
      now: () => this.#place.timeNs,
      end: (this.#opened as Opened).durationNs,
      show: (timeNs) => this.seek(timeNs, true),
      onStop: () => {
        this.#playing.textContent = "play (space)";
        if (!this.#isClosed) void this.seek(this.#place.timeNs);
      },
    });
  }

  /** Makes the run known to its end while nothing else is asked of it, so that its lanes are whole and no moment is far. */
  async #readAhead(): Promise<void> {
    if (this.#isAhead) return;
    this.#isAhead = true;
    const { durationNs, everyNs } = this.#opened as Opened;
    const isIdle = () =>
      !(this.#isClosed || this.#busy || this.#player.isPlaying || this.#trail?.isSearching);
    try {
      for (let known = 0, kept = 0; known < durationNs && kept < MOST_KEPT && isIdle(); ) {
        const timeNs = Math.min(known + everyNs, durationNs);
        this.#lanes = await Promise.all(this.sides.map(({ run }) => run.ask("extend", { timeNs })));
        this.#bar?.setLanes(this.#lanes);
        known = smallest(this.#lanes.map((lanes) => lanes?.knownNs ?? 0));
        kept = this.#lanes.reduce((sum, lanes) => sum + (lanes?.keptBytes ?? 0), 0);
      }
    } finally {
      this.#isAhead = false;
    }
  }

  #tell(timeNs: number, isPlayed: boolean): void {
    this.#clock.textContent = milliseconds(timeNs);
    if (isPlayed) return;
    const counts = this.sides.map(({ policy, moment }) => {
      const requests = (moment?.requests ?? []).filter(({ endNs }) => endNs <= timeNs);
      const failed = requests.filter(({ errno }) => errno !== 0).length;
      return `under ${policy} ${failed} of ${requests.length} requests have failed`;
    });
    this.#verdict.classList.toggle("failed", !counts.every((text) => / 0 of /.test(text)));
    this.#verdict.textContent = `Up to ${milliseconds(timeNs)}: ${counts.join("; ")}.`;
    const stage = this.#stage as Stage;
    this.#legend.replaceChildren(...legend(stage.mode));
    for (const side of this.sides)
      side.caption.textContent = `${side.policy}, digest ${side.moment?.digest ?? ""}`;
    this.#trail?.showRequests(this.sides[0]?.moment?.requests ?? []);
  }

  /** For tests: what the worker says of a frame, and the map that is drawn. */
  get sides(): readonly Side[] {
    return this.#stage?.sides ?? [];
  }

  close(): void {
    this.#isClosed = true;
    this.#player.stop();
    this.#asked?.close();
    for (const { run } of this.sides) run.close();
  }
}
