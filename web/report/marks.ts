// Knows: how a policy is named and a long name shortened, the same everywhere.
// Must not know: what stands beside it.

import { policyColor } from "./colors.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";

export function policyMark(model: Model, policy: string): HTMLElement {
  const color = policyColor(model.policyIndex(policy));
  return h("span", { class: "policy" }, h("i", { style: `background:${color}` }), policy);
}

export function shorten(name: string, most = 16): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
