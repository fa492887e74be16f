// Knows: how fast the load of a rolling blockade runs: simulated seconds for each second of CPU time, by load and size of device.
// Must not know: how the table is shown.
//
// A page operation is an allocation, a release or a pin. Nine in ten are the turnover of what is in use, one in ten is a
// pin of a stream of direct I/O; a client wants a large buffer every second.

import { CameraParameter } from "../assembly/abi/clients.js";
import { ActorKind, DirectIoParameter, Parameter, ResidentParameter } from "../assembly/abi/simulation.js";
import { getPreset } from "../bindings/device/presets/index.js";
import { resolveDevice } from "../bindings/device/resolve.js";
import { Simulation } from "../bindings/scenario/simulation.js";
import { digestOfMemory } from "./rows.js";
import { cpuNanoseconds, median, type Spread, spreadOf } from "./stats.js";
import { startTwins, stopTwins, tableOf } from "./twin.js";

export interface SimulationRow {
  readonly device: string;
  readonly operationsPerSecond: number;
  readonly simulatedSeconds: number;
  /** Simulated seconds for one of CPU time, over the rounds. */
  readonly rate: Spread;
  readonly events: number;
  readonly requests: number;
  readonly failed: number;
  readonly digest: string;
}

/** 4, 16 and 64 GiB. */
export const SIMULATED_DEVICES = ["rpi4-4g", "phone-16g", "server-64g"] as const;
export const SIMULATED_RATES = [20_000, 200_000, 1_000_000] as const;

/** Memory is filled in the first instant; what is timed begins after this. */
const WARM_UP_NS = 1e9;
const SERVICE_NS = 40e6;
const PAGES_PER_IO = 4;
/** Buffers that are used again and again, as a part of memory. */
const BUFFER_SHARE = 0.1;

function largest(areas: readonly { readonly ranges: readonly { readonly pages: number }[] }[]): number {
  const sizes = areas.map(({ ranges }) => ranges.reduce((sum, { pages }) => sum + pages, 0));
  return sizes.indexOf(Math.max(...sizes));
}

/** The blockade on a device of the package. */
export function blockade(device: string, operationsPerSecond: number): Promise<Simulation> {
  const resolved = resolveDevice(getPreset(device));
  const pages = resolved.zones.reduce((sum, zone) => sum + zone.managed, 0);
  const area = largest(resolved.areas);
  const inArea = resolved.areas[area]?.ranges.reduce((sum, range) => sum + range.pages, 0) ?? 0;
  const [anon, file] = [Math.floor(pages * 0.5), Math.floor(pages * 0.25)];
  const buffers = Math.floor(pages * BUFFER_SHARE);
  const depth = Math.max(1, Math.round((operationsPerSecond / 10 / PAGES_PER_IO) * (SERVICE_NS / 1e9)));
  const numbers = (rows: [number, number][]) => new Map(rows);
  return Simulation.create({
    device,
    seed: 1,
    actors: [
      {
        kind: ActorKind.RESIDENT,
        name: "resident",
        slots: anon + file,
        parameters: numbers([
          [ResidentParameter.ANON, anon],
          [ResidentParameter.FILE, file],
          [ResidentParameter.INTERVAL, 2e9 / (0.9 * operationsPerSecond)],
          [ResidentParameter.BATCH, 32],
        ]),
      },
      {
        kind: ActorKind.DIRECT_IO,
        name: "stream",
        slots: buffers + depth * PAGES_PER_IO,
        parameters: numbers([
          [DirectIoParameter.QUEUE_DEPTH, depth],
          [DirectIoParameter.PAGES, PAGES_PER_IO],
          [DirectIoParameter.SERVICE, SERVICE_NS],
          [DirectIoParameter.SERVICE_SPREAD, 1],
          [DirectIoParameter.BUFFERS, buffers],
          [DirectIoParameter.RANDOM, 1],
        ]),
      },
      {
        kind: ActorKind.CAMERA,
        name: "client",
        area,
        slots: 0,
        parameters: numbers([
          [Parameter.START, WARM_UP_NS],
          [CameraParameter.PAGES, Math.min(65_024, inArea >> 1)],
          [CameraParameter.ALIGN, 8],
          [CameraParameter.INTERVAL, 1e9],
          [CameraParameter.HOLD, 200e6],
        ]),
      },
    ],
  });
}

/** The blockade after its first second: rounds go on from here, in a copy each. */
async function warmed(device: string, operationsPerSecond: number): Promise<Simulation> {
  const simulation = await blockade(device, operationsPerSecond);
  simulation.run(WARM_UP_NS - 1);
  return simulation;
}

