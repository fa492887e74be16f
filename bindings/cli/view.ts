// Knows: `pageblock view`: the page that shows a phone, served to this machine alone, and a link to what is to be seen.
// Must not know: what the page does.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readReportTemplate } from "../report/node.js";
import { parseScenario, scenarioNames } from "../scenario/index.js";
import { parseQuantity } from "../scenario/quantity.js";
import { ExitCode, UsageError } from "./exit.js";
import { policyNamed } from "./run/options.js";
import { out } from "./terminal.js";

export interface ViewOptions {
  readonly policy?: string;
  readonly beside?: string;
  /** When `beside` is put in force; from the start where absent. */
  readonly fork?: string;
  readonly seed?: number;
  /** commander's --no-open. */
  readonly open: boolean;
}

/** What the page says of itself as a header too, and that nobody may put it into a frame. */
function headersOf(page: string): Record<string, string> {
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? "default-src 'none'";
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}

/**
 * Serves the page on the loopback interface, on a port that is free. A request that calls the host anything else, as a
 * page of another site would whose name was pointed here, is refused.
 */
export async function serveView(page: string): Promise<{ readonly server: Server; readonly url: string }> {
  const headers = headersOf(page);
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const isHere =
      request.headers.host === `127.0.0.1:${port}` || request.headers.host === `localhost:${port}`;
    if (!isHere) response.writeHead(403).end("this page is for this machine alone\n");
    else if (request.method !== "GET" || request.url !== "/") response.writeHead(404).end();
    else response.writeHead(200, headers).end(page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** "2.4s" as virtual nanoseconds. */
function momentFrom(option: string, text: string): number {
  const parsed = parseQuantity("time", text);
  if ("problem" in parsed) throw new UsageError(`${option}: ${parsed.problem}`);
  return Math.round(Number(parsed.value));
}

/** What the page is to open, behind the # of its address. @throws ScenarioError, UsageError for what is none */
function linkFor(name: string | undefined, { policy, beside, fork, seed }: ViewOptions): string {
  const words = new URLSearchParams();
  if (name !== undefined) {
    const isKnown = (scenarioNames as readonly string[]).includes(name);
    const text = isKnown ? name : readFileSync(name, "utf8");
    if (!isKnown) parseScenario(text, name);
    words.set("scenario", text);
  }
  if (policy !== undefined) words.set("policy", policyNamed(policy, []).name);
  if (beside !== undefined) words.set("beside", policyNamed(beside, [], "--beside").name);
  if (fork !== undefined) {
    const forkNs = momentFrom("--fork", fork);
    if (beside === undefined)
      throw new UsageError("--fork needs --beside, the policy that holds from there on");
    words.set("forkNs", String(forkNs));
    words.set("timeNs", String(forkNs));
  }
  if (seed !== undefined) words.set("seed", String(seed));
  const link = words.toString();
  return link === "" ? "" : `#${link}`;
}

function openInBrowser(url: string): void {
  const [program, ...first] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", ""]
        : ["xdg-open"];
  const child = spawn(program as string, [...first, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

/** Serves until it is interrupted. */
export async function runView(name: string | undefined, options: ViewOptions): Promise<ExitCode> {
  const link = linkFor(name, options);
  const { server, url } = await serveView(readReportTemplate());
  out(`The map is at ${url}${link}\nOnly this machine can see it. Ctrl-C ends it.\n`);
  if (options.open) openInBrowser(`${url}${link}`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  server.closeAllConnections();
  server.close();
  return ExitCode.OK;
}
