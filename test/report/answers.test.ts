// Knows: that every answer is the one page: it works as a file, offline and silently, reads dropped files, runs what it was given.
// Must not know: how a map is painted (test/view), what the page of runs says (page.test.ts).

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sceneOf } from "../../bindings/cli/scene.js";
import { answerOfWhatIf } from "../../bindings/cli/whatif/answer.js";
import { areaMaps, explain, guestsOf } from "../../bindings/explain/index.js";
import { collect } from "../../bindings/importers/collect.js";
import { collectFiles } from "../../bindings/importers/node.js";
import { policies } from "../../bindings/policy/index.js";
import { buildState } from "../../bindings/rebuild/index.js";
import {
  ANSWER_VERSION,
  type AnswerDocument,
  answerOfExplanation,
  type Block,
} from "../../bindings/report/answer/index.js";
import { readPlayground, readReportTemplate, renderAnswer } from "../../bindings/report/node.js";
import { capturedDevice } from "../../bindings/scenario/device_facts.js";
import { parseScenario } from "../../bindings/scenario/index.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { whatIf } from "../../bindings/whatif/index.js";
import { CHROMIUM } from "../package/browser.js";
import { SCENARIO } from "../view/tabs.js";

const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));
const LOG = `${GOLDEN}explain/imx6q-vpu-dong-2022/input.txt`;
const STATE = `${GOLDEN}state/k61-e21-192MiB/`;
const HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";
const IDLE = "name: as-it-is\nduration: 1s\n";

let browser: Browser;
let folder: string;
const said: string[] = [];

beforeAll(async () => {
  if (CHROMIUM === undefined) throw new Error("the page is tested in Chromium, and there is none");
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  folder = mkdtempSync(join(tmpdir(), "pageblock-answers-"));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, html: string): Promise<Page> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, html);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  page.on("console", (message) => {
    if (!message.text().includes("GL Driver Message")) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  page.on("dialog", (dialog) => {
    said.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(?:file|blob|data):/.test(request.url())) said.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  return page;
}

function answerOf(blocks: readonly Block[], rest: Partial<AnswerDocument> = {}): AnswerDocument {
  const head = { version: ANSWER_VERSION, brand: "b", title: "t", sentence: "s", command: "" } as const;
  return { ...head, blocks, ...rest };
}

function explained(log: string): AnswerDocument {
  const facts = collect({ "log.txt": log });
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts) };
  return answerOfExplanation(explain(facts), picture, 12, "pageblock explain log.txt");
}

/** What the caption of the first map says the digest is, once the view has one. */
async function digestIn(page: Page): Promise<string> {
  const caption = page.locator("#view figcaption", { hasText: /digest [0-9a-f]{16}/ }).first();
  await caption.waitFor({ timeout: 60_000 });
  return /digest ([0-9a-f]{16})/.exec((await caption.textContent()) ?? "")?.[1] ?? "";
}

describe("the page of an answer", () => {
  it("of explain: a sentence, a verdict, the area's cells, the next command", async () => {
    const page = await open("explain", renderAnswer(explained(readFileSync(LOG, "utf8"))));
    expect(await page.textContent("header .lead")).toMatch(/^A driver asked for 592 KiB in one piece/);
    expect(await page.textContent("b.verdict")).toBe("ISOLATION-COLLISION");
    expect(await page.textContent("[data-plot=area] desc")).toMatch(/^33,161 of 81,920 pages are free/);
    expect(await page.locator("[data-plot=area] path").count()).toBeGreaterThan(3);
    expect(await page.locator("nav.files button").allTextContents()).toEqual(["Open files …"]);
    await page.close();
  }, 60_000);

  it("draws each kind of block, hostile names as text", async () => {
    const point = { number: 1, cost: 0.5, share: 0.9, isUnbeaten: true, told: HOSTILE };
    const blocks: Block[] = [
      { kind: "heading", text: HOSTILE },
      { kind: "list", items: [HOSTILE], isOrdered: true },
      { kind: "lines", lines: [HOSTILE] },
      { kind: "table", columns: [{ header: HOSTILE }, { header: "n" }], rows: [[HOSTILE, 1]] },
      { kind: "scatters", plots: [{ title: HOSTILE, ends: ["1", "2"], points: [point] }] },
      {
        kind: "times",
        title: HOSTILE,
        names: [HOSTILE, "C"],
        marked: { C: "square" },
        rows: [{ label: HOSTILE, ns: [10, 2000] }],
      },
    ];
    const page = await open("blocks", renderAnswer(answerOf(blocks, { title: HOSTILE, sentence: HOSTILE })));
    expect(await page.textContent("h1")).toBe(HOSTILE);
    expect(await page.locator("td.n").allTextContents()).toEqual(["1"]);
    expect(await page.locator("[data-plot=scatter] circle").count()).toBe(1);
    expect(await page.locator("[data-plot=times] [aria-label=dot] path").count()).toBe(2);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    await page.close();
    expect(said).toEqual([]);
  }, 60_000);

  it("of a what-if: shows the frames at once, runs again to the very digest, and saves itself with what is seen", async () => {
    const scenario = parseScenario(SCENARIO);
    const answer = await whatIf(scenario, ["strict"], { seed: 3 });
    const policy = policies.get("mainline")!;
    const scene = await sceneOf({ scenario, text: SCENARIO, policy, seed: 3 });
    const page = await open("whatif", renderAnswer(answerOfWhatIf(answer, "again", scene)));
    expect(await page.textContent("header .lead")).toBe(answer.sentence);
    expect(await page.locator("[data-plot=kinds]").count()).toBeGreaterThan(1);
    expect(await digestIn(page)).toMatch(/^[0-9a-f]{16}$/);
    await page
      .locator("#view figcaption", { hasText: scene?.still?.digest ?? "none" })
      .waitFor({ timeout: 60_000 });
    expect(await page.locator(".still").count()).toBe(0);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Page", exact: true }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^seen-mainline-\d+ms\.html$/);
    const saved = readFileSync((await file.path()) ?? "", "utf8");
    await page.close();
    const again = await open("saved", saved);
    await again
      .locator("#view figcaption", { hasText: scene?.still?.digest ?? "none" })
      .waitFor({ timeout: 60_000 });
    expect(await again.textContent("header .lead")).toBe(answer.sentence);
    await again.close();
    expect(said).toEqual([]);
  }, 120_000);
});

