// Knows: that the page of a report works as a file: offline, without a word on the console, every plot with marks.
// Must not know: how it draws them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readReportTemplate, renderRunReport } from "../../bindings/report/node.js";
import type { RunResult } from "../../bindings/scenario/result.js";
import { CHROMIUM } from "../package/browser.js";
import { makeResults } from "../support/run_results.js";

/** Where screenshots are left for a person to look at, when asked for. */
const PICTURES = process.env["PAGEBLOCK_SCREENSHOTS"];

it("the template is small and asks for nothing", () => {
  const template = readReportTemplate();
  expect(gzipSync(template, { level: 9 }).length).toBeLessThan(400_000);
  expect(template).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
});

describe.skipIf(CHROMIUM === undefined)("the page (skipped where there is no Chromium)", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM as string, args: ["--no-sandbox"] });
    folder = mkdtempSync(join(tmpdir(), "pageblock-report-"));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** What went wrong, and every request but the one for the file. */
    readonly said: string[];
  }

  async function open(
    name: string,
    results: readonly RunResult[],
    scheme: "light" | "dark" = "light",
  ): Promise<Opened> {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, renderRunReport(results));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: scheme });
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("dialog", (dialog) => {
      said.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(path).href) said.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector("#notes");
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}-${scheme}.png`), fullPage: true });
    }
    return { page, said };
  }

  /** Plots by kind, each with the number of its marks that have a size. */
  function marks(page: Page): Promise<Record<string, number[]>> {
    return page.evaluate(() => {
      const found: Record<string, number[]> = {};
      for (const plot of document.querySelectorAll<HTMLElement>("[data-plot]")) {
        const drawn = [...plot.querySelectorAll("path, circle, rect, line")].filter((mark) => {
          const box = mark.getBoundingClientRect();
          return box.width > 0 || box.height > 0;
        });
        const kind = plot.dataset["plot"] ?? "";
        found[kind] = [...(found[kind] ?? []), drawn.length];
      }
      return found;
    });
  }

  it.each(["light", "dark"] as const)("draws every plot, silently and offline: %s", async (scheme) => {
    const { page, said } = await open("every-plot", makeResults({ seeds: 2 }), scheme);
    expect(said).toEqual([]);
    const found = await marks(page);
    const kinds = ["ages", "compare", "latency", "map", "occupancy", "series", "served", "windows"];
    expect(Object.keys(found).sort()).toEqual(kinds);
    for (const [kind, counts] of Object.entries(found))
      for (const count of counts) expect(count, kind).toBeGreaterThan(2);
    expect(found["occupancy"]).toHaveLength(2);
    expect(found["map"]?.[0]).toBeGreaterThan(384);
    await page.close();
  });

  it("follows seed, policy, failure and zoom", async () => {
    const { page, said } = await open("choices", makeResults({ seeds: 3 }));
    const text = (selector: string) => page.textContent(selector);
    await page.selectOption("nav.controls label:has-text('policy') select", { label: "mainline" });
    expect(await page.locator("[data-plot=occupancy]").count()).toBe(1);
    await page.selectOption("nav.controls label:has-text('seed') select", "3");
    expect(await text("#occupancy .note")).toContain("seed 3");
    const before = await text("#failures .lead");
    await page.locator("#failures tbody tr").nth(1).locator("button").click();
    expect(await text("#failures .lead")).not.toBe(before);
    const plot = page.locator("[data-plot=series] svg").first();
    const box = (await plot.boundingBox()) as { x: number; y: number; width: number; height: number };
    await plot.scrollIntoViewIfNeeded();
    const seen = (await plot.boundingBox()) ?? box;
    await page.mouse.move(seen.x + seen.width * 0.4, seen.y + 40);
    expect(await text("#occupancy .legend b")).toMatch(/^[\d.]+ s$/);
    await page.mouse.down();
    await page.mouse.move(seen.x + seen.width * 0.5, seen.y + 40, { steps: 3 });
    await page.mouse.up();
    expect(await text("nav.controls button")).toMatch(/s to .* s: show all/);
    await page.click("nav.controls button");
    expect(await page.locator("nav.controls button").count()).toBe(0);
    expect(said).toEqual([]);
    await page.close();
  });

  it("shows hostile names as they are", async () => {
    const name = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";
    const results = makeResults({
      seeds: 1,
      seconds: 20,
      policies: ["<b>p</b>", name],
      holder: name,
      client: name,
      scenario: name,
    });
    const { page, said } = await open("hostile", results);
    expect(said).toEqual([]);
    expect(await page.textContent("h1")).toBe(name);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    await page.close();
  });

  it("stands runs without clients, failures, areas or samples", async () => {
    const [run] = makeResults({ seeds: 1, seconds: 20 }) as [RunResult];
    const bare: RunResult = {
      ...run,
      areas: [],
      clients: [],
      requests: [],
      failures: [],
      failuresNotKept: 0,
      actors: [],
      totals: {},
      series: { timeNs: [], columns: [] },
    };
    const { page, said } = await open("bare", [bare]);
    expect(said).toEqual([]);
    expect(await page.textContent("#failures")).toContain("Nothing failed");
    await page.close();
  });
});
