// Knows: how much one operation costs as frames, CPUs, areas, pins or the queue grow: accesses of memory, counted.
// Must not know: how they are drawn, what was saved.

import { Pattern } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { WorkloadWord } from "../../assembly/abi/run.js";
import { FrameKind, Op } from "../../assembly/abi/vocabulary.js";
import type { DeviceDescription } from "../../bindings/device/description.js";
import { GFP_HIGHUSER_MOVABLE } from "../../bindings/engine/gfp.js";
import { bytes } from "../../bindings/engine/units.js";
import { Machine } from "../../bindings/machine/machine.js";
import { scenario } from "../../bindings/scenario/builder.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { CountedCore, type Counts } from "./counted.js";

export interface GrowthPoint {
  readonly size: number;
  /** Accesses for one operation. */
  readonly counts: Counts;
}

export interface GrowthRow {
  /** What grows. */
  readonly name: string;
  /** What one operation is. */
  readonly per: string;
  readonly points: readonly GrowthPoint[];
}

const MIB = 2 ** 20;

function device(mib: number, cpus = 2, areas = 1, areaMib = 16): DeviceDescription {
  const start = bytes(1024 * MIB);
  const end = bytes((1024 + mib) * MIB);
  return {
    name: `${mib} MiB`,
    kernel: "6.12",
    pageShift: 12,
    maxPageOrder: 10,
    pageblockOrder: 9,
    cpus,
    memory: [{ start, size: bytes(mib * MIB) }],
    zones: [{ name: "Normal", start, end }],
    areas: Array.from({ length: areas }, (_, i) => ({ name: `area ${i}`, size: bytes(areaMib * MIB) })),
  };
}

function per(counts: Counts, operations: number): Counts {
  const { nodes, frames, words, other } = counts;
  return {
    nodes: nodes / operations,
    frames: frames / operations,
    words: words / operations,
    other: other / operations,
  };
}

/** Blocks of orders 0 to 3 that come and go in 64k slots on an aged machine: some 52,000 pages at a time. */
function mix(core: CountedCore, machine: Machine, operations: number): Counts {
  machine.churn({ steps: Math.floor(machine.views.frameCount * 0.6), seed: 1, freeShare: 0.5 });
  machine.engine.unsigned(Region.WORKLOAD)[WorkloadWord.SEED_LOW] = 7;
  return per(
    core.count(machine.engine, () => {
      machine.engine.pattern(Pattern.RANDOM_MIX, operations);
    }),
    operations,
  );
}

async function growth(
  name: string,
  what: string,
  sizes: readonly number[],
  measure: (size: number) => Promise<Counts>,
): Promise<GrowthRow> {
  const points: GrowthPoint[] = [];
  for (const size of sizes) points.push({ size, counts: await measure(size) });
  return { name, per: what, points };
}

/** The first page in use from `pfn` on. */
function inUse(machine: Machine, pfn: number): number {
  const { views } = machine;
  const end = views.startPfn + views.frameCount;
  for (let at = pfn; at < end; at++) if (views.frame(at).kind === FrameKind.ALLOCATED) return at;
  throw new Error("no page is in use");
}

/** Pins and unpins one page beside `others` that stay. */
function pinOnce(core: CountedCore, machine: Machine, others: number): Counts {
  machine.churn({ steps: 30_000, seed: 1, freeShare: 0.3, unmovable: 0, reclaimable: 0, thp: 0 });
  let at = machine.views.startPfn;
  for (let i = 0; i < others; i++) {
    at = inUse(machine, at + 1);
    machine.pin(at);
  }
  const page = inUse(machine, at + 1);
  const { commands } = machine;
  const rounds = 50;
  return per(
    core.count(machine.engine, () => {
      for (let i = 0; i < rounds; i++) {
        const pin = machine.pin(page);
        if (pin === undefined) throw new Error("not pinned");
        commands.append(Op.UNPIN, 0, 0, 0, 0, pin.id + 1, 0);
        commands.flush("unpin");
      }
    }),
    rounds,
  );
}

/** Events of a stream of direct I/O with so many requests under way. */
async function queueOf(core: CountedCore, depth: number, events: number): Promise<Counts> {
  const built = scenario("queue")
    .device(device(256))
    .duration("10s")
    .workload("direct-io", { "queue-depth": depth, pages: "4KiB", service: "8ms", buffers: "64MiB" })
    .build();
  const [policy] = built.policies;
  if (policy === undefined) throw new Error("no policy");
  using simulation = await Simulation.create({ ...simulationOptions(built, policy, 1), wasm: core.module });
  simulation.run(1e9, { events: 4 * depth });
  return per(
    core.count(simulation.machine.engine, () => {
      simulation.run(1e10, { events });
    }),
    events,
  );
}

/** A request in the last of so many areas. */
async function requestAmong(core: CountedCore, areas: number): Promise<Counts> {
  using machine = await Machine.create(device(512, 1, areas, 4), { wasm: core.module, slots: 0 });
  return core.count(machine.engine, () => {
    machine.cma.allocate({ area: areas - 1, pages: 256, align: 4 });
  });
}

/** Every row; `share` of the operations: 1, or less for a test. */
export async function growthRows(
  share = 1,
  progress: (name: string) => void = () => {},
): Promise<GrowthRow[]> {
  const core = await CountedCore.create("core");
  const timed = await CountedCore.create("simulation");
  const operations = Math.floor(100_000 * share);
  const on = async (description: DeviceDescription, work: (machine: Machine) => Counts) => {
    using machine = await Machine.create(description, { wasm: core.module, slots: 0 });
    return work(machine);
  };
  const rows: GrowthRow[] = [];
  const add = async (...row: Parameters<typeof growth>) => {
    progress(row[0]);
    rows.push(await growth(...row));
  };
  const sizes = share < 1 ? [512, 1024] : [512, 1024, 2048, 8192];
  await add("frames, MiB", "an allocation or a release, order 0 to 3", sizes, (mib) =>
    on(device(mib), (machine) => mix(core, machine, operations)),
  );
  const cpus = share < 1 ? [1, 16] : [1, 4, 16, 64];
  await add("CPUs", "an allocation or a release, order 0 to 3", cpus, (count) =>
    on(device(512, count), (machine) => mix(core, machine, operations)),
  );
  await add("CPUs (drained)", "emptying the lists of all CPUs", cpus, (count) =>
    on(device(256, count), (machine) => {
      for (let cpu = 0; cpu < count; cpu++) machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, cpu });
      return core.count(machine.engine, () => machine.drainAll());
    }),
  );
  await add(
    "CMA areas",
    "a cma_alloc of 1 MiB in the last of them",
    share < 1 ? [1, 8] : [1, 8, 32, 64],
    (areas) => requestAmong(core, areas),
  );
  await add("pins", "a pin and its unpin", share < 1 ? [0, 256] : [0, 64, 1024, 4096], (pins) =>
    on(device(64), (machine) => pinOnce(core, machine, pins)),
  );
  await add("queue depth", "an event of direct I/O", share < 1 ? [8, 64] : [8, 64, 512, 4096], (depth) =>
    queueOf(timed, depth, Math.floor(20_000 * share)),
  );
  return rows;
}

export function total({ nodes, frames, words, other }: Counts): number {
  return nodes + frames + words + other;
}
