// Knows: what the reader has chosen, and who wants to hear of it.
// Must not know: what is drawn.

import type { Model, Run } from "./model.js";

export interface Choice {
  readonly seed: number;
  /** null: all of them, one below the other. */
  readonly policy: string | null;
  readonly area: string;
  /** Of the run of this policy and the chosen seed. */
  readonly failure: { readonly policy: string; readonly number: number } | null;
  /** Virtual time shown, in nanoseconds; null: all. */
  readonly zoom: readonly [number, number] | null;
}

/** The area with the most requested pages; the first when nobody asked. */
function busiestArea({ document, runs }: Model): string {
  const pages = new Map<string, number>(document.areas.map(({ name }) => [name, 0]));
  for (const run of runs)
    for (const request of run.requests())
      pages.set(request.area, (pages.get(request.area) ?? 0) + request.pages);
  const [first] = [...pages].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "";
}

export class Store {
  #choice: Choice;
  readonly #listeners: { keys: readonly (keyof Choice)[]; draw: () => void }[] = [];
  readonly #hovers = new Map<Element, (timeNs: number | null) => void>();

  constructor(readonly model: Model) {
    const { document, runs } = model;
    const seed = runs.find(({ failures }) => failures.length > 0)?.seed ?? document.seeds[0] ?? 0;
    this.#choice = { seed, policy: null, area: busiestArea(model), failure: null, zoom: null };
    this.#choice = { ...this.#choice, ...this.#hardestFailure() };
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Runs of the chosen seed under the chosen policies. */
  get runs(): readonly Run[] {
    const { seed, policy } = this.#choice;
    return this.model.runs.filter((run) => run.seed === seed && (policy === null || run.policy === policy));
  }

  /** Time shown. */
  get span(): readonly [number, number] {
    return this.#choice.zoom ?? [0, this.model.durationNs];
  }

  set(change: Partial<Choice>): void {
    const isOtherRun = change.seed !== undefined || change.policy !== undefined;
    this.#choice = { ...this.#choice, ...change };
    const follow = isOtherRun && change.failure === undefined ? this.#hardestFailure() : {};
    this.#choice = { ...this.#choice, ...follow };
    const changed = new Set([...Object.keys(change), ...Object.keys(follow)]);
    for (const { keys, draw } of this.#listeners) if (keys.some((key) => changed.has(key))) draw();
  }

  /** Draws when one of `keys` changes, and in `drawAll`. */
  watch(keys: readonly (keyof Choice)[], draw: () => void): void {
    this.#listeners.push({ keys, draw });
  }

  drawAll(): void {
    for (const { draw } of this.#listeners) draw();
  }

  hover(timeNs: number | null): void {
    for (const [element, listener] of this.#hovers) {
      if (element.isConnected) listener(timeNs);
      else this.#hovers.delete(element);
    }
  }

  /** `listener` hears where the reader points for as long as `element` is in the page. */
  onHover(element: Element, listener: (timeNs: number | null) => void): void {
    this.#hovers.set(element, listener);
  }

  /** The failure of the chosen runs that tried the most windows (the first of equals), and its area. */
  #hardestFailure(): Partial<Choice> {
    const all = this.runs.flatMap(({ policy, failures }) =>
      failures.map(({ area, windowsTried }, number) => ({ policy, number, area, windowsTried })),
    );
    const [hardest] = all.sort((a, b) => b.windowsTried - a.windowsTried);
    if (hardest === undefined) return { failure: null };
    const { policy, number, area } = hardest;
    return { failure: { policy, number }, area };
  }
}
