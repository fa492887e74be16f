// Knows: the main job of this version: a real capture replayed, then a phone built, aged and shown.
// Must not know: how any of it is done.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigWord } from "../../assembly/abi/words.js";
import { buildPagetypeinfo, summarizePagetypeinfo } from "../analysis/index.js";
import { getPreset } from "../device/presets/index.js";
import { resolveDevice } from "../device/resolve.js";
import type { ResolvedDevice } from "../device/resolved.js";
import { writeAside } from "../durable/index.js";
import { readCaptureDirectory } from "../importers/capture/node.js";
import { CaptureError } from "../importers/errors.js";
import { renderPagetypeinfo } from "../kernel_text/proc/index.js";
import { Machine } from "../machine/machine.js";
import { freeBlocks, pageblockCounts, surveyPageblocks } from "../machine/survey.js";
import { isExact } from "../replay/result.js";
import { ScriptedReplay } from "../replay/scripted.js";
import { ANSWER_VERSION } from "../report/answer/index.js";
import {
  formatBytes,
  formatCount,
  formatThousandths,
  renderPageMapSvg,
  renderTable,
} from "../report/index.js";
import { renderAnswer } from "../report/node.js";
import { ExitCode } from "./exit.js";
import { packageFile } from "./package_files.js";
import { progressBar } from "./progress.js";
import { describeReplay } from "./replay.js";
import { stillOf } from "./scene.js";
import { out } from "./terminal.js";

export interface DemoOptions {
  readonly device: string;
  readonly steps: number;
  readonly seed: number;
  readonly out: string;
}

const EXAMPLE = packageFile("examples/e07_pressure_atomic_s7");

async function replayExample(): Promise<boolean> {
  const capture = readCaptureDirectory(EXAMPLE);
  const { ops } = capture;
  if (ops === undefined) throw new CaptureError({ file: EXAMPLE, problem: "there is no ops.csv" });
  out("1. A real kernel's run, replayed: each page frame must be the one that the kernel handed out.\n\n");
  const bar = progressBar("replaying", ops.length, "operations");
  const result = await new ScriptedReplay(capture, ops).run((done) => bar.update(done));
  bar.stop();
  out(`${describeReplay(result)}\n`);
  return isExact(result);
}

/** Runs the churn in slices, so that the bar moves and an interrupt is heard. */
async function age(machine: Machine, options: DemoOptions): Promise<string> {
  const slice = Math.max(1, Math.floor(options.steps / 100));
  const bar = progressBar("ageing", options.steps, "operations");
  machine.churn({ steps: 0, seed: options.seed });
  for (let done = 0; done < options.steps; done += slice) {
    machine.continueChurn(Math.min(slice, options.steps - done));
    bar.update(Math.min(options.steps, done + slice));
    await new Promise((resolve) => setImmediate(resolve));
  }
  bar.stop();
  const { allocated, released, failed } = machine.churnResult();
  return `${formatCount(allocated)} allocations, ${formatCount(released)} frees, ${formatCount(failed)} failures`;
}

function tables(machine: Machine, device: ResolvedDevice): string {
  const info = buildPagetypeinfo({
    pageblockOrder: device.pageblockOrder,
    maxPageOrder: device.maxPageOrder,
    zones: machine.views.populatedZones().map((zone) => ({
      name: device.zones[zone]?.name ?? String(zone),
      counts: freeBlocks(machine, zone),
      blocks: pageblockCounts(machine, zone),
    })),
  });
  const orders = Array.from(
    { length: machine.views.config(ConfigWord.MAX_PAGE_ORDER) + 1 },
    (_, order) => order,
  );
  const unusable = renderTable(
    [{ header: "zone" }, ...orders.map((order) => ({ header: String(order), align: "right" as const }))],
    summarizePagetypeinfo(info).map((zone) => [
      zone.name,
      ...orders.map((order) => formatThousandths(zone.unusable[order] ?? 0)),
    ]),
  );
  return `${renderPagetypeinfo(info)}\nUnusable free space by order (0: any request of the order can be served, 1: none)\n${unusable}\n`;
}

function writePicture(machine: Machine, device: ResolvedDevice, options: DemoOptions): string {
  const svg = renderPageMapSvg({
    title: `${device.name} after ${formatCount(options.steps)} operations`,
    subtitle: `seed ${options.seed}, digest ${machine.digest()}`,
    pageShift: device.pageShift,
    pageblockOrder: device.pageblockOrder,
    zones: device.zones.map(({ name, startPfn, spanned }) => ({
      name,
      start: startPfn,
      end: startPfn + spanned,
    })),
    areas: device.areas.flatMap(({ name, ranges }) => ranges.map(({ start, end }) => ({ name, start, end }))),
    blocks: surveyPageblocks(machine),
  });
  mkdirSync(options.out, { recursive: true });
  const path = join(options.out, `${device.name}.svg`);
  writeAside(path, (put) => put(svg));
  return path;
}

/** The whole device in the page, frame by frame, and the tables below it. */
function writePage(
  machine: Machine,
  device: ResolvedDevice,
  options: DemoOptions,
  { isExact: exact, text }: { readonly isExact: boolean; readonly text: string },
): string {
  const frames = formatCount(device.totals.frames);
  const sentence = exact
    ? `A real kernel's run was replayed and handed out the very same frames; then ${device.name} was built, its ${frames} frames aged by ${formatCount(options.steps)} operations.`
    : "The replay of a real kernel's run handed out other frames than the kernel did: this build is not exact.";
  const path = join(options.out, "demo.html");
  const page = renderAnswer({
    version: ANSWER_VERSION,
    brand: "pageblock demo",
    title: `${device.name}, page by page`,
    sentence,
    command: `pageblock demo --device ${options.device} --steps ${options.steps} --seed ${options.seed}`,
    blocks: [{ kind: "lines", lines: text.trimEnd().split("\n") }],
    still: stillOf(machine, 0),
  });
  writeAside(path, (put) => put(page));
  return path;
}

/** Answers 0, or 1 when the replay is not exact or the aged machine not sound. */
export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  const device = resolveDevice(getPreset(options.device));
  const exact = await replayExample();
  using machine = await Machine.create(device);
  const size = formatBytes(device.totals.managed * device.pageSize);
  out(
    `2. ${device.name}: ${formatCount(device.totals.frames)} frames, ${size} managed, aged by seeded churn.\n\n`,
  );
  const summary = await age(machine, options);
  const soundness = machine.validate();
  const text = tables(machine, device);
  out(`${text}\n`);
  out(`churn              ${summary} (seed ${options.seed})\n`);
  out(
    `validate           ${soundness.name === "NONE" ? "sound" : `${soundness.name} at ${soundness.pfn}`}\n`,
  );
  out(`digest             ${machine.digest()}\n`);
  out(`page map           ${writePicture(machine, device, options)}\n`);
  out(`every frame        ${writePage(machine, device, options, { isExact: exact, text })}\n`);
  return exact && soundness.name === "NONE" ? ExitCode.OK : ExitCode.DISAGREES;
}
