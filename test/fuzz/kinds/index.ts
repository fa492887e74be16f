// Knows: every kind by name. Must not know: how any of them works.

import { bytesKind } from "../bytes_kind.js";
import { coveredKind } from "../covered_kind.js";
import type { Kind, KindName } from "../kind.js";
import { bundles } from "./bundles.js";
import { cli } from "./cli.js";
import { engine } from "./engine.js";
import { logs } from "./logs.js";
import { readers } from "./readers.js";
import { simulation } from "./simulation.js";
import { snapshots } from "./snapshots.js";
import { yaml } from "./yaml.js";

export const KINDS: Readonly<Record<KindName, Kind>> = {
  engine,
  simulation,
  logs: bytesKind(logs),
  bundles: bytesKind(bundles),
  readers: bytesKind(readers),
  yaml: bytesKind(yaml),
  snapshots: bytesKind(snapshots),
  cli,
};

/** What parses bytes in TypeScript: its branches can be followed. */
const TARGETS = { logs, bundles, readers, yaml } as const;
export const COVERED = Object.keys(TARGETS) as (keyof typeof TARGETS)[];

/** They remember what is new to them: made once a run. */
export function coveredKinds(): Record<keyof typeof TARGETS, Kind> {
  const made = (name: keyof typeof TARGETS) => coveredKind(TARGETS[name], KINDS[name]);
  return { logs: made("logs"), bundles: made("bundles"), readers: made("readers"), yaml: made("yaml") };
}
