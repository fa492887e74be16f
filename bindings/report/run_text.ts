// Knows: the results of runs as text for a terminal: tables, sparklines, a paragraph per distinct failure.
// Must not know: how any figure is worked out (analysis/outcomes), colours, files.

import { FEWEST_SEEDS } from "../analysis/bootstrap.js";
import type { FailureStory, Metric, Outcomes, PolicyComparison } from "../analysis/outcomes/index.js";
import { largest, smallest } from "../engine/extent.js";
import type { RunResult, SeriesColumn } from "../scenario/result.js";
import { differenceLine, renderLedger, renderServed, renderTrouble, unequalLine } from "./run_served.js";
import { summaryLines } from "./run_summary.js";
import { formatCount, formatDuration, formatErrno, formatPages, formatShare } from "./sizes.js";
import { renderSparkline } from "./sparkline.js";
import { renderTable } from "./table.js";

const WIDTH = 60;

const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  median: "p50 latency",
  p99: "p99 latency",
};

function difference(value: number): string {
  return value === 0 ? "0" : `${value > 0 ? "+" : "-"}${formatDuration(Math.abs(value))}`;
}

/** Policies against the first one, seed by seed; "" when there is only one. */
export function renderComparisons(comparisons: readonly PolicyComparison[]): string {
  if (comparisons.length === 0) return "";
  const columns = ["client", "policy", "against", "figure", "median", "95 % interval", "seeds"].map(
    (header, i) => ({ header, align: i < 4 ? "left" : "right" }) as const,
  );
  const rows = comparisons.map(({ client, policy, against, metric, median, interval, seeds }) => [
    client,
    policy,
    against,
    METRIC_NAMES[metric],
    difference(median),
    interval === undefined
      ? seeds.length < FEWEST_SEEDS
        ? `needs ${FEWEST_SEEDS} seeds`
        : "all seeds equal"
      : `${difference(interval.low)} to ${difference(interval.high)}`,
    seeds.length,
  ]);
  return renderTable(columns, rows);
}

/** Growth from row to row of a running total. */
function rates(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0));
}

interface Line {
  readonly label: string;
  readonly values: readonly number[];
  readonly text: string;
  readonly max?: number;
}

function columnOf(run: RunResult, name: string): SeriesColumn | undefined {
  return run.series.columns.find((column) => column.name === name);
}

function areaLine(run: RunResult, area: string, kinds: readonly string[], label: string): Line[] {
  const columns = kinds.flatMap((kind) => columnOf(run, `area.${area}.${kind}`)?.values ?? []);
  const rows = run.series.timeNs.length;
  const values = Array.from({ length: rows }, (_, row) =>
    kinds.reduce((sum, _kind, k) => sum + (columns[k * rows + row] ?? 0), 0),
  );
  const pages = run.areas.find(({ name }) => name === area)?.pages ?? 0;
  const most = largest(values, 0);
  return [{ label: `${area} ${label}`, values, max: pages, text: `most ${formatShare(most, pages)}` }];
}

/** Areas that the clients ask; all of them when there are no clients. */
function shownAreas(run: RunResult): string[] {
  const asked = new Set(run.requests.map(({ area }) => area));
  const names = run.areas.map(({ name }) => name);
  return asked.size === 0 ? names : names.filter((name) => asked.has(name));
}

const USED = ["anon", "file", "dirty", "zram", "pinned", "other"] as const;

function seriesLines(run: RunResult): Line[] {
  const shift = Math.log2(run.pageBytes);
  const level = (name: string, label: string): Line[] => {
    const values = columnOf(run, name)?.values ?? [];
    const text = `${formatPages(smallest(values), shift)} to ${formatPages(largest(values), shift)}`;
    return values.length === 0 ? [] : [{ label, values, text }];
  };
  const sum = (name: string, label: string, show: (total: number) => string): Line[] => {
    const values = columnOf(run, name)?.values ?? [];
    const total = values.at(-1) ?? 0;
    return total === 0 ? [] : [{ label, values: rates(values), text: show(total) }];
  };
  const pages = (total: number) => `${formatPages(total, shift)} in all`;
  const zones = run.series.columns.filter(({ name }) => /^zone\.[^.]+\.free$/.test(name));
  return [
    ...shownAreas(run).flatMap((area) => [
      ...areaLine(run, area, USED, "in movable use"),
      ...areaLine(run, area, ["cma"], "allocated"),
    ]),
    ...zones.flatMap(({ name }) => level(name, `${name.split(".")[1]} free`)),
    ...level("pins", "pinned"),
    ...sum("migrated", "migrated", pages),
    ...sum("reclaimed", "reclaimed", pages),
    ...sum("kswapd.time", "kswapd", (total) => `${formatDuration(total)} busy`),
    ...sum("directReclaim.time", "direct reclaim", (total) => `${formatDuration(total)} of waiting`),
    ...sum("steals", "stolen", (total) => `${formatCount(total)} blocks of another type`),
    ...sum("copies.fileKept", "file copies in", pages),
    ...sum("copies.fileBack", "file copies back", pages),
    ...sum("copies.swapKept", "swap copies in", pages),
    ...sum("copies.swapBack", "swap copies back", pages),
    ...sum("copies.written", "written first", pages),
    ...sum("killed", "killed", (total) => `${formatCount(total)} applications and processes`),
  ];
}

