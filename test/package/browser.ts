// Knows: a static server on the loopback interface, and where a Chromium and a Firefox may be found.
// Must not know: what is served or asked.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { launch } from "puppeteer-core";

const PLACES = [
  process.env["PAGEBLOCK_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Path of a Chromium, or undefined. */
export const CHROMIUM: string | undefined = PLACES.find((path) => path !== undefined && existsSync(path));

/** In a container, with WebGL by software: what is painted does not hang on a graphics card. */
export const CHROMIUM_ARGS: readonly string[] = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

/** Path of a Firefox, or undefined. */
export const FIREFOX: string | undefined = [
  process.env["PAGEBLOCK_FIREFOX"],
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
].find((path) => path !== undefined && existsSync(path));

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Serves the files below a folder, and `page` as the root document. */
async function serve(folder: string, page: string): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    try {
      const isPage = path === "/";
      const body = isPage ? page : await readFile(join(folder, normalize(path)));
      const type = isPage ? "text/html" : (TYPES[extname(path)] ?? "application/octet-stream");
      response.writeHead(200, { "content-type": type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** What a page reports: the value that `expression` came to, and everything that went wrong on the way. */
export interface PageAnswer {
  readonly value: unknown;
  readonly errors: readonly string[];
}

/** Opens `page` in a headless Chromium and evaluates an expression there, awaiting it. */
export async function evaluateInBrowser(
  folder: string,
  page: string,
  expression: string,
): Promise<PageAnswer> {
  if (CHROMIUM === undefined) throw new Error("there is no Chromium");
  const { server, url } = await serve(folder, page);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(error.message));
    tab.on("response", (answer) => {
      if (answer.status() >= 400 && !answer.url().endsWith("/favicon.ico")) {
        errors.push(`${answer.status()} ${answer.url()}`);
      }
    });
    await tab.goto(url);
    return { value: await tab.evaluate(expression), errors };
  } finally {
    await browser.close();
    server.close();
  }
}

/** The same in a headless Firefox, over WebDriver BiDi. */
export async function evaluateInFirefox(
  folder: string,
  page: string,
  expression: string,
): Promise<PageAnswer> {
  const { server, url } = await serve(folder, page);
  const browser = await launch({ browser: "firefox", executablePath: FIREFOX!, headless: true });
  try {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(error instanceof Error ? error.message : String(error)));
    await tab.goto(url);
    return { value: await tab.evaluate(expression), errors };
  } finally {
    await browser.close();
    server.close();
  }
}
