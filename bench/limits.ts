// Knows: what a device costs beyond single operations: start-up, memory, module, size of the device, CMA requests.
// Must not know: how results are shown.

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Pattern } from "../assembly/abi/findings.js";
import { FrameKind } from "../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE } from "../bindings/engine/gfp.js";
import { Machine } from "../bindings/machine/machine.js";
import { median } from "./rows.js";

const MACHINE = new URL("../bindings/machine/machine.js", import.meta.url).href;

function nodeMilliseconds(program: string): number {
  const begin = performance.now();
  execFileSync(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
  return performance.now() - begin;
}

/** Milliseconds from import to the first allocation on the 16 GiB phone, beyond bare node; processes by turns. */
export function startUp(rounds: number): number {
  const program = `import { Machine } from ${JSON.stringify(MACHINE)};
    const machine = await Machine.create("phone-16g", { slots: 0 });
    machine.allocate({ gfp: ${GFP_HIGHUSER_MOVABLE} });`;
  const differences: number[] = [];
  for (let i = 0; i < rounds; i++) differences.push(-nodeMilliseconds("") + nodeMilliseconds(program));
  return median(differences);
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
export async function sizeRatio(rounds: number, count: number, age: number): Promise<number> {
  const small = await Machine.create("rpi4-4g", { slots: 0 });
  const large = await Machine.create("server-64g", { slots: 0 });
  for (const machine of [small, large]) {
    machine.churn({ steps: Math.floor(machine.views.frameCount * age), seed: 1, freeShare: 0.5 });
  }
  const timed = (machine: Machine) => {
    const before = process.cpuUsage();
    if (machine.engine.pattern(Pattern.RANDOM_MIX, count) === 0) throw new Error("memory ran out");
    const used = process.cpuUsage(before);
    return used.user + used.system;
  };
  for (const machine of [small, large]) timed(machine);
  const ratios = Array.from({ length: rounds }, () => 1 / (timed(small) / timed(large)));
  small.dispose();
  large.dispose();
  return median(ratios);
}

export interface CmaRow {
  readonly state: string;
  readonly ok: boolean;
  readonly errno: number;
  readonly windowsTried: number;
  /** Median of the rounds. */
  readonly microseconds: number;
  readonly pagesMigrated: number;
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

/**
 * cma_alloc + cma_release of 254 MiB on an empty, a movable-filled and a pinned area of the phone, by turns, each round on a
 * copy. There is no C twin of isolation and migration.
 */
export async function cmaRows(rounds = 5): Promise<CmaRow[]> {
  const states = await cmaStates();
  const taken = new Map([...states.keys()].map((state) => [state, [] as number[]]));
  const rows = new Map<string, CmaRow>();
  for (let round = 0; round < rounds; round++) {
    for (const [state, prepared] of states) {
      using machine = prepared.fork();
      const before = process.cpuUsage();
      const result = machine.cma.allocate({ area: CAMERA, pages: BUFFER, align: 8 });
      if (result.ok) machine.cma.release(CAMERA, result.pfn, BUFFER);
      const used = process.cpuUsage(before);
      const times = taken.get(state) ?? [];
      times.push(used.user + used.system);
      const { ok, errno, windowsTried, pagesMigrated } = result;
      const microseconds = median(times);
      const nsPerMigratedPage = pagesMigrated > 0 ? (microseconds * 1000) / pagesMigrated : null;
      const digest = machine.digest();
      rows.set(state, {
        state,
        ok,
        errno,
        windowsTried,
        microseconds,
        pagesMigrated,
        nsPerMigratedPage,
        digest,
      });
    }
  }
  for (const machine of states.values()) machine.dispose();
  return [...rows.values()];
}
