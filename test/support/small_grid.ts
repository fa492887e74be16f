// Knows: a grid of two small scenarios, written into a folder.
// Must not know: what is done with it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

const SCENARIO = `name: small
device: tiny
policy: [mainline, strict]
duration: 100ms
sample: 20ms
pressure: { swap: 16MiB }
workloads:
  - { kind: resident, anon: 40%, file: 16%, unmovable: 3%, reclaimable: 2%, interval: 20us, batch: 8 }
  - { kind: direct-io, queue-depth: 64, pages: 16KiB, service: 8ms, buffers: 14MiB, fresh-share: 40% }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 30ms, hold: 10ms, deadline: 5ms }
`;

/** small.yaml, other.yaml and grid.yaml: 4 runs for each seed. */
export function writeSmallGrid(folder: string, seeds = "3", until = "60ms"): void {
  writeFileSync(join(folder, "small.yaml"), SCENARIO);
  const other = SCENARIO.replace("name: small", "name: other").replace("queue-depth: 64", "queue-depth: 16");
  writeFileSync(join(folder, "other.yaml"), other);
  const grid = `scenarios: [small.yaml, other.yaml]\npolicies: [mainline, strict]\nseeds: ${seeds}\nuntil: ${until}\n`;
  writeFileSync(join(folder, "grid.yaml"), grid);
}

/** The same with runs so long that only a signal ends them. */
export function writeLongGrid(folder: string): void {
  writeSmallGrid(folder, "2", "600s");
  writeFileSync(join(folder, "small.yaml"), SCENARIO.replace("100ms", "600s").replace("20ms", "1s"));
}
