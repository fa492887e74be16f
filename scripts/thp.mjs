// Measures the figures of docs/thp.md: npm run thp [-- --seeds N]: the scenario gpu-thp without large pages, with THP, with mTHP, and
// with THP kept out of CMA, on the same arrivals. Must not know: what is to be concluded.
import { optionsOf } from "./measured.mjs";

const values = optionsOf({ seeds: { type: "string", default: "16" } });
const seeds = Number(values.seeds);
if (!(Number.isInteger(seeds) && seeds >= 6 && seeds <= 1000)) {
  console.error(`--seeds: expected a number from 6 to 1000; got ${values.seeds}`);
  process.exit(2);
}
const { parseScenario, runScenario, scenarioText } = await import("../dist/pageblock.js");

const CASES = [
  { name: "no large pages", policy: "mainline", share: "0%", order: 0 },
  { name: "THP", policy: "mainline", share: "80%", order: 9 },
  { name: "mTHP of 64 KiB", policy: "mainline", share: "80%", order: 4 },
  { name: "THP, not in CMA", policy: "thp-no-cma", share: "80%", order: 9 },
];

function scenarioOf({ policy, share, order }) {
  const text = scenarioText("gpu-thp")
    .replace(/^policy: .*$/m, `policy: ${policy}`)
    .replace("thp-share: 80%", `thp-share: ${share}\n    thp-order: ${order}`);
  return parseScenario(text, "gpu-thp");
}

/** What one seed gave. Latencies are of the requests that were served, ms. */
function figuresOf({ requests }) {
  const served = requests.filter(({ errno }) => errno === 0);
  const latencies = served.map(({ latencyNs }) => latencyNs / 1e6).sort((a, b) => a - b);
  return {
    asked: requests.length,
    failed: requests.length - served.length,
    noWindow: requests.filter(({ errno, windows }) => errno !== 0 && windows === 0).length,
    onTime: (100 * served.filter(({ missedDeadline }) => !missedDeadline).length) / requests.length,
    mean: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
    p95: latencies[Math.floor(latencies.length * 0.95)],
    moved: requests.reduce((sum, { pagesMigrated }) => sum + pagesMigrated, 0),
  };
}

/** Mean and its 95 % interval by bootstrap over seeds; always the same draws. */
function interval(differences) {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * differences.length);
  };
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const means = Array.from({ length: 4000 }, () => mean(differences.map(() => differences[draw()])));
  means.sort((a, b) => a - b);
  return [mean(differences), means[99], means[3899]];
}

const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);
let first;
for (const each of CASES) {
  const scenario = scenarioOf(each);
  const rows = [];
  for (let seed = 1; seed <= seeds; seed++) rows.push(figuresOf(await runScenario(scenario, { seed })));
  const means = ["onTime", "mean", "p95", "moved"].map((key) => (sum(rows, key) / seeds).toFixed(1));
  console.log(
    `${each.name}: asked ${sum(rows, "asked")}, failed ${sum(rows, "failed")}, without a window ${sum(rows, "noWindow")}; on time %, mean ms, 95th ms, moved: ${means.join(", ")}`,
  );
  first ??= rows;
  if (rows === first) continue;
  const points = interval(rows.map(({ onTime }, i) => onTime - first[i].onTime));
  console.log(`  on time, points: ${points.map((value) => value.toFixed(2)).join(", ")}`);
  for (const key of ["mean", "p95", "moved"]) {
    const ratios = interval(rows.map((row, i) => Math.log(row[key] / first[i][key])));
    console.log(
      `  ${key}, per cent: ${ratios.map((value) => (100 * (Math.exp(value) - 1)).toFixed(1)).join(", ")}`,
    );
  }
}
