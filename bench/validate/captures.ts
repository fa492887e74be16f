// Knows: five captures of a real kernel in which cma_alloc was tried again and again (d1 to d5), told to a simulation as an
// observer could tell them; what became of each try, there and here. Must not know: how a table is shown.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCaptureDirectory } from "../../bindings/importers/capture/node.js";
import { costSets } from "../../bindings/scenario/costs.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { actorsOf, endOf, type SetUp } from "./setups.js";

/** One try of cma_alloc. */
export interface Try {
  readonly errno: number;
  readonly windows: number;
  readonly migrated: number;
  readonly ms: number;
}

/** The tries of a trace; the error of a window is known where the request as a whole has another name for it. */
export function capturedTries(path: string): Try[] {
  const file = join(path, "trace.txt.gz");
  const text = existsSync(file)
    ? gunzipSync(readFileSync(file)).toString()
    : readFileSync(join(path, "trace.txt"), "utf8");
  const tries: Try[] = [];
  let [begin, busy, migrated] = [0, 0, 0];
  const events =
    / ([\d.]+): (cma_alloc_start|cma_alloc_busy_retry|cma_alloc_finish|mm_migrate_pages): (.*)$/gm;
  for (const [, time, event, rest = ""] of text.matchAll(events)) {
    if (event === "cma_alloc_start") [begin, busy, migrated] = [Number(time), 0, 0];
    else if (event === "cma_alloc_busy_retry") busy += 1;
    else if (event === "mm_migrate_pages") {
      if (rest.includes("contig_range")) migrated += Number(/nr_succeeded=(\d+)/.exec(rest)?.[1]);
    } else {
      const errno = Number(/errorno=(-?\d+)/.exec(rest)?.[1]);
      const ms = (Number(time) - begin) * 1e3;
      tries.push({ errno, windows: errno === -16 ? busy : busy + 1, migrated, ms });
    }
  }
  return tries;
}

/** The same from a simulation that begins in the captured state. @throws where the machine is not sound at the end */
export async function simulatedTries(setUp: SetUp, path: string): Promise<Try[]> {
  using simulation = await Simulation.create({
    device: readCaptureDirectory(path).before,
    seed: 1,
    actors: actorsOf(setUp),
    costs: costSets["qemu-x86"].ns,
  });
  simulation.run(endOf(setUp));
  const sound = simulation.machine.validate().name;
  if (sound !== "NONE") throw new Error(`${setUp.name}: ${sound}`);
  return simulation.takeLog().map(({ errno, windows, pagesMigrated, beginNs, endNs }) => ({
    errno,
    windows,
    migrated: pagesMigrated,
    ms: (endNs - beginNs) / 1e6,
  }));
}

/** 0 0 -16 -> 2 x 0, -16 */
function outcome(tries: readonly Try[]): string {
  const runs: [number, number][] = [];
  for (const { errno } of tries) {
    const last = runs.at(-1);
    if (last?.[0] === errno) last[1] += 1;
    else runs.push([errno, 1]);
  }
  return runs.map(([errno, count]) => (count === 1 ? `${errno}` : `${count} x ${errno}`)).join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Rows of the table of captures: capture, figure, captured, simulated, ratio. */
export function captureRows(name: string, real: readonly Try[], model: readonly Try[]): string[][] {
  const row = (what: string, of: (tries: readonly Try[]) => number, digits = 0) => {
    const [a, b] = [of(real), of(model)];
    const ratio = a === 0 ? (b === 0 ? "1" : "-") : (b / a).toFixed(2);
    return [name, what, a.toFixed(digits), b.toFixed(digits), ratio];
  };
  return [
    [name, "errors of the tries", outcome(real), outcome(model), ""],
    row("windows of the first try", ([first]) => first?.windows ?? 0),
    row("pages migrated by the first try", ([first]) => first?.migrated ?? 0),
    row("pages migrated by all of them", (tries) => sum(tries.map(({ migrated }) => migrated))),
    row("latency of the first try, ms", ([first]) => first?.ms ?? 0, 1),
  ];
}

export const CAPTURE_HEAD = ["capture", "figure", "captured", "simulated", "ratio"];
