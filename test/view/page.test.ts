// Knows: that the page that shows a phone tells the truth: in a real browser, from a file, against runs in Node.

import { get } from "node:http";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveView } from "../../bindings/cli/view.js";
import { numbersOf, type PolicyRow, policies } from "../../bindings/policy/index.js";
import { readReportTemplate } from "../../bindings/report/node.js";
import { parseScenario } from "../../bindings/scenario/index.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { whatIf } from "../../bindings/whatif/index.js";
import { type Layout, layoutOf, type View, wholeView } from "../../web/view/layout.js";
import { placeOf } from "../../web/view/link.js";
import { groupsOf, Painter } from "../../web/view/paint.js";
import { KIND, paletteOf } from "../../web/view/palette.js";
import { CHROMIUM, CHROMIUM_ARGS } from "../package/browser.js";
import { PLACE, pageUrl, READY, SCENARIO, TEXT, until as untilIn } from "./tabs.js";

interface Shown {
  readonly policy: string;
  readonly digest: string;
  readonly map: Buffer;
  readonly pixels: Buffer;
  readonly view: View;
  readonly width: number;
  readonly painter: string;
}

/** What the page shows of each side, as it came from the worker and as it was drawn; bytes as base64. */
const SHOWN = `(() => {
  ${TEXT}
  return pageblockView.sides.map(({ policy, moment, map }) => ({
    policy, digest: moment.digest, map: text(moment.map), view: map.view, width: map.canvas.width,
    pixels: text(map.pixels()), painter: map.painter,
  }));
})()`;

/** The straight run in Node; from a fork on, under the policy strict. */
async function digestAt(base: PolicyRow, timeNs: number, forkNs = Number.POSITIVE_INFINITY): Promise<string> {
  using simulation = await Simulation.create(simulationOptions(parseScenario(SCENARIO), base, PLACE.seed));
  while (simulation.run(Math.min(timeNs, forkNs)) !== 0) simulation.takeLog();
  if (timeNs >= forkNs) simulation.applyPolicy(numbersOf(policies.get("strict")!));
  while (simulation.run(timeNs) !== 0) simulation.takeLog();
  return simulation.digest();
}

let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  if (CHROMIUM === undefined) throw new Error("the page is tested in Chromium, and there is none");
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) errors.push(`asked for ${request.url()}`);
  });
  await page.goto(pageUrl());
  await until(READY);
}, 120_000);

afterAll(() => browser?.close());

async function until(condition: string, where: Page = page): Promise<void> {
  await where.evaluate(untilIn(condition));
}

async function shown(): Promise<Shown[]> {
  const sides = (await page.evaluate(SHOWN)) as (Omit<Shown, "map" | "pixels"> & {
    map: string;
    pixels: string;
  })[];
  return sides.map(({ map, pixels, ...rest }) => ({
    ...rest,
    map: Buffer.from(map, "base64"),
    pixels: Buffer.from(pixels, "base64"),
  }));
}

/** Are the pixels those that the painter makes of the map, one by one? */
function isTrue(layout: Layout, { view, width, map, pixels }: Shown, other?: Shown): boolean {
  const out = new Uint32Array(pixels.length / 4);
  const picture = { map, groups: groupsOf(map), other: other?.map, palette: paletteOf(KIND) };
  new Painter(layout).paint(out, width, view, picture);
  return Buffer.from(out.buffer).equals(pixels);
}

