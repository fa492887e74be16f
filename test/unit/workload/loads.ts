// Knows: one small load of every kind, for a machine of 64 MiB, and what must be left of it some time after its stop.
// Must not know: what is tested with it.

import {
  CameraParameter as Camera,
  FragmenterParameter as Frag,
  GpuParameter as Gpu,
  TvParameter as Tv,
} from "../../../assembly/abi/clients.js";
import {
  AppsParameter as Apps,
  DirectIoParameter as Dio,
  ExitsParameter as Exits,
  ActorKind as Kind,
  LongPinParameter as LongPin,
  MetadataParameter as Meta,
  NoiseParameter as Noise,
  Parameter as P,
  FileReadParameter as Read,
  ResidentParameter as Resident,
  SlabParameter as Slab,
  Spread,
  FileWriteParameter as Write,
  ZramParameter as Zram,
} from "../../../assembly/abi/simulation.js";
import type { ActorSpec, SimulationOptions } from "../../../bindings/scenario/simulation.js";
import { actor, MS, S } from "./support.js";

export interface Load {
  readonly name: string;
  /** What is watched comes first. */
  readonly actors: readonly ActorSpec[];
  readonly options?: Partial<SimulationOptions>;
  /** Everything is given back two seconds after the stop. */
  readonly leavesNothing: boolean;
}

/** When each load stops; all tests run to TIME. */
export const STOP = 2 * S;
export const TIME = 4 * S;

/** Memory that is in use before. */
export function resident(values: Readonly<Record<number, number>>, name = "resident"): ActorSpec {
  return actor(Kind.RESIDENT, 12_000, values, { name });
}

const swap = { pressure: { swapPages: 6000 } } as const;

const gpu = {
  [P.STOP]: STOP,
  [Gpu.INTERVAL]: 30 * MS,
  [Gpu.PAGES_MIN]: 10,
  [Gpu.PAGES_MAX]: 1000,
  [Gpu.HOLD]: 100 * MS,
  [Gpu.HOLD_SPREAD]: Spread.EXPONENTIAL,
  [Gpu.ALIGN]: 4,
};

const apps = {
  [P.STOP]: STOP,
  [Apps.INITIAL]: 2,
  [Apps.MOST]: 4,
  [Apps.INTERVAL]: 100 * MS,
  [Apps.LIFETIME]: 600 * MS,
  [Apps.PAGES_MIN]: 700,
  [Apps.PAGES_MAX]: 3000,
  [Apps.FILE_SHARE]: 0.3,
  [Apps.FILL_COST]: 5000,
  [Apps.TOUCH_PAGES]: 200,
  [Apps.TOUCH_INTERVAL]: 5 * MS,
};

const exits = {
  [P.STOP]: STOP,
  [Exits.INTERVAL]: 20 * MS,
  [Exits.PAGES]: 300,
  [Exits.PAGES_SPREAD]: Spread.EXPONENTIAL,
  [Exits.LIFETIME]: 50 * MS,
  [Exits.HOLD]: 10 * MS,
  [Exits.GATHER]: 400,
  [Exits.MOST]: 8,
};