function draw(lines: readonly Line[]): string[] {
  const width = largest(lines.map(({ label }) => label.length));
  return lines.map(({ label, values, text, max }) => {
    const top = max ?? largest(values, 1);
    return `  ${label.padEnd(width)}  ${renderSparkline(values, { min: 0, max: top, width: WIDTH })}  ${text}`;
  });
}

/** How long the areas' own pages took to be had, where they keep them. */
function takenBack({ guests, requests }: RunResult): string {
  if (guests === undefined || requests.length === 0) return "";
  return `  the longest request that succeeded took ${formatDuration(guests.longestNs)}, of at most ${formatDuration(guests.boundNs)}\n`;
}

/** One run's series, a line each. */
export function renderSeries(run: RunResult): string {
  const title = `${run.policy}, seed ${run.seed}, ${formatDuration(run.durationNs)}`;
  return `${title}\n${draw(seriesLines(run)).join("\n")}\n${takenBack(run)}`;
}

/** How full the areas of the clients were in each of the runs, a line each. */
function renderOccupancy(runs: readonly RunResult[]): string[] {
  return draw(
    runs.flatMap((run) =>
      shownAreas(run).flatMap((area) => areaLine(run, area, USED, `in movable use under ${run.policy}`)),
    ),
  );
}

function wrap(text: string, width = 110): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

function blockersText({ blockers, windows }: FailureStory): string {
  if (blockers.length === 0) return windows === 0 ? "No window fitted." : "No window was blocked.";
  const total = blockers.reduce((sum, blocker) => sum + blocker.windows, 0);
  const named = blockers
    .slice(0, 4)
    .map((blocker) => `${blocker.name} ${formatShare(blocker.windows, total)}`)
    .join(", ");
  return `What blocked the windows: ${named}.`;
}

/** One paragraph: when, what was asked, how it went, who held what for how long. */
export function describeFailure(story: FailureStory, pageBytes: number): string {
  const { client, policy, area, errno, pages, align, count } = story;
  const size = formatPages(pages, Math.log2(pageBytes));
  const times =
    count === 1
      ? `at ${formatDuration(story.firstNs)}`
      : `${formatCount(count)} times, from ${formatDuration(story.firstNs)} to ${formatDuration(story.lastNs)}`;
  const sleeps = story.sleeps === 0 ? "" : ` over ${story.sleeps} sleeps`;
  const held =
    story.heldMedianNs === undefined
      ? ""
      : ` A blocking pin had been held for ${formatDuration(story.heldMedianNs)} (median), the longest for ${formatDuration(story.heldMostNs)}: ${story.anyLongPin ? "there was a long pin" : "no pin was long"}.`;
  return wrap(
    `${client} under ${policy} failed with ${formatErrno(errno)} ${times}: ${formatCount(pages)} pages (${size}) aligned to ${2 ** align} in area ${area}. ` +
      `${formatCount(story.windows)} windows tried${sleeps} and ${formatCount(story.distinctBlockers)} different blocking pages per failure. ` +
      `${blockersText(story)}${held}`,
  );
}

/** Everything, for `pageblock run`. */
export function renderRuns(outcomes: Outcomes): string {
  const { runs, firsts, summaries, comparisons, failures } = outcomes;
  const pageBytes = runs[0]?.pageBytes ?? 4096;
  const notKept = runs.reduce((sum, { failuresNotKept }) => sum + failuresNotKept, 0);
  const parts = [
    [
      ...unequalLine(outcomes.unequal),
      ...outcomes.onTimeDifferences
        .filter(() => summaries.some(({ all }) => all.requests > 0))
        .map((row) => differenceLine(row, outcomes.unequal)),
    ]
      .map((line) => `${line}\n`)
      .join(""),
    renderServed(outcomes.onTime, summaries),
    renderLedger(outcomes.ledger),
    renderTrouble(outcomes.kills, outcomes.ooms),
    renderComparisons(comparisons),
    ...firsts.map(renderSeries),
    ...failures.map((story) => `${describeFailure(story, pageBytes)}\n`),
    notKept === 0
      ? ""
      : `${formatCount(notKept)} more failures were counted, not kept (record.failures in the scenario).\n`,
  ];
  return `${parts.filter((part) => part !== "").join("\n")}`;
}

/** About ten lines for somebody who sees the runs for the first time; the caller adds where the report is. */
export function renderBrief({ summary, firsts }: Outcomes): string {
  return `${[...summaryLines(summary), ...renderOccupancy(firsts)].join("\n")}\n`;
}
