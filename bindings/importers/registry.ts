// Knows: which text formats there are. One row each; kpageflags and kpagecount are binary and told apart in collect.ts.
// Must not know: anything of a format.

import { deviceTreeImporter } from "./boot/devicetree.js";
import { firmwareImporter } from "./boot/firmware.js";
import { manifestImporter } from "./bundle/manifest.js";
import { dmesgImporter } from "./dmesg/dmesg.js";
import { ftraceImporter } from "./ftrace/ftrace.js";
import { holdersImporter } from "./holders/holders.js";
import type { Importer } from "./importer.js";
import { pageOwnerImporter } from "./pageowner/pageowner.js";
import { pagePinnerImporter } from "./pagepinner/pagepinner.js";
import { cmaFilesImporter } from "./procfs/cmafiles.js";
import { meminfoImporter, vmstatImporter } from "./procfs/counters.js";
import { zoneinfoImporter } from "./procfs/zoneinfo.js";
import { buddyinfoImporter, pagetypeinfoImporter } from "./procfs/zones.js";

/** In this order each line is offered; the first that owns it keeps it. */
export const importers: readonly Importer[] = [
  manifestImporter,
  deviceTreeImporter,
  ftraceImporter,
  pagePinnerImporter,
  pageOwnerImporter,
  pagetypeinfoImporter,
  buddyinfoImporter,
  zoneinfoImporter,
  vmstatImporter,
  meminfoImporter,
  holdersImporter,
  cmaFilesImporter,
  dmesgImporter,
  firmwareImporter,
];