describe("the page", () => {
  it("draws each frame in the colour of its class, at three levels and as a difference", async () => {
    const layout = layoutOf((await shown())[0]?.map.length ?? 0, 9);
    const canvas = page.getByRole("img").first();
    await canvas.focus();
    const widths: number[] = [];
    for (const presses of [0, 6, 8]) {
      for (let i = 0; i < presses; i++) await page.keyboard.press("+");
      const [side] = await shown();
      if (side === undefined) throw new Error("nothing is shown");
      expect(side.painter).toBe("canvas2d");
      widths.push(side.view.across);
      expect(isTrue(layout, side)).toBe(true);
    }
    expect(new Set(widths).size).toBe(3);
    expect(wholeView(layout, 1152, 576).across).toBe(widths[0]);
    await page.keyboard.press("d");
    const [a, b] = await shown();
    if (a === undefined || b === undefined) throw new Error("nothing is shown");
    expect(isTrue(layout, a, b)).toBe(true);
    expect(isTrue(layout, a)).toBe(false);
    await page.keyboard.press("d");
  }, 120_000);

  it("goes to the next failure by the keyboard, and keeps the link at what is shown", async () => {
    await page.evaluate("pageblockView.seek(0)");
    await page.getByRole("img").first().focus();
    await page.keyboard.press("f");
    await until("document.querySelector('.failed') && !location.hash.endsWith('timeNs=0')");
    const place = placeOf(new URL(page.url()).hash, PLACE);
    expect(place.scenario).toBe(SCENARIO);
    expect(errors).toEqual([]);
  }, 120_000);

  it("forks where it stands: the run so far on both sides, then each its own policy, and the answer in words", async () => {
    const FORK = 150e6;
    const other = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    other.on("pageerror", (error) => errors.push(error.message));
    await other.goto(pageUrl({ beside: "", timeNs: FORK }));
    const ready = (sides: number) => until(`pageblockView.sides.length === ${sides} && ${READY}`, other);
    await until(READY, other);
    await ready(1);
    await other.getByLabel("fork here to").selectOption("strict");
    await ready(2);
    expect(placeOf(new URL(other.url()).hash, PLACE)).toMatchObject({ beside: "strict", forkNs: FORK });
    const base = policies.get("mainline")!;
    for (const time of [FORK + 1, 3e8, FORK - 1, 2e8]) {
      await other.evaluate(`pageblockView.seek(${time})`);
      const [first, second] = (await other.evaluate(
        "pageblockView.sides.map(({ policy, moment }) => ({ policy, digest: moment.digest }))",
      )) as { digest: string; policy: string }[];
      expect(first?.digest).toBe(await digestAt(base, time));
      expect(second?.digest, `at ${time}`).toBe(await digestAt(base, time, FORK));
      expect(second?.policy).toBe("strict from 150.000 ms on");
    }
    await until("/saved|had its memory/.test(document.querySelector('.answer').textContent)", other);
    const { sentence } = await whatIf(parseScenario(SCENARIO), ["strict"], {
      seed: PLACE.seed,
      request: { afterNs: FORK },
    });
    expect(await other.locator(".answer").textContent()).toBe(sentence);
    using straightRun = await Simulation.create(simulationOptions(parseScenario(SCENARIO), base, PLACE.seed));
    while (straightRun.run(4e8) !== 0);
    const failure = straightRun.takeLog().find(({ errno, endNs }) => errno !== 0 && endNs > 2e8);
    const stands = (time = -1) => until(`location.hash.endsWith("timeNs=${time}")`, other);
    await other.getByRole("img").first().focus();
    await other.keyboard.press("f");
    await stands(failure?.endNs);
    await other.keyboard.press("g");
    await stands(failure?.beginNs);
    await other.close();
    expect(errors).toEqual([]);
  }, 120_000);

  it("leads by keys alone from a failure to the frame that was in its way, and tells it in words", async () => {
    using simulation = await Simulation.create(
      simulationOptions(parseScenario(SCENARIO), policies.get("mainline")!, PLACE.seed),
    );
    while (simulation.run(4e8, { stopAtLog: true }) === 2) {
      const [ended] = simulation.takeLog();
      if (ended === undefined || ended.errno === 0) continue;
      const windows = simulation.windowsOf(ended);
      const blocked = windows.filter(({ errno }) => errno !== 0);
      const counts = new Map<number, number>();
      for (const { blockerPfn } of blocked) counts.set(blockerPfn, (counts.get(blockerPfn) ?? 0) + 1);
      const [pfn, own] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
      await page.evaluate(`pageblockView.seek(${ended.endNs - 1})`);
      await page.getByRole("img").first().focus();
      await page.keyboard.press("f");
      await until(`location.hash.endsWith("timeNs=${ended.endNs}") && document.querySelector(".windows li")`);
      const head = await page.locator(".windows h2").textContent();
      expect(head).toBe(
        `${windows.length} windows tried, ${counts.size} frames in the way (b: the next one)`,
      );
      await page.keyboard.press("b");
      await until(
        `[...document.querySelectorAll("output")].some(({ textContent }) => textContent.includes("; now "))`,
      );
      const told = await page.locator("output").allTextContents();
      const expected = `pfn ${pfn}: pinned by direct-io (SHORT), blocked ${own} of ${windows.length} windows`;
      expect(told.some((text) => text.startsWith(expected))).toBe(true);
      const label = await page.getByRole("img").first().getAttribute("aria-label");
      expect(label).toMatch(/^page frames under mainline: .*anonymous [\d.]+ %.*; \d+ frames are pinned$/);
      break;
    }
    expect(errors).toEqual([]);
  }, 120_000);

  it("says in words what is wrong with a link", async () => {
    const other = await browser.newPage();
    await other.goto(pageUrl({ beside: "", policy: "<img src=x onerror=alert(1)>" }));
    const text = await other.locator("[role=alert]").textContent();
    expect(text).toContain("known: mainline");
    expect(await other.locator("img").count()).toBe(0);
    await other.close();
  }, 120_000);
});

describe("pageblock view", () => {
  function ask(url: string, host?: string): Promise<{ status: number | undefined; policy: unknown }> {
    return new Promise((resolve, reject) => {
      get(url, host === undefined ? {} : { headers: { host } }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, policy: answer.headers["content-security-policy"] });
      }).on("error", reject);
    });
  }

  it("answers on the loopback interface, and only under its own name", async () => {
    const { server, url } = await serveView(readReportTemplate());
    try {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      expect(await ask(url)).toMatchObject({
        status: 200,
        policy: expect.stringContaining("default-src 'none'"),
      });
      expect((await ask(url, "evil.example")).status).toBe(403);
      expect((await ask(`${url}../package.json`)).status).toBe(404);
    } finally {
      server.close();
    }
  });
});
