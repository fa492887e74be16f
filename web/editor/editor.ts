// Knows: the text of a scenario as something to be edited: coloured, completed by the schema, with carets by our own reader.
// Must not know: what becomes of the text.

import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, linter } from "@codemirror/lint";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { ScenarioError } from "../../bindings/engine/errors.js";
import { scenarioSchema } from "../../bindings/scenario/json_schema.js";
import { parseScenario } from "../../bindings/scenario/yaml.js";
import { offersAt, type Schema, spotOf } from "./complete.js";

const SCHEMA = scenarioSchema() as Schema;

function complete(context: CompletionContext): CompletionResult | null {
  const { state, pos, explicit } = context;
  const word = context.matchBefore(/[\w-]*/);
  const from = word?.from ?? pos;
  if (from === pos && !explicit) return null;
  const { path, kind } = spotOf(state.sliceDoc(0, from));
  const options = offersAt(SCHEMA, path, kind).map(({ label, detail, isKey }) => ({
    label,
    info: detail,
    type: isKey ? "property" : "enum",
    apply: isKey ? `${label}: ` : label,
  }));
  return options.length === 0 ? null : { from, options };
}

/** What our own reader says, where it says it. */
export function problemsOf(text: string): readonly { line: number; column: number; message: string }[] {
  try {
    parseScenario(text);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) return [{ line: 1, column: 1, message: (error as Error).message }];
    return error.problems.map(({ line = 1, column = 1, message, path }) => ({
      line,
      column,
      message: path === "" ? message : `${path}: ${message}`,
    }));
  }
}

function lint(view: EditorView): Diagnostic[] {
  const { doc } = view.state;
  return problemsOf(doc.toString()).map(({ line, column, message }) => {
    const at = doc.line(Math.min(line, doc.lines));
    const from = Math.min(at.from + column - 1, at.to);
    const length = /^[\w-]+/.exec(at.text.slice(column - 1))?.[0].length ?? 1;
    return { from, to: Math.min(from + Math.max(1, length), at.to), severity: "error", message };
  });
}

const theme = EditorView.theme({
  "&": {
    border: "1px solid var(--line)",
    maxHeight: "60vh",
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
  },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", fontSize: "13px", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--shade)", color: "var(--quiet)", border: "none" },
  ".cm-content": { caretColor: "var(--ink)" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
});

/** @param onRun Ctrl-Enter, Cmd-Enter */
export function makeEditor(parent: HTMLElement, text: string, onRun: () => void): EditorView {
  const run = () => {
    onRun();
    return true;
  };
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run }]),
      basicSetup,
      yaml(),
      autocompletion({ override: [complete] }),
      linter(lint),
      theme,
      EditorView.contentAttributes.of({ "aria-label": "scenario" }),
    ],
  });
}
