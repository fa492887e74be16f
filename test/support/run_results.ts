// Knows: results of runs that never happened: a camera, buffers of a GPU, an update by O_DIRECT; shaped like the
// rolling blockade, so that every plot of a report has something to show. Seeded: the same numbers each time.
// Must not know: the simulation.

import {
  type FailureRecord,
  PAGE_KINDS,
  type PageKind,
  type RequestRecord,
  type RunResult,
  type SeriesColumn,
  type WindowRecord,
} from "../../bindings/scenario/result.js";
import { Random } from "./random.js";

export interface ResultOptions {
  readonly policies?: readonly string[];
  readonly seeds?: number;
  readonly seconds?: number;
  /** Samples a second. */
  readonly hertz?: number;
  /** Requests of the GPU in a second. */
  readonly rate?: number;
  /** Further columns without a meaning. */
  readonly moreColumns?: number;
  /** Name of the workload that pins. */
  readonly holder?: string;
  readonly client?: string;
  readonly scenario?: string;
}

const AREA = { name: "camera", basePfn: 0x10_0000, pages: 196_608 };
const SMALL = { name: "linux,cma", basePfn: 0x8_0000, pages: 8192 };
const PER_BLOCK = 512;

/** Between the second and the fifth sixth of the run the update reads. */
function load(share: number): number {
  return share < 0.2 || share > 0.8 ? 0 : Math.min(1, (share - 0.2) * 5, (0.8 - share) * 8);
}

/** Pages of each kind at a share of the run; they add up to the area. */
function kindsAt(share: number, busy: number, random: Random): Record<PageKind, number> {
  const pressure = Math.min(1, share * 2.2) * 0.8 + 0.1 * busy;
  const used = Math.round(AREA.pages * Math.min(0.93, pressure));
  const kinds = Object.fromEntries(PAGE_KINDS.map((kind) => [kind, 0])) as Record<PageKind, number>;
  kinds.pinned = Math.round(busy * 900) + random.below(1 + Math.round(busy * 240));
  kinds.pcp = 300 + random.below(200);
  kinds.dirty = Math.round(used * 0.03);
  kinds.zram = Math.round(used * 0.08);
  kinds.file = Math.round(used * 0.3);
  kinds.anon = Math.max(0, used - kinds.pinned - kinds.dirty - kinds.zram - kinds.file);
  kinds.free = AREA.pages - PAGE_KINDS.reduce((sum, kind) => sum + kinds[kind], 0);
  return kinds;
}

function windowsOf(random: Random, count: number, holder: string): WindowRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const start = AREA.basePfn + ((i * 256) % (AREA.pages - 65_024));
    const isPin = random.below(100) < 96;
    return {
      startPfn: start,
      errno: -16,
      blockerPfn: start + random.below(65_024),
      reason: isPin ? "PINNED" : random.pick(["NOT_REACHED", "IN_TRANSIT"]),
      holder: isPin ? random.pick([holder, holder, holder, "writer"]) : "",
      pinKind: isPin ? "SHORT" : "",
      heldNs: isPin ? Math.round(2e5 * 1.05 ** random.below(90)) : 0,
    };
  });
}

function failureOf(request: RequestRecord, share: number, random: Random, holder: string): FailureRecord {
  const windows = windowsOf(random, Math.min(8192, request.windows), holder);
  const whole = kindsAt(share, load(share), random);
  const cells = AREA.pages / PER_BLOCK;
  const counts = PAGE_KINDS.map(() => Array.from({ length: cells }, () => 0));
  for (let cell = 0; cell < cells; cell += 1) {
    let left = PER_BLOCK;
    for (const [k, kind] of PAGE_KINDS.entries()) {
      if (kind === "free") continue;
      const mean = (whole[kind] / AREA.pages) * PER_BLOCK;
      const count = Math.min(left, Math.round((mean * random.below(201)) / 100));
      (counts[k] as number[])[cell] = count;
      left -= count;
    }
    (counts[0] as number[])[cell] = left;
  }
  return {
    request,
    windows,
    distinctBlockers: new Set(windows.map(({ blockerPfn }) => blockerPfn)).size,
    longestHeldNs: windows.reduce((most, { heldNs }) => Math.max(most, heldNs), 0),
    anyLongPin: false,
    map: { startPfn: AREA.basePfn, pagesPerCell: PER_BLOCK, kinds: PAGE_KINDS, counts },
  };
}

/** The camera opens every two seconds; while the update reads it mostly fails, less often with sleeps. */
function cameraRequest(
  beginNs: number,
  share: number,
  sleeps: number,
  random: Random,
  client: string,
): RequestRecord {
  const busy = load(share);
  const fails = random.below(1000) < busy * (sleeps > 0 ? 700 : 960);
  const slept = fails ? sleeps : Math.min(sleeps, Math.round(busy * random.below(sleeps + 1)));
  const windows = busy === 0 ? 1 : 40 + random.below(470) * (1 + slept);
  return {
    client,
    area: AREA.name,
    pages: 65_024,
    align: 8,
    beginNs,
    latencyNs: Math.round(4e6 + share * 2e8 + windows * 3e5 + slept * 1e8 + random.below(3e7)),
    errno: fails ? -16 : 0,
    pfn: fails ? undefined : AREA.basePfn + random.below(100) * 256,
    windows,
    busyRetries: windows - (fails ? 0 : 1),
    pagesMigrated: Math.round(20_000 * share) + random.below(20_000),
    pagesReclaimed: random.below(4000),
    sleeps: slept,
    ordinal: 1,
    missedDeadline: fails || slept > 1,
  };
}

