// Knows: every kind by name. Must not know: how any of them works.

import type { Kind, KindName } from "../kind.js";
import { bundles } from "./bundles.js";
import { cli } from "./cli.js";
import { engine } from "./engine.js";
import { logs } from "./logs.js";
import { simulation } from "./simulation.js";
import { snapshots } from "./snapshots.js";
import { yaml } from "./yaml.js";

export const KINDS: Readonly<Record<KindName, Kind>> = {
  engine,
  simulation,
  logs,
  bundles,
  yaml,
  snapshots,
  cli,
};
