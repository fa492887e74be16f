// Knows: what can be taken away of what is seen: a link, a picture, a trace, the scenario, the whole page as a file.
// Must not know: how a map is drawn, how a trace is made.

import { ANSWER_VERSION, type AnswerDocument, type Scene } from "../../bindings/report/answer/document.js";
import { embeddableJson } from "../../bindings/report/answer/fill.js";
import { milliseconds } from "../view/elements.js";
import { LONGEST_LINK } from "../view/link.js";
import type { Page } from "../view/main.js";
import { Run } from "../view/run.js";
import { h } from "./dom.js";
import { packed } from "./packed.js";

/** Virtual time of a trace, up to the moment that is shown. */
const TRACE_NS = 1e8;
const CAPTION = 24;

function save(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** A name that every file system takes. */
function nameOf({ place }: Page): string {
  const scenario = /^[\w-]+$/.test(place.scenario)
    ? place.scenario
    : (/^name:\s*([\w-]+)/m.exec(place.scenario)?.[1] ?? "scenario");
  return `${scenario}-${place.policy}-${Math.round(place.timeNs / 1e6)}ms`;
}

/** The maps as they are seen, one below the other, each with what it is. */
function picture(page: Page): Promise<Blob | null> {
  page.redraw();
  const sides = page.sides.map(({ map, caption }) => ({
    layers: [...map.element.querySelectorAll("canvas")],
    text: caption.textContent ?? "",
  }));
  const [width, height] = [sides[0]?.layers[0]?.width ?? 1, sides[0]?.layers[0]?.height ?? 1];
  const canvas = h("canvas", { width, height: (height + CAPTION) * sides.length });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no canvas");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = "13px sans-serif";
  for (const [nth, { layers, text }] of sides.entries()) {
    const top = nth * (height + CAPTION);
    for (const layer of layers) context.drawImage(layer, 0, top);
    context.fillStyle = "#1c2330";
    context.fillText(`${page.title}: ${text}, at ${milliseconds(page.place.timeNs)}`, 6, top + height + 17);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** A worker of its own, that ends with its answer. */
async function asking<T>(ask: (run: Run) => Promise<T>): Promise<T> {
  const run = new Run();
  try {
    return await ask(run);
  } finally {
    run.close();
  }
}

async function trace({ opening, place }: Page): Promise<Uint8Array> {
  const fromNs = Math.max(0, place.timeNs - TRACE_NS);
  return (await asking((run) => run.ask("trace", { opening, fromNs, toNs: place.timeNs }))).trace;
}

/** What is seen, with a state that no link could hold. */
async function sceneOf({ opening, place }: Page): Promise<Scene> {
  const { device } = opening;
  const { scenario, policy, beside, forkNs, seed, timeNs } = place;
  const state =
    typeof device === "object"
      ? {
          name: device.name,
          snapshot: await packed(
            await asking((run) => run.ask("pack", { device }).then(({ snapshot }) => snapshot)),
          ),
        }
      : undefined;
  return {
    ...{ scenario, policy, beside, seed, timeNs },
    ...(forkNs === undefined ? {} : { forkNs }),
    ...(typeof device === "string" ? { device } : {}),
    ...(state === undefined ? {} : { state }),
  };
}

/** This very page with what is seen in it. */
async function wholePage(page: Page, answer: AnswerDocument | undefined): Promise<string> {
  const scene = await sceneOf(page);
  const shown: AnswerDocument = answer ?? {
    version: ANSWER_VERSION,
    brand: "pageblock view",
    title: page.title,
    sentence: page.sentence,
    command: "",
    blocks: [],
  };
  const copy = document.documentElement.cloneNode(true) as HTMLElement;
  copy.querySelector("#page")?.replaceChildren();
  const slot = copy.querySelector("#document");
  if (slot === null) throw new Error("this page has no place for a document");
  slot.textContent = embeddableJson({ ...shown, scene });
  return `<!doctype html>\n${copy.outerHTML}\n`;
}

/** Why a link does not hold what is seen; "": it does. */
export function tooMuchForALink({ opening }: Page, link: string): string {
  if (typeof opening.device === "object") return "begins in the state of a device, which no link holds";
  if (link.length > LONGEST_LINK)
    return `would need a link of ${link.length} characters, more than mail programs and chats keep (${LONGEST_LINK})`;
  return "";
}

/** Buttons for what can be taken away. @param tell says how it went */
export function saveButtons(
  view: () => Page | undefined,
  answer: AnswerDocument | undefined,
  tell: (text: string) => void,
): HTMLElement[] {
  const button = (text: string, title: string, act: (page: Page) => Promise<void> | void) =>
    h(
      "button",
      {
        type: "button",
        title,
        click: async () => {
          const page = view();
          if (page === undefined) return tell("Nothing is seen yet.");
          try {
            await act(page);
          } catch (error) {
            tell((error as Error).message);
          }
        },
      },
      text,
    );
  const file = async (page: Page) => {
    tell("Packing ...");
    save(`${nameOf(page)}.html`, "text/html", await wholePage(page, answer));
    tell(`Saved ${nameOf(page)}.html: it works offline, from a disk.`);
  };
  return [
    button("Link", "scenario, seed, policy, time and view", async (page) => {
      const why = tooMuchForALink(page, location.href);
      if (why !== "") return tell(`What is seen ${why}: "Page" saves it as a file.`);
      await navigator.clipboard?.writeText(location.href).catch(() => {});
      tell("The address of this page is the link: whoever opens it sees this moment.");
    }),
    button("Page", "this page with what is seen, as one file", file),
    button("PNG", "the map as a picture", async (page) => {
      const blob = await picture(page);
      if (blob === null) throw new Error("this browser makes no pictures");
      save(`${nameOf(page)}.png`, "image/png", blob);
      tell(`Saved ${nameOf(page)}.png.`);
    }),
    button("Trace", "the 100 ms up to this moment, every event, for ui.perfetto.dev", async (page) => {
      tell("Recording the last 100 ms ...");
      save(`${nameOf(page)}.pftrace`, "application/octet-stream", (await trace(page)) as BlobPart);
      tell(`Saved ${nameOf(page)}.pftrace: open it in ui.perfetto.dev.`);
    }),
    button("YAML", "the scenario", (page) => {
      save(`${nameOf(page)}.yaml`, "text/yaml", page.opening.scenario);
      tell(`Saved ${nameOf(page)}.yaml: pageblock run ${nameOf(page)}.yaml`);
    }),
  ];
}
