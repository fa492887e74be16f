// Knows: what a device costs beyond single operations: start-up, memory, module, size of the device, CMA requests.
// Must not know: how results are shown.

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Mobility, PageLife } from "../assembly/abi/vocabulary.js";
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

/** Cost of one churn step on 64 GiB against a device of 8 GiB or less, same seed, by turns. */
export async function sizeRatio(rounds: number, steps: number): Promise<number> {
  const small = await Machine.create("rpi4-4g");
  const large = await Machine.create("server-64g");
  for (const machine of [small, large]) machine.churn({ steps: steps * 4, seed: 1, freeShare: 0.5 });
  const timed = (machine: Machine) => {
    const before = process.cpuUsage();
    machine.continueChurn(steps);
    const used = process.cpuUsage(before);
    return used.user + used.system;
  };
  const ratios = Array.from({ length: rounds }, () => 1 / (timed(small) / timed(large)));
  small.dispose();
  large.dispose();
  return median(ratios);
}

export interface CmaRow {
  readonly state: string;
  readonly ok: boolean;
  readonly errno: number;
  readonly microseconds: number;
  readonly pagesMigrated: number;
  readonly nsPerMigratedPage: number | null;
  readonly digest: string;
}

/** cma_alloc + cma_release of 254 MiB on an empty, a movable-filled and a pinned area of the phone. */
export async function cmaRows(): Promise<CmaRow[]> {
  const rows: CmaRow[] = [];
  for (const state of ["empty", "filled with movable pages", "filled, one page pinned"]) {
    const machine = await Machine.create("phone-16g");
    const area = machine.cma.area("camera");
    const base = area.ranges[0]?.basePfn ?? 0;
    if (state !== "empty")
      machine.churn({ steps: 12_000_000, seed: 5, unmovable: 0, reclaimable: 0, thp: 0, freeShare: 0.01 });
    if (state.endsWith("pinned")) {
      for (let pfn = base; pfn < base + area.pages; pfn += 32_768) {
        try {
          machine.pin(pfn);
        } catch {
          machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON });
        }
      }
    }
    const begin = performance.now();
    const result = machine.cma.allocate({ area: "camera", pages: 65_024, align: 8 });
    if (result.ok) machine.cma.release("camera", result.pfn, 65_024);
    const microseconds = (performance.now() - begin) * 1000;
    const { ok, errno, pagesMigrated } = result;
    const nsPerMigratedPage = pagesMigrated > 0 ? (microseconds * 1000) / pagesMigrated : null;
    rows.push({ state, ok, errno, microseconds, pagesMigrated, nsPerMigratedPage, digest: machine.digest() });
    machine.dispose();
  }
  return rows;
}
