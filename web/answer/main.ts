// Knows: the order of the page: a sentence, what can be seen again, the answer below; without a document the engine alone.
// Must not know: any section from inside.

import "./style.css";
import "../view/style.css";
import { ANSWER_VERSION, type AnswerDocument } from "../../bindings/report/answer/document.js";
import { showRuns } from "../report/runs.js";
import { openView } from "../view/main.js";
import { drawBlocks } from "./blocks.js";
import { h } from "./dom.js";

/** The document in the page; undefined: there is none. @throws Error for another version's */
function readDocument(): AnswerDocument | undefined {
  const text = document.getElementById("document")?.textContent?.trim() ?? "";
  if (text === "") return undefined;
  const read = JSON.parse(text) as AnswerDocument;
  if (read.version !== ANSWER_VERSION)
    throw new Error(`the document has version ${read.version}, this page reads ${ANSWER_VERSION}`);
  return read;
}

function header({ brand, title, sentence, command }: AnswerDocument): HTMLElement {
  return h(
    "header",
    {},
    h("p", { class: "brand" }, brand),
    h("h1", {}, title),
    h("p", { class: "lead" }, sentence),
    command === "" ? null : h("p", { class: "command" }, h("code", {}, command)),
  );
}

function show(page: HTMLElement): void {
  const answer = readDocument();
  const view = h("section", { id: "view", class: "view" });
  if (answer === undefined) {
    page.replaceChildren(view);
    openView(view);
    return;
  }
  document.title = `${answer.title}: ${answer.brand}`;
  const seen = answer.scene === undefined ? [] : [view];
  page.replaceChildren(header(answer));
  if (answer.runs === undefined) page.append(...seen, ...drawBlocks(answer.blocks));
  else showRuns(page, answer.runs, seen);
  if (answer.scene !== undefined) openView(view, answer.scene);
}

const page = document.getElementById("page") as HTMLElement;
try {
  show(page);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  page.replaceChildren(h("p", { class: "broken", role: "alert" }, text));
  throw error;
}