export const loads: readonly Load[] = [
  { name: "exits", actors: [actor(Kind.EXITS, 8 * 1200, exits)], leavesNothing: true },
  { name: "apps", actors: [actor(Kind.APPS, 5 * 3000, apps)], options: swap, leavesNothing: true },
  {
    name: "apps with THP, zram and proactive swap-out",
    actors: [
      actor(Kind.APPS, 5 * 3000, { ...apps, [Apps.THP_SHARE]: 0.8 }),
      actor(Kind.ZRAM, 0, { [P.STOP]: STOP, [Zram.INTERVAL]: 2 * MS, [Zram.BATCH]: 32 }),
    ],
    options: { pressure: { swapPages: 6000, zramPercent: 35 } },
    leavesNothing: true,
  },
  {
    name: "file read",
    actors: [
      actor(Kind.FILE_READ, 9000, {
        [P.STOP]: STOP,
        [Read.INTERVAL]: 5 * MS,
        [Read.PAGES]: 100,
        [Read.PAGES_SPREAD]: Spread.LOGNORMAL,
        [Read.READAHEAD]: 32,
        [Read.SERVICE]: 200_000,
        [Read.CACHE]: 8000,
        [Read.ACTIVE_SHARE]: 0.3,
      }),
      resident({ [Resident.ANON]: 6000, [Resident.INTERVAL]: 20_000, [Resident.BATCH]: 16 }),
    ],
    leavesNothing: false,
  },
  {
    name: "file write",
    actors: [
      actor(Kind.FILE_WRITE, 3000, {
        [P.STOP]: STOP,
        [Write.INTERVAL]: 5 * MS,
        [Write.PAGES]: 50,
        [Write.PAGES_SPREAD]: Spread.EXPONENTIAL,
        [Write.EXPIRE]: 300 * MS,
        [Write.SERVICE]: 3 * MS,
        [Write.SERVICE_SPREAD]: Spread.EXPONENTIAL,
        [Write.CACHE]: 2500,
      }),
    ],
    leavesNothing: false,
  },
  {
    name: "direct I/O, open loop, fresh and used buffers",
    actors: [
      actor(Kind.DIRECT_IO, 500 + 16 * 40, {
        [P.STOP]: STOP,
        [Dio.INTERVAL]: MS,
        [Dio.QUEUE_DEPTH]: 16,
        [Dio.PAGES]: 16,
        [Dio.PAGES_SPREAD]: Spread.UNIFORM,
        [Dio.SERVICE]: 2 * MS,
        [Dio.SERVICE_SPREAD]: Spread.EXPONENTIAL,
        [Dio.FRESH_SHARE]: 0.5,
        [Dio.BUFFERS]: 500,
        [Dio.RANDOM]: 1,
      }),
    ],
    leavesNothing: true,
  },
  {
    name: "slab",
    actors: [
      actor(Kind.SLAB, 0, {
        [P.STOP]: STOP,
        [Slab.INTERVAL]: 200_000,
        [Slab.LIFETIME]: 200 * MS,
        [Slab.PAGES]: 2000,
        [Slab.ORDER_MAX]: 3,
        [Slab.RECLAIMABLE_SHARE]: 0.4,
      }),
    ],
    leavesNothing: true,
  },
  {
    name: "metadata until it is unmounted",
    actors: [
      actor(Kind.METADATA, 0, {
        [P.STOP]: STOP,
        [Meta.PAGES]: 300,
        [Meta.INTERVAL]: 2 * MS,
        [Meta.MOST]: 700,
      }),
    ],
    leavesNothing: true,
  },
  {
    name: "metadata for a time",
    actors: [
      actor(Kind.METADATA, 0, {
        [P.STOP]: STOP,
        [Meta.PAGES]: 100,
        [Meta.INTERVAL]: 2 * MS,
        [Meta.MOST]: 700,
        [Meta.HOLD]: 300 * MS,
      }),
    ],
    leavesNothing: true,
  },
  { name: "gpu of an area", actors: [actor(Kind.GPU, 0, gpu, { area: 0 })], leavesNothing: true },
  { name: "gpu of the system heap", actors: [actor(Kind.GPU, 20_000, gpu)], leavesNothing: true },
  {
    name: "camera",
    actors: [
      actor(
        Kind.CAMERA,
        0,
        {
          [P.STOP]: STOP,
          [Camera.PAGES]: 3000,
          [Camera.ALIGN]: 4,
          [Camera.INTERVAL]: 200 * MS,
          [Camera.INTERVAL_SPREAD]: Spread.UNIFORM,
          [Camera.HOLD]: 50 * MS,
        },
        { area: 0 },
      ),
      resident({ [Resident.ANON]: 8000, [Resident.INTERVAL]: 20_000, [Resident.BATCH]: 16 }),
    ],
    leavesNothing: true,
  },
  {
    name: "television",
    actors: [
      actor(
        Kind.TV,
        0,
        {
          [P.STOP]: STOP,
          [Tv.PAGES]: 300,
          [Tv.ALIGN]: 4,
          [Tv.BUFFERS]: 8,
          [Tv.INTERVAL]: 100 * MS,
          [Tv.INTERVAL_SPREAD]: Spread.UNIFORM,
        },
        { area: 0 },
      ),
      resident({ [Resident.ANON]: 8000, [Resident.INTERVAL]: 20_000, [Resident.BATCH]: 16 }),
    ],
    leavesNothing: true,
  },
  {
    name: "fragmenter",
    actors: [
      actor(
        Kind.FRAGMENTER,
        0,
        {
          [P.STOP]: STOP,
          [Frag.PAGES_MIN]: 1,
          [Frag.PAGES_MAX]: 64,
          [Frag.ALIGN]: -1,
          [Frag.INTERVAL]: 4 * MS,
          [Frag.HOLD]: 200 * MS,
          [Frag.HOLD_SPREAD]: Spread.EXPONENTIAL,
          [Frag.KEEP_SHARE]: 0.02,
        },
        { area: 0 },
      ),
    ],
    leavesNothing: false,
  },
  {
    name: "long pins",
    actors: [
      actor(Kind.LONG_PIN, 0, {
        [P.STOP]: STOP,
        [LongPin.PAGES]: 400,
        [LongPin.INTERVAL]: MS,
        [LongPin.HOLD]: 700 * MS,
      }),
    ],
    leavesNothing: true,
  },
  {
    name: "noise",
    actors: [
      actor(Kind.NOISE, 0, {
        [P.STOP]: STOP,
        [Noise.INTERVAL]: 100_000,
        [Noise.HOLD]: 5 * MS,
        [Noise.ORDER_MAX]: 2,
        [Noise.ATOMIC_SHARE]: 0.2,
      }),
    ],
    leavesNothing: true,
  },
];