function gpuRequest(beginNs: number, random: Random): RequestRecord {
  const fails = random.oneIn(400);
  return {
    client: "gpu",
    area: SMALL.name,
    pages: 16 + random.below(500),
    align: 4,
    beginNs,
    latencyNs: Math.round(3e4 * 1.06 ** random.below(80)),
    errno: fails ? -12 : 0,
    pfn: fails ? undefined : SMALL.basePfn,
    windows: 1,
    busyRetries: 0,
    pagesMigrated: random.below(30),
    pagesReclaimed: 0,
    sleeps: 0,
    ordinal: 1,
    missedDeadline: false,
  };
}

function seriesOf(seconds: number, hertz: number, more: number, random: Random): RunResult["series"] {
  const rows = seconds * hertz + 1;
  const timeNs = Array.from({ length: rows }, (_, i) => Math.round((i / hertz) * 1e9));
  const busy = timeNs.map((time) => load(time / (seconds * 1e9)));
  const area = timeNs.map((time, i) => kindsAt(time / (seconds * 1e9), busy[i] ?? 0, random));
  const level = (name: string, unit: string, value: (i: number) => number): SeriesColumn => ({
    name,
    unit,
    kind: "level",
    values: timeNs.map((_, i) => value(i)),
  });
  const sum = (name: string, unit: string, step: (i: number) => number): SeriesColumn => {
    let total = 0;
    const values = timeNs.map((_, i) => {
      total += Math.round(step(i) / hertz);
      return total;
    });
    return { name, unit, kind: "sum", values };
  };
  const at = (i: number) => busy[i] ?? 0;
  return {
    timeNs,
    columns: [
      ...PAGE_KINDS.map((kind) => level(`area.${AREA.name}.${kind}`, "pages", (i) => area[i]?.[kind] ?? 0)),
      level(`area.${SMALL.name}.free`, "pages", (i) => 6000 - (i % 40) * 20),
      level(`area.${SMALL.name}.cma`, "pages", (i) => 2192 + (i % 40) * 20),
      level("pins", "pages", (i) => Math.round(at(i) * 4100) + random.below(1 + Math.round(at(i) * 900))),
      level("area.camera.oldestPin", "ns", (i) => Math.round(at(i) * (2e7 + random.below(2e7)))),
      level("zone.Normal.free", "pages", (i) => 420_000 - Math.round(at(i) * 380_000) + random.below(4000)),
      level("zone.DMA32.free", "pages", (i) => 90_000 - Math.round(at(i) * 70_000) + random.below(2000)),
      level("zone.Normal.fragmentation", "share", (i) => 0.2 + at(i) * 0.6 + random.below(100) / 4000),
      sum("migrated", "pages", (i) => at(i) * (30_000 + random.below(9000))),
      sum("reclaimed", "pages", (i) => at(i) * (12_000 + random.below(5000))),
      sum("kswapd.time", "ns", (i) => at(i) * (4e8 + random.below(2e8))),
      sum("directReclaim.time", "ns", (i) => at(i) * random.below(1.4e8)),
      sum("claims", "count", (i) => at(i) * random.below(200)),
      level("ooms", "count", () => 0),
      ...Array.from({ length: more }, (_, k) => level(`more.${k}`, "count", () => random.below(9000))),
    ],
  };
}

function runOf(policy: string, sleeps: number, seed: number, options: ResultOptions): RunResult {
  const { seconds = 60, hertz = 10, rate = 4, holder = "ota-update", client = "camera" } = options;
  const random = new Random(seed * 7919 + sleeps);
  const durationNs = seconds * 1e9;
  const camera = Array.from({ length: Math.floor(seconds / 2) }, (_, i) => {
    const beginNs = i * 2e9 + 5e8 + random.below(5e8);
    return { ...cameraRequest(beginNs, beginNs / durationNs, sleeps, random, client), ordinal: i + 1 };
  });
  const gpu = Array.from({ length: seconds * rate }, (_, i) =>
    gpuRequest(Math.round((i / rate) * 1e9) + random.below(1e8), random),
  );
  const failed = camera.filter(({ errno }) => errno !== 0);
  const failures = failed.map((request) => failureOf(request, request.beginNs / durationNs, random, holder));
  const requests = [...camera, ...gpu].sort((a, b) => a.beginNs - b.beginNs);
  return {
    scenario: options.scenario ?? "synthetic-blockade",
    device: "phone-16g",
    kernel: "6.12",
    policy,
    seed,
    durationNs,
    events: 1_200_000 + random.below(9999),
    digest: (0xabc0_0000 + random.below(0xffff)).toString(16).padStart(16, "0"),
    pageBytes: 4096,
    areas: [SMALL, AREA],
    clients: [client, "gpu"],
    requests,
    failures,
    kills: [],
    failuresNotKept: requests.filter(({ errno }) => errno !== 0).length - failures.length,
    actors: [
      {
        name: holder,
        kind: "directIo",
        counters: { started: 80_000 + seed, completed: 79_990, pagesPinned: 640_000, dropped: 0 },
      },
      { name: "apps", kind: "apps", counters: { launches: 40 + random.below(9), killed: random.below(4) } },
      { name: client, kind: "camera", counters: { requests: camera.length, failures: failed.length } },
    ],
    totals: {
      allocations: 9_000_000 + random.below(99_999),
      claims: 1234,
      cmaAllocFail: failed.length,
      ooms: 0,
    },
    series: seriesOf(seconds, hertz, options.moreColumns ?? 0, random),
  };
}

/** Policies in the order given; the first never sleeps, the others sleep up to five times. */
export function makeResults(options: ResultOptions = {}): RunResult[] {
  const { policies = ["mainline", "android-retry"], seeds = 4 } = options;
  return policies.flatMap((policy, i) =>
    Array.from({ length: seeds }, (_, seed) => runOf(policy, i === 0 ? 0 : 5, seed + 1, options)),
  );
}
