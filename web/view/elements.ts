// Knows: how elements of the page are made: text is text, whatever it says.
// Must not know: what they are for.

import { h } from "../answer/dom.js";

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text = "",
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Tag] {
  return h(tag, attributes, text === "" ? null : text);
}

export function button(text: string, onClick: () => void): HTMLButtonElement {
  return h("button", { type: "button", click: onClick }, text);
}

export function choice(
  label: string,
  names: readonly string[],
  value: string,
  onChange: (value: string) => void,
  none = "(one map)",
): HTMLLabelElement {
  const select = element("select", "", { "aria-label": label });
  for (const name of names) select.append(element("option", name === "" ? none : name, { value: name }));
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  const box = element("label", `${label} `);
  box.append(select);
  return box;
}

export function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(3)} ms`;
}
