// Measures the figures of docs/groups.md: npm run groups [-- --hours N] [--devices A,B] [--policies A,B] [--seed N]: groups of 1 GiB
// over hours of a load that ages them; every ten minutes of each run are in build/groups.json. Must not know: what is to be concluded.
import { mkdirSync, writeFileSync } from "node:fs";
import { optionsOf } from "./measured.mjs";

const values = optionsOf({
  hours: { type: "string", default: "4" },
  policies: { type: "string", default: "mainline,cma-first,strict" },
  devices: { type: "string", default: "phone-16g,server-64g" },
  seed: { type: "string", default: "1" },
});
const { parseScenario, policies, runScenario } = await import("../dist/pageblock.js");
const hours = Number(values.hours);
if (!(hours > 0 && hours <= 24)) {
  console.error(`--hours: expected a number up to 24; got ${values.hours}`);
  process.exit(2);
}

/** Kernel memory that lives for seconds and for hours, among applications that come and go and files that are read. */
const scenario = (device, policy) => `
name: aged
device: ${device}
policy: ${policy}
duration: ${hours * 3600}s
sample: 600s
pressure: { swap: 4GiB, zram: 35%, swappiness: 100 }
workloads:
  - { kind: resident, anon: 25%, file: 25%, unmovable: 4%, reclaimable: 3%, interval: 100ms, batch: 32 }
  - { kind: apps, initial: 8, most: 12, interval: 20s, pages-min: 150MiB, pages-max: 400MiB }
  - { kind: slab, name: short, interval: 200/s, lifetime: 10s, pages: 0.8% }
  - { kind: slab, name: long, interval: 20/s, lifetime: 1800s, pages: 3%, reclaimable-share: 60% }
  - { kind: file-read, interval: 10/s }
${device === "phone-16g" ? CLIENT : ""}`;
const CLIENT = `clients:
  - { kind: camera, area: camera, pages: 254MiB, interval: 60s, hold: 5s, deadline: 500ms }
`;

const named = (name, all, what) => {
  if (all.includes(name)) return;
  console.error(`there is no ${what} "${name}"`);
  process.exit(2);
};
for (const name of values.policies.split(",")) named(name, [...policies.keys()], "policy");
for (const name of values.devices.split(","))
  named(name, ["phone-16g", "server-64g"], "device of this measurement");
const rows = [];
const tasks = values.devices
  .split(",")
  .flatMap((device) => values.policies.split(",").map((policy) => ({ device, policy })));
for (const { device, policy } of tasks) {
  let machine;
  let taken = 0;
  const began = process.cpuUsage();
  const observer = {
    begin: (it) => {
      machine = it;
    },
    slice: () => {
      taken += 1;
      const { groups, tainted, packed, held, free, taintedBlocks } = machine.views.groups();
      const freeCma = machine.views.populatedZones().map((zone) => machine.views.zone(zone).freeCma);
      rows.push({
        ...{ device, policy, minute: taken * 10, groups, tainted, packed, held, free, taintedBlocks },
        freeCma: freeCma.reduce((sum, pages) => sum + pages, 0),
      });
    },
  };
  const result = await runScenario(parseScenario(scenario(device, policy), "aged"), {
    seed: Number(values.seed),
    sliceNs: 600e9,
    observer,
  });
  const used = process.cpuUsage(began);
  const { claims, steals, allocations } = result.totals;
  const onTime = result.requests.filter(({ errno, missedDeadline }) => errno === 0 && !missedDeadline).length;
  rows.push({
    device,
    policy,
    totals: { claims, steals, allocations, asked: result.requests.length, onTime },
  });
  console.log(
    device,
    policy,
    JSON.stringify(rows.at(-1)),
    JSON.stringify(rows.at(-2)),
    `${((used.user + used.system) / 1e6).toFixed(0)} CPU s`,
  );
}
mkdirSync("build", { recursive: true });
writeFileSync("build/groups.json", `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`);
