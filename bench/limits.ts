// Knows: what a device costs beyond single operations: start-up, memory, module, size of the device, CMA requests.
// Must not know: how results are shown.

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Pattern } from "../assembly/abi/findings.js";
import { FrameKind } from "../assembly/abi/vocabulary.js";
import { ConfigWord } from "../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../bindings/engine/gfp.js";
import type { CmaResult } from "../bindings/machine/cma.js";
import { Machine } from "../bindings/machine/machine.js";
import { cpuNanoseconds, type Spread, spreadOf } from "./stats.js";

const MACHINE = new URL("../bindings/machine/machine.js", import.meta.url).href;

/** Milliseconds of CPU time, all threads of a process together, as it says itself at its end. */
function nodeMilliseconds(program: string): number {
  const end =
    "const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));";
  const text = execFileSync(process.execPath, ["--input-type=module", "-e", `${program}\n${end}`], {
    encoding: "utf8",
  });
  return Number(text);
}

/** CPU milliseconds from import to the first allocation on the 16 GiB phone, beyond bare node; processes by turns. */
export function startUp(rounds: number): Spread {
  const program = `import { Machine } from ${JSON.stringify(MACHINE)};
    const machine = await Machine.create("phone-16g", { slots: 0 });
    machine.allocate({ gfp: ${GFP_HIGHUSER_MOVABLE} });`;
  const differences = Array.from({ length: rounds }, (_, i) => {
    if (i % 2 === 0) return -nodeMilliseconds("") + nodeMilliseconds(program);
    return nodeMilliseconds(program) - nodeMilliseconds("");
  });
  return spreadOf(differences);
}

export async function bytesPerFrame(slots: number | undefined): Promise<number> {
  const machine = await Machine.create("phone-16g", slots === undefined ? {} : { slots });
  const bytes = machine.engine.memory().length / machine.views.frameCount;
  machine.dispose();
  return bytes;
}

export function moduleBytes(): number {
  return statSync(fileURLToPath(new URL("../core.wasm", import.meta.url))).size;
}

/**
 * What the same churn costs on 64 GiB against 4 GiB, by turns: the same seeded stream of blocks of orders 0 to 3 that
 * come and go in 64k slots. Before it both devices are aged alike, `age` steps a frame: half full, their free blocks
 * scattered over all of memory.
 */
export async function sizeRatio(rounds: number, count: number, age: number): Promise<Spread> {
  const small = await Machine.create("rpi4-4g", { slots: 0 });
  const large = await Machine.create("server-64g", { slots: 0 });
  for (const machine of [small, large]) {
    machine.churn({ steps: Math.floor(machine.views.frameCount * age), seed: 1, freeShare: 0.5 });
  }
  const timed = (machine: Machine) =>
    cpuNanoseconds(() => {
      if (machine.engine.pattern(Pattern.RANDOM_MIX, count) === 0) throw new Error("memory ran out");
    });
  for (const machine of [small, large]) timed(machine);
  const ratios = Array.from({ length: rounds }, () => 1 / (timed(small) / timed(large)));
  small.dispose();
  large.dispose();
  return spreadOf(ratios);
}

export interface CmaRow {
  readonly state: string;
  readonly ok: boolean;
  readonly errno: number;
  readonly windowsTried: number;
  /** CPU microseconds of emptying the per-CPU lists before, which cma_alloc would do itself, and pages on them. */
  readonly drain: Spread;
  readonly pagesDrained: number;
  /** Of the request behind it: search, isolation, migration, and of giving the window back. */
  readonly request: Spread;
  readonly release: Spread;
  readonly pagesMigrated: number;
  /** The request's time for each page that it moved. */
  readonly nsPerMigratedPage: number | null;
  readonly digest: string;
}

const CAMERA = "camera";
const BUFFER = 65_024;

/** Pins the first page in use at or behind every 128 MiB of the area. */
function pinSome(machine: Machine): void {
  const { basePfn = 0, pages = 0 } = machine.cma.area(CAMERA).ranges[0] ?? {};
  for (let from = basePfn; from < basePfn + pages; from += 32_768) {
    let pfn = from;
    while (pfn < basePfn + pages && machine.views.frame(pfn).kind !== FrameKind.ALLOCATED) pfn += 1;
    if (pfn < basePfn + pages) machine.pin(pfn);
  }
}

async function cmaStates(): Promise<Map<string, Machine>> {
  const empty = await Machine.create("phone-16g");
  const filled = empty.fork();
  filled.churn({ steps: 12_000_000, seed: 5, unmovable: 0, reclaimable: 0, thp: 0, freeShare: 0.01 });
  const pinned = filled.fork();
  pinSome(pinned);
  return new Map([
    ["empty", empty],
    ["filled with movable pages", filled],
    ["filled, a page pinned every 128 MiB", pinned],
  ]);
}

function onPcpLists({ views }: Machine): number {
  const zones = views.populatedZones();
  let pages = 0;
  for (let cpu = 0; cpu < views.config(ConfigWord.NR_CPUS); cpu++)
    for (const zone of zones) pages += views.pcp(cpu, zone).count;
  return pages;
}

/** One round on a copy: the three parts, each by itself. */
function cmaRound(machine: Machine) {
  const pagesDrained = onPcpLists(machine);
  const drain = cpuNanoseconds(() => machine.drainAll());
  let result: CmaResult | undefined;
  const request = cpuNanoseconds(() => {
    result = machine.cma.allocate({ area: CAMERA, pages: BUFFER, align: 8 });
  });
  if (result === undefined) throw new Error("no answer");
  const { ok, pfn, errno, windowsTried, pagesMigrated } = result;
  const release = cpuNanoseconds(() => {
    if (ok) machine.cma.release(CAMERA, pfn, BUFFER);
  });
  const digest = machine.digest();
  return { pagesDrained, drain, request, release, ok, errno, windowsTried, pagesMigrated, digest };
}

/**
 * cma_alloc + cma_release of 254 MiB on an empty, a movable-filled and a pinned area of the phone, by turns, each round on a
 * copy. There is no C twin of isolation and migration.
 */
export async function cmaRows(rounds = 5): Promise<CmaRow[]> {
  const states = await cmaStates();
  const taken = new Map([...states.keys()].map((state) => [state, [] as ReturnType<typeof cmaRound>[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [state, prepared] of states) {
      using machine = prepared.fork();
      taken.get(state)?.push(cmaRound(machine));
    }
  }
  for (const machine of states.values()) machine.dispose();
  return [...taken].flatMap(([state, all]) => {
    const [first] = all;
    if (first === undefined) return [];
    const microseconds = (part: "drain" | "request" | "release") =>
      spreadOf(all.map((each) => each[part] / 1000));
    const request = microseconds("request");
    const { ok, errno, windowsTried, pagesDrained, pagesMigrated, digest } = first;
    return {
      state,
      ok,
      errno,
      windowsTried,
      pagesDrained,
      pagesMigrated,
      digest,
      drain: microseconds("drain"),
      request,
      release: microseconds("release"),
      nsPerMigratedPage: pagesMigrated > 0 ? (request.median * 1000) / pagesMigrated : null,
    };
  });
}