/** `operations` page operations of a rolling blockade in each of `rounds`; fill and first second are not counted. */
export async function runBlockade(
  device: string,
  operationsPerSecond: number,
  operations: number,
  rounds: number,
): Promise<SimulationRow> {
  using begun = await warmed(device, operationsPerSecond);
  const simulatedSeconds = operations / operationsPerSecond;
  const rates: number[] = [];
  let last: Pick<SimulationRow, "events" | "requests" | "failed" | "digest"> | undefined;
  for (let round = 0; round < rounds; round++) {
    using simulation = begun.fork();
    const before = simulation.events;
    const nanoseconds = cpuNanoseconds(() => {
      simulation.run(WARM_UP_NS + simulatedSeconds * 1e9);
    });
    rates.push(simulatedSeconds / (nanoseconds / 1e9));
    const log = simulation.takeLog();
    last = {
      events: simulation.events - before,
      requests: log.length,
      failed: log.filter(({ errno }) => errno !== 0).length,
      digest: simulation.digest(),
    };
  }
  if (last === undefined) throw new Error("no rounds");
  return { device, operationsPerSecond, simulatedSeconds, rate: spreadOf(rates), ...last };
}

/** Every rate on every device, each for about as many operations. */
export async function simulationRows(
  quick: boolean,
  rounds: number,
  progress: (name: string) => void = () => {},
): Promise<SimulationRow[]> {
  const devices = quick ? ["tiny"] : SIMULATED_DEVICES;
  const rows: SimulationRow[] = [];
  for (const device of devices) {
    for (const rate of SIMULATED_RATES) {
      progress(`${device}, ${rate} page operations a second`);
      rows.push(await runBlockade(device, rate, quick ? 2_000 : Math.max(1_000_000, rate), rounds));
    }
  }
  return rows;
}

/** One resident's loop: a page freed, another allocated. No pins, no CMA, no reclaim: those have no twin. */
export interface TurnoverRow {
  readonly device: string;
  /** CPU time per page freed and allocated, nanoseconds; ours, and C's as for the other rows. */
  readonly ours: Spread;
  readonly c: Spread | null;
  readonly cFused: Spread | null;
  /** Medians of the ratios of single rounds. */
  readonly ratio: number | null;
  readonly ratioFused: number | null;
  readonly digest: string;
  readonly digestEqual: boolean | null;
}

/** A device three quarters full, one actor that replaces its pages; nothing else happens. */
async function turnover(device: string): Promise<Simulation> {
  const resolved = resolveDevice(getPreset(device));
  const pages = resolved.zones.reduce((sum, zone) => sum + zone.managed, 0);
  const [anon, file] = [Math.floor(pages * 0.5), Math.floor(pages * 0.2)];
  const simulation = await Simulation.create({
    device,
    seed: 1,
    actors: [
      {
        kind: ActorKind.RESIDENT,
        name: "resident",
        slots: anon + file,
        parameters: new Map<number, number>([
          [ResidentParameter.ANON, anon],
          [ResidentParameter.FILE, file],
          [ResidentParameter.INTERVAL, 1_000],
          [ResidentParameter.BATCH, 32],
        ]),
      },
    ],
    costs: { VMSTAT_INTERVAL: 1e15 },
  });
  simulation.run(10_000);
  return simulation;
}

/** The loop on all sides by turns, `events` batches of 32 pages a round, from the same memory. */
export async function turnoverRow(device: string, rounds: number, events: number): Promise<TurnoverRow> {
  using simulation = await turnover(device);
  const { engine } = simulation.machine;
  // Looking at it writes what boot left unwritten: the twins know frames alone.
  simulation.digest();
  const image = engine.memory().slice();
  const twins = startTwins(image, tableOf(image));
  const sides = [undefined, twins.separate, twins.fused].filter((side, i) => i === 0 || side !== undefined);
  const taken = sides.map(() => [] as number[]);
  try {
    for (let round = -1; round < rounds; round++) {
      engine.memory().set(image);
      for (const twin of sides) await twin?.reset();
      for (let turn = 0; turn < sides.length; turn++) {
        const side = (turn + round + 1) % sides.length;
        const run = await sides[side]?.turn(events);
        if (run?.checksum === 0) throw new Error("the twin could not go on");
        const nanoseconds = run?.nanoseconds ?? cpuNanoseconds(() => void simulation.run(1e15, { events }));
        if (round >= 0) taken[side]?.push(nanoseconds / (events * 32));
      }
    }
    const digest = simulation.digest();
    const [ours = [], c, cFused] = taken;
    const ratioTo = (theirs: readonly number[] | undefined) =>
      theirs === undefined ? null : median(ours.map((ns, i) => ns / (theirs[i] ?? Number.NaN)));
    const memories = await Promise.all(sides.flatMap((twin) => (twin === undefined ? [] : [twin.memory()])));
    return {
      device,
      ours: spreadOf(ours),
      c: c === undefined ? null : spreadOf(c),
      cFused: cFused === undefined ? null : spreadOf(cFused),
      ratio: ratioTo(c),
      ratioFused: ratioTo(cFused),
      digest,
      digestEqual:
        sides.length === 1
          ? null
          : memories.every((memory) => digestOfMemory(engine.module, memory) === digest),
    };
  } finally {
    stopTwins(twins);
  }
}
