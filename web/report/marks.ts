// Knows: how a policy is named and its line drawn, and a long name shortened, the same everywhere.
// Must not know: what stands beside it.

import * as Plot from "@observablehq/plot";
import { h } from "../answer/dom.js";
import { policyColor } from "./colors.js";
import type { Model } from "./model.js";

export function policyMark(model: Model, policy: string): HTMLElement {
  const color = policyColor(model.policyIndex(policy));
  return h(
    "span",
    { class: "policy", title: policy },
    h("i", { style: `background:${color}` }),
    shorten(policy, 28),
  );
}

export function shorten(name: string, most = 16): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A lane for each policy, the first one on top. */
export function lanesOf(policies: readonly string[]): Plot.ScaleOptions {
  return {
    domain: [policies.length - 0.5, -0.5],
    ticks: policies.map((_, i) => i),
    tickFormat: (i: number) => shorten(policies[i] ?? ""),
    tickSize: 0,
    label: null,
  };
}

/** One line for each policy number `i`: broad and pale below, narrow above, so that equal lines are both seen. */
export function overlaid<T extends { readonly i: number }>(
  points: readonly T[],
  policies: number,
  { strokeWidth, ...options }: Plot.LineOptions & { strokeWidth: number },
): Plot.Markish[] {
  const indexes = [...new Set(points.map(({ i }) => i))].sort((a, b) => a - b);
  return indexes.map((index, k) =>
    Plot.line(
      points.filter(({ i }) => i === index),
      {
        ...options,
        stroke: policyColor(index),
        strokeWidth: strokeWidth * (1 + Math.min(2, indexes.length - 1 - k) * 0.6),
        strokeOpacity: policies > 1 && k < indexes.length - 1 ? 0.5 : 1,
      },
    ),
  );
}
