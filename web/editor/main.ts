// Knows: the page with an editor below it: the scenario that is seen, presets to begin from, and the way back to the map.
// Must not know: how the editor edits, what the map shows.

import "./style.css";
import type { EditorView } from "@codemirror/view";
import { presetNames } from "../../bindings/device/presets/index.js";
import { policyNames } from "../../bindings/policy/index.js";
import { scenarioTexts } from "../../bindings/scenario/presets/texts.js";
import { h } from "../answer/dom.js";
import { start } from "../answer/main.js";
import { LONGEST_LINK, linkOf } from "../view/link.js";
import type { Page } from "../view/main.js";
import { makeEditor, problemsOf } from "./editor.js";

const PRESETS: Readonly<Record<string, string>> = scenarioTexts;

function seen(): Page | undefined {
  return (globalThis as { pageblockView?: Page }).pageblockView;
}

const said = h("output", { class: "said", "aria-live": "polite" });
const place = h("div", {});
let editor: EditorView | undefined;

function setText(text: string): void {
  editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
}

/** A line of the text, or a new one below the name. */
function setLine(key: string, value: string): void {
  const text = editor?.state.doc.toString() ?? "";
  const line = new RegExp(`^${key}:.*(?:\\n(?:[ \\t]+.*)?(?=\\n[ \\t]))*`, "m");
  setText(line.test(text) ? text.replace(line, () => `${key}: ${value}`) : `${key}: ${value}\n${text}`);
}

function run(): void {
  const page = seen();
  if (editor === undefined || page === undefined) return;
  const text = editor.state.doc.toString();
  const [first, ...more] = problemsOf(text);
  if (first !== undefined) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    said.replaceChildren(`Line ${first.line}: ${first.message}${others}`);
    return;
  }
  const name = Object.keys(PRESETS).find((preset) => PRESETS[preset] === text) ?? text;
  const link = linkOf({ ...page.place, scenario: name, timeNs: 0, forkNs: undefined, markNs: undefined });
  said.replaceChildren(
    link.length > LONGEST_LINK
      ? "It runs above. It is too long for a link: Page, or YAML, saves it as a file."
      : "It runs above; the address of this page holds it.",
  );
  location.hash = link;
}

function presets(label: string, names: readonly string[], take: (name: string) => void): HTMLElement {
  const options = ["…", ...names].map((name) => h("option", { value: name }, name));
  const list = h(
    "select",
    {
      "aria-label": label,
      change: () => {
        if (list.value !== "…") take(list.value);
        list.value = "…";
      },
    },
    ...options,
  );
  return h("label", {}, `${label} `, list);
}

const controls = h(
  "nav",
  { class: "files", "aria-label": "editor" },
  h("button", { type: "button", click: run, title: "Ctrl-Enter" }, "Run it"),
  presets("scenario of the package", Object.keys(PRESETS), (name) => setText(PRESETS[name] ?? "")),
  presets("device", presetNames, (name) => setLine("device", name)),
  presets("policy", policyNames, (policy) => {
    const page = seen();
    if (page !== undefined) location.hash = linkOf({ ...page.place, policy });
  }),
  said,
);

const box = h(
  "details",
  {
    id: "editor",
    toggle: () => {
      if (!box.open || editor !== undefined) return;
      editor = makeEditor(place, seen()?.opening.scenario ?? "", run);
      editor.focus();
    },
  },
  h("summary", {}, "Edit the scenario"),
  controls,
  place,
);
start();
document.getElementById("page")?.after(box);
