// Knows: the operations of a random walk as plain numbers, chosen by a seed: what each means is decided by the machine
// that meets them, so that a walk stays meaningful when operations are left out of it.
// Must not know: how they are performed.

import type { Random } from "../support/random.js";

/** What a step does; weights are relative, and of a phase in which memory fills, one in which it empties. */
const KINDS = {
  allocate: [300, 110],
  release: [90, 210],
  direct: [4, 8],
  split: [4, 10],
  pin: [46, 20],
  unpin: [40, 40],
  content: [30, 30],
  begin: [26, 26],
  step: [170, 170],
  until: [30, 30],
  kill: [4, 4],
  at_once: [14, 14],
  give_back: [16, 40],
  give_back_part: [10, 16],
  drain: [4, 4],
  tick: [5, 5],
  fold: [3, 3],
  misuse: [5, 5],
  fork: [1, 1],
} as const satisfies Record<string, readonly [number, number]>;

export type StepKind = keyof typeof KINDS;

export interface Step {
  readonly kind: StepKind;
  readonly cpu: number;
  /** Which slot, window, request, area. */
  readonly pick: number;
  readonly order: number;
  /** Content, alignment, state, kind of pin, part of a window. */
  readonly what: number;
  /** Pages of a request. */
  readonly size: number;
}

const FILLING = weights(0);
const EMPTYING = weights(1);

function weights(phase: 0 | 1): Record<StepKind, number> {
  const rows = Object.entries(KINDS).map(([kind, row]) => [kind, row[phase]]);
  return Object.fromEntries(rows) as Record<StepKind, number>;
}

/** `orders`: the largest order that is asked for, plus one. */
export function walkOf(random: Random, length: number, orders: number): Step[] {
  let filling = true;
  let left = 0;
  return Array.from({ length }, () => {
    if (left-- <= 0) {
      filling = random.oneIn(2);
      left = 20 + random.below(random.pick([60, 300, 900]));
    }
    return {
      kind: random.weighted(filling ? FILLING : EMPTYING),
      cpu: random.below(64),
      pick: random.below(2 ** 30),
      order: random.oneIn(5) ? random.below(orders) : 0,
      what: random.below(2 ** 30),
      size: random.below(2 ** 30),
    };
  });
}

export function printSteps(steps: readonly Step[]): string {
  return steps
    .map(({ kind, cpu, pick, order, what, size }) => `${kind} ${cpu} ${pick} ${order} ${what} ${size}`)
    .join("\n");
}

export function parseSteps(text: string): Step[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [kind = "fold", cpu = "0", pick = "0", order = "0", what = "0", size = "0"] = line
        .trim()
        .split(" ");
      const numbers = {
        cpu: Number(cpu),
        pick: Number(pick),
        order: Number(order),
        what: Number(what),
        size: Number(size),
      };
      return { kind: kind as StepKind, ...numbers };
    });
}
