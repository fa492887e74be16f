// Knows: that the page serves those who have no pointer, those who do not see it, and does nothing that a hostile name or link asks for.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policies } from "../../bindings/policy/index.js";
import { parseScenario } from "../../bindings/scenario/index.js";
import { type LoggedRequest, Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { CHROMIUM, CHROMIUM_ARGS } from "../package/browser.js";
import { PLACE, pageUrl, READY, SCENARIO, until } from "./tabs.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

let browser: Browser;
const errors: string[] = [];

async function open(url: string, colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("dialog", (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) errors.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

/** The first failure of the straight run, and the last of its windows' starts. */
async function firstFailure(): Promise<LoggedRequest> {
  const row = policies.get(PLACE.policy);
  if (row === undefined) throw new Error(PLACE.policy);
  using simulation = await Simulation.create(simulationOptions(parseScenario(SCENARIO), row, PLACE.seed));
  while (simulation.run(4e8, { stopAtLog: true }) === 2) {
    const failed = simulation.takeLog().find(({ errno }) => errno !== 0);
    if (failed !== undefined) return failed;
  }
  throw new Error("no request fails");
}

beforeAll(async () => {
  if (CHROMIUM === undefined) throw new Error("the page is tested in Chromium, and there is none");
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
}, 120_000);

afterAll(() => browser?.close());

/** At the first failure, where a link without a time opens. */
async function atFailure(colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const page = await open(pageUrl({ beside: "" }).replace(/&timeNs=\d+/, ""), colorScheme);
  await page.evaluate(until(READY));
  await page.evaluate(until("document.querySelector('.windows li')"));
  return page;
}

async function tabTo(page: Page, what: string): Promise<void> {
  for (let nth = 0; nth < 60; nth++) {
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(what)}) ?? false`)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${what}`);
}

describe("the keyboard alone", () => {
  it("leads from the failure to its blocker, its windows, its life, and through time", async () => {
    const { beginNs, endNs } = await firstFailure();
    const page = await atFailure();
    const stands = (timeNs: number) =>
      page.evaluate(until(`/[#&]timeNs=${timeNs}(&|$)/.test(location.hash)`));
    const told = async (words: RegExp) => {
      const says = `[...document.querySelectorAll(".told output")].some(({ textContent }) => ${words}.test(textContent))`;
      await page.evaluate(until(says));
    };
    await stands(endNs);
    await page.keyboard.press("b");
    await told(/^pfn \d+: pinned by direct-io \(SHORT\), blocked \d+ of \d+ windows.*; now ALLOCATED/);
    await page.keyboard.press("w");
    await told(
      /^Window 1 of \d+, pfn \d+ to \d+: pfn \d+ was in its way, pinned by .*; it blocked .*now ALLOCATED/,
    );
    await page.keyboard.press("l");
    await page.evaluate(until("document.querySelector('ol.life button')"));
    await tabTo(page, '[role="slider"]');
    await page.keyboard.press("ArrowLeft");
    await stands(beginNs);
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowRight");
    await stands(endNs);
    await page.keyboard.press("d");
    const pressed = await page.getByRole("button", { pressed: true }).textContent();
    expect(pressed).toBe("difference to the second handle (d)");
    await page.keyboard.press(" ");
    await page.evaluate(until(`pageblockView.timeNs > ${endNs}`));
    await page.keyboard.press(" ");
    await page.evaluate(
      until("document.querySelector('figcaption').textContent.length > 'mainline, digest '.length"),
    );
    await tabTo(page, '.frames [role="img"]');
    await page.keyboard.press("Enter");
    await told(/^pfn \d+: [A-Z]+ of order/);
    await page.close();
    expect(errors).toEqual([]);
  }, 120_000);
});

describe("for those who do not see it", () => {
  it.each(["light", "dark"] as const)(
    "axe finds no serious fault, %s",
    async (colorScheme) => {
      const page = await atFailure(colorScheme);
      await page.evaluate(AXE);
      const faults = await page.evaluate(`axe.run(document).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ target }) => target.join(" ")) })))`);
      const serious = (faults as { impact: string }[]).filter(({ impact }) =>
        /serious|critical/.test(impact),
      );
      expect(serious).toEqual([]);
      await page.close();
    },
    60_000,
  );

  it("everything has a role and a name", async () => {
    const page = await atFailure();
    const facts = await page.locator("#view").ariaSnapshot();
    // Names are told; figures and what there is of them are the engine's, lists of names are those of others, and what is said changes.
    const lines = facts.split("\n").filter((line) => !/^\s*- (option|status)\b/.test(line));
    const plain = lines.map((line) =>
      line
        .replace(/(page frames under mainline: ).*pinned/, "$1 ... pinned")
        .replace(/digest [0-9a-f]{16}/, "digest 0")
        .replaceAll(/\d[\d.]*/g, "0"),
    );
    const once = plain.filter((line, i) => !plain.slice(0, i).includes(line));
    await expect(`${once.join("\n")}\n`).toMatchFileSnapshot("../golden/view/roles.golden");
    await page.close();
  }, 120_000);
});

describe("what is hostile", () => {
  it("stays text in every name of a scenario", async () => {
    const named = JSON.stringify(HOSTILE);
    const scenario = SCENARIO.replace("name: seen", `name: ${named}`)
      .replace("kind: direct-io,", `kind: direct-io, name: ${named},`)
      .replace("kind: camera,", `kind: camera, name: ${JSON.stringify(`${HOSTILE}2`)},`);
    const page = await open(pageUrl({ scenario, beside: "" }));
    await page.evaluate(until(`${READY} || document.querySelector("[role=alert]")`));
    expect(await page.locator("#view img, #view script, #view iframe").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
    const alert = page.locator("[role=alert]");
    if ((await alert.count()) === 0) {
      await page.keyboard.press("f");
      await page.evaluate(until("document.querySelector('.windows li')"));
      expect(await page.locator(".requests").textContent()).toContain(HOSTILE);
    } else expect(await alert.textContent()).toContain("name");
    expect(await page.title()).not.toBe("owned");
    await page.close();
    expect(errors).toEqual([]);
  }, 120_000);

  it.each([
    ["no YAML", { scenario: "a: [b" }],
    ["no scenario", { scenario: "\u0000\u0001\uffff" }],
    ["a tree without an end", { scenario: `${"[".repeat(5000)}` }],
    [
      "aliases that grow",
      { scenario: `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nname: [*b,*b,*b,*b,*b]\n` },
    ],
    ["a policy that is none", { policy: "__proto__" }],
    ["a time behind the end", { timeNs: 9e15 }],
    ["a seed beyond all", { seed: 2 ** 53 - 1 }],
  ])(
    "in a link is told in words, or does nothing: %s",
    async (_, place) => {
      const page = await open(pageUrl({ beside: "", ...place }));
      await page.evaluate(until(`${READY} || document.querySelector("[role=alert]")?.textContent`));
      const alert = page.locator("[role=alert]");
      if ((await alert.count()) > 0)
        expect(await alert.textContent()).not.toMatch(/\bat \w+ \(|undefined|\[object/);
      await page.close();
      expect(errors).toEqual([]);
    },
    60_000,
  );
});
