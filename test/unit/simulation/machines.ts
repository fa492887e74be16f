// Knows: small simulations for tests: one stream of pinned pages, and a device where everything happens at once.
// Must not know: what a test wants to see.

import { CameraParameter } from "../../../assembly/abi/clients.js";
import {
  ActorKind,
  DirectIoParameter,
  Parameter,
  ResidentParameter,
  type Spread,
} from "../../../assembly/abi/simulation.js";
import { type ActorSpec, Simulation, type SimulationOptions } from "../../../bindings/scenario/simulation.js";

/** The first actor of the options, behind kswapd and the vmstat worker. */
export const FIRST = 2;

export interface StreamOptions {
  /** Mean time between two requests; 0: a closed loop. */
  readonly interval: number;
  readonly service: number;
  readonly spread: Spread;
  readonly depth: number;
  /** Pages that are used again and again, drawn. */
  readonly buffers: number;
  readonly seed: number;
}

/** One stream of requests of one page each, from a few buffers. */
export function stream(options: StreamOptions): Promise<Simulation> {
  const { interval, service, spread, depth, buffers, seed } = options;
  const parameters = new Map<number, number>([
    [DirectIoParameter.INTERVAL, interval],
    [DirectIoParameter.QUEUE_DEPTH, depth],
    [DirectIoParameter.PAGES, 1],
    [DirectIoParameter.SERVICE, service],
    [DirectIoParameter.SERVICE_SPREAD, spread],
    [DirectIoParameter.BUFFERS, buffers],
    [DirectIoParameter.RANDOM, 1],
  ]);
  const actors = [{ kind: ActorKind.DIRECT_IO, name: "stream", slots: buffers, parameters }];
  // What a request takes on the CPU would come on top of its service time.
  return Simulation.create({ device: "tiny", seed, actors, costs: { ALLOCATE: 0 } });
}

const resident: ActorSpec = {
  kind: ActorKind.RESIDENT,
  name: "resident",
  slots: 12_400,
  parameters: new Map<number, number>([
    [ResidentParameter.ANON, 7_600],
    [ResidentParameter.FILE, 2_500],
    [ResidentParameter.UNMOVABLE, 1_500],
    [ResidentParameter.RECLAIMABLE, 800],
    [ResidentParameter.INTERVAL, 20_000],
    [ResidentParameter.BATCH, 8],
    [ResidentParameter.DIRTY_SHARE, 0.2],
  ]),
};

const reader: ActorSpec = {
  kind: ActorKind.DIRECT_IO,
  name: "reader",
  slots: 8 * 24 + 96,
  parameters: new Map<number, number>([
    [Parameter.START, 5e6],
    [Parameter.STOP, 900e6],
    [DirectIoParameter.INTERVAL, 300_000],
    [DirectIoParameter.QUEUE_DEPTH, 8],
    [DirectIoParameter.PAGES, 12],
    [DirectIoParameter.PAGES_SPREAD, 1],
    [DirectIoParameter.SERVICE, 2e6],
    [DirectIoParameter.SERVICE_SPREAD, 2],
    [DirectIoParameter.FRESH_SHARE, 0.6],
    [DirectIoParameter.BUFFERS, 96],
  ]),
};

export const CAMERA_PAGES = 1_500;

const camera: ActorSpec = {
  kind: ActorKind.CAMERA,
  name: "camera",
  slots: 0,
  area: 0,
  parameters: new Map<number, number>([
    [Parameter.START, 20e6],
    [CameraParameter.PAGES, CAMERA_PAGES],
    [CameraParameter.ALIGN, 6],
    [CameraParameter.INTERVAL, 70e6],
    [CameraParameter.INTERVAL_SPREAD, 3],
    [CameraParameter.HOLD, 30e6],
    [CameraParameter.HOLD_SPREAD, 1],
  ]),
};

/** 64 MiB, nearly full, with zram; a stream of O_DIRECT reads and a camera that wants a third of the area. */
export const crowdedOptions: SimulationOptions = {
  device: "tiny",
  seed: 7,
  actors: [resident, reader, camera],
  pressure: { swapPages: 4_000, zramPercent: 35 },
};

export function crowded(changes: Partial<SimulationOptions> = {}): Promise<Simulation> {
  return Simulation.create({ ...crowdedOptions, ...changes });
}