describe("files on the page", () => {
  it("a log: explain's answer, and nothing leaves the machine", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const page = await open("drop", readReportTemplate());
    await page.setInputFiles("input[type=file]", LOG);
    await page.locator("header .lead").waitFor({ timeout: 60_000 });
    expect(await page.textContent("header .lead")).toBe(explained(readFileSync(LOG, "utf8")).sentence);
    expect(await page.locator("[data-plot=area]").count()).toBe(1);
    expect(await page.textContent("#page")).toContain("No map of the whole device: ");
    expect(said).toEqual([]);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await page.evaluate(`fetch(${JSON.stringify(url)}).then(() => "sent", () => "refused")`)).toBe(
      "refused",
    );
    expect(asked).toBe(0);
    expect(said.splice(0).join()).toMatch(/Content Security Policy/);
    await page.close();
    server.close();
  }, 60_000);

  it("files of a moment: the device's own state, which no link holds, and from which a scenario goes on", async () => {
    const paths = readdirSync(STATE).map((name) => join(STATE, name));
    const name = readdirSync(STATE)[0] ?? "";
    const device = capturedDevice(name, buildState(await collectFiles(paths), {}).state);
    const digestOf = async (text: string) => {
      const options = simulationOptions(parseScenario(text, "s", device), policies.get("mainline")!, 1);
      using simulation = await Simulation.create(options);
      while (simulation.run(0) !== 0) simulation.takeLog();
      return simulation.digest();
    };
    const page = await open("state", readReportTemplate());
    await page.setInputFiles("input[type=file]", paths);
    await page.getByText("The map above is the device's own").waitFor({ timeout: 60_000 });
    expect(await digestIn(page)).toBe(await digestOf(IDLE));
    await page.getByRole("button", { name: "Link" }).click();
    expect(await page.textContent("nav.files output")).toMatch(
      /^What is seen begins in the state of a device/,
    );
    await page.close();
    expect(said).toEqual([]);
  }, 120_000);

  it("what is none of ours is said so", async () => {
    const page = await open("none", readReportTemplate());
    await page.setInputFiles("input[type=file]", {
      name: HOSTILE,
      mimeType: "",
      buffer: Buffer.from([1, 2, 0]),
    });
    await page.locator("header .lead").waitFor({ timeout: 60_000 });
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.textContent("header .lead")).toMatch(/Nothing here can be read/);
    await page.close();
    expect(said).toEqual([]);
  }, 60_000);
});

describe("the page with an editor", () => {
  it("says what is wrong with the text where it is, and runs what is right; reports are without it", async () => {
    expect(readReportTemplate()).not.toContain("cm-content");
    const page = await open("playground", readPlayground());
    await page.evaluate(
      `location.hash = ${JSON.stringify(new URLSearchParams({ scenario: SCENARIO, timeNs: "0" }).toString())}`,
    );
    await page.locator("#view figcaption", { hasText: "digest" }).waitFor({ timeout: 60_000 });
    await page.locator("#editor summary").click();
    await page.locator(".cm-content").waitFor();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("durration: 1s\n");
    await page.locator(".cm-lintRange-error").first().waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Run it" }).click();
    expect(await page.textContent("#editor output")).toMatch(/^Line 1: durration: /);
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.insertText("name: edited\ndevice: tiny\nduration: 100ms\n");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: /^edited on tiny/ }).waitFor({ timeout: 60_000 });
    expect(await page.textContent("#editor output")).toContain("the address of this page holds it");
    await page.close();
    expect(said).toEqual([]);
  }, 120_000);
});
