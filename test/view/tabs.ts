// Knows: the page in a tab of a real browser, opened from its file; what it shows, as bytes.
// Must not know: what should be shown.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CDPSession, launch } from "puppeteer-core";
import { linkOf, type Place } from "../../web/view/link.js";
import { CHROMIUM, CHROMIUM_ARGS, FIREFOX } from "../package/browser.js";

const FILE = fileURLToPath(new URL("../../dist/report.html", import.meta.url));

export const SCENARIO = `name: seen
device: tiny
duration: 400ms
pressure: { swap: 16MiB }
workloads:
  - { kind: resident, anon: 40%, file: 16%, interval: 20us }
  - { kind: direct-io, queue-depth: 32, pages: 16KiB, service: 8ms, buffers: 10MiB, fresh-share: 40% }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 60ms, hold: 20ms, deadline: 5ms }
`;
export const PLACE: Place = {
  scenario: SCENARIO,
  policy: "mainline",
  beside: "strict",
  seed: 3,
  timeNs: 2e8,
  mode: "kind",
  painter: "best",
};

/** @throws Error where the page was not built */
export function pageUrl(place: Partial<Place> = {}): string {
  if (!existsSync(FILE)) throw new Error(`${FILE} is not there; run "npm run build:report"`);
  return `file://${FILE}#${linkOf({ ...PLACE, ...place })}`;
}

export interface Tab {
  /** The value that an expression comes to in the page, which it awaits. */
  evaluate(expression: string): Promise<unknown>;
  /** What went wrong in the page so far. */
  readonly errors: readonly string[];
  /** Of the page and of each of its workers; Chromium alone has them. */
  clients(): Promise<readonly CDPSession[]>;
  close(): Promise<void>;
}

/** The page's own policy forbids most ways of waiting; an expression evaluated from outside is none of the page's. */
export function until(condition: string): string {
  return `new Promise((resolve) => { const look = () => (${condition} ? resolve(true) : requestAnimationFrame(look)); look(); })`;
}

export const READY =
  "globalThis.pageblockView?.sides.length > 0 && pageblockView.sides.every(({ moment }) => moment)";

/** A browser that is not there is a failure. */
export async function openTab(
  browser: "chrome" | "firefox",
  url: string,
  chromiumArgs: readonly string[] = CHROMIUM_ARGS,
): Promise<Tab> {
  const executablePath = browser === "chrome" ? CHROMIUM : FIREFOX;
  if (executablePath === undefined) throw new Error(`the page is tested in ${browser}, and there is none`);
  const args = browser === "chrome" ? [...chromiumArgs] : [];
  const running = await launch({ browser, executablePath, headless: true, args, protocolTimeout: 120_000 });
  const tab = await running.newPage();
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(error instanceof Error ? error.message : String(error)));
  await tab.goto(url);
  await tab.evaluate(until(READY));
  return {
    errors,
    evaluate: (expression) => tab.evaluate(expression),
    clients: async () => [await tab.createCDPSession(), ...tab.workers().map(({ client }) => client)],
    close: () => running.close(),
  };
}

/** In the page: bytes as base64. */
export const TEXT = `const text = (bytes) => {
  let all = "";
  for (let at = 0; at < bytes.length; at += 8192) all += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(all);
};`;
