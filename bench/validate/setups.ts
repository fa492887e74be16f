// Knows: the workloads of the captures d1 to d5 as actors, with what each capture's own files say of them.
// Must not know: what came of it.
//
// A process filled memory, readers mapped and touched their buffers, the filler perhaps ended; then cma_alloc of 80 % of
// the area was tried again and again with a pause of 100 ms, each success given back at once.

import { CameraParameter } from "../../assembly/abi/clients.js";
import { ActorKind, AppsParameter, DirectIoParameter, Parameter } from "../../assembly/abi/simulation.js";
import type { ActorSpec } from "../../bindings/scenario/simulation.js";

export interface SetUp {
  /** Folder of the capture. */
  readonly name: string;
  /** MB that the filler touches (labfill), and whether it ends before the requests (labdrop). */
  readonly fill: number;
  readonly dropped: boolean;
  /** Processes that read (labprocs), pages of each buffer (labbufp) and of one read (labiov). */
  readonly readers: number;
  readonly buffer: number;
  readonly read: number;
  /** Average time of one read, by the readers' own account (dio_pfns_N.txt); ms. */
  readonly readMs: number;
  /** Is the buffer mapped anew for each read (labremap)? */
  readonly remaps: boolean;
  /** From one try to the next, and their number (labtries). */
  readonly everyMs: number;
  readonly tries: number;
}

const NO_READERS = { readers: 0, buffer: 0, read: 0, readMs: 0, remaps: false };

export const setUps: readonly SetUp[] = [
  { name: "d1_cma80_idle", fill: 260, dropped: true, ...NO_READERS, everyMs: 190, tries: 3 },
  { name: "d2_cma80_anon", fill: 255, dropped: false, ...NO_READERS, everyMs: 213, tries: 4 },
  {
    name: "d3_cma80_dio4_pinned",
    fill: 260,
    dropped: true,
    readers: 4,
    buffer: 2048,
    read: 128,
    readMs: 670,
    remaps: false,
    everyMs: 128,
    tries: 16,
  },
  {
    name: "d4_cma80_dio8_remap",
    fill: 220,
    dropped: false,
    readers: 8,
    buffer: 1024,
    read: 256,
    readMs: 1840,
    remaps: true,
    everyMs: 225,
    tries: 7,
  },
  {
    name: "d5_cma80_memtight_enomem",
    fill: 260,
    dropped: false,
    readers: 4,
    buffer: 2048,
    read: 128,
    readMs: 657,
    remaps: false,
    everyMs: 137,
    tries: 8,
  },
];

const MS = 1e6;
const FILLED = 2_000 * MS;
const DROPPED = 3_000 * MS;
const BEGIN = 3_500 * MS;

function spec(kind: ActorKind, name: string, slots: number, parameters: [number, number][]): ActorSpec {
  return { kind, name, slots, parameters: new Map(parameters) };
}

function filler({ fill, dropped }: SetUp): ActorSpec {
  const pages = (fill * 2 ** 20) / 4096;
  return spec(ActorKind.APPS, "filler", pages * 2, [
    [Parameter.STOP, dropped ? DROPPED : 0],
    [AppsParameter.INITIAL, 1],
    [AppsParameter.MOST, 1],
    [AppsParameter.PAGES_MIN, pages],
    [AppsParameter.PAGES_MAX, pages],
  ]);
}

/** One process: single pages anywhere in a buffer (an iovec each) are read into, one that stays or one that is mapped anew. */
function reader(setUp: SetUp, nth: number): ActorSpec {
  const { buffer, read, readMs, remaps } = setUp;
  const start = FILLED + nth * 10 * MS;
  const common: [number, number][] = [
    [Parameter.START, start],
    [DirectIoParameter.QUEUE_DEPTH, 1],
    [DirectIoParameter.PAGES, read],
    [DirectIoParameter.SERVICE, readMs * MS],
  ];
  if (!remaps) {
    const kept: [number, number][] = [
      [DirectIoParameter.BUFFERS, buffer],
      [DirectIoParameter.IOVECS, read],
    ];
    return spec(ActorKind.DIRECT_IO, `reader ${nth}`, buffer + read, [...common, ...kept]);
  }
  const fresh: [number, number][] = [
    [DirectIoParameter.FRESH_SHARE, 1],
    [DirectIoParameter.FRESH_SIZE, buffer],
    [DirectIoParameter.IOVECS, read],
  ];
  return spec(ActorKind.DIRECT_IO, `reader ${nth}`, buffer, [...common, ...fresh]);
}

export function actorsOf(setUp: SetUp): ActorSpec[] {
  const client = spec(ActorKind.CAMERA, "client", 0, [
    [Parameter.START, BEGIN],
    [Parameter.STOP, BEGIN + (setUp.tries - 0.5) * setUp.everyMs * MS],
    [CameraParameter.PAGES, 13_107],
    [CameraParameter.ALIGN, 8],
    [CameraParameter.INTERVAL, setUp.everyMs * MS],
    [CameraParameter.HOLD, MS],
  ]);
  const readers = Array.from({ length: setUp.readers }, (_, nth) => reader(setUp, nth));
  return [filler(setUp), ...readers, { ...client, area: 0 }];
}

export function endOf(setUp: SetUp): number {
  return BEGIN + (setUp.tries + 8) * setUp.everyMs * MS;
}
