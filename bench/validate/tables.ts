// Knows: the tables and the three lines that docs/validation.md and README.md show, as Markdown.
// Must not know: where figures come from, files.

import type { Certainty } from "../../bindings/analysis/outcomes/index.js";
import { displayWidth, pad } from "../../bindings/report/index.js";
import { type Agreement, agreementOf, type Figures, isInside, type Pair } from "./figures.js";

/** A Markdown table whose columns line up. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(3, displayWidth(title), ...rows.map((row) => displayWidth(row[i] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => pad(cells[i] ?? "", width, "left")).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
}

const percent = (share: number) => `${Math.round(100 * share)}`;
const number = (value: number) =>
  value >= 100
    ? Math.round(value).toLocaleString("en")
    : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, "");
const ms = (value: number | undefined) =>
  value === undefined ? "-" : value.toPrecision(3).replace(/e\+\d+/, "");
const range = (low: number, high: number) => `${percent(low)}-${percent(high)}`;

function byRun(certainty: Certainty | undefined): string {
  if (certainty === undefined) return "-";
  if (certainty.kind === "same") return "same";
  const { low, high } = certainty.interval;
  return certainty.kind === "range" ? `(${range(low, high)})` : range(Math.max(0, low), Math.min(1, high));
}

function errors({ errors: list }: Figures): string {
  return list.map(([errno, count]) => `${count} x ${errno}`).join(", ");
}

/** The order of the rows of a matrix: policies as they are first met. */
function policiesOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.map(({ policy }) => policy))];
}

function loadsOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.map(({ load }) => load))];
}

/** Success in per cent, measured / simulated; a star where the simulated one is outside of the kernel's interval. */
export function matrix(pairs: readonly Pair[]): string {
  const loads = loadsOf(pairs);
  const head = [
    "policy",
    ...loads.map((load) => (pairs.some((p) => p.load === load && p.isFitted) ? `${load} (fitted)` : load)),
  ];
  const rows = policiesOf(pairs).map((policy) => [
    policy,
    ...loads.map((load) => {
      const pair = pairs.find((p) => p.load === load && p.policy === policy);
      if (pair === undefined) return "";
      const { measured, simulated } = pair;
      return `${percent(measured.success)} / ${percent(simulated.success)}${isInside(pair) ? "" : " *"}`;
    }),
  ]);
  return markdown(head, rows);
}

/** How sure each success is: requests, intervals by request (Wilson) and by boot or seed. */
export function intervals(pairs: readonly Pair[]): string {
  const head = [
    ...["load", "policy", "requests", "measured", "by request", "by boot"],
    ...["simulated of", "simulated", "by seed", "inside"],
  ];
  return markdown(
    head,
    pairs.map((pair) => {
      const { load, policy, measured: m, simulated: s } = pair;
      return [
        ...[load, policy, String(m.requests), percent(m.success), range(m.wilson.low, m.wilson.high)],
        ...[byRun(m.byRun), String(s.requests), percent(s.success), byRun(s.byRun)],
        isInside(pair) ? "yes" : "NO",
      ];
    }),
  );
}

/** What a request does and how long it takes, measured / simulated: means, and medians of the latencies. */
export function work(pairs: readonly Pair[]): string {
  const both = (pair: Pair, of: (figures: Figures) => string) =>
    `${of(pair.measured)} / ${of(pair.simulated)}`;
  return markdown(
    [
      ...["load", "policy", "windows", "pages moved", "pages dropped", "ms if served", "ms if not"],
      ...["kill", "errors, measured", "errors, simulated"],
    ],
    pairs.map((pair) => [
      pair.load,
      pair.policy,
      both(pair, ({ windows }) => number(windows)),
      both(pair, ({ migrated }) => number(migrated)),
      both(pair, ({ reclaimed }) => number(reclaimed)),
      both(pair, ({ servedMs }) => ms(servedMs)),
      both(pair, ({ failedMs }) => ms(failedMs)),
      both(pair, ({ killing, requests }) => (killing === 0 ? "0" : `${percent(killing / requests)} %`)),
      errors(pair.measured),
      errors(pair.simulated),
    ]),
  );
}

function agreementCells({ rows, inside, meanError, clearEffects, rightSigns, tau }: Agreement): string[] {
  return [
    `${inside} of ${rows}`,
    `${(100 * meanError).toFixed(1)}`,
    `${rightSigns} of ${clearEffects}`,
    tau === undefined ? "-" : tau.toFixed(2),
  ];
}

/** Both kinds of loads, those that a cost was fitted to apart. */
export function agreements(pairs: readonly Pair[]): string {
  const groups: [string, (pair: Pair) => boolean][] = [
    ["direct I/O pins, not fitted", ({ load, isFitted }) => isPins(load) && !isFitted],
    ["direct I/O pins, fitted", ({ load, isFitted }) => isPins(load) && isFitted],
    ["memory pressure, not fitted", ({ load, isFitted }) => !isPins(load) && !isFitted],
    ["memory pressure, fitted", ({ load, isFitted }) => !isPins(load) && isFitted],
    ["all that are not fitted", ({ isFitted }) => !isFitted],
    ["all", () => true],
  ];
  const rows = groups.flatMap(([name, of]) => {
    const own = pairs.filter(of);
    return own.length === 0 ? [] : [[name, ...agreementCells(agreementOf(own))]];
  });
  return markdown(["loads", "inside", "mean error, points", "signs of clear effects", "Kendall's tau"], rows);
}

/** Loads of the first kind name their readers: L70_q2. */
export function isPins(load: string): boolean {
  return /_q\d+$/.test(load);
}

/** The README's three lines. */
export function summary(pairs: readonly Pair[]): string {
  const all = agreementOf(pairs);
  const unfitted = agreementOf(pairs.filter(({ isFitted }) => !isFitted));
  const tau = unfitted.tau === undefined ? "-" : unfitted.tau.toFixed(2);
  return [
    `The referee is a real Linux 6.12 with ${policiesOf(pairs).length} policies really implemented: of ${all.rows} rows (policy x load) the simulated success rate lies`,
    `inside the kernel's own 95 % interval in ${all.inside}, with a mean error of ${(100 * all.meanError).toFixed(1)} points; of the ${unfitted.rows} rows that no cost was fitted to in ${unfitted.inside}`,
    `(${(100 * unfitted.meanError).toFixed(1)} points), with ${unfitted.rightSigns} of ${unfitted.clearEffects} clear effects in the right direction and Kendall's tau ${tau} (docs/validation.md, \`npm run validate\`).`,
  ].join("\n");
}
