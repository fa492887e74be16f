// Knows: the order of the page: a sentence, what can be seen again, the answer below; without a document the engine alone.
// Must not know: any section from inside.

import "./style.css";
import "../view/style.css";
import { ANSWER_VERSION, type AnswerDocument, type Scene } from "../../bindings/report/answer/document.js";
import { showRuns } from "../report/runs.js";
import { type OpenView, openView } from "../view/open.js";
import type { Opening } from "../view/protocol.js";
import type { DroppedFile } from "../view/reader.js";
import { Run } from "../view/run.js";
import { drawBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { fileButton } from "./drop.js";
import { unpacked } from "./packed.js";
import { saveButtons } from "./save.js";
import { showUntil, stillFigure } from "./still.js";

/** Nothing runs: a device's state as it is. */
const IDLE = "name: as-it-is\nduration: 1s\n";

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

async function deviceOf({ device, state }: Scene): Promise<Opening["device"]> {
  if (state === undefined) return device;
  return { name: state.name, state: await unpacked(state.snapshot, "gzip") };
}

/** What one answer shows, and what is to end with it. */
class Answer {
  readonly #page: HTMLElement;
  readonly #view = h("section", { id: "view", class: "view" });
  readonly #said = h("output", { class: "said", "aria-live": "polite" });
  #seen: OpenView | undefined;

  constructor(page: HTMLElement) {
    this.#page = page;
  }

  #bar(answer: AnswerDocument | undefined, canRun: boolean): HTMLElement {
    const tell = (text: string) => this.#said.replaceChildren(text);
    const take = (files: readonly DroppedFile[]) => this.#read(files);
    const saving = canRun ? saveButtons(() => this.#seen?.page, answer, tell) : [];
    const label = { class: "files", "aria-label": "files" };
    return h("nav", label, fileButton(take, tell), ...saving, this.#said);
  }

  /** Explain's answer, and the device's state where the files make one. */
  async #read(files: readonly DroppedFile[]): Promise<void> {
    const run = new Run();
    const { answer, state, notes } = await run.ask("read", { files }).finally(() => run.close());
    this.#seen?.close();
    history.replaceState(null, "", location.href.replace(/#.*$/, ""));
    const heading = { kind: "heading", text: "The state of the device" } as const;
    const found =
      state === undefined
        ? [`No map of the whole device: ${notes.join("; ")}.`]
        : [
            "The map above is the device's own, rebuilt from these files. Choose a scenario or a policy above it to go on from this state.",
            ...notes.map((note) => `Assumed: ${note}.`),
          ];
    const text = found.map((line) => ({ kind: "text", text: line }) as const);
    const told = { ...answer, blocks: [...answer.blocks, heading, ...text] };
    const name = files[0]?.name ?? "files";
    if (state === undefined) await this.show(told);
    else {
      const scene = { scenario: IDLE, policy: "mainline", seed: 1, timeNs: 0 };
      await this.show({ ...told, scene }, { name, state });
    }
  }

  /** @param device stands instead of what the scene says */
  async show(answer: AnswerDocument | undefined, device?: Opening["device"]): Promise<void> {
    const { scene } = answer ?? {};
    const hasView = answer === undefined || scene !== undefined || answer.still !== undefined;
    const bar = this.#bar(answer, answer === undefined || scene !== undefined);
    if (answer === undefined) {
      this.#page.replaceChildren(bar, this.#view);
      this.#seen = openView(this.#view);
      return;
    }
    document.title = `${answer.title}: ${answer.brand}`;
    this.#page.replaceChildren(header(answer), bar);
    const shown = hasView ? [this.#view] : [];
    if (answer.runs === undefined) this.#page.append(...shown, ...drawBlocks(answer.blocks));
    else showRuns(this.#page, answer.runs, shown);
    const still = answer.still ?? scene?.still;
    if (still !== undefined) showUntil(await stillFigure(still), this.#view);
    if (scene === undefined) return;
    // Just before the end of the failure: the view goes on to it, and shows its windows.
    const isFailure = scene.still !== undefined && scene.timeNs > 0;
    const place = isFailure ? { ...scene, timeNs: scene.timeNs - 1 } : scene;
    this.#seen = openView(this.#view, place, device ?? (await deviceOf(scene)), isFailure);
  }
}

/** Fills the page. */
export function start(): void {
  const page = document.getElementById("page") as HTMLElement;
  const broken = (error: unknown): never => {
    const text = error instanceof Error ? error.message : String(error);
    page.replaceChildren(h("p", { class: "broken", role: "alert" }, text));
    throw error;
  };
  try {
    new Answer(page).show(readDocument()).catch(broken);
  } catch (error) {
    broken(error);
  }
}
