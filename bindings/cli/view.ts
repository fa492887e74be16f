// Knows: `pageblock view`: a scenario, a state or files of a device in; the page that shows them, served to this machine alone.
// Must not know: what the page does.

import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { closest } from "../engine/closest.js";
import { areaMaps, explain, guestsOf, pageShift, pinLengths } from "../explain/index.js";
import { CaptureError } from "../importers/errors.js";
import type { Policy } from "../policy/index.js";
import { buildState } from "../rebuild/index.js";
import {
  ANSWER_VERSION,
  type AnswerDocument,
  answerOfExplanation,
  fillAnswer,
  type Scene,
} from "../report/answer/index.js";
import { readPlayground } from "../report/node.js";
import { capturedDevice } from "../scenario/device_facts.js";
import { parseScenario, scenarioNames, scenarioText } from "../scenario/index.js";
import { parseQuantity } from "../scenario/quantity.js";
import type { Scenario } from "../scenario/scenario.js";
import { ExitCode, UsageError } from "./exit.js";
import { policyNamed } from "./run/options.js";
import { isCapture, readCapturedDevice, readScenarioFile } from "./scenario_file.js";
import { sceneOf } from "./scene.js";
import { isSnapshotFile } from "./state_file.js";
import { out } from "./terminal.js";
import { collectUsable } from "./usable_files.js";

/** Nothing runs: a device's state as it is. */
const IDLE = "name: as-it-is\nduration: 1s\n";

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

type Words = Pick<Scene, "policy" | "seed" | "timeNs" | "beside" | "forkNs">;

/** @throws UsageError for what is none */
function wordsOf({ policy, beside, fork, seed = 1 }: ViewOptions, own: readonly Policy[]): Words {
  const first = policyNamed(policy ?? own[0]?.name ?? "mainline", own).name;
  const second = beside === undefined ? {} : { beside: policyNamed(beside, own, "--beside").name };
  if (fork !== undefined && beside === undefined)
    throw new UsageError("--fork needs --beside, the policy that holds from there on");
  const forkNs = fork === undefined ? undefined : momentFrom("--fork", fork);
  const at = forkNs === undefined ? { timeNs: 0 } : { timeNs: forkNs, forkNs };
  return { policy: first, seed, ...second, ...at };
}

/** Behind the # of the address, for a scenario of the package. */
function linkFor(scenario: string, words: Partial<Words>): string {
  const link = new URLSearchParams({ scenario });
  for (const [name, value] of Object.entries(words)) if (value !== undefined) link.set(name, String(value));
  return `#${link}`;
}

/** A page that shows a scenario on its device. */
async function viewOfScenario(
  scenario: Scenario,
  text: string,
  options: ViewOptions,
): Promise<AnswerDocument> {
  const words = wordsOf(options, scenario.policies);
  const policy = policyNamed(words.policy, scenario.policies);
  const seen = { scenario, text, policy, seed: words.seed };
  const scene = await sceneOf(seen, { isRun: false, mostState: Number.POSITIVE_INFINITY });
  return {
    version: ANSWER_VERSION,
    brand: "pageblock view",
    title: scenario.name,
    sentence: scenario.description,
    command: "",
    blocks: [],
    ...(scene === undefined ? {} : { scene: { ...scene, ...words } }),
  };
}

/** Explain's answer, and the map of the device where the files make a state. */
async function viewOfFiles(paths: readonly string[], options: ViewOptions): Promise<AnswerDocument> {
  const facts = await collectUsable(paths);
  const explanation = explain(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  const told = answerOfExplanation(explanation, picture, pageShift(facts), "");
  try {
    const device = capturedDevice(basename(paths[0] ?? ""), buildState(facts, {}).state);
    const { scene } = await viewOfScenario(parseScenario(IDLE, "scenario", device), IDLE, options);
    return scene === undefined ? told : { ...told, scene };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const text = `No map of the whole device: ${error.message.split("\n")[0]}.`;
    return { ...told, blocks: [...told.blocks, { kind: "text", text }] };
  }
}

/** The state that a file or a folder holds, as it is. */
async function viewOfState(path: string, options: ViewOptions): Promise<AnswerDocument> {
  const device = await readCapturedDevice(path);
  const scenario = parseScenario(IDLE, "scenario", device);
  const sentence = `The state of ${device.name} as it is, under the rules of Linux ${device.kernel}: choose a scenario or a policy to go on from it.`;
  return { ...(await viewOfScenario(scenario, IDLE, options)), title: device.name, sentence };
}

interface ToView {
  readonly document?: AnswerDocument;
  readonly link: string;
}

/** What the page is to show. @throws ScenarioError, CaptureError, UsageError for what is none */
async function toView(paths: readonly string[], options: ViewOptions): Promise<ToView> {
  const [first, ...more] = paths;
  if (first === undefined || (more.length === 0 && (scenarioNames as readonly string[]).includes(first))) {
    const { policies } = parseScenario(scenarioText(first ?? "rolling-blockade"));
    const isAsked = Object.keys(options).some((name) => name !== "open");
    const words = isAsked ? wordsOf(options, policies) : {};
    return { link: first === undefined && !isAsked ? "" : linkFor(first ?? "rolling-blockade", words) };
  }
  if (more.length > 0) return { document: await viewOfFiles(paths, options), link: "" };
  if (/\.ya?ml$/i.test(first)) {
    const { scenario, text } = await readScenarioFile(first);
    return { document: await viewOfScenario(scenario, text, options), link: "" };
  }
  if (!existsSync(first)) {
    const guess = closest(first, scenarioNames);
    const hint = guess === undefined ? "" : ` did you mean ${guess}?`;
    throw new UsageError(
      `${first}: no such file or folder, and no scenario;${hint} scenarios: ${scenarioNames.join(", ")}`,
    );
  }
  const isState = statSync(first).isDirectory() ? isCapture(first) : isSnapshotFile(first);
  return {
    document: await (isState ? viewOfState(first, options) : viewOfFiles([first], options)),
    link: "",
  };
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
export async function runView(paths: readonly string[], options: ViewOptions): Promise<ExitCode> {
  const { document, link } = await toView(paths, options);
  const template = readPlayground();
  const { server, url } = await serveView(document === undefined ? template : fillAnswer(template, document));
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
