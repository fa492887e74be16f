// Knows: the measured tables of a real kernel: requests of each boot, what the area held over time. Only what was
// measured is read: the simulated figures that lie beside it are of an older version.
// Must not know: scenarios, what a simulation says.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One cma_alloc, measured or simulated. */
export interface Request {
  /** Boot (episode) or seed that it belongs to. */
  readonly seed: string;
  /** 0, or the negative errno. */
  readonly errno: number;
  /** Milliseconds. */
  readonly ms: number;
  /** Windows tried, pages moved, clean file pages dropped. */
  readonly windows: number;
  readonly migrated: number;
  readonly reclaimed: number;
  /** Processes that the OOM killer took during it. */
  readonly kills: number;
}

/** Pages of the area in use (neither free nor on a per-CPU list), mean over boots or seeds. */
export interface Occupancy {
  readonly seconds: readonly number[];
  readonly pages: readonly number[];
}

/** A load under one policy. */
export interface Observed {
  readonly load: string;
  readonly policy: string;
  /** Boot by boot, each in the order of its requests. */
  readonly requests: readonly Request[];
  readonly occupancy: Occupancy | undefined;
}

type Row = Readonly<Record<string, string>>;

/** Cells hold no commas: numbers and names. */
function* rowsOf(path: string): Generator<Row> {
  const bytes = readFileSync(path);
  const lines = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trimEnd().split("\n");
  const names = (lines[0] ?? "").split(",");
  for (const line of lines.slice(1)) {
    const cells = line.split(",");
    yield Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  }
}

function requestOf(row: Row): Request {
  return {
    seed: row["seed"] ?? "",
    errno: Number(row["ret"]),
    ms: Number(row["lat_ns"]) / 1e6,
    windows: Number(row["windows"]),
    migrated: Number(row["mig"]),
    reclaimed: Number(row["reclaimed"] ?? 0),
    kills: Number(row["d_oom_kill"] ?? 0),
  };
}

/** Mean over the boots that have a row for that time. */
export function meanOver(
  samples: readonly { readonly seconds: number; readonly pages: number }[],
): Occupancy {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { seconds, pages } of samples) {
    const at = sums.get(seconds) ?? { sum: 0, count: 0 };
    sums.set(seconds, { sum: at.sum + pages, count: at.count + 1 });
  }
  const seconds = [...sums.keys()].sort((a, b) => a - b);
  return {
    seconds,
    pages: seconds.map((time) => {
      const { sum, count } = sums.get(time) ?? { sum: 0, count: 1 };
      return sum / count;
    }),
  };
}

const HELD = ["a_anon", "a_swapcache", "a_fclean", "a_fdirty", "a_fwb", "a_zram", "a_pinned", "a_other"];

function occupancies(path: string): Map<string, Occupancy> {
  const samples = new Map<string, { seconds: number; pages: number }[]>();
  if (!existsSync(path)) return new Map();
  for (const row of rowsOf(path)) {
    const key = `${row["load"]}/${row["policy"]}`;
    const pages = HELD.reduce((sum, name) => sum + Number(row[name]), 0);
    const list = samples.get(key) ?? [];
    list.push({ seconds: Math.round(Number(row["t_ms"]) / 100) / 10, pages });
    samples.set(key, list);
  }
  return new Map([...samples].map(([key, list]) => [key, meanOver(list)]));
}

/** Everything measured in a folder, by load and policy in the order of the table. @throws where a table is missing */
export function readTruth(folder: string): Observed[] {
  const found = new Map<string, Request[]>();
  for (const row of rowsOf(join(folder, "requests.csv.gz"))) {
    const key = `${row["load"]}/${row["policy"]}`;
    const list = found.get(key) ?? [];
    list.push(requestOf(row));
    found.set(key, list);
  }
  const occupancy = occupancies(join(folder, "series.csv.gz"));
  return [...found].map(([key, requests]) => {
    const [load = "", policy = ""] = key.split("/");
    return { load, policy, requests, occupancy: occupancy.get(key) };
  });
}
