// Knows: what defines a view, and how it is written behind the # of a link.
// Must not know: the page.

import { MODES, type ModeName } from "./palette.js";

export interface Place {
  /** Name of a scenario of the package, or its YAML. */
  readonly scenario: string;
  readonly policy: string;
  /** Another policy for the map beside it; empty: none. */
  readonly beside: string;
  /** The other policy holds from here on, and the first one before; undefined: from the start. */
  readonly forkNs?: number | undefined;
  readonly seed: number;
  readonly timeNs: number;
  /** The second handle; undefined: none. */
  readonly markNs?: number | undefined;
  readonly mode: ModeName;
  readonly painter: PainterName;
}

/** best: WebGL2 where a graphics card does it, else the CPU. */
export const PAINTERS = ["best", "webgl2", "canvas2d"] as const;
export type PainterName = (typeof PAINTERS)[number];

/** Longer texts do not survive in links of mail programs and chats. */
export const LONGEST_LINK = 8_000;

/** What need not be said. */
const USUAL: Partial<Place> = { mode: "kind", painter: "best" };

export function linkOf(place: Place): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(place)) {
    const isUsual = value === undefined || value === USUAL[key as keyof Place];
    if (!isUsual) words.set(key, String(value));
  }
  return words.toString();
}

function wholeNumber(text: string | null, otherwise: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}

/** What a link says; what it does not say, or not in a form that can be, is as in `otherwise`. */
export function placeOf(hash: string, otherwise: Place): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const fork = wholeNumber(words.get("forkNs"), -1);
  const mark = wholeNumber(words.get("markNs"), -1);
  return {
    ...(fork < 0 ? {} : { forkNs: fork }),
    ...(mark < 0 ? {} : { markNs: mark }),
    scenario: words.get("scenario") ?? otherwise.scenario,
    policy: words.get("policy") ?? otherwise.policy,
    beside: words.get("beside") ?? otherwise.beside,
    seed: wholeNumber(words.get("seed"), otherwise.seed),
    timeNs: wholeNumber(words.get("timeNs"), otherwise.timeNs),
    mode: MODES.find((mode) => mode === words.get("mode")) ?? otherwise.mode,
    painter: PAINTERS.find((name) => name === words.get("painter")) ?? otherwise.painter,
  };
}
